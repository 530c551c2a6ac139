//! Measures the fold of a parcel on one core: folds a second, allocations and row bytes, for 15 scans and for 200.
//!
//! The scans look like those of real histories (codes and sentences of their lengths). The floor of the same run is reading
//! and writing the same row as JSON, which the desk does around every fold. `cargo run --release -p bench --bin folds`, a few seconds.
#![allow(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use domain::{
    id::{OrderId, ParcelKey, ShopId},
    parcel::{Destination, Parcel, ParcelReport},
    scan::Scan,
    status::{Status, SubStatus},
};
use jiff::{SignedDuration, Timestamp};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{
    alloc::System,
    hint::black_box,
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How long each figure is measured.
const MEASURED_FOR: Duration = Duration::from_millis(800);

fn main() -> Result<(), String> {
    println!("| what, one core | scans told | scans kept | row bytes | per second | microseconds | allocations |");
    println!("|---|---|---|---|---|---|---|");
    for count in [15, 200] {
        let report = report(count)?;
        let (head, last) = split(&report);
        let before =
            Parcel::new(key()?).linked(order()?, report.reported_at).described(&order()?, &Destination::default()).told(&head);
        let after = before.clone().told(&last);
        let row = serde_json::to_string(&after).map_err(|error| error.to_string())?;
        let shape = format!("{count} | {} | {}", after.scans.len(), row.len());
        line("floor: the row read and written as JSON", &shape, || {
            let parcel: Result<Parcel, _> = serde_json::from_str(black_box(&row));
            parcel.ok().and_then(|parcel| serde_json::to_string(&parcel).ok())
        });
        line("where it is (`folded`)", &shape, || black_box(&after).folded());
        line("what is worth a message (`milestones`)", &shape, || black_box(&after).milestones());
        line("one new scan told (`told`, then `folded`)", &shape, || black_box(&before).clone().told(black_box(&last)).folded());
        line("a full history told to a new parcel", &shape, || Parcel::new(before.key.clone()).told(black_box(&report)).folded());
    }
    Ok(())
}

fn line<T>(what: &str, shape: &str, once: impl Fn() -> T) {
    for _ in 0..100 {
        black_box(once());
    }
    let region = Region::new(ALLOCATOR);
    black_box(once());
    let allocations = region.change().allocations;
    let started = Instant::now();
    let mut rounds = 0_u128;
    while started.elapsed() < MEASURED_FOR {
        for _ in 0..50 {
            black_box(once());
        }
        rounds += 50;
    }
    let nanoseconds = started.elapsed().as_nanos() / rounds;
    let per_second = 1_000_000_000 / nanoseconds.max(1);
    println!("| {what} | {shape} | {per_second} | {}.{} | {allocations} |", nanoseconds / 1000, nanoseconds % 1000 / 100);
}

fn key() -> Result<ParcelKey, String> {
    let read = |error: domain::id::BadId| error.to_string();
    Ok(ParcelKey {
        shop: "demo".parse().map_err(read)?,
        carrier: "ups".parse().map_err(read)?,
        number: "1Z4X82V70341608270".parse().map_err(read)?,
    })
}

fn order() -> Result<OrderId, String> {
    let shop: ShopId = "demo".parse().map_err(|error: domain::id::BadId| error.to_string())?;
    Ok(OrderId::of(&shop, "shopify", "5001"))
}

/// A history of so many scans, three hours apart, that ends on the vehicle.
fn report(count: i64) -> Result<ParcelReport, String> {
    let start = Timestamp::from_second(1_790_000_000).map_err(|error| error.to_string())?;
    let kinds = [
        (Status::InTransit, "arrived", "in_transit/arrived_at_facility", "Arrived at USPS Regional Facility"),
        (Status::InTransit, "departed", "in_transit/departed_facility", "Departed USPS Regional Origin Facility"),
        (Status::InTransit, "other", "in_transit/in_transit", "In Transit to Next Facility, Arriving On Time"),
    ];
    let scan = |n: i64| {
        let (status, sub, code, text) = match (n, kinds.get(usize::try_from(n).unwrap_or(0) % kinds.len())) {
            (0, _) | (_, None) => (Status::InfoReceived, "label_created", "pre_transit/label_created", "Shipping Label Created"),
            (n, _) if n == count - 1 => (
                Status::OutForDelivery,
                "on_vehicle",
                "out_for_delivery/out_for_delivery",
                "Out for Delivery, Expected by 9:00pm",
            ),
            (_, Some(kind)) => *kind,
        };
        Scan {
            at: start + SignedDuration::from_hours(3 * n),
            status,
            sub: SubStatus::new(sub),
            code: code.to_owned(),
            text: text.to_owned(),
            place: format!("SACRAMENTO {}, CA, US", n % 7),
            zone_known: true,
            source: String::new(),
            is_early: false,
        }
    };
    let key = key()?;
    Ok(ParcelReport {
        source: "easypost".to_owned(),
        carrier: key.carrier,
        number: key.number,
        reported_at: start + SignedDuration::from_hours(3 * count),
        received_at: None,
        scans: (0..count).map(scan).collect(),
        is_full_history: true,
        expected: Some(jiff::civil::date(2026, 10, 2)),
        service: Some("GroundAdvantage".to_owned()),
        last_mile: None,
        unknown_codes: Vec::new(),
    })
}

/// A history without its last scan, and the history as it comes with it.
fn split(report: &ParcelReport) -> (ParcelReport, ParcelReport) {
    let mut head = report.clone();
    head.scans.pop();
    head.reported_at = report.reported_at - SignedDuration::from_hours(3);
    (head, report.clone())
}
