//! Storefronts that are asked: the table of them, what a page of orders holds, and whether it is news.

mod bigcommerce;
mod shopify;
mod stripe;
mod woocommerce;

use crate::{Answer, Request, Verdict, hooks::Hook, read};
use domain::order::{FULFILMENTS_MAX, FulfilmentState, Order, REFUNDS_MAX};
use jiff::Timestamp;
use serde_json::value::RawValue;
use std::{fmt, str::FromStr};
use storefronts::{Storefront, StorefrontReport};

/// What is known of a storefront's API when it is asked.
#[derive(Clone, Copy)]
pub(crate) struct Api<'a> {
    /// Without a slash at the end.
    pub(crate) url: &'a str,
    /// The text of its secret.
    pub(crate) credentials: &'a str,
}

/// Makes the request for a page of the orders changed since then.
type Orders = fn(Api<'_>, Timestamp, Option<&str>) -> Result<Request, Verdict>;
/// Reads one.
type Page = for<'a> fn(&'a Answer, Option<&str>) -> Result<OrdersPage<'a>, Verdict>;

/// Makes the request that wakes a webhook.
type Activate = fn(Api<'_>, id: &str) -> Result<Request, Verdict>;
/// Makes one JSON of several answers.
type Whole = fn(&[Part], &[Answer]) -> Result<Vec<u8>, Verdict>;

/// How a storefront's webhooks are looked after.
pub(crate) struct Hooks {
    /// The topics we want, of those that `storefronts` reads.
    pub(crate) topics: &'static [&'static str],
    /// The list of them.
    pub(crate) list: fn(Api<'_>) -> Result<Request, Verdict>,
    /// Reads it.
    pub(crate) read: fn(&Answer) -> Result<Vec<Hook>, Verdict>,
    /// Makes one that pushes this topic to this address, signed with this secret where the storefront is told of it.
    pub(crate) create: fn(Api<'_>, topic: &str, address: &str, secret: Option<&str>) -> Result<Request, Verdict>,
    /// Wakes one that was put to sleep.
    pub(crate) activate: Option<Activate>,
}

/// What the file of one storefront gives: its row in the table.
pub(crate) struct Row {
    pub(crate) orders: Option<(Orders, Page)>,
    pub(crate) hooks: Option<Hooks>,
    /// The requests that fetch one order, whose id is a harmless word.
    pub(crate) parts: fn(Api<'_>, &str) -> Result<Vec<Part>, Verdict>,
    /// One JSON of their answers.
    pub(crate) whole: Whole,
}

/// One of the requests that fetch an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of its answer in the whole.
    pub name: &'static str,
    /// What is asked.
    pub request: Request,
}

/// Some orders of a storefront, each byte for byte as it wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersPage<'a> {
    /// The orders.
    pub orders: Vec<&'a str>,
    /// The next page in the storefront's words; none: this was the last.
    pub next: Option<String>,
}

/// A storefront that is asked. A closed set, by the names of `storefronts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AskedStorefront {
    /// Shopify's Admin API.
    Shopify,
    /// `WooCommerce`'s REST API.
    WooCommerce,
    /// `BigCommerce`'s API.
    BigCommerce,
    /// Stripe's API.
    Stripe,
}

/// A name that is none of a storefront that can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such storefront is asked")]
pub struct NotAsked;

impl FromStr for AskedStorefront {
    type Err = NotAsked;
    fn from_str(name: &str) -> Result<Self, NotAsked> {
        Self::ALL.into_iter().find(|source| source.as_str() == name).ok_or(NotAsked)
    }
}

impl fmt::Display for AskedStorefront {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AskedStorefront {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Shopify, Self::WooCommerce, Self::BigCommerce, Self::Stripe];

    /// Its name in settings, in secrets and in the address of its webhooks.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::BigCommerce => "bigcommerce",
            Self::Stripe => "stripe",
        }
    }

    pub(crate) fn row(self) -> &'static Row {
        match self {
            Self::Shopify => &shopify::ROW,
            Self::WooCommerce => &woocommerce::ROW,
            Self::BigCommerce => &bigcommerce::ROW,
            Self::Stripe => &stripe::ROW,
        }
    }

    /// Whether its orders can be compared with ours.
    #[must_use]
    pub fn can_reconcile(self) -> bool {
        self.row().orders.is_some()
    }

    /// The request for a page of the orders that changed since then; without a page, the first.
    ///
    /// # Errors
    /// What it comes to without being made.
    pub fn orders_page(self, url: &str, credentials: &str, since: Timestamp, page: Option<&str>) -> Result<Request, Verdict> {
        match self.row().orders {
            Some((make, _)) => make(Api { url, credentials }, since, page),
            None => Err(Verdict::refused("has_no_list_of_orders")),
        }
    }

    /// The orders in an answer.
    ///
    /// # Errors
    /// What the answer amounts to when there are none to read.
    pub fn read_page<'a>(self, answer: &'a Answer, page: Option<&str>) -> Result<OrdersPage<'a>, Verdict> {
        if let Some(verdict) = read::by_status(answer) {
            return Err(verdict);
        }
        match self.row().orders {
            Some((_, read)) => read(answer, page),
            None => Err(Verdict::refused("has_no_list_of_orders")),
        }
    }

    /// The requests that fetch one order.
    ///
    /// # Errors
    /// What it comes to without being made.
    pub fn fetch(self, url: &str, credentials: &str, id: &str) -> Result<Vec<Part>, Verdict> {
        if !read::is_word(id) {
            return Err(Verdict::refused("no_id"));
        }
        (self.row().parts)(Api { url, credentials }, id)
    }

    /// The fetched order as one JSON, for [`Storefront::parse_answer`]: every number keeps its digits.
    ///
    /// # Errors
    /// What the answers amount to when one of them is no yes.
    pub fn assemble(self, parts: &[Part], answers: &[Answer]) -> Result<Vec<u8>, Verdict> {
        if let Some(verdict) = answers.iter().find_map(read::by_status) {
            return Err(verdict);
        }
        if parts.is_empty() || parts.len() != answers.len() {
            return Err(read::unreadable());
        }
        (self.row().whole)(parts, answers)
    }

    /// The storefront that reads what this one answers, once there is one.
    #[must_use]
    pub fn storefront(self) -> Option<Storefront> {
        self.as_str().parse().ok()
    }
}

/// The whole of a single answer.
pub(crate) fn single(_: &[Part], answers: &[Answer]) -> Result<Vec<u8>, Verdict> {
    answers.first().map(|answer| answer.body.clone()).ok_or_else(read::unreadable)
}

/// The value of a field that holds the order, byte for byte.
pub(crate) fn inner<'a>(answer: &'a Answer, field: &str) -> Result<&'a str, Verdict> {
    let body: std::collections::BTreeMap<&str, &RawValue> =
        serde_json::from_slice(&answer.body).map_err(|_| read::unreadable())?;
    body.get(field).map(|raw| raw.get()).ok_or_else(read::unreadable)
}

/// Whether what a storefront says of an order is news to us: a newer version of it, or a fulfilment or refund in it of which we
/// never heard. What the order has no more room for is none: it would be news each hour.
#[must_use]
pub fn is_news(kept: &Order, reports: &[StorefrontReport]) -> bool {
    reports.iter().any(|report| match report {
        StorefrontReport::Order(report) => kept.report.as_ref().is_none_or(|kept| kept.reported_at < report.reported_at),
        StorefrontReport::Fulfilment(report) => {
            let has_room = kept.fulfilments.len() < FULFILMENTS_MAX;
            has_room && report.state == FulfilmentState::Open && !kept.fulfilments.contains_key(&report.id)
        }
        StorefrontReport::Refund(report) => {
            kept.refunds.len() < REFUNDS_MAX && report.amount.minor != 0 && !kept.refunds.contains_key(&report.id)
        }
        StorefrontReport::Stage(_) | StorefrontReport::Privacy(_) => false,
    })
}
