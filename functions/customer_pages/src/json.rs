//! The facts of an order as JSON, for shops that draw their own page. Fields are added, never renamed or removed.
//!
//! ```text
//! { "number", "shop", "status", "headline", "placed_at", "cancelled_at", "erased_at",
//!   "steps":   [{ "step", "state", "at" }],
//!   "parcels": [{ "carrier", "carrier_name", "number", "url", "status", "sub", "status_words", "since", "delivered_at",
//!                 "expected", "expected_first", "expected_by", "last_mile": { "carrier_name", "number", "url" },
//!                 "problem": { "code", "since", "cause", "actor", "headline", "explanation", "what_now" },
//!                 "episodes": [{ "code", "opened_at", "closed_at" }],
//!                 "scans": [{ "at", "status", "sub", "words", "text", "place", "zone_known" }] }],
//!   "items":   [{ "title", "variant", "sku", "quantity", "paid": { "minor", "currency" } }],
//!   "totals":  { "total", "shipping", "tax", "discount" },
//!   "refunds": [{ "amount": { "minor", "currency" }, "refunded_at" }],
//!   "address": { "name", "company", "street", "street_more", "city", "region", "postal_code", "country" },
//!   "answers": [{ "id", "wish", "answered_at", "done_at", "parcel": { "carrier", "number" } }],
//!   "returns": [{ "id", "state", "state_words", "requested_at", "outcome", "lines": [{ "line", "quantity", "reason" }],
//!                 "reasons", "next" }] }
//! ```
//!
//! `status` is the furthest step that all of the order has reached (`placed`, `confirmed`, `packed`, `on_its_way`,
//! `out_for_delivery`, `delivered`), `cancelled`, or `unknown` before the shop has described the order. `state` of a step is
//! `done`, `partly` or `ahead`. Statuses of parcels are the twelve of ARCHITECTURE.md's glossary. A parcel that is only the
//! last leg of another is not listed: it is that one's `last_mile`. `expected_by` is `carrier`, `lane` or `promise`; `actor` of
//! a problem `nobody`, `customer` or `merchant`; `code` of an episode `disputed`, `presumed_lost`, `delivery_retracted`,
//! `no_movement`, `overdue_promise` or `label_without_scan`; `wish` of an answer `another_day`, `corrected_address`,
//! `neighbour`, `pickup_point` or `not_received`, without a `parcel` about the order before its dispatch. `address` is where
//! it goes: corrected before dispatch, it is the corrected one. `refunds` are the moneys that went back, oldest first. Since
//! `erased_at` nothing tells who the customer is, and there is no `address`. Absent facts are absent fields; times are RFC 3339, days are
//! ISO dates, money is in minor units.

use crate::{facts::Facts, headline::headline, returns::outcome_code};
use domain::{
    address::Address,
    answer::CustomerAnswer,
    id::{LineId, ParcelKey, ReturnId},
    journey::{StepState, journey},
    money::Money,
    order::{ParcelName, Refund, Totals},
    parcel::Parcel,
    return_::{Return, ReturnState},
    scan::{PLACE_CHARS_MAX, TEXT_CHARS_MAX},
    status::Status,
};
use jiff::{Timestamp, civil::Date};
use letters::words;
use serde::Serialize;
use windows::text::{NAME_CHARS_MAX, SENTENCE_CHARS_MAX, shown, shown_if_any};

/// The whole document.
#[derive(Debug, Serialize)]
struct Document {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    shop: String,
    status: &'static str,
    headline: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    placed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_at: Option<Timestamp>,
    steps: Vec<Step>,
    parcels: Vec<ParcelFacts>,
    items: Vec<Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    totals: Option<Totals>,
    refunds: Vec<RefundFacts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    answers: Vec<AnswerFacts>,
    returns: Vec<ReturnFacts>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct ParcelFacts {
    carrier: String,
    carrier_name: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    status: Status,
    sub: String,
    status_words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_first: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_mile: Option<LastMile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemFacts>,
    episodes: Vec<EpisodeFacts>,
    scans: Vec<ScanFacts>,
}

#[derive(Debug, Serialize)]
struct EpisodeFacts {
    code: String,
    opened_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct LastMile {
    carrier_name: String,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Debug, Serialize)]
struct ProblemFacts {
    code: String,
    since: Timestamp,
    cause: &'static str,
    actor: &'static str,
    headline: String,
    explanation: String,
    what_now: String,
}

#[derive(Debug, Serialize)]
struct ScanFacts {
    at: Timestamp,
    status: Status,
    sub: String,
    words: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    zone_known: bool,
}

#[derive(Debug, Serialize)]
struct Item {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<String>,
    quantity: u32,
    paid: Money,
}

#[derive(Debug, Serialize)]
struct RefundFacts {
    amount: Money,
    refunded_at: Timestamp,
}

/// An answer without what its customer wrote in it.
#[derive(Debug, Serialize)]
struct AnswerFacts {
    id: ReturnId,
    wish: &'static str,
    answered_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<ParcelName>,
}

#[derive(Debug, Serialize)]
struct ReturnFacts {
    id: ReturnId,
    state: &'static str,
    state_words: &'static str,
    requested_at: Timestamp,
    outcome: &'static str,
    lines: Vec<ReturnLineFacts>,
    reasons: Vec<String>,
    next: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ReturnLineFacts {
    line: LineId,
    quantity: u32,
    reason: &'static str,
}

/// The document of these facts.
///
/// # Errors
/// Never for these facts: the document has no map with keys that are not text. The caller need not guess that.
pub fn document(facts: &Facts) -> Result<String, serde_json::Error> {
    let journey = journey(&facts.order, &facts.parcels);
    let report = facts.order.report.as_ref();
    let reached = journey.steps.iter().rfind(|step| step.state == StepState::Done);
    let document = Document {
        number: facts.number(),
        shop: facts.shop_name(),
        status: if journey.cancelled_at.is_some() { "cancelled" } else { reached.map_or("unknown", |step| step.kind.code()) },
        headline: headline(facts).sentence,
        placed_at: report.map(|report| report.placed_at),
        cancelled_at: journey.cancelled_at,
        erased_at: facts.order.redacted_at,
        steps: journey.steps.iter().map(|s| Step { step: s.kind.code(), state: state_code(s.state), at: s.at }).collect(),
        parcels: facts.parcels.iter().map(|parcel| parcel_facts(facts, parcel)).collect(),
        items: report.iter().flat_map(|report| &report.lines).map(item).collect(),
        totals: report.map(|report| report.totals.clone()),
        refunds: facts.refunds().into_iter().map(refund_facts).collect(),
        address: facts.order.ship_to().filter(|_| !facts.is_erased()).cloned(),
        answers: facts.order.answers.iter().map(answer_facts).collect(),
        returns: facts.returns.iter().map(|return_| return_facts(facts, return_)).collect(),
    };
    serde_json::to_string(&document)
}

fn state_code(state: StepState) -> &'static str {
    match state {
        StepState::Done => "done",
        StepState::Partly => "partly",
        StepState::Ahead => "ahead",
    }
}

fn parcel_facts(facts: &Facts, parcel: &Parcel) -> ParcelFacts {
    let now = parcel.folded();
    let expected = parcel.expected_to_show();
    ParcelFacts {
        carrier: parcel.key.carrier.to_string(),
        carrier_name: parcel.carrier_name(),
        number: parcel.key.number.to_string(),
        url: parcel.carrier_url(),
        status: now.status,
        sub: now.sub.code().to_owned(),
        status_words: words::status(now.status, &now.sub),
        since: now.since,
        delivered_at: now.delivered_at,
        expected: expected.map(|expected| expected.current),
        expected_first: expected.map(|expected| expected.first),
        expected_by: expected.map(|expected| expected.by.code()),
        last_mile: parcel.last_mile.as_ref().map(|name| LastMile {
            carrier_name: domain::carrier::display_name(&name.carrier),
            number: name.number.to_string(),
            url: domain::carrier::tracking_url(&name.carrier, &name.number),
        }),
        problem: parcel.problem().map(|problem| {
            let told = words::trouble(&problem, &parcel.carrier_name(), &facts.settings.brand.name);
            ProblemFacts {
                code: problem.code().to_owned(),
                since: problem.since(),
                cause: problem.cause().code(),
                actor: problem.actor().code(),
                headline: told.headline,
                explanation: told.explanation,
                what_now: told.what_now,
            }
        }),
        episodes: parcel
            .problem_history()
            .into_iter()
            .map(|(problem, closed_at)| EpisodeFacts { code: problem.code().to_owned(), opened_at: problem.since(), closed_at })
            .collect(),
        scans: parcel
            .history()
            .into_iter()
            .rev()
            .map(|scan| ScanFacts {
                at: scan.at,
                status: scan.status,
                sub: scan.sub.code().to_owned(),
                words: words::status(scan.status, &scan.sub),
                text: shown_if_any(&scan.text, TEXT_CHARS_MAX),
                place: shown_if_any(&scan.place, PLACE_CHARS_MAX),
                zone_known: scan.zone_known,
            })
            .collect(),
    }
}

fn item(line: &domain::order::Line) -> Item {
    Item {
        title: shown(&line.title, SENTENCE_CHARS_MAX),
        variant: line.variant.as_deref().and_then(|variant| shown_if_any(variant, NAME_CHARS_MAX)),
        sku: line.sku.clone(),
        quantity: line.quantity,
        paid: line.paid,
    }
}

fn refund_facts(refund: &Refund) -> RefundFacts {
    RefundFacts { amount: refund.amount, refunded_at: refund.refunded_at }
}

fn answer_facts(answer: &CustomerAnswer) -> AnswerFacts {
    let name = |key: &ParcelKey| ParcelName { carrier: key.carrier.clone(), number: key.number.clone() };
    AnswerFacts {
        id: answer.id.clone(),
        wish: answer.wish.offer().code(),
        answered_at: answer.answered_at,
        done_at: answer.done_at,
        parcel: answer.parcel.as_ref().map(name),
    }
}

fn return_facts(facts: &Facts, return_: &Return) -> ReturnFacts {
    let (state, reasons) = match &return_.state {
        ReturnState::Held { .. } => ("held", Vec::new()),
        ReturnState::Approved { .. } => ("approved", Vec::new()),
        ReturnState::Declined { reasons, .. } => ("declined", reasons.iter().map(words::decline).collect()),
    };
    ReturnFacts {
        id: return_.request.id.clone(),
        state,
        state_words: words::return_state(&return_.state),
        requested_at: return_.request.requested_at,
        outcome: outcome_code(return_.request.outcome),
        lines: return_
            .request
            .lines
            .iter()
            .map(|line| ReturnLineFacts { line: line.line.clone(), quantity: line.quantity, reason: line.reason.code() })
            .collect(),
        reasons,
        next: words::what_happens_next(return_, &facts.settings).lines().map(str::to_owned).collect(),
    }
}
