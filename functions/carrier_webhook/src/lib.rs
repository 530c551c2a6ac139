//! The door of carriers and aggregators: proves who knocks, reads what they bring, puts it on the desk's queue, answers 200.
//!
//! 200 means remembered. Nothing is decided here, and nothing unproved is read.

use boot::{
    StartError,
    door::{self, Answer, Brought, Door},
    secrets::Keyring,
};
use carriers::{CarrierParsed, CarrierSource};
use contracts::ToTracking;
use domain::{id::ShopId, parcel::ParcelReport};
use lambda_http::{Body, Error, Request, Response};
use signatures::Delivery;

/// The environment this function reads.
pub const ENV: &[&str] = &["SECRET_ID", "TRACKING_QUEUE_URL"];

/// What this door has in reach.
pub struct Room(Door);

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        Door::open(get, "TRACKING_QUEUE_URL").map(Self)
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
    let (shop, source) = match door::address::<CarrierSource>(&request) {
        Ok(address) => address,
        Err(turned) => return Ok(turned.into()),
    };
    let answer = room.0.receive(&request, |keyring, delivery| read(&shop, source, keyring, delivery)).await;
    Ok(answer.told(&shop, source.as_str()))
}

fn read(shop: &ShopId, source: CarrierSource, keyring: &Keyring, delivery: Delivery<'_>) -> Result<Brought<ToTracking>, Answer> {
    let verified = source.verify(delivery, keyring.carrier(shop, source.as_str())).map_err(Answer::Refused)?;
    let shop = shop.clone();
    Ok(match source.parse(&verified).map_err(Answer::Broken)? {
        CarrierParsed::Reports(reports) => {
            let received_at = Some(verified.received_at());
            let message =
                |report| ToTracking::ParcelReported { shop: shop.clone(), report: ParcelReport { received_at, ..report } };
            Brought { messages: reports.into_iter().map(message).collect(), parked: false }
        }
        CarrierParsed::Unknown { topic } => {
            let delivery = door::parked(source.as_str(), topic, verified.body(), verified.received_at());
            Brought { messages: vec![ToTracking::Parked { shop, delivery }], parked: true }
        }
    })
}
