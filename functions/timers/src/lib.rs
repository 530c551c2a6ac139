//! The clock of the house: every minute, timers that are due become messages on the desks' queues.
//!
//! Nothing is deleted: each shard of the line of timers is walked from where the last sweep left off, and how far it came is
//! kept after all was sent. In between, a timer may fire twice; a desk that looks twice sees the same. See `store::timeline`.
//!
//! The schedule's input may say more, for an operator:
//! - `{"all_due": true}` also fires what is past its deadline and waits for its turn (hours, see `store::timeline::spread`).
//!   Its turn comes all the same, so it fires twice.
//! - `{"shards": [0, 3]}` walks these shards only: several schedules, each with its share, for more timers than one sweep can send.

use boot::{StartError, aws::Aws, env, queue};
use contracts::{ToNotify, ToOrders, ToSources, ToTracking};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent};
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};
use store::{
    DueTimer, LetterAt, TimerAbout, Vault,
    timeline::{self, TIMER_SHARDS, Walk},
};
use tokio::task::JoinSet;

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "ORDERS_QUEUE_URL", "TRACKING_QUEUE_URL", "LETTERS_QUEUE_URL", "SOURCES_QUEUE_URL"];

/// What is left of the invocation's time when the walks stop; the next minute goes on from there.
const LAST_CALL: Duration = Duration::from_secs(10);
/// Shards walked side by side.
const SIDE_BY_SIDE: usize = 8;
/// Messages of one request (an SQS limit).
const IN_ONE_REQUEST: usize = 10;
/// Pages of one shard in one sweep: more than there is time for.
const PAGES_MAX: usize = 20_000;

/// What this room has in reach.
pub struct Room {
    vault: Vault,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    orders_queue_url: String,
    tracking_queue_url: String,
    letters_queue_url: String,
    sources_queue_url: String,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            sqs: aws.sqs(),
            orders_queue_url: env::required(get, "ORDERS_QUEUE_URL")?,
            tracking_queue_url: env::required(get, "TRACKING_QUEUE_URL")?,
            letters_queue_url: env::required(get, "LETTERS_QUEUE_URL")?,
            sources_queue_url: env::required(get, "SOURCES_QUEUE_URL")?,
        })
    }

    /// Opens the connection the first event needs.
    pub async fn warm(&self) {
        self.vault.warm().await;
    }
}

/// Sweeps once: every shard, from where the last sweep left off, everything that is due.
///
/// # Errors
/// When the vault or a queue does not answer; the next minute goes on from what was sent.
pub async fn handle(room: &Arc<Room>, event: LambdaEvent<serde_json::Value>) -> Result<(), Error> {
    let sweep = Sweep::asked(&event.payload, event.context.deadline());
    // The runtime logs an error as it is written in code; a sentence is for the operator.
    sweep.run(room).await.map_err(|error| Error::from(error.to_string()))
}

/// One sweep, as asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sweep {
    now: Timestamp,
    all_due: bool,
    first_shard: u8,
    last_shard: u8,
    deadline: SystemTime,
}

/// What a walk sends of what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// Everything: its turn has come.
    All,
    /// What is past its deadline, of that which waits for its turn.
    PastDeadline,
}

/// How a walk ended.
struct Walked {
    walk: Walk,
    fired: usize,
    outcome: Result<(), Error>,
}

impl Sweep {
    /// What the input says; a schedule without one sweeps all shards for what is due at its turn.
    fn asked(input: &serde_json::Value, deadline: SystemTime) -> Self {
        let shard = |n: usize| input["shards"][n].as_u64().and_then(|shard| u8::try_from(shard).ok());
        Self {
            now: boot::clock::now(),
            all_due: input["all_due"] == true,
            first_shard: shard(0).unwrap_or(0),
            last_shard: shard(1).unwrap_or(TIMER_SHARDS - 1),
            deadline,
        }
    }

    async fn run(self, room: &Arc<Room>) -> Result<(), Error> {
        let progress = room.vault.timer_progress().await?;
        let walks = progress.walks(self.first_shard, self.last_shard, self.now);
        let (walks, mut fired, mut outcome) = self.side_by_side(room, walks, Wanted::All).await;
        // What was sent is kept also when another walk failed.
        room.vault.keep_timer_progress(&progress, &walks).await?;
        if self.all_due && outcome.is_ok() {
            let until = timeline::until(self.now);
            // Everything that can be past its deadline stands before this second.
            let ahead = until + timeline::LAG_SECONDS + timeline::LEAD_SECONDS + timeline::SPREAD_SECONDS;
            let from = || timeline::Position::through(until);
            let walks = (self.first_shard..=self.last_shard.min(TIMER_SHARDS - 1)).map(|shard| Walk::new(shard, from(), ahead));
            let (_, more, looked) = self.side_by_side(room, walks.collect(), Wanted::PastDeadline).await;
            (fired, outcome) = (fired + more, looked);
        }
        if fired > 0 {
            tracing::info!(fired, "timers fired");
        }
        outcome
    }

    /// Walks, a few at once, in this order. Gives each as far as it came; the first failure, if there was one.
    async fn side_by_side(self, room: &Arc<Room>, walks: Vec<Walk>, wanted: Wanted) -> (Vec<Walk>, usize, Result<(), Error>) {
        let mut waiting = walks.into_iter();
        let mut under_way = JoinSet::new();
        let (mut walked, mut fired, mut outcome) = (Vec::new(), 0, Ok(()));
        loop {
            while under_way.len() < SIDE_BY_SIDE
                && let Some(walk) = waiting.next()
            {
                let room = Arc::clone(room);
                under_way.spawn(async move { self.walk(&room, walk, wanted).await });
            }
            match under_way.join_next().await {
                None => return (walked, fired, outcome),
                Some(Ok(done)) => {
                    walked.push(done.walk);
                    fired += done.fired;
                    outcome = outcome.and(done.outcome);
                }
                // A walk that panicked leaves its shard where it was.
                Some(Err(failed)) => outcome = outcome.and(Err(failed.into())),
            }
        }
    }

    /// Walks one shard: reads a page, sends it, and only then steps past it.
    async fn walk(self, room: &Room, mut walk: Walk, wanted: Wanted) -> Walked {
        let mut fired = 0;
        for _ in 0..PAGES_MAX {
            if walk.is_done() {
                return Walked { walk, fired, outcome: Ok(()) };
            }
            if self.deadline.duration_since(SystemTime::now()).unwrap_or_default() < LAST_CALL {
                break;
            }
            let page = match room.vault.due_timers(&walk).await {
                Ok(page) => page,
                Err(error) => return Walked { walk, fired, outcome: Err(error.into()) },
            };
            let mut due = page.timers;
            if wanted == Wanted::PastDeadline {
                due.retain(|timer| timer.due_at <= self.now);
            }
            if let Err(error) = send(room, &due).await {
                return Walked { walk, fired, outcome: Err(error) };
            }
            fired += due.len();
            walk.sent(page.up_to);
        }
        let (shard, reached) = (walk.shard(), walk.position().to_string());
        tracing::warn!(shard, reached, fired, "no time left, the next sweep goes on");
        Walked { walk, fired, outcome: Ok(()) }
    }
}

/// Puts each timer on the queue of its desk.
async fn send(room: &Room, due: &[DueTimer]) -> Result<(), Error> {
    let (mut to_tracking, mut to_orders, mut to_notify, mut to_sources) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for DueTimer { about, due_at } in due {
        let due_at = *due_at;
        match about {
            TimerAbout::Parcel(parcel) => {
                to_tracking.push(contracts::write(&ToTracking::CheckDue { parcel: parcel.clone(), due_at })?);
            }
            TimerAbout::Order(order) => {
                to_orders.push(contracts::write(&ToOrders::CheckDue { order: order.clone(), due_at })?);
            }
            TimerAbout::Letter(LetterAt { order, id, channel }) => {
                let hold = ToNotify::HoldOver { order: order.clone(), letter: id.clone(), channel: *channel };
                to_notify.push(contracts::write(&hold)?);
            }
            TimerAbout::Inquiry(parcel) => {
                to_sources.push(contracts::write(&ToSources::InquiryDue { parcel: parcel.clone(), due_at })?);
            }
        }
    }
    // A page is ten requests at most; one after the other they would be most of a sweep's time.
    let mut under_way = JoinSet::new();
    let posts = [
        (&room.tracking_queue_url, to_tracking),
        (&room.orders_queue_url, to_orders),
        (&room.letters_queue_url, to_notify),
        (&room.sources_queue_url, to_sources),
    ];
    for (url, bodies) in posts {
        for some in bodies.chunks(IN_ONE_REQUEST) {
            let (sqs, url, some) = (room.sqs.clone(), url.clone(), some.to_vec());
            under_way.spawn(async move { queue::send_all(&sqs, &url, some).await });
        }
    }
    while let Some(sent) = under_way.join_next().await {
        sent??;
    }
    Ok(())
}
