//! The desk of parcels: folds what carriers say into parcels, and looks at those whose timer is due.
//!
//! A new scan costs one read and one write, a repeat one read. A parcel may be scanned before its order is known; until then,
//! each new scan looks once whether an order calls its number another carrier's.

use boot::batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord};
use contracts::ToTracking;
use domain::{
    correction,
    id::{OrderKey, ParcelKey, ShopId},
    lane::LaneKey,
    linking,
    order::{Order, ParcelName},
    parcel::{Parcel, ParcelReport},
    settings::VersionedSettings,
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
pub use store::Desk as Room;
use store::{CommitError, TimerAbout, Versioned, Write};

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
pub async fn handle(room: &Arc<Room>, mut event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    let mut answer = room.keep(&mut event.payload, "carrier").await;
    answer.failures.extend(batch::each(room, &room.dead, event, one).await.failures);
    Ok(answer)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    match contracts::read::<ToTracking>(&record.body) {
        Ok(ToTracking::ParcelReported { shop, report }) => told(&room, shop, &report).await,
        Ok(ToTracking::CheckDue { parcel, .. }) => look(&room, &parcel).await,
        Ok(ToTracking::Parked { shop, delivery }) => {
            tracing::info!(shop = shop.as_str(), source = delivery.source, topic = delivery.topic, "a delivery is kept aside");
            room.vault.park(&shop, &delivery).await.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
        }
        // Taken out of the batch before.
        Ok(ToTracking::Kept { .. }) => Outcome::Done,
        Err(unreadable) => Outcome::Never(unreadable.to_string()),
    }
}

/// A carrier told of a parcel. What is told of the last leg of another parcel belongs to that one.
async fn told(room: &Room, shop: ShopId, report: &ParcelReport) -> Outcome {
    let key = ParcelKey { shop, carrier: report.carrier.clone(), number: report.number.clone() };
    let mut codes_counted = false;
    for attempt in 0..TRIES_MAX {
        let decided = match decide(room, &key, report).await {
            Ok(Some(decided)) => decided,
            Ok(None) => return Outcome::Done,
            Err(why) => return Outcome::Again(why),
        };
        // Counted only when the report brings something new, and before the write: a repeat after a crash counts again
        // rather than never.
        if !codes_counted {
            codes_counted = true;
            if let Err(error) = count_unknown(room, &key.shop, report).await {
                return Outcome::Again(error);
            }
        }
        match room.vault.commit(decided.writes).await {
            Ok(()) => {
                if let Some((lane, days)) = decided.arrived
                    && let Err(error) = room.vault.count_on_lane(&lane, days).await
                {
                    tracing::warn!(%error, "a lane misses one parcel");
                }
                return Outcome::Done;
            }
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}

/// What a report asks to be written, and the lane on which its parcel has just arrived.
struct Decided {
    writes: Vec<Write>,
    arrived: Option<(LaneKey, usize)>,
}

/// `None`: it tells nothing new.
async fn decide(room: &Room, key: &ParcelKey, report: &ParcelReport) -> Result<Option<Decided>, String> {
    let mut before = load(room, key).await?;
    let mut report = std::borrow::Cow::Borrowed(report);
    if let Some(main) = before.value.leg_of.clone() {
        let main = ParcelKey { shop: key.shop.clone(), carrier: main.carrier, number: main.number };
        before = load(room, &main).await?;
        report = std::borrow::Cow::Owned(report.of_leg());
    }
    let mut after = before.value.clone().told(&report);
    if after == before.value {
        return Ok(None);
    }
    let mut writes = Vec::new();
    if let Some(name) = after.last_mile.clone().filter(|_| after.last_mile != before.value.last_mile) {
        let leg = load(room, &ParcelKey { shop: key.shop.clone(), carrier: name.carrier, number: name.number }).await?;
        // A number that is itself a whole parcel with its own last leg is not taken into another.
        if leg.value.last_mile.is_none() && leg.value.leg_of.is_none() {
            let own = ParcelName { carrier: after.key.carrier.clone(), number: after.key.number.clone() };
            after = after.with_leg(&leg.value);
            writes.push(Write::Parcel(Versioned { value: leg.value.as_leg_of(own), version: leg.version }));
        }
    }
    let now = boot::clock::now();
    if let Some(claim) = claim(room, &after).await? {
        after = linking::tied(&claim.order.value, after, None);
        writes.extend(claim.writes(&after, now));
    }
    let mut arrived = None;
    // A shop without settings has no rules by which to watch.
    if after.is_standing()
        && needs_settings(&before.value, &after)
        && let Some(settings) = settings(room, &key.shop).await?
    {
        let watch = settings.settings.watch(&after);
        if after.lane_day.is_none()
            && after.expected.is_none()
            && let Some(lane) = after.lane().filter(|_| after.was_scanned())
        {
            let lane = room.lanes.of(&room.vault, &lane).await.map_err(|error| error.to_string())?;
            let day = after.likely_day(&lane, &watch.destination);
            after = after.likely_on(day);
        }
        if before.value.folded().delivered_at.is_none() {
            arrived = after.lane().zip(after.days_taken(&watch.destination));
        }
        after = after.armed(&watch);
    }
    writes.extend(timer_of(&before.value, &after, now));
    writes.push(Write::Parcel(Versioned { value: after, version: before.version }));
    Ok(Some(Decided { writes, arrived }))
}

/// An order that called a parcel another carrier's until this one scanned it.
struct Claim {
    /// The order, corrected.
    order: Versioned<Order>,
    /// The parcel as it was called.
    named: Versioned<Parcel>,
    /// What the shop decided, if it did.
    settings: Option<Arc<VersionedSettings>>,
}

/// The order of a parcel that was scanned and belongs to none, if one named its number under another carrier. It is asked at
/// every new scan until it has an order: an order that names it at the same moment does not see this scan.
async fn claim(room: &Room, scanned: &Parcel) -> Result<Option<Claim>, String> {
    if scanned.is_standing() || !scanned.was_scanned() {
        return Ok(None);
    }
    let shop = &scanned.key.shop;
    let settings = settings(room, shop).await?;
    let prior = settings.as_ref().map(|settings| settings.settings.sources.carriers.as_slice()).unwrap_or_default();
    let keys = correction::claims(scanned, prior);
    let mut named = room.vault.parcels(&keys).await.map_err(|error| error.to_string())?;
    let parcels: Vec<Parcel> = named.iter().map(|parcel| parcel.value.clone()).collect();
    let Some((order, key)) = correction::claimant(&parcels) else { return Ok(None) };
    named.retain(|parcel| parcel.value.key == key);
    let Some(named) = named.pop() else { return Ok(None) };
    let before = room.vault.order(&OrderKey { shop: shop.clone(), order }).await.map_err(|error| error.to_string())?;
    let one = std::slice::from_ref;
    let after = correction::corrected(before.value.clone(), one(&named.value), one(scanned));
    let order = Versioned { value: after, version: before.version };
    Ok((order.value != before.value).then_some(Claim { order, named, settings }))
}

impl Claim {
    /// Everything but the scanned parcel itself: the order, the parcel that is not its own any more, and the question to the
    /// shop's tracker under the right name.
    fn writes(self, scanned: &Parcel, now: Timestamp) -> Vec<Write> {
        let tracker = self.settings.as_ref().and_then(|it| it.settings.sources.tracker(&scanned.key.carrier));
        let inquiry = tracker.map(|_| Write::Timer { about: TimerAbout::Inquiry(scanned.key.clone()), due_at: now, now });
        let unlinked = linking::tied(&self.order.value, self.named.value, None);
        let named = Write::Parcel(Versioned { value: unlinked, version: self.named.version });
        inquiry.into_iter().chain([named, Write::Order(self.order)]).collect()
    }
}

/// Whether anything of a change depends on the shop's rules: most scans cost no look at them.
fn needs_settings(before: &Parcel, after: &Parcel) -> bool {
    let no_day = after.lane_day.is_none() && after.expected.is_none() && after.was_scanned();
    let arrived = before.folded().delivered_at.is_none() && after.folded().delivered_at.is_some();
    no_day || arrived || after.timer_due_at.is_none()
}

async fn load(room: &Room, key: &ParcelKey) -> Result<Versioned<Parcel>, String> {
    room.vault.parcel(key).await.map_err(|error| error.to_string())
}

async fn settings(room: &Room, shop: &ShopId) -> Result<Option<Arc<VersionedSettings>>, String> {
    room.settings.of(&room.vault, shop).await.map_err(|error| error.to_string())
}

fn timer_of(before: &Parcel, after: &Parcel, now: Timestamp) -> Option<Write> {
    Write::newly_armed(TimerAbout::Parcel(after.key.clone()), before.timer_due_at, after.timer_due_at, now)
}

async fn count_unknown(room: &Room, shop: &ShopId, report: &ParcelReport) -> Result<(), String> {
    for code in report.unknown_codes.iter().take(UNKNOWN_CODES_COUNTED_MAX) {
        tracing::warn!(shop = shop.as_str(), source = report.source, code, "a status code is not known");
        let counted = room.vault.count_unknown_code(shop, &report.source, code, boot::clock::now()).await;
        counted.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A timer is due: the parcel is looked at, whatever happened since it was armed.
async fn look(room: &Room, key: &ParcelKey) -> Outcome {
    let settings = match settings(room, &key.shop).await {
        Ok(Some(settings)) => settings,
        Ok(None) => return Outcome::Never("the shop has no settings".to_owned()),
        Err(why) => return Outcome::Again(why),
    };
    for attempt in 0..TRIES_MAX {
        let before = match load(room, key).await {
            Ok(parcel) if parcel.version == 0 => return Outcome::Done,
            Ok(parcel) => parcel,
            Err(why) => return Outcome::Again(why),
        };
        let now = boot::clock::now();
        let watch = settings.settings.watch(&before.value);
        let after = before.value.clone().looked_at(&watch, now);
        if after == before.value {
            return Outcome::Done;
        }
        let timer = timer_of(&before.value, &after, now);
        let parcel = Write::Parcel(Versioned { value: after, version: before.version });
        match room.vault.commit(timer.into_iter().chain([parcel]).collect()).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}
