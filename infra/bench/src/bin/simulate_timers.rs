//! Simulates the timers of 20,000 parcels a second: writes for each parcel, and the load of the hottest partition of the table.
//!
//! Pure: no AWS, no clock, the same seed each time. It exits with an error when a partition passes what DynamoDB gives it.
//!
//! **The parcels.** Two weeks of labels at an even 20,000 a second, weekends included (the worst case: three days' labels have
//! one deadline), measured in the second week. A parcel is first scanned 2 to 48 hours after its label, then every 4 to 20
//! hours, and delivered 1 to 5 days after the first scan (3 on average); 2 % are scanned days late, 1 % never, 2 % get stuck.
//!
//! **The rule.** Three business days without a scan are a problem, before the first scan and between scans. At most one timer is
//! armed for a parcel: with its label; again, when it fires and the parcel has moved on and is not delivered, for the deadline it
//! has then; and with the first scan after a problem. Scans of a parcel whose timer is armed arm nothing.
//!
//! **The sample.** One parcel in 5,000 is followed. Its timers are counted by bucket and minute of arming, and by minute of
//! firing, and the counts multiplied by 5,000. A partition is one shard of a bucket: the shard is a hash, so its mean is the
//! bucket's divided by the shards, and its busiest second is the mean and six roots of the mean (of Poisson counts one in a
//! billion is above). The minute is the busiest of the whole week, chosen from a noisy sample, so it is rather too high. Reads
//! are those of a sweep that keeps pace.
//!
//! **The check.** Two seconds of the busiest minute are then played in full, every parcel by name through the code that the
//! house runs (`store::timeline`), and counted exactly.
//!
//! `cargo run -p bench --bin simulate_timers`: about a minute without `--release`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use domain::calendar::Calendar;
use jiff::Timestamp;
use std::{collections::HashMap, process::ExitCode};
use store::timeline::{self, BUCKET_SECONDS, LAG_SECONDS, LEAD_SECONDS, Place, SPREAD_SECONDS, TIMER_SHARDS};

/// Parcels a second.
const PARCELS: i64 = 20_000;
/// One in so many is followed.
const SAMPLE: i64 = 5000;
/// Days of labels; the second week is measured.
const DAYS: i64 = 14;
/// Days after which nobody looks.
const HORIZON_DAYS: i64 = 60;
/// Business days without a scan until it is a problem.
const QUIET_DAYS: u32 = 3;
/// Seconds of the busiest minute that are played in full.
const EXACT_SECONDS: i64 = 2;
/// Monday 2026-11-02 00:00 UTC: a month without a change of clocks.
const BEGIN: i64 = 1_793_577_600;
const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
/// Timers of one parcel at most: more would be a mistake of this program.
const TIMERS_MAX: usize = 40;

/// Write units a second of one partition.
const WRITES_MAX: i64 = 1000;
/// Read units a second of one partition.
const READS_MAX: i64 = 3000;
/// Bytes of a timer's row as DynamoDB counts them: names and values of its keys, deadline and time to live.
const ROW_BYTES: i64 = 165;
/// Bytes of a strongly consistent read unit.
const READ_UNIT_BYTES: i64 = 4096;
/// Rows of a sweep's page.
const PAGE: i64 = 100;

/// Zones of the world and their share of parcels in percent.
const WORLD: [(&str, u64); 11] = [
    ("America/Los_Angeles", 6),
    ("America/Chicago", 7),
    ("America/New_York", 10),
    ("America/Sao_Paulo", 3),
    ("Europe/London", 6),
    ("Europe/Berlin", 18),
    ("Asia/Kolkata", 10),
    ("Asia/Bangkok", 5),
    ("Asia/Shanghai", 26),
    ("Asia/Tokyo", 7),
    ("Australia/Sydney", 2),
];
/// All parcels in one.
const ONE: [(&str, u64); 1] = [("America/New_York", 100)];

/// How deadlines are dealt over the hours after them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spread {
    /// Not at all.
    None,
    /// By the parcel alone, so at the same offset night after night.
    Parcel,
    /// By the parcel and the deadline, as the house does.
    ParcelAndDeadline,
}

/// A small generator (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.next() % end.max(1).unsigned_abs()).unwrap_or(0)
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }
}

/// Deadlines of one zone: the end of the third business day after a day, for each day that can come up.
struct Zone {
    deadlines: Vec<Option<i64>>,
    calendar: Calendar,
}

impl Zone {
    fn new(name: &str) -> Result<Self, String> {
        let calendar = Calendar { zone: name.to_owned().try_into()?, ..Calendar::default() };
        Ok(Self { deadlines: vec![None; slots(900)], calendar })
    }

    /// The deadline of a parcel that was quiet since then. By quarter of an hour: no zone's midnight lies within one.
    fn deadline(&mut self, since: i64) -> i64 {
        let calendar = &self.calendar;
        let from = Timestamp::from_second(since).unwrap_or_default();
        let worked_out = || calendar.after_business_days(from, QUIET_DAYS).as_second();
        *self.deadlines[slot(since, 900)].get_or_insert_with(worked_out)
    }
}

/// When a parcel is scanned, and whether the last scan is its delivery.
struct Life {
    scans: Vec<i64>,
    delivered: bool,
}

impl Life {
    fn of(label: i64, dice: &mut Dice) -> Self {
        let kind = dice.below(1000);
        if kind < 10 {
            return Self { scans: Vec::new(), delivered: false };
        }
        let first = label
            + if kind < 30 {
                dice.between(48 * HOUR, 200 * HOUR)
            } else {
                dice.between(2 * HOUR, 24 * HOUR) + dice.below(24 * HOUR)
            };
        let delivered_at = first + dice.between(DAY, 3 * DAY) + dice.below(2 * DAY);
        let (mut scans, mut at) = (Vec::new(), first);
        while at < delivered_at {
            scans.push(at);
            at += dice.between(4 * HOUR, 20 * HOUR);
        }
        if (30..50).contains(&kind) {
            // Stuck: half of them for days after some scan, half for ever.
            scans.truncate(1 + usize::try_from(dice.below(3)).unwrap_or(0));
            let last = scans.last().copied().unwrap_or(first);
            if kind < 40 {
                let found = last + dice.between(5 * DAY, 9 * DAY);
                scans.extend([found, found + DAY]);
            }
            return Self { scans, delivered: kind < 40 };
        }
        scans.push(delivered_at);
        Self { scans, delivered: true }
    }

    /// The last scan at this moment.
    fn last(&self, at: i64) -> Option<i64> {
        self.scans.iter().copied().take_while(|scan| *scan <= at).last()
    }

    fn is_delivered(&self, at: i64) -> bool {
        self.delivered && self.scans.last().is_some_and(|scan| *scan <= at)
    }

    /// The next scan after this moment.
    fn next(&self, at: i64) -> Option<i64> {
        self.scans.iter().copied().find(|scan| *scan > at)
    }
}

/// How many stretches of so many seconds there are in all.
fn slots(seconds: i64) -> usize {
    slot(BEGIN + HORIZON_DAYS * DAY, seconds) + 1
}

/// In which of them a moment lies; the last one holds all that is later.
fn slot(at: i64, seconds: i64) -> usize {
    usize::try_from((at.min(BEGIN + HORIZON_DAYS * DAY) - BEGIN) / seconds).unwrap_or(0)
}

/// What a run counted.
struct Counts {
    parcels: i64,
    armed: i64,
    fired: i64,
    problems: i64,
    scans: i64,
    /// Sampled rows by the minute in which they were armed and the bucket in which they stand.
    writes: HashMap<(i64, i64), i64>,
    /// Sampled rows by the minute at which they stand, from the beginning.
    places: Vec<i64>,
}

/// A timer's second, as the house places it, but dealt by the dice of the sample.
fn place(spread: Spread, parcel: u64, due: i64, now: i64) -> i64 {
    let seed = match spread {
        Spread::None => return due.max(now + LEAD_SECONDS),
        Spread::Parcel => parcel,
        Spread::ParcelAndDeadline => parcel ^ due.unsigned_abs().wrapping_mul(0xD6E8_FEB8_6659_FD93),
    };
    (due + Dice(seed).below(SPREAD_SECONDS + 1)).max(now + LEAD_SECONDS)
}

/// Follows the sampled parcels of two weeks.
fn simulate(zones: &[(&str, u64)], spread: Spread) -> Result<Counts, String> {
    let mut shares = Vec::new();
    for (name, percent) in zones {
        shares.push((*percent, Zone::new(name)?));
    }
    let (places, writes) = (vec![0; slots(60)], HashMap::new());
    let mut counts = Counts { parcels: 0, armed: 0, fired: 0, problems: 0, scans: 0, writes, places };
    let mut dice = Dice(2026);
    let gap_ms = 1000 * SAMPLE / PARCELS;
    for n in 0..DAYS * DAY * PARCELS / SAMPLE {
        let label = BEGIN + n * gap_ms / 1000;
        let parcel = dice.next();
        let mut percent = parcel % 100;
        let at = shares.iter().position(|(share, _)| {
            let here = percent < *share;
            percent = percent.saturating_sub(*share);
            here
        });
        let Some((_, zone)) = at.and_then(|at| shares.get_mut(at)) else { return Err("shares are no hundred".to_owned()) };
        let life = Life::of(label, &mut dice);
        counts.parcels += 1;
        counts.scans += i64::try_from(life.scans.len()).unwrap_or(0);
        follow(&life, label, parcel, zone, spread, &mut counts)?;
    }
    Ok(counts)
}

/// The timers of one parcel.
fn follow(life: &Life, label: i64, parcel: u64, zone: &mut Zone, spread: Spread, counts: &mut Counts) -> Result<(), String> {
    let (mut now, mut since) = (label, label);
    for _ in 0..TIMERS_MAX {
        let stands = place(spread, parcel, zone.deadline(since), now);
        counts.armed += 1;
        counts.fired += 1;
        *counts.writes.entry((now.div_euclid(60), timeline::bucket(stands))).or_default() += 1;
        counts.places[slot(stands, 60)] += 1;
        now = stands + LAG_SECONDS + Dice(parcel).below(60);
        if life.is_delivered(now) {
            return Ok(());
        }
        since = life.last(now).unwrap_or(label);
        if zone.deadline(since) <= now {
            counts.problems += 1;
            // Nothing is armed until it moves again.
            let Some(next) = life.next(now) else { return Ok(()) };
            if life.is_delivered(next) {
                return Ok(());
            }
            (now, since) = (next, next);
        }
    }
    Err(format!("a parcel had {TIMERS_MAX} timers"))
}

/// A mean of Poisson counts and six roots of it.
fn at_most(mean: i64) -> i64 {
    mean + 6 * (mean.unsigned_abs().isqrt().cast_signed() + 1)
}

/// The load of the hottest partition.
struct Hottest {
    minute: i64,
    bucket: i64,
    bucket_writes_a_second: i64,
    writes_a_minute: i64,
    writes_a_second: i64,
    fires_a_second: i64,
    reads_a_minute: i64,
    reads_a_second: i64,
}

fn hottest(counts: &Counts, shards: i64) -> Result<Hottest, String> {
    // The second week: all is in full swing.
    let (first, end) = ((BEGIN + 7 * DAY) / 60, (BEGIN + DAYS * DAY) / 60);
    let measured = counts.writes.iter().filter(|((minute, _), _)| (first..end).contains(minute));
    let busiest = measured.max_by_key(|(key, count)| (**count, **key));
    let ((minute, bucket), writes) = busiest.map(|(key, count)| (*key, *count)).ok_or("nothing was counted")?;
    let fires = counts.places[slot(first * 60, 60)..slot(end * 60, 60)].iter().copied().max().unwrap_or(0);
    let (writes, fires) = (writes * SAMPLE, fires * SAMPLE);
    // A sweep that keeps pace reads the rows of a minute in a minute, page after page.
    let rows = at_most(fires / shards);
    let units_of_a_page = (PAGE * ROW_BYTES).div_euclid(READ_UNIT_BYTES) + 1;
    let reads_a_minute = (rows / PAGE + 1) * units_of_a_page;
    Ok(Hottest {
        minute,
        bucket,
        bucket_writes_a_second: writes / 60,
        writes_a_minute: at_most(writes / shards),
        writes_a_second: at_most(writes / 60 / shards),
        fires_a_second: fires / 60,
        reads_a_minute,
        reads_a_second: reads_a_minute / 60,
    })
}

/// Plays some seconds of so many armed timers a second whose deadlines are one midnight, by name through the house's own code,
/// and gives the most that one partition is written in a second.
fn exactly(armed_a_second: i64) -> i64 {
    let midnight = BEGIN + 12 * DAY + 5 * HOUR;
    let due = Timestamp::from_second(midnight).unwrap_or_default();
    let mut most = 0;
    for second in 0..EXACT_SECONDS {
        let now = Timestamp::from_second(midnight - 3 * DAY + second).unwrap_or_default();
        let mut partitions: HashMap<(i64, u8), i64> = HashMap::new();
        for n in 0..armed_a_second {
            let place = Place::of(&format!("parcel#brand/ups/1Z999AA1{:010}", second * armed_a_second + n), due, now);
            *partitions.entry((place.bucket(), place.shard)).or_default() += 1;
        }
        most = partitions.into_values().max().unwrap_or(0).max(most);
    }
    most
}

/// A number with two digits, of hundredths.
fn hundredths(part: i64, whole: i64) -> String {
    let hundredths = part * 100 / whole.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn when(minute: i64) -> String {
    Timestamp::from_second(minute * 60).unwrap_or_default().strftime("%a %H:%M").to_string()
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("{PARCELS} parcels a second, one in {SAMPLE} followed; buckets of {BUCKET_SECONDS} s, {TIMER_SHARDS} shards,");
    println!("deadlines dealt over {SPREAD_SECONDS} s\n");
    let worlds = [("one zone", ONE.as_slice()), ("worldwide", WORLD.as_slice())];
    let spreads = [("none", Spread::None), ("by parcel", Spread::Parcel), ("by parcel and deadline", Spread::ParcelAndDeadline)];
    println!(
        "| parcels | dealt | hottest bucket: writes/s | armed at (UTC) | hottest partition: writes/min | writes/s | fires/s in all | reads/min | reads/s |"
    );
    println!("|---|---|--:|---|--:|--:|--:|--:|--:|");
    let (mut of_house, mut lives) = (Vec::new(), Vec::new());
    for (world, zones) in worlds {
        for (name, spread) in spreads {
            if spread == Spread::Parcel && zones.len() > 1 {
                continue;
            }
            let counts = simulate(zones, spread)?;
            let hot = hottest(&counts, i64::from(TIMER_SHARDS))?;
            let (armed_at, bucket) = (when(hot.minute), when(hot.bucket * BUCKET_SECONDS / 60));
            println!(
                "| {world} | {name} | {} | {armed_at} for {bucket} | {} | {} | {} | {} | {} |",
                hot.bucket_writes_a_second,
                hot.writes_a_minute,
                hot.writes_a_second,
                hot.fires_a_second,
                hot.reads_a_minute,
                hot.reads_a_second
            );
            if spread == Spread::ParcelAndDeadline {
                lives.push((world, hundredths(counts.armed, counts.parcels), hundredths(counts.fired, counts.parcels)));
                lives.push(("  problems", hundredths(counts.problems * 100, counts.parcels), "% of parcels".to_owned()));
                lives.push(("  scans", hundredths(counts.scans, counts.parcels), "each would arm, if not lazily".to_owned()));
                of_house.push((world, hot));
            }
        }
    }
    println!("\n| | writes for each parcel | fires for each parcel |\n|---|--:|--:|");
    for (what, writes, fires) in lives {
        println!("| {what} | {writes} | {fires} |");
    }
    for (world, hot) in of_house {
        let buckets = SPREAD_SECONDS / BUCKET_SECONDS;
        let exact = exactly(hot.bucket_writes_a_second * buckets);
        println!(
            "\n{world}: {} timers a second for one midnight, by name: at most {exact} writes/s in a partition",
            hot.bucket_writes_a_second * buckets
        );
        let writes = hot.writes_a_second.max(exact);
        if writes > WRITES_MAX || hot.reads_a_second > READS_MAX {
            return Err(format!("{world}: a partition is hot: {writes} writes/s, {} reads/s", hot.reads_a_second));
        }
    }
    Ok(())
}
