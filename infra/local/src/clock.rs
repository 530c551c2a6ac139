//! House time: the machine's clock and a shift ahead, kept in the data folder, where every function reads it too.

use crate::{data, form, pulse::now_text};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// When a shop's morning begins, for those who want it to be morning.
const MORNING_HOUR: i8 = 8;

/// What somebody wants the time to be.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// So many seconds later than now.
    #[serde(rename = "advance_s")]
    Advance(i64),
    /// This moment, or at most a second later.
    At(Timestamp),
    /// The next eight o'clock of this shop.
    MorningOf(String),
}

impl Wish {
    /// Reads `{"advance_s": 3600}` or one of its siblings.
    pub fn of_json(body: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|why| {
            format!(r#"not {{"advance_s": 3600}}, {{"at": "2026-11-21T07:10:00Z"}} or {{"morning_of": "demo"}}: {why}"#)
        })
    }

    /// Reads the same as a form sends it.
    pub fn of_form(body: &[u8]) -> Result<Self, String> {
        let fields = form::read(body).into_iter().map(|(name, text)| {
            let number = text.parse::<i64>().ok().filter(|_| name == "advance_s");
            (name, number.map_or_else(|| json!(text), |number| json!(number)))
        });
        Self::of_json(Json::Object(fields.collect()).to_string().as_bytes())
    }
}

/// The clock of the stack. It only ever moves ahead.
pub struct Clock {
    file: PathBuf,
    shift_s: Mutex<i64>,
    moved: watch::Sender<()>,
}

impl Clock {
    /// The clock as the last life left it; from here on this process goes by it.
    pub fn open(folder: &Path) -> Self {
        let file = folder.join(data::CLOCK);
        boot::clock::follow(file.clone());
        // No file: nobody ever moved the clock. The functions read it in the same way.
        let shift_s = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        Self { file, shift_s: Mutex::new(shift_s), moved: watch::Sender::new(()) }
    }

    /// The file that functions read.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Changes whenever the clock was moved.
    pub fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Moves the clock; says why not, and then it stays as it is.
    pub fn advance(&self, seconds: i64) -> Result<(), String> {
        if seconds < 0 {
            return Err("the clock only moves ahead: advance_s must not be negative".to_owned());
        }
        let mut shift_s = self.lock();
        self.put(&mut shift_s, |old| old.checked_add(seconds))
    }

    /// Moves the clock to a moment that is still to come.
    pub fn set(&self, at: Timestamp) -> Result<(), String> {
        let mut shift_s = self.lock();
        let now = boot::clock::now();
        if at < now {
            return Err(format!("the clock only moves ahead: it is {now} already, which is after {at}"));
        }
        // Whole seconds, and never too few of them: who asks for a moment may rely on its having come.
        let ahead = at.duration_since(Timestamp::now());
        let wanted = ahead.as_secs() + i64::from(ahead.subsec_nanos() > 0);
        self.put(&mut shift_s, |old| Some(wanted.max(old)))
    }

    fn put(&self, shift_s: &mut i64, change: impl FnOnce(i64) -> Option<i64>) -> Result<(), String> {
        let new = change(*shift_s).filter(|new| Timestamp::now().checked_add(SignedDuration::from_secs(*new)).is_ok());
        let Some(new) = new else { return Err("the clock cannot be moved beyond the year 9999".to_owned()) };
        write_at_once(&self.file, &new.to_string()).map_err(|why| format!("{}: {why}", self.file.display()))?;
        *shift_s = new;
        Ok(())
    }

    /// Tells those who wait for a moment to look again.
    pub fn tell(&self) {
        self.moved.send_replace(());
    }

    /// How far it is ahead of the machine's clock.
    pub fn shift_s(&self) -> i64 {
        *self.lock()
    }

    /// What `/_local/clock` shows.
    pub fn show(&self) -> Json {
        json!({"now": now_text(), "shift_s": self.shift_s()})
    }

    fn lock(&self) -> MutexGuard<'_, i64> {
        self.shift_s.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Never half of it: a function that reads meanwhile sees the old text or the new one, and time never goes back.
fn write_at_once(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension(data::NEW);
    fs::write(&new, text)?;
    fs::rename(&new, file)
}

/// The next eight o'clock in a zone.
pub fn next_morning(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = now.to_zoned(zone.clone()).date();
    let morning = |day: jiff::civil::Date| day.at(MORNING_HOUR, 0, 0, 0).to_zoned(zone.clone()).map(|at| at.timestamp());
    let candidates = [Ok(today), today.checked_add(1.day())].into_iter().flatten().filter_map(|day| morning(day).ok());
    candidates.into_iter().find(|at| *at > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_today_only_before_eight() {
        let zone = TimeZone::get("America/New_York").unwrap();
        for (now, morning) in [
            ("2026-11-21T12:59:59Z", "2026-11-21T13:00:00Z"),
            ("2026-11-21T13:00:00Z", "2026-11-22T13:00:00Z"),
            ("2026-03-08T02:00:00Z", "2026-03-08T12:00:00Z"), // the night in which the clocks change
        ] {
            assert_eq!(next_morning(now.parse().unwrap(), &zone).to_string(), morning, "{now}");
        }
    }

    #[test]
    fn a_wish_is_one_of_three() {
        assert_eq!(Wish::of_json(br#"{"advance_s": 1}"#), Ok(Wish::Advance(1)));
        assert_eq!(Wish::of_form(b"advance_s=3600"), Ok(Wish::Advance(3600)));
        assert_eq!(Wish::of_form(b"morning_of=demo"), Ok(Wish::MorningOf("demo".to_owned())));
        for wrong in [r#"{"advance": 1}"#, r#"{"advance_s": 1, "morning_of": "demo"}"#, r#"{"at": "soon"}"#, "{}", ""] {
            assert!(Wish::of_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
