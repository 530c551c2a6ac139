//! The arithmetic of the line, by example and for any interleaving.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Seconds by which a clock of the house is wrong at most, either way.
const CLOCK: i64 = 60;
/// Seconds from reading the clock to a row that can be read, at most.
const WRITE: i64 = LEAD_SECONDS + LAG_SECONDS - 2 * CLOCK - 1;
/// The moment the histories begin, two seconds before a bucket ends.
const BEGIN: i64 = 1_795_000_198;
/// Steps of one walk in these histories: far more than there are buckets and rows.
const STEPS_MAX: usize = 5000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn a_timer_is_never_early_and_at_most_four_hours_late() {
    let (due, now) = ("2026-11-25T05:00:00.5Z".parse().unwrap(), "2026-11-21T12:00:00Z".parse().unwrap());
    let mut seen = BTreeSet::new();
    for n in 0..2000 {
        let place = Place::of(&format!("parcel#demo/ups/1Z{n}"), due, now);
        let late = place.second - due.as_second();
        assert!((1..=SPREAD_SECONDS + 1).contains(&late), "{late} s");
        assert!(place.shard < TIMER_SHARDS);
        seen.insert((place.bucket(), place.shard));
    }
    let places = SPREAD_SECONDS / BUCKET_SECONDS * i64::from(TIMER_SHARDS);
    assert!(seen.len() as i64 > places * 9 / 10, "{} of {places} partitions are used", seen.len());
}

#[test]
fn armed_again_it_is_the_same_row_and_for_another_day_it_stands_elsewhere() {
    let (name, now) = ("parcel#demo/ups/1Z1", at(BEGIN));
    let due = at(BEGIN + 86_400);
    assert_eq!(Place::of(name, due, now), Place::of(name, due, at(BEGIN + 500)));
    let offsets: BTreeSet<i64> = (1..50).map(|day| spread(name, BEGIN + day * 86_400).0).collect();
    assert!(offsets.len() > 40, "the same offset night after night: {offsets:?}");
}

#[test]
fn armed_for_the_past_it_stands_ahead_of_every_sweep() {
    let place = Place::of("parcel#demo/ups/1Z1", at(BEGIN - 90 * 86_400), at(BEGIN));
    assert_eq!(place.second, BEGIN + LEAD_SECONDS);
}

#[test]
fn positions_sort_as_time_and_names_do() {
    let place = |second| Place { second, shard: 0 };
    let row = |second, name: &str| Position::at_row(&sort_key(&place(second), name));
    let line = [
        Position::through(BEGIN - 1),
        row(BEGIN, "order#demo/AAAAAAAAAAAAAAAA"),
        row(BEGIN, "parcel#demo/ups/1Z1"),
        row(BEGIN, "parcel#demo/ups/1Z10"),
        Position::through(BEGIN),
        row(BEGIN + 1, "order#a/__-AAAAAAAAAAAAA"),
    ];
    for (one, other) in line.iter().zip(&line[1..]) {
        assert!(one < other && one.next().as_str() < other.as_str(), "{} {}", one.0, other.0);
    }
    assert_eq!(Position::read(line[4].as_str()), Some(line[4].clone()));
    assert_eq!(Position::read("soon"), None);
    assert_eq!(line[2].to_string(), second_text(BEGIN), "a log line names no parcel");
}

#[test]
fn a_walk_at_rest_asks_once_and_over_the_edge_of_a_bucket_twice() {
    let asked = |from, until| {
        let mut walk = Walk::new(0, Position::through(from), until);
        let mut buckets = Vec::new();
        while !walk.is_done() {
            buckets.push(walk.bucket());
            walk.sent(None);
        }
        assert_eq!(*walk.position(), Position::through(from.max(until)));
        buckets.len()
    };
    let edge = bucket(BEGIN) * BUCKET_SECONDS;
    assert_eq!((asked(edge + 60, edge + 120), asked(edge - 30, edge + 30), asked(edge, edge)), (1, 2, 0));
    assert_eq!(asked(edge + 90, edge + 30), 0, "a clock that is behind reads nothing");
    assert_eq!(asked(edge, edge + 24 * 3600), 24 * 6 + 1);
}

#[test]
fn the_first_sweep_and_one_after_a_long_outage_look_back_as_far_as_is_allowed() {
    let oldest = Position::through(BEGIN - LOOK_BACK_SECONDS);
    assert_eq!(start(None, BEGIN), oldest);
    assert_eq!(start(Some(&Position::through(BEGIN - 90 * 86_400)), BEGIN), oldest);
    let three_days = Position::through(BEGIN - 3 * 86_400);
    assert_eq!(start(Some(&three_days), BEGIN), three_days);
}

#[test]
fn a_position_of_a_clock_that_was_wrong_is_taken_back() {
    let hours_ahead = Position::through(BEGIN + 7200);
    assert_eq!(start(Some(&hours_ahead), BEGIN), Position::through(BEGIN));
    let a_little = Position::through(BEGIN + 2 * CLOCK);
    assert_eq!(start(Some(&a_little), BEGIN), a_little, "within what clocks may differ nothing is sent twice");
}

/// A timer is armed.
#[derive(Debug, Clone)]
struct Arm {
    /// When the desk reads its clock, and by how much that is wrong.
    reads_clock_at: i64,
    clock: i64,
    /// How long its write takes.
    takes: i64,
    /// The deadline, from the true time; mostly near, so that the edges are hit.
    due_in: i64,
}

/// A sweep strikes.
#[derive(Debug, Clone)]
struct Strike {
    at: i64,
    clock: i64,
    /// Seconds between two requests.
    pace: i64,
    /// Rows of a page.
    page: usize,
    /// Requests after which it is out of time.
    pages_max: usize,
    /// Whether it dies before it keeps its position.
    dies: bool,
}

fn arm(span: i64) -> impl Strategy<Value = Arm> {
    let due_in = prop_oneof![-1_000_000_i64..0, -20_i64..20, 0_i64..20_000];
    (0..span, -CLOCK..=CLOCK, 0..=WRITE, due_in).prop_map(|(after, clock, takes, due_in)| Arm {
        reads_clock_at: BEGIN + after,
        clock,
        takes,
        due_in,
    })
}

fn strike(span: i64) -> impl Strategy<Value = Strike> {
    (0..span, -CLOCK..=CLOCK, 0_i64..20, 1_usize..4, 1_usize..60, any::<bool>())
        .prop_map(|(after, clock, pace, page, pages_max, dies)| Strike { at: BEGIN + after, clock, pace, page, pages_max, dies })
}

/// A sweep under way.
struct Sweep {
    strike: Strike,
    /// What it read at its beginning, to compare when it keeps.
    read: Option<Position>,
    walk: Walk,
    pages: usize,
    next_at: i64,
}

/// A row of the table.
struct Row {
    readable_at: i64,
    bucket: i64,
    timer: usize,
}

/// One shard of the table.
#[derive(Default)]
struct Table {
    rows: BTreeMap<String, Row>,
    kept: Option<Position>,
    sent: BTreeMap<usize, Vec<i64>>,
}

impl Table {
    /// One request of a sweep, as `Vault::due_timers` and the function `timers` make it; whether it goes on.
    fn step(&mut self, sweep: &mut Sweep, now: i64) -> bool {
        if sweep.walk.is_done() || sweep.pages == sweep.strike.pages_max {
            if !sweep.strike.dies && self.kept == sweep.read {
                self.kept = Some(sweep.walk.position().clone());
            }
            return false;
        }
        sweep.pages += 1;
        let (from, to) = sweep.walk.range();
        let asked = |row: &Row| row.readable_at <= now && row.bucket == sweep.walk.bucket();
        let mut found = self.rows.range(from..=to).filter(|(_, row)| asked(row)).peekable();
        let mut last = None;
        for (key, Row { timer, .. }) in found.by_ref().take(sweep.strike.page) {
            self.sent.entry(*timer).or_default().push(now);
            last = Some(Position::at_row(key));
        }
        let has_more = found.peek().is_some();
        sweep.walk.sent(last.filter(|_| has_more));
        true
    }
}

/// Plays a history, second by second where something happens; gives when each timer was sent.
fn play(arms: &[Arm], strikes: &[Strike], end: i64) -> BTreeMap<usize, Vec<i64>> {
    let mut table = Table::default();
    for (n, arm) in arms.iter().enumerate() {
        let name = format!("parcel#demo/ups/1Z{n}");
        let place = Place::of(&name, at(arm.reads_clock_at + arm.due_in), at(arm.reads_clock_at + arm.clock));
        let row = Row { readable_at: arm.reads_clock_at + arm.takes, bucket: place.bucket(), timer: n };
        table.rows.insert(sort_key(&place, &name), row);
    }
    let mut waiting = strikes.to_vec();
    waiting.sort_by_key(|strike| strike.at);
    // Two last ones that nothing hinders, when all is due.
    for at in [end, end + 60] {
        waiting.push(Strike { at, clock: 0, pace: 0, page: 100, pages_max: STEPS_MAX, dies: false });
    }
    let mut waiting = waiting.into_iter().peekable();
    let mut under_way: Vec<Sweep> = Vec::new();
    loop {
        let next_step = under_way.iter().map(|sweep| sweep.next_at).min();
        let next_strike = waiting.peek().map(|strike| strike.at);
        let Some(now) = next_step.into_iter().chain(next_strike).min() else { return table.sent };
        if next_strike == Some(now) {
            let strike = waiting.next().unwrap();
            let until = until(at(now + strike.clock));
            let from = start(table.kept.as_ref(), until);
            let sweep = Sweep { read: table.kept.clone(), walk: Walk::new(0, from, until), pages: 0, next_at: now, strike };
            under_way.push(sweep);
            continue;
        }
        let n = under_way.iter().position(|sweep| sweep.next_at == now).unwrap();
        if table.step(&mut under_way[n], now) {
            under_way[n].next_at += under_way[n].strike.pace;
        } else {
            under_way.remove(n);
        }
    }
}

proptest! {
    /// Desks with wrong clocks and slow writes, sweeps with wrong clocks that overlap, run out of time, die and are missed:
    /// every timer is sent, and none before it is due.
    #[test]
    fn every_timer_is_in_some_sweep_and_none_fires_early(
        arms in proptest::collection::vec(arm(4000), 1..40),
        strikes in proptest::collection::vec(strike(24_000), 0..60),
        begun in any::<bool>(),
    ) {
        let end = BEGIN + 24_000 + 2 * SPREAD_SECONDS;
        let mut strikes = strikes;
        if begun {
            // As the first shop's settings leave it: a sweep long before, so that the others need not look back.
            strikes.push(Strike { at: BEGIN - 60, clock: 0, pace: 0, page: 1, pages_max: STEPS_MAX, dies: false });
        }
        let sent = play(&arms, &strikes, end);
        for (n, arm) in arms.iter().enumerate() {
            let times = sent.get(&n).cloned().unwrap_or_default();
            prop_assert!(!times.is_empty(), "lost: {arm:?}");
            let due = arm.reads_clock_at + arm.due_in;
            prop_assert!(times.iter().all(|sent_at| sent_at + CLOCK >= due + LAG_SECONDS), "early: {arm:?} sent at {times:?}");
        }
    }

    /// A house whose sweeps come each minute, live and keep up sends each timer once and in time.
    #[test]
    fn in_a_quiet_house_every_timer_fires_once_and_within_three_minutes_of_its_place(
        arms in proptest::collection::vec(arm(4000), 1..20),
    ) {
        let minutes = (24_000 + 2 * SPREAD_SECONDS) / 60;
        let strikes: Vec<Strike> = (-1..minutes)
            .map(|n| Strike { at: BEGIN + n * 60, clock: 0, pace: 0, page: 3, pages_max: STEPS_MAX, dies: false })
            .collect();
        let sent = play(&arms, &strikes, BEGIN + minutes * 60);
        for (n, arm) in arms.iter().enumerate() {
            let name = format!("parcel#demo/ups/1Z{n}");
            let place = Place::of(&name, at(arm.reads_clock_at + arm.due_in), at(arm.reads_clock_at + arm.clock));
            let times = &sent[&n];
            prop_assert_eq!(times.len(), 1);
            prop_assert!((LAG_SECONDS..LAG_SECONDS + 60).contains(&(times[0] - place.second)), "{} s", times[0] - place.second);
        }
    }
}
