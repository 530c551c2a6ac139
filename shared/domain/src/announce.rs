//! What a change of an aggregate asks to be told: letters to the customer and errands in the world.

use crate::{
    errand::{Errand, ErrandKind},
    id::{LetterId, OrderKey},
    letter::{About, Letter, LetterKind},
    order::Order,
    parcel::{Milestone, Parcel},
    return_::{Return, ReturnState},
};
use jiff::Timestamp;

/// A changed row: what it was and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An order.
    Order {
        /// None: it is new.
        before: Option<Order>,
        /// What it is now.
        after: Order,
    },
    /// A parcel.
    Parcel {
        /// None: it is new.
        before: Option<Parcel>,
        /// What it is now.
        after: Parcel,
    },
    /// A return.
    Return {
        /// None: it is new.
        before: Option<Return>,
        /// What it is now.
        after: Return,
    },
}

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// To the customer.
    Letter(Letter),
    /// To the world.
    Errand(Errand),
}

/// One reason to tell something: an aggregate's state implies a set of these, and a change announces the new ones.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reason {
    order: OrderKey,
    aggregate: String,
    kind: LetterKind,
    ordinal: String,
    about: About,
    occurred_at: Timestamp,
}

/// What a change announces: everything the new state implies that the old one did not.
///
/// Each state implies a set, so repeats announce nothing, and any order of the same facts announces the same letters in
/// all. Ids come from the reason alone: a record read twice from the stream makes the same ids again.
#[must_use]
pub fn announce(change: &Change) -> Vec<Announcement> {
    let (before, after) = match change {
        Change::Order { before, after } => (before.as_ref().map(of_order).unwrap_or_default(), of_order(after)),
        Change::Parcel { before, after } => (before.as_ref().map(of_parcel).unwrap_or_default(), of_parcel(after)),
        Change::Return { before, after } => (before.as_ref().map(of_return).unwrap_or_default(), of_return(after)),
    };
    let known: Vec<LetterId> = before.iter().map(Reason::letter_id).collect();
    after.iter().filter(|reason| !known.contains(&reason.letter_id())).flat_map(Reason::told).collect()
}

impl Reason {
    fn letter_id(&self) -> LetterId {
        LetterId::of(&self.aggregate, self.kind.code(), &self.ordinal)
    }

    fn told(&self) -> Vec<Announcement> {
        let letter = Letter {
            id: self.letter_id(),
            kind: self.kind,
            order: self.order.clone(),
            about: self.about.clone(),
            occurred_at: self.occurred_at,
        };
        let mut out = vec![Announcement::Letter(letter)];
        if let Some(event) = merchant_event(self.kind) {
            let about = match &self.about {
                About::Order => None,
                About::Parcel { parcel, .. } => Some(format!("{}/{}", parcel.carrier, parcel.number)),
                About::Return { return_ } => Some(return_.to_string()),
            };
            out.push(Announcement::Errand(Errand {
                id: LetterId::of(&self.aggregate, event, &self.ordinal),
                order: self.order.clone(),
                kind: ErrandKind::TellMerchant { event: event.to_owned(), about },
                occurred_at: self.occurred_at,
            }));
        }
        out
    }
}

/// The webhook a merchant's own systems get for the same reason; a link somebody asked for is nobody else's business.
fn merchant_event(kind: LetterKind) -> Option<&'static str> {
    Some(match kind {
        LetterKind::OrderConfirmed => "order.confirmed",
        LetterKind::Shipped => "parcel.shipped",
        LetterKind::OutForDelivery => "parcel.out_for_delivery",
        LetterKind::Delivered => "parcel.delivered",
        LetterKind::AttemptFailed => "parcel.attempt_failed",
        LetterKind::DeliveryProblem => "parcel.problem_reported",
        LetterKind::NewDay => "parcel.day_changed",
        LetterKind::ProblemSolved => "parcel.problem_solved",
        LetterKind::ReturnReceived => "return.held",
        LetterKind::ReturnApproved => "return.approved",
        LetterKind::ReturnDeclined => "return.declined",
        LetterKind::OrderLink => return None,
    })
}

fn of_order(order: &Order) -> Vec<Reason> {
    let mut out = Vec::new();
    let reason = |kind, ordinal: String, occurred_at| Reason {
        order: order.key(),
        aggregate: format!("order/{}", order.key()),
        kind,
        ordinal,
        about: About::Order,
        occurred_at,
    };
    // Fulfilments can be known before the order: without a description there is nobody to write to.
    if let (Some(_), Some(at)) = (&order.report, order.confirmed_at) {
        out.push(reason(LetterKind::OrderConfirmed, String::new(), at));
    }
    for at in &order.links_sent_at {
        out.push(reason(LetterKind::OrderLink, at.to_string(), *at));
    }
    out
}

fn of_parcel(parcel: &Parcel) -> Vec<Reason> {
    let Some(link) = parcel.link.as_ref().filter(|link| link.active && link.described.is_some()) else {
        return Vec::new();
    };
    if parcel.leg_of.is_some() {
        return Vec::new();
    }
    let order = OrderKey { shop: parcel.key.shop.clone(), order: link.order.clone() };
    let told = |(milestone, occurred_at): (Milestone, Timestamp)| {
        // What the letter is about, and what tells several of one kind apart.
        let (kind, detail, ordinal) = match milestone {
            Milestone::Shipped => (LetterKind::Shipped, String::new(), None),
            Milestone::OutForDelivery => (LetterKind::OutForDelivery, String::new(), None),
            Milestone::Delivered => (LetterKind::Delivered, String::new(), None),
            Milestone::AttemptFailed(day) => (LetterKind::AttemptFailed, day.to_string(), None),
            Milestone::Problem(code) => (LetterKind::DeliveryProblem, code, None),
            Milestone::NewDay(day) => (LetterKind::NewDay, day.to_string(), None),
            Milestone::Stuck(kind, since) => (LetterKind::DeliveryProblem, kind.code().to_owned(), Some(since)),
            Milestone::Moving(kind, since) => (LetterKind::ProblemSolved, kind.code().to_owned(), Some(since)),
        };
        Reason {
            order: order.clone(),
            aggregate: format!("parcel/{}/{}", parcel.key, order.order),
            kind,
            ordinal: ordinal.map_or_else(|| detail.clone(), |since| format!("{detail} {since}")),
            about: About::Parcel { parcel: parcel.key.clone(), detail },
            occurred_at,
        }
    };
    parcel.milestones().into_iter().map(told).collect()
}

fn of_return(return_: &Return) -> Vec<Reason> {
    let (kind, occurred_at) = match &return_.state {
        ReturnState::Held { .. } => (LetterKind::ReturnReceived, return_.request.requested_at),
        ReturnState::Approved { at, .. } => (LetterKind::ReturnApproved, *at),
        ReturnState::Declined { at, .. } => (LetterKind::ReturnDeclined, *at),
    };
    let order = OrderKey { shop: return_.shop.clone(), order: return_.order.clone() };
    vec![Reason {
        aggregate: format!("return/{order}/{}", return_.request.id),
        order,
        kind,
        ordinal: String::new(),
        about: About::Return { return_: return_.request.id.clone() },
        occurred_at,
    }]
}

#[cfg(test)]
mod tests;
