//! Timers: rows on a line of time, armed with one write, read by sweeps, and gone by their time to live.
//!
//! Where a row stands, and why none is ever lost, is said in [`crate::timeline`]. How far the sweeps came is kept in one row
//! with one attribute for each shard.
//!
//! Priced (on demand in us-east-1, 0.125 USD for a million read units and 0.625 for a million write units; not verified today):
//! a sweep at rest reads one unit for the row of progress and one for each of sixteen shards, twice where a bucket ends, and
//! writes one. That is 18.6 reads and one write a minute: 0.10 and 0.03 USD a month. Reads that are not strongly consistent
//! would halve the former, and let a slow copy of a partition hide a timer.

use crate::{
    LetterAt, Vault, VaultError,
    key::Key,
    row::{self, Item, number, text, text_of},
    timeline::{self, KEPT_SECONDS, Place, Position, TIMER_SHARDS, Walk},
};
use aws_sdk_dynamodb::{error::SdkError, operation::update_item::UpdateItemError};
use boot::queue::code_of;
use domain::{
    id::{OrderKey, ParcelKey},
    letter::Channel,
};
use jiff::Timestamp;
use std::{collections::HashMap, fmt};

/// Timers read from one shard at once; sent before the next are read, so a sweep cannot read a partition hot.
const PAGE: i32 = 100;
/// How far the first sweep looks back, in seconds, when it is known that nothing was armed before.
const BEGUN_BEFORE_SECONDS: i64 = 3600;

/// What a timer is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerAbout {
    /// A parcel, for the desk `tracking`.
    Parcel(ParcelKey),
    /// An order, for the desk `orders`.
    Order(OrderKey),
    /// A letter that is held, for the postman `notify`.
    Letter(LetterAt),
    /// A parcel that its source has to be asked about, for the room `sources`.
    Inquiry(ParcelKey),
}

impl fmt::Display for TimerAbout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parcel(parcel) => write!(f, "parcel#{parcel}"),
            Self::Order(order) => write!(f, "order#{order}"),
            Self::Letter(LetterAt { order, id, channel }) => write!(f, "letter#{order}/{id}/{}", channel.code()),
            Self::Inquiry(parcel) => write!(f, "inquiry#{parcel}"),
        }
    }
}

/// A timer that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTimer {
    /// About what.
    pub about: TimerAbout,
    /// Its deadline; now is some hours later.
    pub due_at: Timestamp,
}

/// Some timers of a walk, in the order in which they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerPage {
    /// The timers.
    pub timers: Vec<DueTimer>,
    /// The last of them, when the bucket holds more: what [`Walk::sent`] wants.
    pub up_to: Option<Position>,
}

/// How far each shard was swept, as read; `None` for a shard that never was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimerProgress {
    kept: Vec<Option<Position>>,
}

impl TimerProgress {
    /// The walks of the shards `first..=last` until `now` less [`timeline::LAG_SECONDS`], the one furthest behind first, so
    /// that no shard starves when time is short.
    #[must_use]
    pub fn walks(&self, first: u8, last: u8, now: Timestamp) -> Vec<Walk> {
        let until = timeline::until(now);
        let from = |shard: u8| timeline::start(self.of(shard), until);
        let mut walks: Vec<Walk> =
            (first..=last.min(TIMER_SHARDS - 1)).map(|shard| Walk::new(shard, from(shard), until)).collect();
        walks.sort_by(|one, other| one.position().cmp(other.position()));
        walks
    }

    fn of(&self, shard: u8) -> Option<&Position> {
        self.kept.get(usize::from(shard)).and_then(Option::as_ref)
    }
}

fn pk(bucket: i64, shard: u8) -> String {
    let begin = Timestamp::from_second(bucket.saturating_mul(timeline::BUCKET_SECONDS)).unwrap_or(Timestamp::MAX);
    format!("TIMER#{}#{shard:02}", begin.strftime("%Y-%m-%dT%H:%M"))
}

fn progress_key() -> Key {
    Key { pk: "TIMER#PROGRESS".to_owned(), sk: "PROGRESS".to_owned() }
}

/// The attribute of the row of progress that holds a shard's position.
fn attribute(shard: u8) -> String {
    format!("shard_{shard:02}")
}

/// The row of a timer: its keys say what it is about and where it stands.
pub(crate) fn row(about: &TimerAbout, due_at: Timestamp, now: Timestamp) -> (Key, Item) {
    let name = about.to_string();
    let place = match about {
        // A letter waits for an hour of the day, a new number for its registration; many of them are dealt with by the
        // queue behind.
        TimerAbout::Letter(_) | TimerAbout::Inquiry(_) => Place::prompt(&name, due_at, now),
        TimerAbout::Parcel(_) | TimerAbout::Order(_) => Place::of(&name, due_at, now),
    };
    let key = Key { pk: pk(place.bucket(), place.shard), sk: timeline::sort_key(&place, &name) };
    let attributes = HashMap::from([
        ("due_at".to_owned(), text(due_at.to_string())),
        ("expires_at".to_owned(), number(place.second + KEPT_SECONDS)),
    ]);
    (key, attributes)
}

/// The timer of a row, if it can be read.
fn read(item: &Item) -> Option<DueTimer> {
    let mut key = text_of(item, "sk")?.splitn(3, '#').skip(1);
    let (kind, name) = (key.next()?, key.next()?);
    let parts: Vec<&str> = name.split('/').collect();
    let parcel = |shop: &str, carrier: &str, number: &str| {
        Some(ParcelKey { shop: shop.parse().ok()?, carrier: carrier.parse().ok()?, number: number.parse().ok()? })
    };
    let about = match (kind, parts.as_slice()) {
        ("parcel", [shop, carrier, number]) => TimerAbout::Parcel(parcel(shop, carrier, number)?),
        ("inquiry", [shop, carrier, number]) => TimerAbout::Inquiry(parcel(shop, carrier, number)?),
        ("order", [shop, order]) => TimerAbout::Order(OrderKey { shop: shop.parse().ok()?, order: order.parse().ok()? }),
        ("letter", [shop, order, id, channel]) => TimerAbout::Letter(LetterAt {
            order: OrderKey { shop: shop.parse().ok()?, order: order.parse().ok()? },
            id: id.parse().ok()?,
            channel: Channel::ALL.into_iter().find(|known| known.code() == *channel)?,
        }),
        _ => return None,
    };
    Some(DueTimer { about, due_at: text_of(item, "due_at")?.parse().ok()? })
}

impl Vault {
    /// How far the sweeps came. One Query.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn timer_progress(&self) -> Result<TimerProgress, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text(progress_key().pk))
            .limit(1)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let Some(item) = page.items().first() else { return Ok(TimerProgress::default()) };
        let of = |shard| text_of(item, &attribute(shard)).and_then(Position::read);
        Ok(TimerProgress { kept: (0..TIMER_SHARDS).map(of).collect() })
    }

    /// The next timers of a walk, at most a hundred; none is a whole bucket without any. One Query.
    ///
    /// # Errors
    /// See [`VaultError`]. A row of a kind this version does not know stops the walk rather than being passed over: while a
    /// new version is deployed, its sweep comes within a minute.
    pub async fn due_timers(&self, walk: &Walk) -> Result<TimerPage, VaultError> {
        let (from, to) = walk.range();
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":pk", text(pk(walk.bucket(), walk.shard())))
            .expression_attribute_values(":from", text(from))
            .expression_attribute_values(":to", text(to))
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let unreadable = VaultError::Unreadable { kind: "timer", line: 0, column: 0 };
        let timers = page.items().iter().map(|item| read(item).ok_or_else(|| unreadable.clone()));
        let more = page.last_evaluated_key().and_then(|last| text_of(last, "sk"));
        Ok(TimerPage { timers: timers.collect::<Result<_, _>>()?, up_to: more.map(Position::at_row) })
    }

    /// Keeps how far these walks came, if nobody kept anything about them since `read`; else leaves it, and what they sent is
    /// sent once more. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn keep_timer_progress(&self, read: &TimerProgress, walks: &[Walk]) -> Result<(), VaultError> {
        let reached = walks.iter().map(|walk| (walk.shard(), walk.position()));
        self.keep(read, reached.filter(|(shard, position)| read.of(*shard) != Some(*position)).collect()).await
    }

    /// Says that no timer was armed before `now`, unless sweeps have begun: else the first sweep looks back as far as after
    /// the longest outage, some 32,000 Queries. One write.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn begin_timers(&self, now: Timestamp) -> Result<(), VaultError> {
        let begin = Position::through(timeline::until(now) - BEGUN_BEFORE_SECONDS);
        self.keep(&TimerProgress::default(), (0..TIMER_SHARDS).map(|shard| (shard, &begin)).collect()).await
    }

    async fn keep(&self, read: &TimerProgress, reached: Vec<(u8, &Position)>) -> Result<(), VaultError> {
        if reached.is_empty() {
            return Ok(());
        }
        let mut request = self.client.update_item().table_name(&self.table).set_key(Some(row::key_item(&progress_key())));
        let (mut sets, mut conditions) = (Vec::new(), Vec::new());
        for (shard, position) in reached {
            let name = attribute(shard);
            sets.push(format!("{name} = :to_{shard}"));
            request = request.expression_attribute_values(format!(":to_{shard}"), text(position.as_str()));
            conditions.push(match read.of(shard) {
                None => format!("attribute_not_exists({name})"),
                Some(kept) => {
                    request = request.expression_attribute_values(format!(":from_{shard}"), text(kept.as_str()));
                    format!("{name} = :from_{shard}")
                }
            });
        }
        let request =
            request.update_expression(format!("SET {}", sets.join(", "))).condition_expression(conditions.join(" AND "));
        match request.send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(e)) if matches!(e.err(), UpdateItemError::ConditionalCheckFailedException(_)) => Ok(()),
            Err(error) => Err(VaultError::Unreachable(code_of(&error))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::LetterId;

    fn abouts() -> [TimerAbout; 4] {
        let shop = || "demo".parse().unwrap();
        let parcel = ParcelKey {
            shop: shop(),
            carrier: "dhl_express".parse().unwrap(),
            number: "9400111899223817352218".parse().unwrap(),
        };
        let order = OrderKey { shop: shop(), order: "o8PmJcF_me-8P4iZ".parse().unwrap() };
        let letter = LetterAt { order: order.clone(), id: LetterId::of("parcel/x", "shipped", ""), channel: Channel::Sms };
        [TimerAbout::Parcel(parcel.clone()), TimerAbout::Order(order), TimerAbout::Letter(letter), TimerAbout::Inquiry(parcel)]
    }

    #[test]
    fn a_row_is_read_as_it_was_armed_and_lives_beyond_every_look_back() {
        let (due_at, now) = ("2026-11-25T05:00:00Z".parse().unwrap(), "2026-11-21T12:00:00Z".parse().unwrap());
        for about in abouts() {
            let (key, attributes) = row(&about, due_at, now);
            assert!(key.pk.starts_with("TIMER#2026-11-25T0") && key.pk.len() == "TIMER#2026-11-25T05:40#07".len(), "{}", key.pk);
            let name = about.to_string();
            let is_prompt = matches!(about, TimerAbout::Letter(_) | TimerAbout::Inquiry(_));
            let place = if is_prompt { Place::prompt(&name, due_at, now) } else { Place::of(&name, due_at, now) };
            assert!(!is_prompt || place.second == due_at.as_second());
            let expires_at: i64 = attributes["expires_at"].as_n().unwrap().parse().unwrap();
            assert!(expires_at > place.second + timeline::LOOK_BACK_SECONDS + timeline::LEAD_SECONDS + timeline::LAG_SECONDS);
            let mut item = row::key_item(&key);
            item.extend(attributes);
            assert_eq!(read(&item), Some(DueTimer { about, due_at }));
        }
    }

    #[test]
    fn a_row_of_another_kind_is_not_guessed_at() {
        for sk in ["2026-11-25T05:00:00Z#return#demo/abc", "2026-11-25T05:00:00Z#parcel#demo/ups", "2026-11-25T05:00:00Z", ""] {
            let item = HashMap::from([("sk".to_owned(), text(sk)), ("due_at".to_owned(), text("2026-11-25T05:00:00Z"))]);
            assert_eq!(read(&item), None, "{sk}");
        }
    }

    #[test]
    fn the_shard_furthest_behind_is_walked_first() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let position = |seconds_ago| Some(Position::through(timeline::until(now) - seconds_ago));
        let progress = TimerProgress { kept: vec![position(60), position(7200), None] };
        let shards: Vec<u8> = progress.walks(0, 2, now).iter().map(Walk::shard).collect();
        assert_eq!(shards, [2, 1, 0]);
        assert_eq!(progress.walks(0, u8::MAX, now).len(), usize::from(TIMER_SHARDS));
        assert!(TimerProgress { kept: vec![position(0)] }.walks(0, 0, now)[0].is_done());
    }
}
