//! The functions: for each a few processes of its own binary, started when needed, restarted with patience.

use crate::{
    become_function,
    counts::ACCESS_KEY_PREFIX,
    intrinsics::REGION,
    nursery::Nursery,
    plan::Function,
    pulse::Pulse,
    trouble::Trouble,
    worker::{Current, Invocation, Outcome, Worker},
};
use axum::body::Bytes;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::Command,
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{Instant, timeout},
};

/// Processes of one function.
const PROCESSES_MAX: usize = 4;
/// Lambda's own limit for a function to come up.
const INIT: Duration = Duration::from_secs(10);
const BACK_OFF_FIRST: Duration = Duration::from_millis(100);
const BACK_OFF_MAX: Duration = Duration::from_secs(5);

/// What all functions share.
pub struct Settings {
    /// Where the AWS services answer.
    pub endpoint: String,
    /// Where the Runtime API answers.
    pub runtime_api: String,
    /// The folder of the binaries.
    pub binaries: PathBuf,
    /// The folder of the logs.
    pub logs: PathBuf,
    /// `--env`.
    pub extra: Vec<(String, String)>,
    /// Whether logs also go to the terminal.
    pub verbose: bool,
    /// This program.
    pub this_program: PathBuf,
    /// The file that tells how far house time is ahead.
    pub clock: PathBuf,
}

/// All functions, by binary.
pub struct Functions {
    pools: BTreeMap<String, Arc<Pool>>,
}

/// The right to one call at a time.
pub struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

/// Why a call gave no answer.
#[derive(Clone, Debug)]
pub struct Failure {
    /// `Runtime.ExitError`, `Sandbox.Timedout` or the function's own type.
    pub kind: String,
    /// The sentence.
    pub message: String,
}

/// One function and its processes.
pub struct Pool {
    plan: Function,
    settings: Arc<Settings>,
    nursery: Nursery,
    pulse: Pulse,
    places: Arc<Semaphore>,
    next_slot: AtomicU64,
    closing: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Arc<Worker>>,
    alive: BTreeMap<u64, Arc<Worker>>,
    /// Deaths since the last good answer, and when the next process may start.
    deaths: u32,
    not_before: Option<Instant>,
    replacements_due: u64,
    invocations: u64,
    errors: u64,
    restarts: u64,
    init_us: Option<u64>,
    rss_max_kb: u64,
}

impl Functions {
    /// The functions of the plan; every binary must be there.
    pub fn new(plan: &[Function], settings: Settings, pulse: &Pulse) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&settings.logs).map_err(|source| Trouble::file(&settings.logs, source))?;
        for function in plan {
            if !settings.binaries.join(&function.binary).is_file() {
                return Err(Trouble::NoBinary { binary: function.binary.clone(), dir: settings.binaries.clone() });
            }
        }
        let nursery = Nursery::open().map_err(Trouble::Listen)?;
        let settings = Arc::new(settings);
        let pool = |function: &Function| Pool {
            plan: function.clone(),
            settings: Arc::clone(&settings),
            nursery: nursery.clone(),
            pulse: pulse.clone(),
            places: Arc::new(Semaphore::new(PROCESSES_MAX)),
            next_slot: AtomicU64::new(1),
            closing: AtomicBool::new(false),
            state: Mutex::default(),
        };
        Ok(Self { pools: plan.iter().map(|function| (function.binary.clone(), Arc::new(pool(function)))).collect() })
    }

    /// A function by its binary.
    pub fn get(&self, binary: &str) -> Option<&Arc<Pool>> {
        self.pools.get(binary)
    }

    /// A function by its name in the template, or by its binary.
    pub fn find(&self, name: &str) -> Option<&Arc<Pool>> {
        self.get(name).or_else(|| self.pools.values().find(|pool| pool.plan.logical == name))
    }

    /// The worker of a slot.
    pub fn worker(&self, binary: &str, slot: u64) -> Option<Arc<Worker>> {
        self.get(binary)?.lock().alive.get(&slot).cloned()
    }

    /// What `/_local/functions` shows.
    pub fn show(&self) -> Json {
        self.pools.iter().map(|(binary, pool)| (binary.clone(), pool.show())).collect::<serde_json::Map<_, _>>().into()
    }

    /// Ends every process and waits until they are gone.
    pub async fn close(&self) {
        for pool in self.pools.values() {
            pool.closing.store(true, Ordering::SeqCst);
            let alive: Vec<_> = pool.lock().alive.values().cloned().collect();
            alive.iter().for_each(|worker| worker.kill.notify_one());
        }
        let until = Instant::now() + Duration::from_secs(3);
        while self.pools.values().any(|pool| !pool.lock().alive.is_empty()) && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Pool {
    /// What the template says of the function.
    pub fn plan(&self) -> &Function {
        &self.plan
    }

    /// Waits for the right to a call.
    pub async fn place(&self) -> Option<Place> {
        Arc::clone(&self.places).acquire_owned().await.ok().map(Place)
    }

    /// Calls the function once and waits for its answer.
    pub async fn invoke(self: &Arc<Self>, _place: Place, payload: Bytes) -> Result<Bytes, Failure> {
        let _work = self.pulse.work();
        self.lock().invocations += 1;
        let result = self.call(payload).await;
        if let Err(failure) = &result {
            self.lock().errors += 1;
            self.note(&format!("call failed: {}: {}", failure.kind, failure.message));
        }
        result
    }

    async fn call(self: &Arc<Self>, payload: Bytes) -> Result<Bytes, Failure> {
        loop {
            let idle = self.lock().idle.pop();
            let fresh = idle.is_none();
            let worker = match idle {
                Some(worker) if worker.has_ended().await => continue,
                Some(worker) => worker,
                None => self.start().await?,
            };
            let (tell_started, started) = oneshot::channel();
            let (tell_done, done) = oneshot::channel();
            let invocation = Invocation { id: uuid::Uuid::new_v4().to_string(), payload: payload.clone(), limit: self.limit() };
            let handed = worker.hand_over(invocation, Current { started: Some(tell_started), done: tell_done });
            match timeout(INIT, started).await {
                Ok(Ok(())) if handed => {}
                Err(_) => {
                    worker.kill.notify_one();
                    return failure(
                        "Runtime.InitTimedout",
                        format!("{} did not come up in {} s", self.plan.binary, INIT.as_secs()),
                    );
                }
                // It died while nobody looked and never saw the event: another one gets it.
                Ok(_) if !fresh => continue,
                Ok(_) => return failure("Runtime.ExitError", format!("{} ended while it started", self.plan.binary)),
            }
            let outcome = timeout(self.limit(), done).await;
            self.note_memory(&worker);
            return match outcome {
                Ok(Ok(Outcome::Answered(answer))) => {
                    self.done_with(worker);
                    Ok(answer)
                }
                Ok(Ok(Outcome::Failed(error))) => {
                    self.done_with(worker);
                    let error: Json = serde_json::from_slice(&error).unwrap_or_default();
                    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
                    Err(Failure { kind: text("errorType"), message: text("errorMessage") })
                }
                Ok(Err(_)) => failure("Runtime.ExitError", format!("{} ended before it answered", self.plan.binary)),
                Err(_) => {
                    worker.kill.notify_one();
                    self.forget(worker.slot);
                    failure("Sandbox.Timedout", format!("Task timed out after {} seconds", self.plan.timeout_s))
                }
            };
        }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(self.plan.timeout_s)
    }

    fn done_with(&self, worker: Arc<Worker>) {
        let mut state = self.lock();
        state.deaths = 0;
        state.not_before = None;
        if state.alive.contains_key(&worker.slot) {
            state.idle.push(worker);
        }
    }

    fn forget(&self, slot: u64) {
        let mut state = self.lock();
        state.alive.remove(&slot);
        state.idle.retain(|worker| worker.slot != slot);
    }

    async fn start(self: &Arc<Self>) -> Result<Arc<Worker>, Failure> {
        let not_before = self.lock().not_before;
        if let Some(instant) = not_before {
            tokio::time::sleep_until(instant).await;
        }
        if self.closing.load(Ordering::SeqCst) {
            return failure("Runtime.ExitError", "the stack is closing");
        }
        let slot = self.next_slot.fetch_add(1, Ordering::SeqCst);
        let trouble = |e: std::io::Error| Failure {
            kind: "Runtime.InvalidEntrypoint".into(),
            message: format!("{}: {e}", self.plan.binary),
        };
        let (mut child, pipe) = self.nursery.start(self.command(slot).map_err(trouble)?).await.map_err(trouble)?;
        let worker = Arc::new(Worker::new(slot, child.id().unwrap_or(0), pipe));
        {
            let mut state = self.lock();
            if state.replacements_due > 0 {
                state.replacements_due -= 1;
                state.restarts += 1;
            }
            state.alive.insert(slot, Arc::clone(&worker));
        }
        if self.settings.verbose {
            self.copy_log(child.stdout.take());
            self.copy_log(child.stderr.take());
        }
        let (pool, watched) = (Arc::clone(self), Arc::clone(&worker));
        tokio::spawn(async move {
            let ended = tokio::select! {
                ended = child.wait() => ended,
                () = watched.kill.notified() => {
                    // An error means that it is gone already, which is what we want.
                    let _already_gone = child.kill().await;
                    child.wait().await
                }
            };
            pool.note(&format!(
                "process {} ended: {}",
                watched.pid,
                ended.map_or_else(|e| e.to_string(), |status| status.to_string())
            ));
            pool.died(&watched);
        });
        Ok(worker)
    }

    fn died(&self, worker: &Worker) {
        {
            let mut state = self.lock();
            let waits = BACK_OFF_FIRST.saturating_mul(1 << state.deaths.min(10)).min(BACK_OFF_MAX);
            state.deaths += 1;
            state.not_before = Some(Instant::now() + waits);
            state.replacements_due += 1;
        }
        self.forget(worker.slot);
        worker.end();
        self.pulse.beat();
    }

    fn command(&self, slot: u64) -> std::io::Result<Command> {
        let settings = &self.settings;
        let binary = &self.plan.binary;
        let mut command = Command::new(&settings.this_program);
        command.arg(become_function::FLAG).arg(std::process::id().to_string()).arg(settings.binaries.join(binary)).env_clear();
        command.process_group(0); // Ctrl-C at the terminal is for the stack; it ends its functions itself
        for (key, value) in [
            ("AWS_ENDPOINT_URL", settings.endpoint.as_str()),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", &format!("{ACCESS_KEY_PREFIX}{binary}")),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_LAMBDA_RUNTIME_API", &format!("{}/.rt/{binary}/{slot}", settings.runtime_api)),
            ("AWS_LAMBDA_FUNCTION_NAME", &self.plan.name),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &self.plan.memory_mb.to_string()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("DOORSTEP_LOCAL", "1"),
        ] {
            command.env(key, value);
        }
        command.env(boot::clock::FILE_VARIABLE, &settings.clock);
        command.envs(&self.plan.environment).envs(settings.extra.iter().map(|(key, value)| (key, value)));
        if settings.verbose {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        } else {
            let log = self.log()?;
            command.stdout(log.try_clone()?).stderr(log);
        }
        Ok(command)
    }

    fn log(&self) -> std::io::Result<File> {
        OpenOptions::new().create(true).append(true).open(self.settings.logs.join(format!("{}.log", self.plan.binary)))
    }

    /// A line of ours in the function's log.
    fn note(&self, line: &str) {
        // A log that cannot be written must not stop the function.
        let _disk_full = self.log().and_then(|mut log| log.write_all(format!("local: {line}\n").as_bytes()));
    }

    fn copy_log(&self, source: Option<impl AsyncRead + Unpin + Send + 'static>) {
        let (Some(source), Ok(log)) = (source, self.log()) else { return };
        let (mut log, binary) = (tokio::fs::File::from_std(log), self.plan.binary.clone());
        tokio::spawn(async move {
            let mut lines = BufReader::new(source).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let _terminal_gone = tokio::io::stderr().write_all(format!("{binary}: {line}\n").as_bytes()).await;
                let _disk_full = log.write_all(format!("{line}\n").as_bytes()).await;
            }
        });
    }

    /// A process asked for its first event: it took so long to come up.
    pub fn came_up(&self, init_us: u64) {
        self.lock().init_us = Some(init_us);
    }

    fn note_memory(&self, worker: &Worker) {
        let rss_kb = worker.rss_max_kb();
        let mut state = self.lock();
        state.rss_max_kb = state.rss_max_kb.max(rss_kb);
    }

    fn show(&self) -> Json {
        let alive: Vec<_> = self.lock().alive.values().cloned().collect();
        alive.iter().for_each(|worker| self.note_memory(worker));
        let state = self.lock();
        let pids: Vec<_> = alive.iter().map(|worker| worker.pid).collect();
        let init_ms = state.init_us.and_then(|us| format!("{}.{:03}", us / 1000, us % 1000).parse::<f64>().ok());
        json!({
            "pid": pids.last(), "pids": pids, "invocations": state.invocations, "errors": state.errors, "restarts": state.restarts,
            "init_ms": init_ms, "max_rss_kb": (state.rss_max_kb > 0).then_some(state.rss_max_kb),
            "environment": self.plan.environment,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure<T>(kind: &str, message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure { kind: kind.to_owned(), message: message.into() })
}
