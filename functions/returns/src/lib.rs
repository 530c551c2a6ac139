//! The desk of returns: answers what customers ask by the shop's policy, and what staff answer in its place.
//!
//! The return and the quantities it reserves on the order are one transaction, so that two tabs cannot send back one shoe
//! twice.

use boot::batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord};
use contracts::ToReturns;
use domain::{
    id::{OrderId, OrderKey, ParcelKey, ReturnId, ShopId},
    order::Order,
    parcel::Parcel,
    return_::{self, Answer, RETURNS_PER_ORDER_MAX, Return, ReturnRequest},
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
pub use store::Desk as Room;
use store::{CommitError, Folder, Versioned, Write};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "DEAD_QUEUE_URL"];

/// Times a decision is made again after somebody else wrote first.
const TRIES_MAX: u32 = 6;

/// Handles a batch of messages.
///
/// # Errors
/// Never: every message is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    match contracts::read::<ToReturns>(&record.body) {
        Ok(ToReturns::Requested { shop, order, request }) => asked(&room, shop, order, request).await,
        Ok(ToReturns::Answered { shop, order, return_, answer, answered_at }) => {
            answered(&room, OrderKey { shop, order }, &return_, &answer, answered_at).await
        }
        Err(unreadable) => Outcome::Never(unreadable.to_string()),
    }
}

/// A customer asked. Asked twice with one id, the first answer stays.
async fn asked(room: &Room, shop: ShopId, order: OrderId, request: ReturnRequest) -> Outcome {
    let settings = match room.settings.of(&room.vault, &shop).await {
        Ok(Some(settings)) => settings,
        Ok(None) => return Outcome::Never("the shop has no settings".to_owned()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let key = OrderKey { shop, order };
    change(room, &key, |folder, parcels| {
        if folder.returns.iter().any(|made| made.value.request.id == request.id) {
            return Ok(None);
        }
        if folder.returns.len() >= RETURNS_PER_ORDER_MAX {
            return Err(Outcome::Never(format!("the order has {RETURNS_PER_ORDER_MAX} returns already")));
        }
        let rules = &settings.settings;
        let now = boot::clock::now();
        let (order, made) =
            return_::ask(&folder.order.value, parcels, &rules.returns, &rules.calendar, settings.version, request.clone(), now);
        Ok(Some((order, Versioned { value: made, version: 0 })))
    })
    .await
}

/// A person of the shop answered. Answered twice, the first answer stays.
async fn answered(room: &Room, key: OrderKey, id: &ReturnId, answer: &Answer, at: Timestamp) -> Outcome {
    change(room, &key, |folder, _| {
        let Some(held) = folder.returns.iter().find(|made| made.value.request.id == *id) else {
            return Err(Outcome::Never("there is no such return".to_owned()));
        };
        let decided = return_::answer(&folder.order.value, &held.value, answer.clone(), at);
        Ok(decided.map(|(order, answered)| (order, Versioned { value: answered, version: held.version })))
    })
    .await
}

/// Loads the folder, decides, commits; again when somebody else wrote first.
async fn change(
    room: &Room,
    key: &OrderKey,
    decide: impl Fn(&Folder, &[Parcel]) -> Result<Option<(Order, Versioned<Return>)>, Outcome>,
) -> Outcome {
    for attempt in 0..TRIES_MAX {
        let folder = match room.vault.folder(key).await {
            Ok(Some(folder)) => folder,
            Ok(None) => return Outcome::Never("there is no such order".to_owned()),
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let keys: Vec<ParcelKey> = folder.order.value.parcels().into_keys().collect();
        let parcels = match room.vault.parcels(&keys).await {
            Ok(parcels) => parcels.into_iter().map(|parcel| parcel.value).collect::<Vec<_>>(),
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let (order, made) = match decide(&folder, &parcels) {
            Ok(Some(decided)) => decided,
            Ok(None) => return Outcome::Done,
            Err(outcome) => return outcome,
        };
        // The order is always part of the transaction: what was left to send back must still be true.
        let writes = vec![Write::Order(Versioned { value: order, version: folder.order.version }), Write::Return(made)];
        match room.vault.commit(writes).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}
