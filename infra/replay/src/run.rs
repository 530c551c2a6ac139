//! A replay from its beginning to its end: what is read, what would differ, and with `--write` what is sent.

use crate::{
    aftership::{self, Shipment},
    deliveries::{self, Reading, Versions},
    desk::Desk,
    ledger::{LETTER, Ledger, News, Tie, short},
    shopify::{self, Orders},
    table::{self, Table},
    told::{Aggregate, Key, Told},
};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Reports whose aggregates are loaded together.
const TOLD_AT_ONCE: usize = 400;
/// Differences that are remembered before they are shown: what a large replay costs in memory.
const HELD_MAX: usize = 20_000;
/// Unreadable places and notes that are shown; the rest is counted.
const SHOWN_MAX: usize = 200;
/// Days of one replay: as long as anything is kept, and a bit.
const DAYS_MAX: i32 = 400;

/// Who listens: a terminal, or a test.
pub trait Listener {
    /// A line of the answer.
    fn line(&mut self, line: &str);
    /// How far it is.
    fn progress(&mut self, line: &str);
}

/// How a replay is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Whether what would differ is sent to the desks.
    pub write: bool,
    /// Whether every field of what is new is shown.
    pub fields: bool,
    /// When.
    pub now: Timestamp,
}

/// Which deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of which source; none: of all.
    pub source: Option<String>,
    /// From this day (UTC); none: from the first day of which any are kept.
    pub since: Option<Date>,
    /// Until this day (UTC); none: until today.
    pub until: Option<Date>,
}

/// A replay on its way.
struct Run<'a> {
    desk: &'a Desk,
    manner: Manner,
    listener: &'a mut dyn Listener,
    ledger: Ledger,
    /// What cannot be read, each where and why.
    unreadable: Vec<String>,
    unreadable_count: u64,
    /// What is left alone, by the reason.
    left: BTreeMap<String, u64>,
    /// Parcels of which kept scans mean something else by today's tables.
    to_refold: BTreeSet<Key>,
    /// Parcels that orders gain by what is told now.
    ties: BTreeMap<Key, Tie>,
    letters: usize,
    sent: usize,
}

impl<'a> Run<'a> {
    fn new(desk: &'a Desk, manner: Manner, listener: &'a mut dyn Listener) -> Self {
        Self {
            desk,
            manner,
            listener,
            ledger: Ledger::default(),
            unreadable: Vec::new(),
            unreadable_count: 0,
            left: BTreeMap::new(),
            to_refold: BTreeSet::new(),
            ties: BTreeMap::new(),
            letters: 0,
            sent: 0,
        }
    }

    fn unreadable(&mut self, what: impl FnOnce() -> String) {
        self.unreadable_count += 1;
        if self.unreadable.len() < SHOWN_MAX {
            self.unreadable.push(what());
        }
    }

    fn leave(&mut self, why: &str) {
        *self.left.entry(why.to_owned()).or_default() += 1;
    }

    /// Tells reports that belong together: all of one order's.
    async fn tell(
        &mut self,
        groups: Vec<Vec<Told>>,
        choose: impl Fn(&Aggregate, Vec<Told>) -> Result<Vec<Told>, &'static str>,
    ) -> Result<(), String> {
        let mut groups = groups.into_iter().peekable();
        while groups.peek().is_some() {
            let mut some: Vec<(Key, Vec<Told>)> = Vec::new();
            let mut count = 0;
            while let Some(group) = groups.next_if(|_| count < TOLD_AT_ONCE) {
                count += group.len();
                some.extend(group.first().map(|told| told.key(&self.desk.shop)).map(|key| (key, group)));
            }
            let keys: BTreeSet<Key> = some.iter().map(|(key, _)| key.clone()).collect();
            let loaded = self.desk.load(&keys.into_iter().collect::<Vec<_>>()).await?;
            for (key, group) in some {
                let Some(loaded) = loaded.get(&key) else { continue };
                let now =
                    self.ledger.after(&loaded.key).cloned().or_else(|| loaded.kept.clone()).unwrap_or_else(|| loaded.unknown());
                if let Some(Aggregate::Parcel(parcel)) = &loaded.kept
                    && refold::difference(parcel).is_some()
                {
                    self.to_refold.insert(loaded.key.clone());
                }
                match choose(&now, group) {
                    Ok(group) => {
                        group.into_iter().for_each(|told| {
                            self.ledger.tell(&loaded.key, loaded.kept.as_ref(), || loaded.unknown(), told);
                        });
                    }
                    Err(why) => self.leave(why),
                }
            }
        }
        if self.ledger.len() >= HELD_MAX {
            self.show().await?;
        }
        Ok(())
    }

    /// Shows what would differ, and sends it when that is wanted.
    async fn show(&mut self) -> Result<(), String> {
        let ties = std::mem::take(&mut self.ties);
        let news = News { settings: self.desk.settings.as_ref(), now: self.manner.now, ties: &ties };
        for entry in self.ledger.take() {
            let lines = entry.lines(self.manner.fields, news);
            self.letters += lines.iter().filter(|line| line.starts_with(LETTER)).count();
            lines.iter().for_each(|line| self.listener.line(line));
            if self.manner.write {
                let messages = entry.reports.into_iter().map(|told| told.message(&self.desk.shop)).collect();
                self.sent += self.desk.send(messages).await?;
            }
        }
        Ok(())
    }

    /// The end: everything that is still to be said.
    async fn finish(mut self, what: &str) -> Result<(), String> {
        self.show().await?;
        let counts = self.ledger.counts().clone();
        let mut out = vec![String::new(), what.to_owned()];
        let notes = std::mem::take(&mut self.ledger.notes);
        for (title, lines, count) in
            [("could not be read", &self.unreadable, self.unreadable_count), ("notes", &notes, notes.len() as u64)]
        {
            if count > 0 {
                out.push(format!("{title}: {count}"));
                out.extend(lines.iter().take(SHOWN_MAX).map(|line| format!("  {line}")));
                let more = count.saturating_sub(lines.len().min(SHOWN_MAX) as u64);
                out.extend((more > 0).then(|| format!("  and {more} more")));
            }
        }
        out.extend(self.left.iter().map(|(why, count)| format!("left alone: {count}, {why}")));
        if !self.to_refold.is_empty() {
            let (count, shop) = (self.to_refold.len(), &self.desk.shop);
            out.push(format!(
                "{count} parcels have scans that today's tables read otherwise: `cargo refold {shop}` first, for what \
                 was told stays beside what is told again"
            ));
        }
        if self.letters > 0 {
            let letters = self.letters;
            out.push(format!("letters that are news to the shop's customers: {letters}, by its letters.max_age_hours"));
        }
        let (differ, unchanged) = (counts.changed + counts.new, counts.told_of.saturating_sub(counts.changed + counts.new));
        out.push(format!("orders and parcels told of: {}, of which {unchanged} are as they would be", counts.told_of));
        out.push(match (self.manner.write, differ) {
            (_, 0) => "nothing would change".to_owned(),
            (false, _) => {
                format!("{} would change and {} would be new; say --write to tell the desks", counts.changed, counts.new)
            }
            (true, _) => format!(
                "{} change and {} are new: {} messages sent; once the desks have read them, a second run sends none",
                counts.changed, counts.new, self.sent
            ),
        });
        out.iter().for_each(|line| self.listener.line(line));
        Ok(())
    }
}

/// Replays kept deliveries.
///
/// # Errors
/// When the vault or a queue does not answer; what was shown until then is true.
pub async fn deliveries(desk: &Desk, wanted: &Wanted, manner: Manner, listener: &mut dyn Listener) -> Result<(), String> {
    let today = manner.now.to_zoned(TimeZone::UTC).date();
    let until = wanted.until.unwrap_or(today).min(today);
    let kept_days = desk.settings.as_ref().map_or(30, |settings| settings.sources.keep_deliveries_days);
    let since = match wanted.since {
        Some(since) => since,
        None => today.checked_sub(i64::from(kept_days).days()).map_err(|error| error.to_string())?,
    };
    let days = since.until(until).map_err(|error| error.to_string())?.get_days();
    if !(0..DAYS_MAX).contains(&days) {
        return Err(format!("from {since} to {until} there are no days, or more than {DAYS_MAX}: say --since and --until"));
    }
    let mut run = Run::new(desk, manner, listener);
    let mut versions = Versions::default();
    let (mut read, mut reports) = (0_u64, 0_u64);
    // A version of an order may be told on both sides of midnight: the days around are read for that alone.
    let first = since.yesterday().map_err(|error| error.to_string())?;
    let last = until.tomorrow().map_err(|error| error.to_string())?.min(today);
    for (n, day) in first.series(1.day()).take_while(|day| *day <= last).enumerate() {
        let is_wanted = day >= since && day <= until;
        let mut told = Vec::new();
        let mut kept = desk.deliveries(day).await?;
        kept.retain(|delivery| wanted.source.as_ref().is_none_or(|source| *source == delivery.source));
        for delivery in kept {
            let reading = deliveries::read(&delivery);
            read += u64::from(is_wanted);
            match reading {
                Reading::Reports(some) => told.extend(some),
                Reading::Nothing(why) if is_wanted => run.leave(&format!("deliveries of {}: {why}", delivery.source)),
                Reading::Unreadable(why) if is_wanted => {
                    run.unreadable(|| format!("{}, {}: {why}", delivery.source, delivery.received_at));
                }
                Reading::Nothing(_) | Reading::Unreadable(_) => {}
            }
        }
        reports += told.len() as u64;
        let told = versions.of_day(&desk.shop, told, day > until);
        if day < since {
            continue;
        }
        run.tell(told.into_iter().map(|told| vec![told]).collect(), unless_erased).await?;
        if is_wanted {
            let differ = run.ledger.len();
            run.listener.progress(&format!("{day}, day {n} of {}: {read} deliveries read, {differ} would differ", days + 1));
        }
    }
    let unreadable = run.unreadable_count;
    run.finish(&format!("from {since} to {until}: {read} deliveries read, {reports} reports in them, {unreadable} unreadable"))
        .await
}

/// An order whose customer's data was erased is left as it is: what was kept before knows more than may be known.
fn unless_erased(now: &Aggregate, told: Vec<Told>) -> Result<Vec<Told>, &'static str> {
    match now {
        Aggregate::Order(order) if order.redacted_at.is_some() => Err("reports of orders whose customer's data was erased"),
        _ => Ok(told),
    }
}

/// Replays Shopify's export of orders.
///
/// # Errors
/// As [`deliveries`], or when there is nothing to read.
pub async fn shopify_csv(desk: &Desk, place: &Path, manner: Manner, listener: &mut dyn Listener) -> Result<(), String> {
    let files = table::files(place)?;
    let count = files.len();
    let mut run = Run::new(desk, manner, listener);
    let (mut orders, mut rows, mut read) = (Orders::default(), 0_u64, 0_u64);
    let mut versions: BTreeSet<u64> = BTreeSet::new();
    let mut waiting: Vec<Vec<Told>> = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let name = file.display();
        run.listener.progress(&format!("{name}, file {} of {count}", n + 1));
        let table = match Table::open(file, shopify::COLUMNS) {
            Ok(table) => table,
            Err(bad) => {
                run.unreadable(|| bad.to_string());
                continue;
            }
        };
        for row in table {
            rows += 1;
            for said in orders.take(row) {
                read += u64::from(said.is_ok());
                gather(&mut run, &mut versions, &mut waiting, said);
            }
            if waiting.len() >= TOLD_AT_ONCE {
                let some = std::mem::take(&mut waiting);
                run.tell(some, of_export).await?;
                run.show().await?;
                run.listener.progress(&format!("{name}: {rows} rows read, {read} orders"));
            }
        }
    }
    for said in orders.finish() {
        read += u64::from(said.is_ok());
        gather(&mut run, &mut versions, &mut waiting, said);
    }
    run.tell(waiting, of_export).await?;
    let unreadable = run.unreadable_count;
    run.finish(&format!("{count} files: {rows} rows read, {read} orders in them, {unreadable} unreadable")).await
}

fn gather(run: &mut Run<'_>, versions: &mut BTreeSet<u64>, waiting: &mut Vec<Vec<Told>>, said: shopify::Said) {
    match said {
        Ok(told) => {
            // The last description is the newest one.
            let version = told.iter().rev().find_map(|told| match told {
                Told::Order(report) => Some(short(&(told.key(&run.desk.shop), report.reported_at))),
                _ => None,
            });
            // Two files may hold one order; of one version the first holds, in every run the same.
            match version.is_none_or(|version| versions.insert(version)) {
                true => waiting.push(told),
                false => run.leave("orders that stand in the files twice"),
            }
        }
        Err(bad) => run.unreadable(|| bad.to_string()),
    }
}

fn of_export(now: &Aggregate, told: Vec<Told>) -> Result<Vec<Told>, &'static str> {
    match now {
        Aggregate::Order(order) => shopify::missing(order, told),
        Aggregate::Parcel(_) => Ok(told),
    }
}

/// Replays AfterShip's export of shipments.
///
/// # Errors
/// As [`deliveries`], or when there is nothing to read.
pub async fn aftership_csv(desk: &Desk, place: &Path, manner: Manner, listener: &mut dyn Listener) -> Result<(), String> {
    let files = table::files(place)?;
    let count = files.len();
    let mut run = Run::new(desk, manner, listener);
    let mut rows = 0_u64;
    for (n, file) in files.iter().enumerate() {
        let name = file.display();
        run.listener.progress(&format!("{name}, file {} of {count}", n + 1));
        let table = match Table::open(file, aftership::COLUMNS) {
            Ok(table) => table,
            Err(bad) => {
                run.unreadable(|| bad.to_string());
                continue;
            }
        };
        let mut some: Vec<Shipment> = Vec::new();
        for said in aftership::read(table) {
            rows += 1;
            match said {
                Ok(shipment) => some.push(shipment),
                Err(bad) => run.unreadable(|| bad.to_string()),
            }
            if some.len() >= TOLD_AT_ONCE {
                import(&mut run, std::mem::take(&mut some)).await?;
                run.listener.progress(&format!("{name}: {rows} rows read"));
            }
        }
        import(&mut run, some).await?;
    }
    let unreadable = run.unreadable_count;
    run.finish(&format!("{count} files: {rows} shipments read, {unreadable} unreadable")).await
}

async fn import(run: &mut Run<'_>, shipments: Vec<Shipment>) -> Result<(), String> {
    let mut told: Vec<Vec<Told>> = Vec::new();
    for shipment in shipments {
        let found = match &shipment.order_number {
            Some(number) => Some(run.desk.order_of(number).await?),
            None => None,
        };
        let (shipment, tie) = match found {
            Some(Ok(order)) if order.redacted_at.is_none() => {
                let (shipment, tie) = shipment.tied(&order);
                if let (Some(_), Some(destination)) = (&tie, order.destination()) {
                    let tie = Tie { order: order.id.clone(), label_at: shipment.label_at, destination };
                    run.ties.insert(Key::Parcel(shipment.key(&run.desk.shop)), tie);
                }
                (shipment, tie)
            }
            Some(Ok(_)) => {
                run.leave("shipments of orders whose customer's data was erased");
                continue;
            }
            Some(Err(0)) => {
                run.leave("shipments not tied to an order: none has their number");
                (shipment, None)
            }
            Some(Err(_)) => {
                run.leave("shipments not tied to an order: several have their number");
                (shipment, None)
            }
            None => {
                run.leave("shipments not tied to an order: their row names none");
                (shipment, None)
            }
        };
        told.extend(tie.map(|tie| vec![Told::Fulfilment(tie)]));
        told.push(vec![Told::Parcel(shipment.report)]);
    }
    run.tell(told, |_, told| Ok(told)).await?;
    run.show().await
}
