//! The door of carriers and aggregators: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::StartError;
use carriers::{CarrierParsed, CarrierSource};
use contracts::{ToSources, ToTracking};
use domain::{id::ShopId, parcel::ParcelReport};
use doors::{Answer, Brought, Door, Knock};
use lambda_http::{Body, Error, Request, Response};
use signatures::Delivery;

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "TABLE_NAME", "TRACKING_QUEUE_URL", "SOURCES_QUEUE_URL"];

/// What this door has in reach.
pub struct Room {
    door: Door,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        Ok(Self { door: Door::open(get, "TRACKING_QUEUE_URL")? })
    }

    /// Opens the connections that almost every first delivery needs.
    pub async fn warm(&self) {
        self.door.warm().await;
    }
}

/// Handles one delivery.
///
/// # Errors
/// Never: every knock is answered.
pub async fn handle(room: &Room, request: Request) -> Result<Response<Body>, Error> {
    let (shop, source) = match doors::address::<CarrierSource>(&request) {
        Ok(address) => address,
        Err(turned) => return Ok(turned.into()),
    };
    let answered = if request.uri().path().ends_with(TOKEN_PATH) {
        grant(room, &shop, source, &request).await
    } else {
        receive(room, &shop, source, &request).await.map(|answer| answer.told(&shop, source.as_str(), source.answers()))
    };
    Ok(answered.unwrap_or_else(|answer| answer.told(&shop, source.as_str(), source.answers())))
}

/// How the path ends of the door at which a source asks for an access token.
const TOKEN_PATH: &str = "/token";

/// Gives a source that pushes with access tokens (UPS) one, if it knows a secret of the shop.
async fn grant(room: &Room, shop: &ShopId, source: CarrierSource, request: &Request) -> Result<Response<Body>, Answer> {
    let keyring = room.door.keyring().await?;
    let secrets = keyring.carrier(shop, source.as_str());
    match doors::delivery(request, |delivery| source.grant(&delivery, secrets)) {
        Some(Ok(grant)) => Ok(doors::granted(&grant)),
        Some(Err(refusal)) => Err(Answer::Refused(refusal)),
        None => Ok(doors::Turned::NotHere.into()),
    }
}

async fn receive(room: &Room, shop: &ShopId, source: CarrierSource, request: &Request) -> Result<Answer, Answer> {
    let keyring = room.door.keyring().await?;
    let given = keyring.carrier(shop, source.as_str());
    let knock = Knock { shop, source: source.as_str(), given, publishes: source.keys_url().is_some() };
    room.door.receive(knock, request, |secrets, delivery| read(shop, source, secrets, delivery)).await
}

fn read(shop: &ShopId, source: CarrierSource, secrets: &[String], delivery: Delivery<'_>) -> Result<Brought<ToTracking>, Answer> {
    let verified = source.verify(delivery, secrets).map_err(Answer::Refused)?;
    let shop = shop.clone();
    Ok(match source.parse(&verified).map_err(Answer::Broken)? {
        CarrierParsed::Reports(reports) => {
            let received_at = Some(verified.received_at());
            let message =
                |report| ToTracking::ParcelReported { shop: shop.clone(), report: ParcelReport { received_at, ..report } };
            let delivery = doors::kept(source.as_str(), source.headers_read(), &verified);
            let kept = ToTracking::Kept { shop: shop.clone(), delivery };
            Brought { messages: reports.into_iter().map(message).chain([kept]).collect(), asks: Vec::new(), parked: false }
        }
        CarrierParsed::Handshake { subscription, proof } => {
            let ask = ToSources::ConfirmDue { shop, source: source.as_str().to_owned(), subscription, proof };
            Brought { messages: Vec::new(), asks: vec![ask], parked: false }
        }
        CarrierParsed::Unknown { topic } => {
            let delivery = doors::parked(source.as_str(), topic, verified.body(), verified.received_at());
            Brought { messages: vec![ToTracking::Parked { shop, delivery }], asks: Vec::new(), parked: true }
        }
    })
}
