//! The desk of parcels: folds what carriers say into parcels, and looks at those whose timer is due.
//!
//! A new scan costs one read and one write, a repeat one read. A parcel may be scanned before its order is known.

use boot::batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord};
use contracts::ToTracking;
use domain::{
    id::{ParcelKey, ShopId},
    parcel::{Parcel, ParcelReport},
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
pub use store::Desk as Room;
use store::{CommitError, Versioned, Write};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "DEAD_QUEUE_URL"];

/// Times a decision is made again after somebody else wrote first.
const TRIES_MAX: u32 = 6;
/// Unknown codes counted of one report; more means a source we do not understand at all.
const UNKNOWN_CODES_COUNTED_MAX: usize = 5;

/// Handles a batch of messages.
///
/// # Errors
/// Never: every message is answered for by itself.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    Ok(batch::each(room, &room.dead, event, one).await)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    match contracts::read::<ToTracking>(&record.body) {
        Ok(ToTracking::ParcelReported { shop, report }) => told(&room, shop, &report).await,
        Ok(ToTracking::CheckDue { parcel, .. }) => look(&room, &parcel).await,
        Ok(ToTracking::Parked { shop, delivery }) => {
            tracing::info!(shop = shop.as_str(), source = delivery.source, topic = delivery.topic, "a delivery is kept aside");
            room.vault.park(&shop, &delivery).await.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
        }
        Err(unreadable) => Outcome::Never(unreadable.to_string()),
    }
}

/// A carrier told of a parcel.
async fn told(room: &Room, shop: ShopId, report: &ParcelReport) -> Outcome {
    let key = ParcelKey { shop, carrier: report.carrier.clone(), number: report.number.clone() };
    let mut codes_counted = false;
    for attempt in 0..TRIES_MAX {
        let before = match room.vault.parcel(&key).await {
            Ok(parcel) => parcel,
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let after = before.value.clone().told(report);
        if after == before.value {
            return Outcome::Done;
        }
        // Counted only when the report brings something new, and before the write: a repeat after a crash counts again
        // rather than never.
        if !codes_counted {
            codes_counted = true;
            if let Err(error) = count_unknown(room, &key.shop, report).await {
                return Outcome::Again(error);
            }
        }
        match room.vault.commit(vec![Write::Parcel(Versioned { value: after, version: before.version })]).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}

async fn count_unknown(room: &Room, shop: &ShopId, report: &ParcelReport) -> Result<(), String> {
    for code in report.unknown_codes.iter().take(UNKNOWN_CODES_COUNTED_MAX) {
        tracing::warn!(shop = shop.as_str(), source = report.source, code, "a status code is not known");
        let counted = room.vault.count_unknown_code(shop, &report.source, code, Timestamp::now()).await;
        counted.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A timer is due: the parcel is looked at, whatever happened since it was armed.
async fn look(room: &Room, key: &ParcelKey) -> Outcome {
    let settings = match room.settings.of(&room.vault, &key.shop).await {
        Ok(Some(settings)) => settings,
        Ok(None) => return Outcome::Never("the shop has no settings".to_owned()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    let days = settings.settings.parcels.label_without_scan_days;
    for attempt in 0..TRIES_MAX {
        let before = match room.vault.parcel(key).await {
            Ok(parcel) => parcel,
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let now = Timestamp::now();
        let after = before.value.clone().looked_at(&settings.settings.calendar, days, now);
        if after == before.value || before.version == 0 {
            return Outcome::Done;
        }
        match room.vault.commit(looked_writes(before.version, after, now)).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}

fn looked_writes(version: u64, after: Parcel, now: Timestamp) -> Vec<Write> {
    let timer = after.timer_due_at.map(|due_at| Write::Timer { parcel: after.key.clone(), due_at, now });
    timer.into_iter().chain([Write::Parcel(Versioned { value: after, version })]).collect()
}
