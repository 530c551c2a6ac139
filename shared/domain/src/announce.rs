//! What a change of an aggregate asks to be told: letters to the customer and errands in the world.

use crate::{
    errand::{Errand, ErrandKind},
    id::{LetterId, OrderKey},
    letter::{About, Letter, LetterKind},
    order::{Order, Stage},
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
    /// Under which kind it is known: several kinds may tell the same news in other words, and it is told once.
    known_as: LetterKind,
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
        LetterId::of(&self.aggregate, self.known_as.code(), &self.ordinal)
    }

    /// What follows it later: a reminder, and once for the whole order what is asked after it arrived.
    fn later(&self) -> Vec<Self> {
        match self.kind {
            LetterKind::ReadyForPickup => {
                let kind = LetterKind::PickupReminder;
                vec![Self { kind, known_as: kind, ..self.clone() }]
            }
            LetterKind::Delivered | LetterKind::DeliveredToNeighbour => [
                LetterKind::ThankYou,
                LetterKind::RatingRequest,
                LetterKind::ReviewRequest,
                LetterKind::Replenishment,
                LetterKind::ReturnWindowClosing,
            ]
            .into_iter()
            .map(|kind| Self {
                aggregate: format!("order/{}", self.order),
                kind,
                known_as: kind,
                ordinal: String::new(),
                about: About::Order,
                ..self.clone()
            })
            .collect(),
            _ => Vec::new(),
        }
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
                About::Return { return_, .. } => Some(return_.to_string()),
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
        LetterKind::OrderCancelled => "order.cancelled",
        LetterKind::Shipped => "parcel.shipped",
        LetterKind::OutForDelivery => "parcel.out_for_delivery",
        LetterKind::ReadyForPickup => "parcel.ready_for_pickup",
        LetterKind::Delivered | LetterKind::DeliveredToNeighbour => "parcel.delivered",
        LetterKind::AttemptFailed => "parcel.attempt_failed",
        LetterKind::NewDay => "parcel.day_changed",
        LetterKind::ProblemSolved => "parcel.problem_solved",
        LetterKind::ReturnReceived => "return.held",
        LetterKind::ReturnApproved => "return.approved",
        LetterKind::ReturnDeclined => "return.declined",
        kind if kind.is_trouble() => "parcel.problem_reported",
        _ => return None,
    })
}

fn of_order(order: &Order) -> Vec<Reason> {
    let mut out = Vec::new();
    let reason = |kind, ordinal: String, occurred_at| Reason {
        order: order.key(),
        aggregate: format!("order/{}", order.key()),
        kind,
        known_as: kind,
        ordinal,
        about: About::Order,
        occurred_at,
    };
    // Fulfilments can be known before the order: without a description there is nobody to write to.
    if let (Some(_), Some(at)) = (&order.report, order.confirmed_at) {
        out.push(reason(LetterKind::OrderConfirmed, String::new(), at));
    }
    if let (Some(_), Some(_)) = (&order.report, order.confirmed_at) {
        out.extend(order.stages.iter().map(|(at, stage)| reason(letter_of(*stage), at.to_string(), *at)));
        out.extend(order.partly_shipped_at().map(|at| reason(LetterKind::OrderPartlyShipped, String::new(), at)));
        out.extend(order.changes().into_iter().map(|(content, at)| reason(LetterKind::OrderChanged, content.to_owned(), at)));
    }
    if let (Some(_), Some(_), Some(at)) = (&order.report, order.confirmed_at, order.cancelled_at) {
        out.push(reason(LetterKind::OrderCancelled, String::new(), at));
    }
    if let (Some(_), Some(since)) = (&order.report, order.needs_merchant_since()) {
        out.push(reason(LetterKind::PersonNeeded, since.to_string(), since));
    }
    for at in &order.links_sent_at {
        out.push(reason(LetterKind::OrderLink, at.to_string(), *at));
    }
    out
}

fn letter_of(stage: Stage) -> LetterKind {
    match stage {
        Stage::OnHold => LetterKind::OrderHeld,
        Stage::Released => LetterKind::OrderReleased,
        Stage::Picking => LetterKind::Picking,
        Stage::Packed => LetterKind::Packed,
    }
}

fn of_parcel(parcel: &Parcel) -> Vec<Reason> {
    let Some(link) = parcel.link.as_ref().filter(|link| link.active && link.described.is_some()) else {
        return Vec::new();
    };
    if parcel.leg_of.is_some() {
        return Vec::new();
    }
    let order = OrderKey { shop: parcel.key.shop.clone(), order: link.order.clone() };
    let to_neighbour = parcel.folded().sub.code() == "to_neighbour";
    let told = |(milestone, occurred_at): (Milestone, Timestamp)| {
        // What the letter is about, and what tells several of one kind apart.
        let (kind, detail, ordinal) = match milestone {
            Milestone::LabelMade => (LetterKind::LabelMade, String::new(), None),
            Milestone::Shipped => (LetterKind::Shipped, String::new(), None),
            Milestone::OutForDelivery => (LetterKind::OutForDelivery, String::new(), None),
            Milestone::ReadyForPickup => (LetterKind::ReadyForPickup, String::new(), None),
            Milestone::Delivered if to_neighbour => (LetterKind::DeliveredToNeighbour, String::new(), None),
            Milestone::Delivered => (LetterKind::Delivered, String::new(), None),
            Milestone::AttemptFailed(day) => (LetterKind::AttemptFailed, day.to_string(), None),
            Milestone::Problem(code) => (LetterKind::of_trouble(&code), code, None),
            Milestone::NewDay(day) => (LetterKind::NewDay, day.to_string(), None),
            Milestone::Stuck(kind, since) => (LetterKind::of_trouble(kind.code()), kind.code().to_owned(), Some(since)),
            Milestone::Moving(kind, since) => (LetterKind::ProblemSolved, kind.code().to_owned(), Some(since)),
        };
        Reason {
            order: order.clone(),
            aggregate: format!("parcel/{}/{}", parcel.key, order.order),
            kind,
            known_as: if kind == LetterKind::DeliveredToNeighbour { LetterKind::Delivered } else { kind },
            ordinal: ordinal.map_or_else(|| detail.clone(), |since| format!("{detail} {since}")),
            about: About::Parcel { parcel: parcel.key.clone(), detail },
            occurred_at,
        }
    };
    let mut out: Vec<Reason> = parcel.milestones().into_iter().map(told).collect();
    // What follows later is announced with what it follows, and waits at the postman's: a shop that sends none pays nothing.
    let later: Vec<Reason> = out.iter().flat_map(Reason::later).collect();
    out.extend(later);
    if let Some(expected) = parcel.expected_to_show() {
        let detail = expected.current.to_string();
        out.push(Reason {
            aggregate: format!("parcel/{}/{}", parcel.key, order.order),
            order: order.clone(),
            kind: LetterKind::ArrivingSoon,
            known_as: LetterKind::ArrivingSoon,
            ordinal: detail.clone(),
            about: About::Parcel { parcel: parcel.key.clone(), detail },
            occurred_at: parcel.expected.map_or(link.label_at, |expected| expected.said_at),
        });
    }
    if let Some(since) = parcel.needs_merchant_since() {
        let code = parcel.problem().map(|problem| problem.code().to_owned()).unwrap_or_default();
        out.push(Reason {
            aggregate: format!("parcel/{}/{}", parcel.key, order.order),
            order,
            kind: LetterKind::PersonNeeded,
            known_as: LetterKind::PersonNeeded,
            ordinal: since.to_string(),
            about: About::Parcel { parcel: parcel.key.clone(), detail: code },
            occurred_at: since,
        });
    }
    out
}

fn of_return(return_: &Return) -> Vec<Reason> {
    let order = OrderKey { shop: return_.shop.clone(), order: return_.order.clone() };
    let reason = |kind, occurred_at| Reason {
        aggregate: format!("return/{order}/{}", return_.request.id),
        order: order.clone(),
        kind,
        known_as: kind,
        ordinal: String::new(),
        about: About::Return { return_: return_.request.id.clone(), detail: String::new() },
        occurred_at,
    };
    let requested_at = return_.request.requested_at;
    match &return_.state {
        ReturnState::Held { .. } => {
            vec![reason(LetterKind::ReturnReceived, requested_at), reason(LetterKind::PersonNeeded, requested_at)]
        }
        ReturnState::Approved { at, .. } => vec![reason(LetterKind::ReturnApproved, *at)],
        ReturnState::Declined { at, .. } => vec![reason(LetterKind::ReturnDeclined, *at)],
    }
}

#[cfg(test)]
mod tests;
