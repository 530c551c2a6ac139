//! What customers answer to trouble: kept with the order, and a parcel they miss is in dispute until a person settles it.

use crate::TRIES_MAX;
use boot::batch::{self, Outcome};
use domain::{
    answer::{CustomerAnswer, Wish},
    id::{OrderKey, ParcelKey, ReturnId},
    order::Order,
    parcel::Parcel,
};
use jiff::Timestamp;
use store::{CommitError, Vault, Versioned, Write};

/// What an answer changes: the order, and the parcel it is about.
struct Changed {
    order: Order,
    parcel: Option<(ParcelKey, Change)>,
}

type Change = Box<dyn Fn(Parcel) -> Parcel + Send>;

/// A customer answered.
pub(crate) async fn given(vault: &Vault, key: &OrderKey, answer: &CustomerAnswer) -> Outcome {
    both(vault, key, |order| {
        let order = match order.answered(answer.clone()) {
            Ok(order) => order?,
            Err(refusal) => {
                tracing::warn!(order = key.order.as_str(), %refusal, "an answer is not taken");
                return None;
            }
        };
        let at = answer.answered_at;
        let missing = matches!(answer.wish, Wish::NotReceived { .. });
        let dispute: Change = Box::new(move |parcel| parcel.disputed(at));
        Some(Changed { order, parcel: answer.parcel.clone().filter(|_| missing).map(|parcel| (parcel, dispute)) })
    })
    .await
}

/// A person of the shop saw to an answer.
pub(crate) async fn done(vault: &Vault, key: &OrderKey, id: &ReturnId, at: Timestamp) -> Outcome {
    both(vault, key, |order| {
        let disputed = order.answers.iter().find(|answer| answer.id == *id).and_then(|answer| match answer.wish {
            Wish::NotReceived { .. } => answer.parcel.clone(),
            _ => None,
        });
        let settle: Change = Box::new(move |parcel| parcel.dispute_settled(at));
        Some(Changed { order: order.answer_done(id, at)?, parcel: disputed.map(|parcel| (parcel, settle)) })
    })
    .await
}

/// Loads, decides and commits an order and perhaps one of its parcels; again when somebody else wrote first. `None`: there is
/// nothing to do.
async fn both(vault: &Vault, key: &OrderKey, decide: impl Fn(Order) -> Option<Changed>) -> Outcome {
    for attempt in 0..TRIES_MAX {
        let before = match vault.order(key).await {
            Ok(order) if order.version == 0 => return Outcome::Never("there is no such order".to_owned()),
            Ok(order) => order,
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let Some(changed) = decide(before.value) else { return Outcome::Done };
        let mut writes = vec![Write::Order(Versioned { value: changed.order, version: before.version })];
        if let Some((parcel, change)) = changed.parcel {
            match vault.parcel(&parcel).await {
                Ok(parcel) => writes.push(Write::Parcel(Versioned { value: change(parcel.value), version: parcel.version })),
                Err(error) => return Outcome::Again(error.to_string()),
            }
        }
        match vault.commit(writes).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}
