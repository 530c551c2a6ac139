//! One process of a function, as the stack sees it: what it was given, and what it owes.

use axum::body::Bytes;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
use std::{
    io::{PipeReader, Read},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, mpsc, oneshot};

/// One event for a function.
#[derive(Debug)]
pub struct Invocation {
    /// Its request id.
    pub id: String,
    /// The event, as JSON.
    pub payload: Bytes,
    /// How long it may take.
    pub limit: Duration,
}

/// What a function said.
#[derive(Debug)]
pub enum Outcome {
    /// An answer.
    Answered(Bytes),
    /// An error of its own making.
    Failed(Bytes),
}

/// Who waits for the answer; dropping it says that the process is gone.
pub struct Current {
    /// Told when the process takes the event.
    pub started: Option<oneshot::Sender<()>>,
    /// Told the answer.
    pub done: oneshot::Sender<Outcome>,
}

/// A process.
pub struct Worker {
    /// Its number in the path of its Runtime API.
    pub slot: u64,
    /// Its process id.
    pub pid: u32,
    /// Ends it.
    pub kill: Notify,
    over: Notify,
    events: mpsc::UnboundedSender<Invocation>,
    inbox: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    desk: Mutex<Desk>,
}

struct Desk {
    current: Option<(String, Current)>,
    gone: bool,
    pipe: Option<PipeReader>,
}

impl Worker {
    /// A process that was just started; the pipe tells when it became the function.
    pub fn new(slot: u64, pid: u32, pipe: PipeReader) -> Self {
        let (events, inbox) = mpsc::unbounded_channel();
        let desk = Mutex::new(Desk { current: None, gone: false, pipe: Some(pipe) });
        Self { slot, pid, kill: Notify::new(), over: Notify::new(), events, inbox: tokio::sync::Mutex::new(inbox), desk }
    }

    /// Gives it an event; false if the process is gone.
    pub fn hand_over(&self, invocation: Invocation, current: Current) -> bool {
        let mut desk = self.lock();
        if desk.gone {
            return false;
        }
        desk.current = Some((invocation.id.clone(), current));
        self.events.send(invocation).is_ok()
    }

    /// The next event, when there is one.
    pub async fn next(&self) -> Option<Invocation> {
        let invocation = self.inbox.lock().await.recv().await?;
        if let Some((_, current)) = &mut self.lock().current
            && let Some(started) = current.started.take()
        {
            let _given_up = started.send(());
        }
        Some(invocation)
    }

    /// The answer to an event; false if nobody asked.
    pub fn answer(&self, id: &str, outcome: Outcome) -> bool {
        let current = self.lock().current.take_if(|(current, _)| current == id);
        current.is_some_and(|(_, current)| current.done.send(outcome).is_ok())
    }

    /// The process is gone: whoever waits for it learns that now.
    pub fn end(&self) {
        let mut desk = self.lock();
        desk.gone = true;
        desk.current = None;
        self.over.notify_one();
    }

    /// Whether the process ended while nobody looked; if so, waits until its end was noted.
    pub async fn has_ended(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let ended = pid.is_none_or(|pid| !matches!(waitid(WaitId::Pid(pid), options), Ok(None)));
        if ended {
            self.over.notified().await;
        }
        ended
    }

    /// At its first request: when it became the function, on the machine's common clock.
    pub fn became_at_ns(&self) -> Option<u64> {
        let mut bytes = [0; 8];
        self.lock().pipe.take()?.read_exact(&mut bytes).ok()?;
        Some(u64::from_le_bytes(bytes))
    }

    /// The most memory it ever had resident; 0 when it is gone.
    pub fn rss_max_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    }

    fn lock(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
