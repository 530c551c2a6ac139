//! One source of a shop as its card on the page of sources.

use crate::{
    moment::{Moment, Past},
    source_words as words,
    sources_list::{Listed, Side},
    sources_page::address,
};
use domain::{
    carrier,
    id::ShopId,
    settings::{ShopSettings, Tracker},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use store::Reconciled;
use windows::{
    ago,
    text::{NAME_CHARS_MAX, SENTENCE_CHARS_MAX, shown},
};

/// From when on silence is told as such.
const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// From when on a comparison that is due each hour is told as missing.
const COMPARED_WITHIN: SignedDuration = SignedDuration::from_hours(3);
/// Things put right which are shown of one comparison.
const MENDED_MAX: usize = 10;

/// A source as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceView {
    /// The id of its heading.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What somebody should look at, in words.
    pub flags: Vec<String>,
    /// When it was last heard.
    pub heard: Option<Past>,
    /// Where its webhooks go, while it is not heard.
    pub address: Option<String>,
    /// What the settings say of it.
    pub set_up: Vec<String>,
    /// What the last comparison of its orders came to.
    pub compared: Option<Compared>,
    /// Until when it asked us to wait.
    pub wait_until: Option<Moment>,
    /// When its public keys were read.
    pub keys_read: Option<Past>,
    /// Whether something of it could not be read.
    pub has_unread: bool,
}

/// A comparison of orders as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// When it was through.
    pub at: Past,
    /// What it found; none when it could not be done.
    pub found: Option<String>,
    /// What was put right.
    pub mended: Vec<String>,
}

/// What a card needs beside what was heard.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Whose.
    pub shop: &'a ShopId,
    /// The shop's settings, if it has any.
    pub settings: Option<&'a ShopSettings>,
    /// Where this house answers.
    pub base: &'a str,
    /// The moment of looking.
    pub now: Timestamp,
    /// The shop's zone.
    pub zone: &'a TimeZone,
}

/// The card of a source.
#[must_use]
pub fn view(listed: &Listed, at: &Around<'_>, has_unread: bool) -> SourceView {
    let Listed { side, source, state } = listed;
    let past = |moment| Past::of(moment, at.now, at.zone);
    let reconciled = state.reconciled.as_ref();
    SourceView {
        id: format!("{}-{}", side.code(), source.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()),
        name: words::name(source),
        flags: [silence(listed, at), failure(listed, at), no_comparison(listed, at)].into_iter().flatten().collect(),
        heard: state.heard_at.map(past),
        address: state.heard_at.is_none_or(|heard_at| is_silent(heard_at, at)).then(|| address(at.base, at.shop, *side, source)),
        set_up: at.settings.map(|settings| set_up(*side, source, settings)).unwrap_or_default(),
        compared: reconciled.map(|reconciled| Compared {
            at: past(reconciled.ended_at),
            found: reconciled.failed_with.is_none().then(|| found(reconciled)),
            mended: reconciled.mended.iter().take(MENDED_MAX).map(|line| shown(line, SENTENCE_CHARS_MAX)).collect(),
        }),
        wait_until: state.not_before.filter(|until| *until > at.now).map(|until| Moment::of(until, at.zone)),
        keys_read: state.keys_read_at.map(past),
        has_unread,
    }
}

fn is_silent(heard_at: Timestamp, at: &Around<'_>) -> bool {
    at.now.duration_since(heard_at) > SILENT_AFTER
}

/// That a source which used to speak is silent, and what that may mean.
fn silence(listed: &Listed, at: &Around<'_>) -> Option<String> {
    let heard_at = listed.state.heard_at?;
    if !is_silent(heard_at, at) {
        return None;
    }
    let length = ago::length(heard_at, at.now)?;
    let missed_nothing =
        |reconciled: &Reconciled| reconciled.failed_with.is_none() && reconciled.missed == 0 && reconciled.ended_at > heard_at;
    let advice = match listed.side {
        Side::Storefront if listed.state.reconciled.as_ref().is_some_and(missed_nothing) => {
            "The last comparison of its orders missed nothing, so it is likely just quiet."
        }
        Side::Storefront => {
            "If orders came in since then, its webhooks no longer reach us: see that they go to the address below."
        }
        Side::Carrier => {
            "If parcels are on their way with it, its webhooks no longer reach us: see that they go to the address below."
        }
    };
    Some(format!("Silent for {length}. {advice}"))
}

fn failure(listed: &Listed, at: &Around<'_>) -> Option<String> {
    let word = listed.state.reconciled.as_ref()?.failed_with.as_deref()?;
    let api = at.settings.and_then(|settings| settings.sources.storefronts.get(&listed.source));
    let told = words::failed(word, at.shop, &listed.source, api.map(|api| api.url.as_str()));
    Some(format!("Its orders could not be compared. {told}"))
}

/// That comparisons which are due each hour stopped. A shop set up just now has had none yet.
fn no_comparison(listed: &Listed, at: &Around<'_>) -> Option<String> {
    let api = at.settings?.sources.storefronts.get(&listed.source).filter(|_| listed.side == Side::Storefront)?;
    let ended_at = listed.state.reconciled.as_ref()?.ended_at;
    if !api.reconcile || at.now.duration_since(ended_at) <= COMPARED_WITHIN {
        return None;
    }
    let length = ago::length(ended_at, at.now)?;
    Some(format!(
        "Its orders should be compared each hour, but were not for {length}. The log and the dead letters of the function \u{201c}sources\u{201d} say why."
    ))
}

fn found(reconciled: &Reconciled) -> String {
    let compared = match reconciled.compared {
        0 => return "no order had changed since the one before".to_owned(),
        1 => "1 order".to_owned(),
        count => format!("{count} orders"),
    };
    match reconciled.missed {
        0 => format!("{compared}, none was missed"),
        1 => format!("{compared}, 1 that its webhooks had missed was taken in"),
        count => format!("{compared}, {count} that its webhooks had missed were taken in"),
    }
}

fn set_up(side: Side, source: &str, settings: &ShopSettings) -> Vec<String> {
    match side {
        Side::Storefront => {
            let api = settings.sources.storefronts.get(source);
            let told = api.map(|api| {
                let how = if api.reconcile { "Orders are compared each hour" } else { "Orders are fetched, but not compared," };
                format!("{how} at {}", shown(&api.url, NAME_CHARS_MAX))
            });
            told.into_iter().collect()
        }
        Side::Carrier => {
            let trackers = settings.sources.trackers.iter().filter(|tracker| tracker.source == source);
            trackers.map(tracker).collect()
        }
    }
}

/// "UPS, FedEx: new numbers are registered there; asked after 24 hours without news".
fn tracker(tracker: &Tracker) -> String {
    let whose: Vec<String> = tracker.carriers.iter().map(carrier::display_name).collect();
    let whose = if whose.is_empty() { "Every carrier".to_owned() } else { whose.join(", ") };
    let registers = if tracker.register { "new numbers are registered there" } else { "new numbers are not registered there" };
    let asks = match tracker.poll_after_hours {
        0 => "never asked".to_owned(),
        1 => "asked after 1 hour without news".to_owned(),
        hours => format!("asked after {hours} hours without news"),
    };
    shown(&format!("{whose}: {registers}; {asks}"), SENTENCE_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use store::SourceState;

    const NOW: &str = "2026-11-22T12:00:00Z";

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn card(side: Side, state: SourceState) -> SourceView {
        let settings: ShopSettings = serde_json::from_value(json!({
            "brand": {"name": "Demo"}, "calendar": {"zone": "Europe/Berlin"},
            "sources": {"storefronts": {"shopify": {"url": "https://demo.myshopify.com"}}},
        }))
        .unwrap();
        let shop = "demo".parse().unwrap();
        let at =
            Around { shop: &shop, settings: Some(&settings), base: "https://x.example", now: moment(NOW), zone: &TimeZone::UTC };
        view(&Listed { side, source: "shopify".to_owned(), state }, &at, false)
    }

    fn reconciled(ended_at: &str, missed: u32, failed_with: Option<&str>) -> Option<Reconciled> {
        let (began_at, ended_at) = (moment(ended_at), moment(ended_at));
        Some(Reconciled {
            began_at,
            ended_at,
            compared: 7,
            missed,
            failed_with: failed_with.map(str::to_owned),
            ..Reconciled::default()
        })
    }

    #[track_caller]
    fn check(side: Side, heard_at: &str, compared: Option<Reconciled>, want: &[&str]) {
        let card = card(side, SourceState { heard_at: Some(moment(heard_at)), reconciled: compared, ..SourceState::default() });
        assert_eq!(card.flags.len(), want.len(), "{:?}", card.flags);
        for (flag, part) in card.flags.iter().zip(want) {
            assert!(flag.contains(part), "{flag}");
        }
    }

    #[test]
    fn silence_of_more_than_a_day_is_told_with_what_it_may_mean() {
        check(Side::Storefront, "2026-11-21T12:00:00Z", None, &[]);
        check(
            Side::Storefront,
            "2026-11-21T11:59:59Z",
            None,
            &[
                "Silent for 24 hours. If orders came in since then, its webhooks no longer reach us: see that they go to the address below.",
            ],
        );
        check(Side::Carrier, "2026-11-02T12:00:00Z", None, &["Silent for 20 days. If parcels are on their way"]);
        let well = || reconciled("2026-11-22T11:30:00Z", 0, None);
        check(
            Side::Storefront,
            "2026-11-20T12:00:00Z",
            well(),
            &["Silent for 2 days. The last comparison of its orders missed nothing"],
        );
        let missed = reconciled("2026-11-22T11:30:00Z", 1, None);
        check(Side::Storefront, "2026-11-20T12:00:00Z", missed, &["no longer reach us"]);
        let failed = reconciled("2026-11-22T11:30:00Z", 0, Some("credentials"));
        check(Side::Storefront, "2026-11-20T12:00:00Z", failed, &["no longer reach us", "did not let us in"]);
        assert_eq!(card(Side::Storefront, SourceState::default()).flags, [""; 0], "what never spoke is not silent");
    }

    #[test]
    fn comparisons_that_stopped_are_told() {
        let heard = "2026-11-22T11:59:00Z";
        check(Side::Storefront, heard, reconciled("2026-11-22T09:00:00Z", 0, None), &[]);
        check(Side::Storefront, heard, reconciled("2026-11-22T07:59:00Z", 0, None), &["were not for 4 hours"]);
    }

    #[test]
    fn a_source_that_never_spoke_says_where_it_should() {
        let card = card(Side::Storefront, SourceState::default());
        assert_eq!(card.address.as_deref(), Some("https://x.example/webhooks/demo/storefront/shopify"));
        assert_eq!(card.set_up, ["Orders are compared each hour at https://demo.myshopify.com"]);
    }

    #[test]
    fn waiting_is_told_until_it_is_over() {
        let wait =
            |until| card(Side::Carrier, SourceState { not_before: Some(moment(until)), ..SourceState::default() }).wait_until;
        assert!(wait("2026-11-22T12:05:00Z").is_some() && wait(NOW).is_none());
    }
}
