//! Which sources a shop has: those that were ever heard, and those its settings name.

use carriers::CarrierSource;
use domain::settings::{ShopSettings, SourceRules};
use std::collections::{BTreeMap, HashMap};
use store::SourceState;
use storefronts::Storefront;

/// Sources shown of one shop: more than we read, and than the settings take. Each costs one Query.
pub const SOURCES_MAX: usize = 30;

/// By which door a source comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Orders.
    Storefront,
    /// Parcels.
    Carrier,
}

impl Side {
    /// The word in addresses, in the secret and before a source's name in the vault.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Storefront => "storefront",
            Self::Carrier => "carrier",
        }
    }

    /// The names of all sources that have this door.
    #[must_use]
    pub fn all(self) -> Vec<&'static str> {
        match self {
            Self::Storefront => Storefront::ALL.iter().map(|source| source.as_str()).collect(),
            Self::Carrier => CarrierSource::ALL.iter().map(|source| source.as_str()).collect(),
        }
    }
}

/// One source of a shop, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// By which door it comes in.
    pub side: Side,
    /// Its name, as in the address of its webhooks.
    pub source: String,
    /// What is known of it.
    pub state: SourceState,
}

/// The sources of a shop, storefronts first. `known` is what [`store::Vault::sources`] says.
#[must_use]
pub fn listed(settings: Option<&ShopSettings>, known: &HashMap<String, SourceState>) -> Vec<Listed> {
    let mut sources: BTreeMap<(Side, String), SourceState> = BTreeMap::new();
    for (side, source) in settings.into_iter().flat_map(|settings| named(&settings.sources)) {
        sources.entry((side, source.to_owned())).or_default();
    }
    let mut without_a_side = Vec::new();
    for (name, state) in known {
        match name.split_once('/') {
            Some(("storefront", source)) => add(sources.entry((Side::Storefront, source.to_owned())).or_default(), state),
            Some(("carrier", source)) => add(sources.entry((Side::Carrier, source.to_owned())).or_default(), state),
            // Public keys are kept by the name alone: no source that publishes keys has both doors.
            _ => without_a_side.push((name, state)),
        }
    }
    for (name, state) in without_a_side {
        let is_storefront = sources.contains_key(&(Side::Storefront, name.clone())) || name.parse::<Storefront>().is_ok();
        let is_carrier = sources.contains_key(&(Side::Carrier, name.clone())) || name.parse::<CarrierSource>().is_ok();
        let side = if is_storefront && !is_carrier { Side::Storefront } else { Side::Carrier };
        add(sources.entry((side, name.clone())).or_default(), state);
    }
    sources.into_iter().map(|((side, source), state)| Listed { side, source, state }).collect()
}

fn named(rules: &SourceRules) -> impl Iterator<Item = (Side, &str)> {
    let storefronts = rules.storefronts.keys().map(|source| (Side::Storefront, source.as_str()));
    storefronts.chain(rules.trackers.iter().map(|tracker| (Side::Carrier, tracker.source.as_str())))
}

fn add(to: &mut SourceState, state: &SourceState) {
    to.heard_at = to.heard_at.max(state.heard_at);
    to.not_before = to.not_before.max(state.not_before);
    to.keys_read_at = to.keys_read_at.max(state.keys_read_at);
    if state.reconciled.is_some() {
        to.reconciled.clone_from(&state.reconciled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_heard_and_what_is_set_up_are_listed_once() {
        let settings: ShopSettings = serde_json::from_value(json!({
            "brand": {"name": "Demo"}, "calendar": {"zone": "Europe/Berlin"},
            "sources": {
                "storefronts": {"shopify": {"url": "https://demo.myshopify.com"}},
                "trackers": [{"source": "easypost", "carriers": ["ups"]}, {"source": "easypost", "carriers": ["fedex"]}, {"source": "new_one"}],
            },
        }))
        .unwrap();
        let at = |text: &str| Some(text.parse().unwrap());
        let heard = |text| SourceState { heard_at: at(text), ..SourceState::default() };
        let keys = || SourceState { keys_read_at: at("2026-11-22T10:00:00Z"), ..SourceState::default() };
        let known = HashMap::from([
            ("storefront/shopify".to_owned(), heard("2026-11-22T09:00:00Z")),
            ("storefront/standard".to_owned(), heard("2026-11-22T08:00:00Z")),
            ("carrier/standard".to_owned(), heard("2026-11-22T07:00:00Z")),
            ("new_one".to_owned(), keys()),
            ("woocommerce".to_owned(), keys()),
            ("nobody_knows".to_owned(), keys()),
        ]);
        let all = listed(Some(&settings), &known);
        let names: Vec<String> = all.iter().map(|one| format!("{}/{}", one.side.code(), one.source)).collect();
        assert_eq!(
            names,
            [
                "storefront/shopify",
                "storefront/standard",
                "storefront/woocommerce",
                "carrier/easypost",
                "carrier/new_one",
                "carrier/nobody_knows",
                "carrier/standard"
            ]
        );
        assert!(all[0].state.heard_at.is_some() && all[0].state.keys_read_at.is_none());
        assert!(all[4].state.keys_read_at.is_some());
        assert!(listed(None, &HashMap::new()).is_empty());
    }
}
