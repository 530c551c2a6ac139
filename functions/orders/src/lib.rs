//! The desk of orders: folds what storefronts say into orders, and ties parcels to them.
//!
//! One message, one aggregate, one conditional write; when an order names new parcels, they are tied to it in the same
//! transaction. Everything may come twice, late and in any order.

mod answers;
mod privacy;

use boot::{
    StartError,
    aws::Aws,
    batch::{self, BatchAnswer, Outcome, SqsEvent, SqsRecord},
    env,
    secrets::Secrets,
};
use contracts::ToOrders;
use domain::{
    address::EmailAddress,
    correction,
    id::{OrderKey, ParcelKey, ShopId},
    linking,
    order::{Order, OrderRefusal},
    parcel::Parcel,
    settings::VersionedSettings,
};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::sync::Arc;
use store::{CommitError, Desk, Find, TimerAbout, Vault, Versioned, Write};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "DEAD_QUEUE_URL"];

/// Times a decision is made again after somebody else wrote first.
const TRIES_MAX: u32 = 6;

/// What this desk has in reach.
pub struct Room {
    desk: Desk,
    secrets: Secrets,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        let secrets = Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?);
        Ok(Self { desk: Desk::with(&aws, get)?, secrets })
    }

    /// Opens the connections the first event needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.desk.warm());
    }
}

/// Handles a batch of messages.
///
/// # Errors
/// Never: every message is answered for by itself.
pub async fn handle(room: &Arc<Room>, mut event: LambdaEvent<SqsEvent>) -> Result<BatchAnswer, Error> {
    let mut answer = room.desk.keep(&mut event.payload, "storefront").await;
    answer.failures.extend(batch::each(room, &room.desk.dead, event, one).await.failures);
    Ok(answer)
}

async fn one(room: Arc<Room>, record: SqsRecord) -> Outcome {
    let message = match contracts::read::<ToOrders>(&record.body) {
        Ok(message) => message,
        Err(unreadable) => return Outcome::Never(unreadable.to_string()),
    };
    let vault = match room.secrets.keyring().await {
        Ok(keyring) => room.desk.vault.with_find_key(keyring.find_key()),
        Err(error) => return Outcome::Again(error.to_string()),
    };
    match message {
        ToOrders::OrderReported { shop, report } => {
            let key = OrderKey::of(shop, &report.source, &report.source_id);
            change(&room, &vault, &key, |order| order.told(report.clone()).map(Some)).await
        }
        ToOrders::FulfilmentReported { shop, report } => {
            let key = OrderKey::of(shop, &report.source, &report.order_source_id);
            change(&room, &vault, &key, |order| order.fulfilled(report.clone()).map(Some)).await
        }
        ToOrders::StageReported { shop, report } => {
            let key = OrderKey::of(shop, &report.source, &report.order_source_id);
            change(&room, &vault, &key, |order| order.staged(&report).map(Some)).await
        }
        ToOrders::LinkRequested { shop, number, email, requested_at } => {
            send_link(&room, &vault, shop, number, &email, requested_at).await
        }
        ToOrders::CustomerAnswered { order, answer } => answers::given(&vault, &order, &answer).await,
        ToOrders::AnswerDone { order, answer, done_at } => answers::done(&vault, &order, &answer, done_at).await,
        ToOrders::CheckDue { order, .. } => look(&room, &vault, &order).await,
        ToOrders::ContactBounced { order, bounced_at } => {
            change(&room, &vault, &order, |order| Ok(order.report.is_some().then(|| order.bounced(bounced_at)))).await
        }
        ToOrders::Parked { shop, delivery } => {
            tracing::info!(shop = shop.as_str(), source = delivery.source, topic = delivery.topic, "a delivery is kept aside");
            vault.park(&shop, &delivery).await.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
        }
        ToOrders::RefundReported { shop, report } => {
            let key = OrderKey::of(shop, &report.source, &report.order_source_id);
            change(&room, &vault, &key, |order| order.refunded(report.clone()).map(Some)).await
        }
        ToOrders::OrderFound { shop, report, found_at } => {
            let key = OrderKey::of(shop, &report.source, &report.source_id);
            change(&room, &vault, &key, |order| order.found(report.clone(), found_at).map(Some)).await
        }
        ToOrders::OrderReread { shop, report } => {
            let key = OrderKey::of(shop, &report.source, &report.source_id);
            change(&room, &vault, &key, |order| order.reread(report.clone()).map(Some)).await
        }
        ToOrders::PrivacyRequested { shop, request } => privacy::requested(&room, &vault, &shop, &request).await,
        // Taken out of the batch before.
        ToOrders::Kept { .. } => Outcome::Done,
    }
}

/// Grants a link for every order of this number that was placed with this address. Who asked learns nothing either way.
async fn send_link(
    room: &Room,
    vault: &Vault,
    shop: ShopId,
    number: String,
    email: &EmailAddress,
    asked_at: Timestamp,
) -> Outcome {
    let found = match vault.find(&shop, &Find::Number(number)).await {
        Ok(found) => found,
        Err(error) => return Outcome::Again(error.to_string()),
    };
    for key in found {
        let matches = |order: &Order| {
            let on_file = order.report.as_ref().and_then(|report| report.customer.email.as_ref());
            on_file.is_some_and(|on_file| on_file.folded() == email.folded())
        };
        let grant = |order: Order| Ok(if matches(&order) { order.link_asked(asked_at) } else { None });
        match change(room, vault, &key, grant).await {
            Outcome::Done => {}
            other => return other,
        }
    }
    Outcome::Done
}

/// Loads an order, decides, commits; again when somebody else wrote first. `decide` answers `None` for "nothing to do".
async fn change(
    room: &Room,
    vault: &Vault,
    key: &OrderKey,
    decide: impl Fn(Order) -> Result<Option<Order>, OrderRefusal>,
) -> Outcome {
    for attempt in 0..TRIES_MAX {
        let before = match vault.order(key).await {
            Ok(order) => order,
            Err(error) => return Outcome::Again(error.to_string()),
        };
        let after = match decide(before.value.clone()) {
            Ok(Some(after)) if after != before.value => after,
            Ok(_) => return Outcome::Done,
            Err(refusal) => return Outcome::Never(refusal.to_string()),
        };
        let writes = match writes(room, vault, &before, after).await {
            Ok(writes) => writes,
            Err(error) => return Outcome::Again(error),
        };
        match vault.commit(writes).await {
            Ok(()) => return Outcome::Done,
            Err(CommitError::Raced) => batch::pause(attempt).await,
            Err(error @ CommitError::TooLarge(_)) => return Outcome::Never(error.to_string()),
            Err(CommitError::Vault(error)) => return Outcome::Again(error.to_string()),
        }
    }
    Outcome::Again("other writers were always first".to_owned())
}

/// Every row of the decision: the order, the ways to find it, and the parcels it gained or lost.
async fn writes(room: &Room, vault: &Vault, before: &Versioned<Order>, after: Order) -> Result<Vec<Write>, String> {
    let now = boot::clock::now();
    let mut writes = Vec::new();
    let (old_finds, new_finds) = (finds(&before.value), finds(&after));
    for find in new_finds.into_iter().filter(|find| !old_finds.contains(find)) {
        writes.push(Write::Find { shop: after.shop.clone(), find, order: after.key() });
    }
    let after = promised(room, vault, after).await?;
    let (after, mut parcels) = named(room, vault, &before.value, after).await?;
    let about = TimerAbout::Order(after.key());
    writes.extend(Write::newly_armed(about, before.value.timer_due_at, after.timer_due_at, now));
    let touched = linking::touched(&before.value, &after);
    if !touched.is_empty() {
        let settings = settings(room, vault, &after.shop).await?;
        let settings = settings.as_ref().map(|settings| &settings.settings);
        let gained = linking::gained(&before.value, &after);
        let unread: Vec<ParcelKey> =
            touched.iter().filter(|key| parcels.iter().all(|it| it.value.key != **key)).cloned().collect();
        parcels.extend(load(vault, &unread).await?);
        for parcel in parcels.into_iter().filter(|parcel| touched.contains(&parcel.value.key)) {
            let tied = linking::tied(&after, parcel.value.clone(), settings);
            let about = TimerAbout::Parcel(tied.key.clone());
            writes.extend(Write::newly_armed(about, parcel.value.timer_due_at, tied.timer_due_at, now));
            let is_asked = settings.is_some_and(|settings| settings.sources.tracker(&tied.key.carrier).is_some());
            if is_asked && gained.contains(&tied.key) {
                writes.push(Write::Timer { about: TimerAbout::Inquiry(tied.key.clone()), due_at: now, now });
            }
            writes.push(Write::Parcel(Versioned { value: tied, version: parcel.version }));
        }
    }
    writes.push(Write::Order(Versioned { value: after, version: before.version }));
    Ok(writes)
}

/// The order with a carrier for each of its numbers: decided where its storefront names none, and corrected where another one
/// has scanned the parcel already. With it the parcels that were read.
async fn named(room: &Room, vault: &Vault, before: &Order, after: Order) -> Result<(Order, Vec<Versioned<Parcel>>), String> {
    if after.fulfilments == before.fulfilments {
        return Ok((after, Vec::new()));
    }
    let settings = settings(room, vault, &after.shop).await?;
    let prior = settings.as_ref().map(|settings| settings.settings.sources.carriers.as_slice()).unwrap_or_default();
    let after = after.resolved(prior);
    let mut parcels = load(vault, &linking::gained(before, &after)).await?;
    let gained: Vec<Parcel> = parcels.iter().map(|parcel| parcel.value.clone()).collect();
    let sought = load(vault, &correction::sought(&after, &gained, prior)).await?;
    let scanned: Vec<Parcel> = sought.iter().map(|parcel| parcel.value.clone()).collect();
    let after = correction::corrected(after, &gained, &scanned);
    parcels.extend(sought);
    Ok((after, parcels))
}

async fn load(vault: &Vault, keys: &[ParcelKey]) -> Result<Vec<Versioned<Parcel>>, String> {
    vault.parcels(keys).await.map_err(|error| error.to_string())
}

async fn settings(room: &Room, vault: &Vault, shop: &ShopId) -> Result<Option<Arc<VersionedSettings>>, String> {
    room.desk.settings.of(vault, shop).await.map_err(|error| error.to_string())
}

/// The order with the day that its shop promises and a timer for its packing, once it is described and while it waits.
async fn promised(room: &Room, vault: &Vault, order: Order) -> Result<Order, String> {
    let is_new = order.promise.is_none() || order.timer_due_at.is_none();
    if !is_new || !order.waits_for_packing() {
        return Ok(order);
    }
    Ok(match settings(room, vault, &order.shop).await? {
        Some(settings) => settings.settings.watched(order),
        None => order,
    })
}

/// A timer of an order is due: still not packed, it becomes a problem.
async fn look(room: &Room, vault: &Vault, key: &OrderKey) -> Outcome {
    let settings = match settings(room, vault, &key.shop).await {
        Ok(settings) => settings,
        Err(why) => return Outcome::Again(why),
    };
    let now = boot::clock::now();
    change(room, vault, key, |order| {
        // Neither an order nobody knows nor a shop without rules has a deadline.
        let pack_by = settings.as_ref().and_then(|settings| settings.settings.pack_by(&order));
        Ok(pack_by.map(|pack_by| order.looked_at(pack_by, now)))
    })
    .await
}

fn finds(order: &Order) -> Vec<Find> {
    let Some(report) = &order.report else { return Vec::new() };
    std::iter::once(Find::Number(report.number.clone())).chain(report.customer.email.clone().map(Find::Email)).collect()
}
