//! A storefront's webhooks: which there are, which there should be, and what puts them right.
//!
//! Shopify deletes a webhook after eight failures, `WooCommerce` puts one to sleep after five. A merchant notices neither.

use crate::{
    Answer, AskedStorefront, Request, Verdict, read,
    shops::{Api, Hooks},
};
use std::collections::BTreeSet;

/// A webhook as its storefront lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Its id there.
    pub id: String,
    /// What it tells.
    pub topic: String,
    /// Where to.
    pub address: String,
    /// Whether it does.
    pub state: HookState,
}

/// Whether a webhook is awake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookState {
    /// It tells.
    Active,
    /// A person made it stop: that is left alone.
    Paused,
    /// The storefront made it stop, because it failed.
    Disabled,
}

/// What there should be.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// `{PUBLIC_URL}/webhooks/{shop}/storefront/{source}`.
    pub address: &'a str,
    /// The newest of the secrets that let a delivery in there.
    pub secret: Option<&'a str>,
}

/// One thing to put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mend {
    /// What was wrong, for the operator: `orders/updated was gone`.
    pub what: String,
    /// What puts it right, or why nothing does.
    pub request: Result<Request, Verdict>,
}

impl AskedStorefront {
    /// The request for the list of webhooks; none: they are not looked after.
    ///
    /// # Errors
    /// What it comes to without being made.
    pub fn hooks(self, url: &str, credentials: &str) -> Result<Option<Request>, Verdict> {
        self.row().hooks.as_ref().map(|hooks| (hooks.list)(Api { url, credentials })).transpose()
    }

    /// What is wrong with the webhooks in an answer.
    ///
    /// # Errors
    /// What the answer amounts to when there is no list in it.
    pub fn mends(self, url: &str, credentials: &str, wanted: Wanted<'_>, answer: &Answer) -> Result<Vec<Mend>, Verdict> {
        if let Some(verdict) = read::by_status(answer) {
            return Err(verdict);
        }
        let Some(hooks) = &self.row().hooks else { return Ok(Vec::new()) };
        let there = (hooks.read)(answer)?;
        let read_here = self.topics_read();
        let topics = hooks.topics.iter().filter(|topic| read_here.contains(*topic));
        Ok(topics.filter_map(|topic| mend(hooks, Api { url, credentials }, topic, wanted, &there)).collect())
    }

    /// The topics that are of use to us.
    fn topics_read(self) -> BTreeSet<&'static str> {
        let topics = self.storefront().map(storefronts::Storefront::topics).unwrap_or_default();
        topics.iter().filter(|topic| !topic.used_for.is_empty()).map(|topic| topic.name).collect()
    }
}

fn mend(hooks: &Hooks, api: Api<'_>, topic: &str, wanted: Wanted<'_>, there: &[Hook]) -> Option<Mend> {
    let ours: Vec<&Hook> =
        there.iter().filter(|hook| hook.topic == topic && is_same_address(&hook.address, wanted.address)).collect();
    if ours.iter().any(|hook| matches!(hook.state, HookState::Active | HookState::Paused)) {
        return None;
    }
    Some(match (ours.first(), hooks.activate) {
        (Some(asleep), Some(activate)) => Mend { what: format!("{topic} had been disabled"), request: activate(api, &asleep.id) },
        _ => Mend { what: format!("{topic} was gone"), request: (hooks.create)(api, topic, wanted.address, wanted.secret) },
    })
}

/// Storefronts write an address back as they like: with a slash at the end, the host in capitals.
fn is_same_address(theirs: &str, ours: &str) -> bool {
    theirs.trim().trim_end_matches('/').eq_ignore_ascii_case(ours.trim_end_matches('/'))
}
