//! The door of storefronts: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::{
    StartError,
    door::{self, Answer, Brought, Door},
    secrets::Keyring,
};
use contracts::ToOrders;
use domain::id::ShopId;
use lambda_http::{Body, Error, Request, Response};
use signatures::Delivery;
use storefronts::{Parsed, Storefront, StorefrontReport};

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "ORDERS_QUEUE_URL"];

/// What this door has in reach.
pub struct Room(Door);

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        Door::open(get, "ORDERS_QUEUE_URL").map(Self)
    }

    /// Opens the connections the first delivery needs.
    pub async fn warm(&self) {
        self.0.warm().await;
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
        room.0.receive(&request, |keyring, delivery| read(&shop, source, keyring, delivery)).await
    };
    Ok(answer.told(&shop, source.as_str()))
}

fn read(shop: &ShopId, source: Storefront, keyring: &Keyring, delivery: Delivery<'_>) -> Result<Brought<ToOrders>, Answer> {
    let verified = source.verify(delivery, keyring.storefront(shop, source.as_str())).map_err(Answer::Refused)?;
    let shop = shop.clone();
    Ok(match source.parse(&verified).map_err(Answer::Broken)? {
        Parsed::Reports(reports) => {
            let message = |report| match report {
                StorefrontReport::Order(report) => ToOrders::OrderReported { shop: shop.clone(), report },
                StorefrontReport::Fulfilment(report) => ToOrders::FulfilmentReported { shop: shop.clone(), report },
                StorefrontReport::Stage(report) => ToOrders::StageReported { shop: shop.clone(), report },
            };
            Brought { messages: reports.into_iter().map(message).collect(), parked: false }
        }
        Parsed::Unknown { topic } => {
            let delivery = door::parked(source.as_str(), topic, verified.body(), verified.received_at());
            Brought { messages: vec![ToOrders::Parked { shop, delivery }], parked: true }
        }
    })
}
