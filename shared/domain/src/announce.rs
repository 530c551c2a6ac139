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
    let Some(link) = parcel.link.as_ref().filter(|link| link.active && link.described) else {
        return Vec::new();
    };
    let order = OrderKey { shop: parcel.key.shop.clone(), order: link.order.clone() };
    let told = |(milestone, occurred_at): (Milestone, Timestamp)| {
        let (kind, detail) = match milestone {
            Milestone::Shipped => (LetterKind::Shipped, String::new()),
            Milestone::OutForDelivery => (LetterKind::OutForDelivery, String::new()),
            Milestone::Delivered => (LetterKind::Delivered, String::new()),
            Milestone::AttemptFailed(day) => (LetterKind::AttemptFailed, day.to_string()),
            Milestone::Problem(code) => (LetterKind::DeliveryProblem, code),
        };
        Reason {
            order: order.clone(),
            aggregate: format!("parcel/{}/{}", parcel.key, order.order),
            kind,
            ordinal: detail.clone(),
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
mod tests {
    use super::*;
    use crate::{
        id::{OrderId, ParcelKey},
        parcel::ParcelReport,
        scan::Scan,
        status::{Status, SubStatus},
    };
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn parcel_key() -> ParcelKey {
        ParcelKey { shop: "demo".parse().unwrap(), carrier: "ups".parse().unwrap(), number: "1Z999".parse().unwrap() }
    }

    fn order_id() -> OrderId {
        OrderId::of(&"demo".parse().unwrap(), "standard", "1")
    }

    fn scan(minute: i64, status: Status, sub: &str) -> Scan {
        Scan {
            at: Timestamp::from_second(1_790_000_000 + minute * 60).unwrap(),
            status,
            sub: SubStatus::new(sub),
            code: String::new(),
            text: format!("{status} {sub}"),
            place: String::new(),
            zone_known: true,
        }
    }

    /// What happens to a parcel: a carrier tells something, or its order is known.
    #[derive(Debug, Clone)]
    enum Happening {
        Told(Scan),
        Linked,
        Described,
    }

    /// What a storefront says of a parcel: a fulfilment names it, and its order is described. Either may come first.
    const KNOWN: [Happening; 2] = [Happening::Linked, Happening::Described];

    fn happen(parcel: Parcel, happening: &Happening) -> Parcel {
        match happening {
            Happening::Told(scan) => parcel.told(&ParcelReport {
                source: "standard".into(),
                carrier: parcel_key().carrier,
                number: parcel_key().number,
                reported_at: scan.at,
                scans: vec![scan.clone()],
                expected: None,
                unknown_codes: Vec::new(),
            }),
            Happening::Linked => parcel.linked(order_id(), Timestamp::from_second(1_790_000_000).unwrap()),
            Happening::Described => parcel.described(&order_id()),
        }
    }

    /// Plays a history and collects every letter, failing when one is announced twice.
    fn letters(history: &[Happening]) -> BTreeMap<String, LetterKind> {
        let mut before: Option<Parcel> = None;
        let mut out = BTreeMap::new();
        let mut order_is_described = false;
        for happening in history {
            let mut after = happen(before.clone().unwrap_or_else(|| Parcel::new(parcel_key())), happening);
            // As the desk does it: a parcel linked to an order that is described already is told so at once.
            order_is_described |= matches!(happening, Happening::Described);
            if order_is_described {
                after = after.described(&order_id());
            }
            for announcement in announce(&Change::Parcel { before, after: after.clone() }) {
                if let Announcement::Letter(letter) = announcement {
                    assert!(out.insert(letter.id.to_string(), letter.kind).is_none(), "announced twice");
                }
            }
            before = Some(after);
        }
        out
    }

    fn any_history() -> impl Strategy<Value = (Vec<Happening>, Vec<Happening>)> {
        let statuses = prop::sample::select(Status::ALL.to_vec());
        let subs = prop::sample::select(vec!["other", "damaged", "notice_left", "delayed_weather"]);
        let scans = prop::collection::vec((0i64..9000, statuses, subs), 1..14);
        scans.prop_flat_map(|scans| {
            let mut history: Vec<_> = scans.into_iter().map(|(m, status, sub)| Happening::Told(scan(m, status, sub))).collect();
            history.extend(KNOWN);
            let thrice: Vec<_> = history.iter().chain(&history).chain(&history).cloned().collect();
            (Just(history), Just(thrice).prop_shuffle())
        })
    }

    proptest! {
        #[test]
        fn any_permutation_with_repeats_announces_the_same_letters((history, shuffled) in any_history()) {
            prop_assert_eq!(letters(&history), letters(&shuffled));
        }
    }

    #[test]
    fn a_parcel_without_an_order_announces_nothing_until_it_has_one() {
        let delivered = Happening::Told(scan(1, Status::Delivered, "at_door"));
        assert!(letters(std::slice::from_ref(&delivered)).is_empty());
        assert!(letters(&[delivered.clone(), Happening::Linked]).is_empty(), "there is nobody to write to yet");
        let kinds: Vec<_> = letters(&[delivered, Happening::Linked, Happening::Described]).into_values().collect();
        assert_eq!(kinds, [LetterKind::Delivered]);
    }

    #[test]
    fn a_second_failed_attempt_on_another_day_is_announced_too() {
        let day = 24 * 60;
        let history = [
            Happening::Linked,
            Happening::Described,
            Happening::Told(scan(0, Status::AttemptFailed, "notice_left")),
            Happening::Told(scan(30, Status::AttemptFailed, "recipient_unavailable")),
            Happening::Told(scan(day, Status::AttemptFailed, "notice_left")),
        ];
        assert_eq!(letters(&history).len(), 2);
    }
}
