//! The door of storefronts: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::StartError;
use contracts::{ToOrders, ToSources};
use domain::id::ShopId;
use doors::{Answer, Brought, Door, Knock};
use lambda_http::{Body, Error, Request, Response};
use signatures::Delivery;
use storefronts::{Parsed, Storefront};

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "TABLE_NAME", "ORDERS_QUEUE_URL", "SOURCES_QUEUE_URL"];

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
        Ok(Self { door: Door::open(get, "ORDERS_QUEUE_URL")? })
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
    let (shop, source) = match doors::address::<Storefront>(&request) {
        Ok(address) => address,
        Err(turned) => return Ok(turned.into()),
    };
    let answer = if doors::delivery(&request, |delivery| source.greeting(&delivery)) {
        Answer::Greeted
    } else {
        receive(room, &shop, source, &request).await.unwrap_or_else(|answer| answer)
    };
    Ok(answer.told(&shop, source.as_str(), source.answers()))
}

async fn receive(room: &Room, shop: &ShopId, source: Storefront, request: &Request) -> Result<Answer, Answer> {
    let keyring = room.door.keyring().await?;
    let given = keyring.storefront(shop, source.as_str());
    let knock = Knock { shop, source: source.as_str(), given, publishes: source.keys_path().is_some() };
    room.door.receive(knock, request, |secrets, delivery| read(shop, source, secrets, delivery)).await
}

fn read(shop: &ShopId, source: Storefront, secrets: &[String], delivery: Delivery<'_>) -> Result<Brought<ToOrders>, Answer> {
    let verified = source.verify(delivery, secrets).map_err(Answer::Refused)?;
    let shop = shop.clone();
    let kept = |shop| ToOrders::Kept { shop, delivery: doors::kept(source.as_str(), source.headers_read(), &verified) };
    Ok(match source.parse(&verified).map_err(Answer::Broken)? {
        Parsed::Reports(reports) => {
            let messages =
                reports.into_iter().map(|report| ToOrders::reported(shop.clone(), report)).chain([kept(shop.clone())]).collect();
            Brought { messages, asks: Vec::new(), parked: false }
        }
        Parsed::Thin { id } => {
            let told_at = verified.received_at();
            let ask = ToSources::FetchDue { shop: shop.clone(), source: source.as_str().to_owned(), id, told_at };
            Brought { messages: vec![kept(shop)], asks: vec![ask], parked: false }
        }
        Parsed::Unknown { topic } => {
            let delivery = doors::parked(source.as_str(), topic, verified.body(), verified.received_at());
            Brought { messages: vec![ToOrders::Parked { shop, delivery }], asks: Vec::new(), parked: true }
        }
    })
}
