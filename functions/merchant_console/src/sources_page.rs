//! Where a shop's news comes from: when each source was last heard, what comparing its orders found, what of it could not be
//! read, and what was asked about persons' data.

use crate::{
    moment::{Moment, Past},
    pages::STYLE,
    source_view::{Around, SourceView, view},
    source_words as words,
    sources_list::{Listed, SOURCES_MAX, Side},
};
use askama::Template;
use domain::{
    id::ShopId,
    privacy::{PrivacyRequest, PrivacyWish},
    settings::ShopSettings,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use lambda_http::http::{HeaderMap, header};
use letters::words as said;
use std::collections::BTreeMap;
use store::Unread;
use windows::{
    ago,
    answer::Answer,
    text::{NAME_CHARS_MAX, shown, shown_if_any},
};

/// Words that could not be read which are shown, the newest.
const UNREAD_MAX: usize = 100;
/// Rows the vault hands out of what one source said; with as many, nobody knows whether there are more.
const UNREAD_ROWS_MAX: usize = 100;
/// Requests the vault hands out.
const REQUESTS_MAX: usize = 100;
/// How long the law gives for an answer: a month (GDPR, article 12), told by Shopify as thirty days.
const ANSWER_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the vault says of a shop's sources, and where the shop is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The shop's settings, if it has any.
    pub settings: Option<&'a ShopSettings>,
    /// Its sources; at most [`SOURCES_MAX`] of them are shown.
    pub sources: &'a [Listed],
    /// What could not be read of each, by its name.
    pub unread: &'a BTreeMap<String, Vec<Unread>>,
    /// The requests about persons' data, the newest first.
    pub requests: &'a [PrivacyRequest],
    /// Where this house answers: the beginning of every address of webhooks.
    pub base: &'a str,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "sources.html")]
pub struct SourcesPage {
    shop: ShopId,
    shop_name: String,
    zone: String,
    lists: [SourceList; 2],
    /// Sources that are not shown.
    more_sources: usize,
    unread: Vec<UnreadView>,
    is_unread_partial: bool,
    requests: Vec<RequestView>,
    is_requests_partial: bool,
    doors: [DoorView; 2],
}

/// The sources of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SourceList {
    id: &'static str,
    title: &'static str,
    none: &'static str,
    sources: Vec<SourceView>,
}

/// A topic or a status code that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnreadView {
    source: String,
    kind: &'static str,
    word: Option<String>,
    times: String,
    last: Past,
}

/// A request about a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RequestView {
    wish: &'static str,
    next: &'static str,
    source: String,
    at: Past,
    orders: Option<String>,
    /// To whom the answer goes; not told where none is to be given.
    email: Option<String>,
    /// By when the law wants an answer.
    until: Moment,
    /// "27 days left", or how long ago that was.
    left: String,
    is_over: bool,
}

/// A door of the house: what to paste where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DoorView {
    whose: &'static str,
    address: String,
    /// The names that may stand there instead.
    others: Vec<&'static str>,
    /// Where in the deployment's secret that belongs which signs its webhooks.
    secret: String,
}

impl SourcesPage {
    /// The page of a shop, as of now.
    #[must_use]
    pub fn of(shop: &ShopId, known: &Known<'_>, now: Timestamp) -> Self {
        let zone = known.settings.map_or(TimeZone::UTC, |settings| settings.calendar.zone.time_zone().clone());
        let views = |side| {
            let of_side = known.sources.iter().take(SOURCES_MAX).filter(|listed| listed.side == side);
            let has_unread = |listed: &Listed| known.unread.get(&listed.source).is_some_and(|unread| !unread.is_empty());
            let at = Around { shop, settings: known.settings, base: known.base, now, zone: &zone };
            of_side.map(|listed| view(listed, &at, has_unread(listed))).collect()
        };
        let mut unread = unread_views(known.unread, now, &zone);
        let is_unread_partial = unread.len() > UNREAD_MAX || known.unread.values().any(|unread| unread.len() >= UNREAD_ROWS_MAX);
        unread.truncate(UNREAD_MAX);
        Self {
            shop: shop.clone(),
            shop_name: known.settings.map_or_else(|| shop.to_string(), |known| shown(&known.brand.name, NAME_CHARS_MAX)),
            zone: zone.iana_name().unwrap_or("UTC").replace('_', " "),
            lists: [
                SourceList {
                    id: "storefronts",
                    title: "Storefronts",
                    none: "No storefront was heard yet.",
                    sources: views(Side::Storefront),
                },
                SourceList {
                    id: "carriers",
                    title: "Carriers and aggregators",
                    none: "No carrier was heard yet.",
                    sources: views(Side::Carrier),
                },
            ],
            more_sources: known.sources.len().saturating_sub(SOURCES_MAX),
            unread,
            is_unread_partial,
            requests: known.requests.iter().map(|request| RequestView::of(request, now, &zone)).collect(),
            is_requests_partial: known.requests.len() >= REQUESTS_MAX,
            doors: [Side::Storefront, Side::Carrier].map(|side| DoorView::of(side, shop, known)),
        }
    }

    /// The page.
    #[must_use]
    pub fn answer(&self) -> Answer {
        Answer::page(200, STYLE, self.render())
    }

    fn is_empty(&self) -> bool {
        self.lists.iter().all(|list| list.sources.is_empty())
    }

    /// The sources that somebody should look at.
    fn flagged(&self) -> Vec<&SourceView> {
        self.lists.iter().flat_map(|list| &list.sources).filter(|source| !source.flags.is_empty()).collect()
    }
}

/// What was kept aside is a row for each body: here it is counted by its topic. The newest first.
fn unread_views(unread: &BTreeMap<String, Vec<Unread>>, now: Timestamp, zone: &TimeZone) -> Vec<UnreadView> {
    let mut words: BTreeMap<(&str, bool, &str), (u64, Timestamp)> = BTreeMap::new();
    for (source, rows) in unread {
        for row in rows {
            let counted = words.entry((source.as_str(), row.is_code, row.word.as_str())).or_insert((0, row.last_at));
            *counted = (counted.0.saturating_add(row.seen), counted.1.max(row.last_at));
        }
    }
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_by(|(one, (_, one_at)), (other, (_, other_at))| (other_at, one).cmp(&(one_at, other)));
    let view = |((source, is_code, word), (seen, last_at)): ((&str, bool, &str), (u64, Timestamp))| UnreadView {
        source: words::name(source),
        kind: if is_code { "status code" } else { "topic" },
        word: shown_if_any(word, NAME_CHARS_MAX),
        times: if seen == 1 { "once".to_owned() } else { format!("{seen} times") },
        last: Past::of(last_at, now, zone),
    };
    words.into_iter().map(view).collect()
}

impl RequestView {
    fn of(request: &PrivacyRequest, now: Timestamp, zone: &TimeZone) -> Self {
        let until = request.requested_at.saturating_add(ANSWER_WITHIN).unwrap_or(request.requested_at);
        let is_over = until < now;
        let left = match ago::length(now, until) {
            Some(length) => format!("{length} left"),
            None => format!("that was {}", ago::ago(until, now)),
        };
        Self {
            wish: words::privacy_wish(request.wish),
            next: words::privacy_next(request.wish),
            source: words::name(&request.source),
            at: Past::of(request.requested_at, now, zone),
            orders: match (request.wish, request.orders.len()) {
                (PrivacyWish::ShopErasure, 0) => None,
                (_, 0) => Some("no order is named".to_owned()),
                (_, 1) => Some("1 order".to_owned()),
                (_, count) => Some(format!("{count} orders")),
            },
            // Who is to be forgotten is not named once more: only who is to be answered.
            email: match request.wish {
                PrivacyWish::CustomerData => request.email.as_ref().map(|email| shown(email.as_str(), NAME_CHARS_MAX)),
                PrivacyWish::CustomerErasure | PrivacyWish::ShopErasure => None,
            },
            until: Moment {
                words: said::day_with_year(until.to_zoned(zone.clone()).date()),
                machine: until.to_zoned(zone.clone()).date().to_string(),
            },
            left,
            is_over,
        }
    }
}

impl DoorView {
    /// The door of a side, by the name of a source that the shop has, or of the first there is.
    fn of(side: Side, shop: &ShopId, known: &Known<'_>) -> Self {
        let all = side.all();
        let own = known.sources.iter().find(|listed| listed.side == side && all.contains(&listed.source.as_str()));
        let source = own.map_or_else(|| all.first().copied().unwrap_or("standard"), |listed| listed.source.as_str());
        Self {
            whose: match side {
                Side::Storefront => "Your storefront sends its webhooks to",
                Side::Carrier => "Your carrier or aggregator sends its webhooks to",
            },
            address: address(known.base, shop, side, source),
            others: all.into_iter().filter(|other| *other != source).collect(),
            secret: format!("shops.{shop}.{}.{source}", side.code()),
        }
    }
}

/// Where the webhooks of a source go.
pub(crate) fn address(base: &str, shop: &ShopId, side: Side, source: &str) -> String {
    format!("{base}/webhooks/{shop}/{}/{}", side.code(), shown(source, NAME_CHARS_MAX))
}

/// Where this house answers: the shop's public address, or the one under which this page was asked for.
#[must_use]
pub fn base(settings: Option<&ShopSettings>, headers: &HeaderMap) -> String {
    if let Some(url) = settings.and_then(|settings| settings.brand.public_url.as_deref()) {
        return shown(url, NAME_CHARS_MAX);
    }
    let header = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_host = |host: &&str| host.len() <= 255 && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b));
    let host = header(header::HOST).filter(is_host).unwrap_or("the-address-of-this-page");
    // Only a stack on one machine is asked without TLS.
    let is_here =
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| host.split(':').next() == Some(here) || host.starts_with("[::1]"));
    format!("{}://{host}", if is_here { "http" } else { "https" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;
    use serde_json::json;

    #[test]
    fn the_house_is_where_the_page_was_asked_for_unless_the_shop_says_otherwise() {
        let asked_at = |host: &'static str| {
            let headers = [(header::HOST, HeaderValue::from_static(host))].into_iter().collect();
            base(None, &headers)
        };
        assert_eq!(asked_at("abc.execute-api.example"), "https://abc.execute-api.example");
        assert_eq!(asked_at("127.0.0.1:8787"), "http://127.0.0.1:8787");
        assert_eq!(asked_at("localhost"), "http://localhost");
        assert_eq!(asked_at("[::1]:8787"), "http://[::1]:8787");
        assert_eq!(asked_at("localhost.evil.example"), "https://localhost.evil.example");
        assert_eq!(asked_at("<script>"), "https://the-address-of-this-page");
        let settings: ShopSettings = serde_json::from_value(
            json!({"brand": {"name": "Demo", "public_url": "https://track.demo.example"}, "calendar": {"zone": "UTC"}}),
        )
        .unwrap();
        assert_eq!(base(Some(&settings), &HeaderMap::new()), "https://track.demo.example");
    }

    #[test]
    fn one_topic_of_many_bodies_is_counted_once() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let row = |word: &str, is_code, seen, last_at| Unread { word: word.to_owned(), is_code, seen, last_at: at(last_at) };
        let rows = vec![
            row("X9", true, 3, "2026-11-20T10:00:00Z"),
            row("carts/update", false, 1, "2026-11-21T10:00:00Z"),
            row("carts/update", false, 5, "2026-11-22T11:00:00Z"),
            row("", false, 1, "2026-11-19T10:00:00Z"),
        ];
        let views = unread_views(&BTreeMap::from([("shopify".to_owned(), rows)]), at("2026-11-22T12:00:00Z"), &TimeZone::UTC);
        let told: Vec<_> =
            views.iter().map(|view| (view.kind, view.word.as_deref(), view.times.as_str(), view.last.ago.as_str())).collect();
        assert_eq!(
            told,
            [
                ("topic", Some("carts/update"), "6 times", "1 hour ago"),
                ("status code", Some("X9"), "3 times", "2 days ago"),
                ("topic", None, "once", "3 days ago"),
            ]
        );
    }
}
