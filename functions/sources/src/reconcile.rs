//! Compares a storefront's orders with ours, page by page through the room's own queue, and takes over what was missed.
//!
//! A comparison looks at what changed since the last one began, and ten minutes more; the very first at the last day. What
//! changed in the last five minutes is left to its webhook, and looked at by the next one. What was missed is put on the queue
//! of orders as if its webhook had come; that no old news is told is the rule of letters.

use crate::{NotNow, Room, webhooks};
use boot::{batch::Outcome, clock, queue};
use contracts::{ReconcileRun, ToOrders, ToSources};
use domain::{
    id::{OrderId, OrderKey, ShopId},
    settings::StorefrontApi,
};
use inquiries::{Answer, AskedStorefront, Verdict, is_news};
use jiff::{SignedDuration, Timestamp};
use store::Reconciled;
use storefronts::{Parsed, Storefront, StorefrontReport};

/// How far before the begin of the last comparison the next one looks back.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// How long a webhook is given: shorter than [`OVERLAP`], so that the next comparison sees what this one left.
const GRACE: SignedDuration = SignedDuration::from_mins(5);
/// How far the first one looks back.
const FIRST_LOOK: SignedDuration = SignedDuration::from_hours(24);
/// How far any looks back: Shopify gives out no older orders without being asked.
const LOOK_BACK_MAX: SignedDuration = SignedDuration::from_hours(59 * 24);
/// Pages of one comparison: 50,000 orders of Shopify, 20,000 of `WooCommerce`.
const PAGES_MAX: u32 = 200;
/// The longest page: 250 orders of ten kilobytes, and as much again.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Orders of one page that are compared: more than any page has.
const ORDERS_MAX: usize = 500;
/// Times a page is asked for until the comparison is given up; the next hour begins another.
const TRIES_MAX: u32 = 3;
/// How long a comparison waits for a storefront that slows us down; then the next hour's takes over.
const WAITS_MAX: SignedDuration = SignedDuration::from_mins(50);
/// The shortest wait then, in seconds.
const WAIT_S_MIN: u32 = 5;

/// Sends one message for each storefront of each shop.
pub(crate) async fn everywhere(room: &Room) -> Result<Outcome, NotNow> {
    for shop in room.keyring().await?.shops() {
        at(room, shop).await?;
    }
    Ok(Outcome::Done)
}

/// Sends one message for each storefront of a shop whose API is set up.
pub(crate) async fn at(room: &Room, shop: &ShopId) -> Result<Outcome, NotNow> {
    let (settings, keyring) = (room.settings(shop).await?, room.keyring().await?);
    let apis = settings.iter().flat_map(|settings| &settings.settings.sources.storefronts);
    let mut messages = Vec::new();
    for (source, _) in apis.filter(|(_, api)| api.reconcile) {
        if !source.parse::<AskedStorefront>().is_ok_and(AskedStorefront::can_reconcile) {
            continue;
        }
        if keyring.partner(shop, source).is_none() {
            tracing::warn!(shop = shop.as_str(), source, "orders are not compared: the storefront's API has no credentials");
            continue;
        }
        messages.push(again(shop, source, None, None));
    }
    room.put(&room.sources_queue_url, &messages).await?;
    Ok(Outcome::Done)
}

fn again(shop: &ShopId, source: &str, page: Option<String>, run: Option<ReconcileRun>) -> ToSources {
    ToSources::ReconcileDue { shop: Some(shop.clone()), source: Some(source.to_owned()), page, run }
}

/// Where a comparison is done.
struct Place<'a> {
    room: &'a Room,
    shop: &'a ShopId,
    source: AskedStorefront,
    api: &'a StorefrontApi,
    credentials: &'a str,
}

/// Compares one page. Without a run it begins one, with the webhooks.
pub(crate) async fn page(
    room: &Room,
    shop: &ShopId,
    source: &str,
    page: Option<String>,
    run: Option<ReconcileRun>,
    tries: u32,
) -> Result<Outcome, NotNow> {
    let (Ok(asked), Ok(reader)) = (source.parse::<AskedStorefront>(), source.parse::<Storefront>()) else {
        return Ok(Outcome::Never("no such storefront is asked".to_owned()));
    };
    let (settings, keyring) = (room.settings(shop).await?, room.keyring().await?);
    let api = settings.as_ref().and_then(|settings| settings.settings.sources.storefronts.get(source));
    // Taken out of the settings meanwhile: nothing to do.
    let (Some(api), Some(credentials)) = (api, keyring.partner(shop, source)) else { return Ok(Outcome::Done) };
    let place = Place { room, shop, source: asked, api, credentials };
    let run = match run {
        Some(run) => run,
        None => match place.begin().await? {
            Ok(run) => run,
            Err((run, verdict)) => return place.failed(run, None, &verdict, tries).await,
        },
    };
    let request = asked.orders_page(&api.url, credentials, run.since, page.as_deref());
    let answer = match request {
        Ok(request) => room.outside.ask_for(&request, PAGE_BYTES_MAX).await?,
        Err(verdict) => Err(verdict),
    };
    let compared = match &answer {
        Ok(answer) => place.compare(reader, answer, page.as_deref(), run).await?,
        Err(verdict) => Err(verdict.clone()),
    };
    match compared {
        Ok((run, Some(next))) if run.pages < PAGES_MAX => {
            room.put(&room.sources_queue_url, &[again(shop, source, Some(next), Some(run))]).await?;
            Ok(Outcome::Done)
        }
        Ok((run, next)) => place.ended(run, next.map(|_| "too_many_pages")).await,
        Err(verdict) => place.failed(run, page, &verdict, tries).await,
    }
}

impl Place<'_> {
    fn name(&self) -> &'static str {
        self.source.as_str()
    }

    /// Begins a comparison: from when, and with webhooks that are as they should be. What that comes to if it fails stands
    /// beside the run that was to be.
    async fn begin(&self) -> Result<Result<ReconcileRun, (ReconcileRun, Verdict)>, NotNow> {
        let (room, shop, now) = (self.room, self.shop, clock::now());
        let last = room.vault.reconciled(shop, self.name()).await?.map(|last| last.began_at);
        let since = match last.filter(|at| *at > Timestamp::UNIX_EPOCH) {
            Some(began_at) => began_at - OVERLAP,
            None => now - FIRST_LOOK,
        };
        let since = since.max(now - LOOK_BACK_MAX);
        let run = ReconcileRun { since, began_at: now, pages: 0, compared: 0, missed: 0 };
        let mended = match webhooks::looked_after(room, shop, self.source, self.api, self.credentials).await? {
            Ok(mended) => mended,
            Err(verdict @ (Verdict::TooOften { .. } | Verdict::Again { .. })) => return Ok(Err((run, verdict))),
            // Orders may be open to us though webhooks are not: a token has a right for each.
            Err(verdict) => {
                let (source, why) = (self.name(), verdict.code());
                tracing::error!(shop = shop.as_str(), source, why, "the storefront's webhooks cannot be looked after");
                vec![format!("webhooks cannot be looked after ({why})")]
            }
        };
        if !mended.is_empty() {
            room.vault.note_mending(shop, self.name(), now, &mended).await?;
        }
        Ok(Ok(run))
    }

    /// Compares the orders of an answer with ours and passes on what was missed. Gives the run after it, and the next page.
    async fn compare(
        &self,
        reader: Storefront,
        answer: &Answer,
        page: Option<&str>,
        run: ReconcileRun,
    ) -> Result<Result<(ReconcileRun, Option<String>), Verdict>, NotNow> {
        let orders = match self.source.read_page(answer, page) {
            Ok(orders) => orders,
            Err(verdict) => return Ok(Err(verdict)),
        };
        let now = clock::now();
        let (mut told, mut unreadable) = (Vec::new(), 0_u32);
        for body in orders.orders.iter().take(ORDERS_MAX) {
            match reader.parse_answer(&signatures::answered(body.as_bytes(), now)) {
                Ok(Parsed::Reports(reports)) => told.extend(self.order_of(&reports).map(|order| (order, reports))),
                Ok(Parsed::Thin { .. } | Parsed::Unknown { .. }) => {}
                Err(_) => unreadable += 1,
            }
        }
        if unreadable > 0 {
            let source = self.name();
            tracing::warn!(shop = self.shop.as_str(), source, unreadable, "orders of the storefront's list cannot be read");
        }
        let may_be_on_its_way = run.began_at - GRACE;
        told.retain(|((_, changed_at), _)| *changed_at <= may_be_on_its_way);
        let keys: Vec<OrderKey> = told.iter().map(|((key, _), _)| key.clone()).collect();
        let kept = self.room.vault.orders(&keys).await?;
        let compared = u32::try_from(told.len()).unwrap_or(u32::MAX);
        let missed: Vec<Vec<StorefrontReport>> = told
            .into_iter()
            .zip(kept)
            .filter(|((_, reports), kept)| is_news(&kept.value, reports))
            .map(|((_, reports), _)| reports)
            .collect();
        let count = u32::try_from(missed.len()).unwrap_or(u32::MAX);
        let messages: Vec<ToOrders> = missed.into_iter().flatten().map(|report| found(self.shop.clone(), report, now)).collect();
        self.room.put(&self.room.orders_queue_url, &messages).await?;
        let run = ReconcileRun {
            pages: run.pages.saturating_add(1),
            compared: run.compared.saturating_add(compared),
            missed: run.missed.saturating_add(count),
            ..run
        };
        Ok(Ok((run, orders.next)))
    }

    /// Which of our orders some reports are about, and when it last changed there. Without a description there is no order.
    fn order_of(&self, reports: &[StorefrontReport]) -> Option<(OrderKey, Timestamp)> {
        let order = reports.iter().find_map(|report| match report {
            StorefrontReport::Order(order) => Some(order),
            _ => None,
        })?;
        let id = OrderId::of(self.shop, &order.source, &order.source_id);
        Some((OrderKey { shop: self.shop.clone(), order: id }, order.reported_at))
    }

    /// What becomes of a comparison whose page was not had: it waits, comes again, or is given up until the next hour.
    async fn failed(&self, run: ReconcileRun, page: Option<String>, verdict: &Verdict, tries: u32) -> Result<Outcome, NotNow> {
        let has_begun = page.is_some() || run.pages > 0;
        match verdict {
            Verdict::TooOften { retry_after_s } if clock::now().duration_since(run.began_at) < WAITS_MAX => {
                // With the run in it, even before its first page: how long we wait is counted from its begin.
                let body = contracts::write(&again(self.shop, self.name(), page, Some(run)))?;
                let wait_s = i32::try_from(retry_after_s.unwrap_or(60).max(WAIT_S_MIN)).unwrap_or(i32::MAX);
                queue::send_later(&self.room.dead.sqs, &self.room.sources_queue_url, body, wait_s).await?;
                Ok(Outcome::Done)
            }
            Verdict::Again { why } if tries < TRIES_MAX => Err(NotNow::Source(why.clone())),
            _ => {
                let (source, why) = (self.name(), verdict.code());
                tracing::error!(shop = self.shop.as_str(), source, why, has_begun, "orders cannot be compared");
                let before = self.room.vault.reconciled(self.shop, source).await?.unwrap_or_default();
                // The next one looks back as far as this one: nothing was compared.
                let kept = Reconciled {
                    began_at: before.began_at,
                    ended_at: clock::now(),
                    compared: run.compared,
                    missed: run.missed,
                    mended: self.room.vault.mending(self.shop, source, run.began_at).await?,
                    failed_with: Some(why.to_owned()),
                };
                self.room.vault.keep_reconciled(self.shop, source, &kept).await?;
                Ok(Outcome::Done)
            }
        }
    }

    /// Keeps what a comparison came to, and tells the operator what was missed.
    async fn ended(&self, run: ReconcileRun, failed_with: Option<&str>) -> Result<Outcome, NotNow> {
        let (room, shop, source) = (self.room, self.shop, self.name());
        let before = room.vault.reconciled(shop, source).await?;
        let is_first = before.as_ref().is_none_or(|before| before.began_at <= Timestamp::UNIX_EPOCH);
        let (pages, compared, missed) = (run.pages, run.compared, run.missed);
        match (missed, failed_with) {
            (_, Some(why)) => {
                tracing::error!(shop = shop.as_str(), source, pages, compared, missed, why, "orders are compared in part only");
            }
            (0, None) => tracing::info!(shop = shop.as_str(), source, pages, compared, "orders were compared, none was missed"),
            (_, None) if is_first => {
                tracing::info!(
                    shop = shop.as_str(),
                    source,
                    pages,
                    compared,
                    missed,
                    "the orders of the last day were taken over"
                );
            }
            (_, None) => {
                tracing::error!(shop = shop.as_str(), source, pages, compared, missed, "webhooks had missed orders");
            }
        }
        // A slow comparison that a later one overtook does not take its place.
        if before.is_some_and(|before| before.began_at > run.began_at) {
            return Ok(Outcome::Done);
        }
        let kept = Reconciled {
            began_at: run.began_at,
            ended_at: clock::now(),
            compared,
            missed,
            mended: room.vault.mending(shop, source, run.began_at).await?,
            failed_with: failed_with.map(str::to_owned),
        };
        room.vault.keep_reconciled(shop, source, &kept).await?;
        Ok(Outcome::Done)
    }
}

/// What a comparison found, as the desk hears it.
fn found(shop: ShopId, report: StorefrontReport, found_at: Timestamp) -> ToOrders {
    match report {
        StorefrontReport::Order(report) => ToOrders::OrderFound { shop, report, found_at },
        other => ToOrders::reported(shop, other),
    }
}
