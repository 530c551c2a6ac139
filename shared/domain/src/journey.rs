//! The whole journey of an order as steps, and what went wrong on it: what the page and the console show.

use crate::{
    order::Order,
    parcel::{Parcel, Problem},
    status::Status,
};
use jiff::Timestamp;

/// A step of the journey, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// The order was placed.
    Placed,
    /// It is paid for.
    Confirmed,
    /// Everything is packed and labelled.
    Packed,
    /// The carrier has all of it.
    OnItsWay,
    /// It is on the vehicle.
    OutForDelivery,
    /// It arrived.
    Delivered,
}

impl StepKind {
    /// The word in JSON and in style sheets.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Confirmed => "confirmed",
            Self::Packed => "packed",
            Self::OnItsWay => "on_its_way",
            Self::OutForDelivery => "out_for_delivery",
            Self::Delivered => "delivered",
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind us.
    Done,
    /// Some parcels are there, not all.
    Partly,
    /// Ahead.
    Ahead,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// How far.
    pub state: StepState,
    /// When it was reached (by the last parcel), if it was.
    pub at: Option<Timestamp>,
}

/// One parcel's trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its index among the parcels given.
    pub parcel: usize,
    /// What.
    pub problem: Problem,
}

/// The journey of one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The six steps.
    pub steps: Vec<Step>,
    /// Open trouble, one for each parcel in trouble.
    pub troubles: Vec<Trouble>,
    /// When the order was cancelled, if it was.
    pub cancelled_at: Option<Timestamp>,
}

/// The journey of an order with its parcels (those that are its own now).
#[must_use]
pub fn journey(order: &Order, parcels: &[Parcel]) -> Journey {
    let placed_at = order.report.as_ref().map(|r| r.placed_at);
    let packed_at =
        order.fulfilments.values().filter(|f| f.state == crate::order::FulfilmentState::Open).map(|f| f.created_at).max();
    let some_packed = packed_at.is_some();
    let moved: Vec<Option<Timestamp>> = parcels.iter().map(|p| first(p, Status::is_physical)).collect();
    let out: Vec<Option<Timestamp>> = parcels.iter().map(out_for_delivery_at).collect();
    let arrived: Vec<Option<Timestamp>> = parcels.iter().map(|p| p.folded().delivered_at).collect();
    let all_packed = order.is_all_packed();

    let single =
        |kind, at: Option<Timestamp>| Step { kind, at, state: if at.is_some() { StepState::Done } else { StepState::Ahead } };
    let mut steps = vec![
        single(StepKind::Placed, placed_at),
        single(StepKind::Confirmed, order.confirmed_at),
        Step {
            kind: StepKind::Packed,
            at: packed_at,
            state: match (all_packed, some_packed) {
                (true, _) => StepState::Done,
                (false, true) => StepState::Partly,
                (false, false) => StepState::Ahead,
            },
        },
        of_parcels(StepKind::OnItsWay, &moved, all_packed),
        of_parcels(StepKind::OutForDelivery, &out, all_packed),
        of_parcels(StepKind::Delivered, &arrived, all_packed),
    ];
    // A later step that is done proves the earlier ones, whether or not anybody told us of them.
    for index in (0..steps.len() - 1).rev() {
        if steps[index + 1].state == StepState::Done && steps[index].state != StepState::Done {
            steps[index].state = StepState::Done;
        }
    }
    let troubles =
        parcels.iter().enumerate().filter_map(|(parcel, p)| p.problem().map(|problem| Trouble { parcel, problem })).collect();
    Journey { steps, troubles, cancelled_at: order.cancelled_at }
}

fn first(parcel: &Parcel, wanted: fn(Status) -> bool) -> Option<Timestamp> {
    parcel.history().into_iter().filter(|scan| wanted(scan.status) && !scan.is_early).map(|scan| scan.at).min()
}

fn out_for_delivery_at(parcel: &Parcel) -> Option<Timestamp> {
    first(parcel, |s| matches!(s, Status::OutForDelivery | Status::AttemptFailed | Status::AvailableForPickup))
        .or_else(|| parcel.folded().delivered_at)
}

fn of_parcels(kind: StepKind, reached: &[Option<Timestamp>], all_packed: bool) -> Step {
    let count = reached.iter().flatten().count();
    let all = !reached.is_empty() && count == reached.len() && all_packed;
    let state = match (all, count) {
        (true, _) => StepState::Done,
        (false, 0) => StepState::Ahead,
        (false, _) => StepState::Partly,
    };
    Step { kind, state, at: reached.iter().flatten().max().copied().filter(|_| count > 0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{OrderId, ParcelKey},
        order::{FulfilmentReport, FulfilmentState, ParcelName},
        parcel::ParcelReport,
        scan::Scan,
        status::SubStatus,
    };

    fn at(day: i8) -> Timestamp {
        format!("2026-11-{day:02}T10:00:00Z").parse().unwrap()
    }

    fn order(numbers: &[&str]) -> Order {
        let shop: crate::id::ShopId = "demo".parse().unwrap();
        let id = OrderId::of(&shop, "standard", "1");
        let sent = FulfilmentReport {
            source: "standard".into(),
            order_source_id: "1".into(),
            id: "f".parse().unwrap(),
            reported_at: at(2),
            created_at: at(2),
            state: FulfilmentState::Open,
            lines: Vec::new(),
            parcels: numbers.iter().map(|number| ParcelName::read(Some("UPS"), number).unwrap()).collect(),
        };
        Order::new(shop, id).fulfilled(sent).unwrap()
    }

    fn parcel(key: &ParcelKey, scans: &[(i8, Status)]) -> Parcel {
        let scans = scans.iter().map(|(day, status)| Scan::new(at(*day), *status, SubStatus::other())).collect();
        Parcel::new(key.clone()).told(&ParcelReport::new("standard", key, at(9), scans))
    }

    #[track_caller]
    fn check(histories: &[&[(i8, Status)]], want: &[(StepKind, StepState)]) {
        let numbers: Vec<String> = (0..histories.len()).map(|n| format!("1Z{n:03}")).collect();
        let order = order(&numbers.iter().map(String::as_str).collect::<Vec<_>>());
        let keys: Vec<ParcelKey> = order.parcels().into_keys().collect();
        let parcels: Vec<Parcel> = keys.iter().zip(histories).map(|(key, scans)| parcel(key, scans)).collect();
        let told = journey(&order, &parcels);
        for (kind, state) in want {
            let step = told.steps.iter().find(|step| step.kind == *kind).unwrap();
            assert_eq!(step.state, *state, "{kind:?}");
        }
    }

    #[test]
    fn delivered_only_when_all_are() {
        check(
            &[&[(3, Status::InTransit), (5, Status::Delivered)], &[(3, Status::InTransit)]],
            &[(StepKind::OnItsWay, StepState::Done), (StepKind::Delivered, StepState::Partly)],
        );
        check(
            &[&[(5, Status::Delivered)], &[(6, Status::Delivered)]],
            &[(StepKind::OutForDelivery, StepState::Done), (StepKind::Delivered, StepState::Done)],
        );
    }

    #[test]
    fn a_label_is_not_on_its_way() {
        check(&[&[(2, Status::InfoReceived)]], &[(StepKind::Packed, StepState::Done), (StepKind::OnItsWay, StepState::Ahead)]);
    }
}
