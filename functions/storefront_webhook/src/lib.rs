//! The door of storefronts: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::{
    StartError,
    aws::Aws,
    door::{self, Answer, Brought, Door},
    env,
};
use contracts::{ToOrders, ToSources};
use domain::id::ShopId;
use lambda_http::{Body, Error, Request, Response};
use signatures::{Delivery, Refusal};
use store::{PublicKeys, Vault};
use storefronts::{Parsed, Storefront, StorefrontReport};

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "TABLE_NAME", "ORDERS_QUEUE_URL", "SOURCES_QUEUE_URL"];

/// What this door has in reach.
pub struct Room {
    door: Door,
    /// Of storefronts that sign with a private key.
    public_keys: PublicKeys,
    vault: Vault,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        let vault = Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?);
        Ok(Self { door: Door::open(&aws, get, "ORDERS_QUEUE_URL")?, public_keys: PublicKeys::default(), vault })
    }

    /// Opens the connections that almost every first delivery needs; few storefronts sign with a private key.
    pub async fn warm(&self) {
        self.door.warm().await;
    }
}

/// Handles one delivery.
///
/// # Errors
/// Never: every knock is answered.
pub async fn handle(room: &Room, request: Request) -> Result<Response<Body>, Error> {
    let (shop, source) = match door::address::<Storefront>(&request) {
        Ok(address) => address,
        Err(turned) => return Ok(turned.into()),
    };
    let answer = if door::delivery(&request, |delivery| source.greeting(&delivery)) {
        Answer::Greeted
    } else {
        receive(room, &shop, source, &request).await.unwrap_or_else(|answer| answer)
    };
    Ok(answer.told(&shop, source.as_str(), source.answers()))
}

async fn receive(room: &Room, shop: &ShopId, source: Storefront, request: &Request) -> Result<Answer, Answer> {
    let (name, keyring) = (source.as_str(), room.door.keyring().await?);
    let given = keyring.storefront(shop, name);
    let secrets = room.public_keys.beside(&room.vault, shop, name, given, source.keys_path().is_some()).await;
    let secrets = secrets.map_err(|error| Answer::NotNow(error.to_string()))?;
    let answer = room.door.receive(request, |delivery| read(shop, source, &secrets, delivery)).await;
    if matches!(answer, Answer::Refused(Refusal::UnknownKey)) {
        room.public_keys.forget(shop, name).await;
        room.door.ask(&ToSources::KeysDue { shop: shop.clone(), source: name.to_owned() }).await?;
    }
    Ok(answer)
}

fn read(shop: &ShopId, source: Storefront, secrets: &[String], delivery: Delivery<'_>) -> Result<Brought<ToOrders>, Answer> {
    let verified = source.verify(delivery, secrets).map_err(Answer::Refused)?;
    let shop = shop.clone();
    let kept = |shop| ToOrders::Kept { shop, delivery: door::kept(source.as_str(), source.headers_read(), &verified) };
    Ok(match source.parse(&verified).map_err(Answer::Broken)? {
        Parsed::Reports(reports) => {
            let messages = reports.into_iter().map(|report| message(shop.clone(), report)).chain([kept(shop.clone())]).collect();
            Brought { messages, asks: Vec::new(), parked: false }
        }
        Parsed::Thin { id } => {
            let told_at = verified.received_at();
            let ask = ToSources::FetchDue { shop: shop.clone(), source: source.as_str().to_owned(), id, told_at };
            Brought { messages: vec![kept(shop)], asks: vec![ask], parked: false }
        }
        Parsed::Unknown { topic } => {
            let delivery = door::parked(source.as_str(), topic, verified.body(), verified.received_at());
            Brought { messages: vec![ToOrders::Parked { shop, delivery }], asks: Vec::new(), parked: true }
        }
    })
}

fn message(shop: ShopId, report: StorefrontReport) -> ToOrders {
    match report {
        StorefrontReport::Order(report) => ToOrders::OrderReported { shop, report },
        StorefrontReport::Fulfilment(report) => ToOrders::FulfilmentReported { shop, report },
        StorefrontReport::Stage(report) => ToOrders::StageReported { shop, report },
        StorefrontReport::Refund(report) => ToOrders::RefundReported { shop, report },
        StorefrontReport::Privacy(request) => ToOrders::PrivacyRequested { shop, request },
    }
}
