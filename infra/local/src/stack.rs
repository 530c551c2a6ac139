//! Puts the stack together in the right order, runs it until it is told to stop, and takes it down.

use crate::{
    aws::Aws,
    clock::Clock,
    counts::Counts,
    data, demo,
    disk::Disk,
    door,
    faults::Faults,
    flags::Flags,
    functions::{Functions, Settings},
    gateway::Gateway,
    house::{self, House},
    idle::Watch,
    mail::Mail,
    plan::{Plan, Trigger},
    pulse::{Pulse, now_ms},
    queues::Queues,
    runtime_api,
    schedules::Schedule,
    secrets, shops,
    sources::{QueueSource, feed},
    streams::Reader,
    table::Tables,
    template,
    texts::Texts,
    topics::Topics,
    trouble::Trouble,
};
use axum::serve::ListenerExt;
use std::{
    collections::HashSet,
    io::{self, Write},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Where the demo shop's secrets are, if nothing else is said.
const DEMO_SECRETS: &str = "infra/local/demo-secrets.toml";
/// How often messages are looked at for their age.
const SWEEP: Duration = Duration::from_secs(60);

/// Runs the stack until Ctrl-C or SIGTERM.
pub async fn run(flags: Flags) -> Result<(), Trouble> {
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Trouble::Listen)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Trouble::Listen)?;
    let stopped = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let data = data::take(&flags.data, flags.fresh)?;
    let (listener, port) = listen(flags.port).await?;
    let base_url = format!("http://127.0.0.1:{port}");
    let plan = template::read(&flags.template, &base_url)?;
    let later: house::Later = Arc::default();
    tokio::spawn(door::serve(listener, house::routes(Arc::clone(&later))));
    let house = Box::pin(build(&flags, &data.path, &base_url, plan)).await?;
    if later.set(Arc::clone(&house)).is_ok() {
        shops::open(&house.own_vault()?, &flags.shops).await?;
        house.is_open.store(true, Ordering::Release);
        say(&format!("AWS_ENDPOINT_URL={base_url} (region us-east-1, any keys)"));
        say(&format!("ready {base_url}"));
    }
    if flags.demo {
        let secrets = flags.secrets.clone().unwrap_or_else(|| PathBuf::from(DEMO_SECRETS));
        tokio::spawn(async move { demo::play(&base_url, &secrets).await });
    }
    stopped.await;
    house.functions.close().await;
    Ok(())
}

/// A line for the terminal, and for those who wait for it in a pipe.
fn say(line: &str) {
    let mut out = io::stdout().lock();
    // A closed pipe is no reason to stop.
    let _nobody_listens = writeln!(out, "{line}").and_then(|()| out.flush());
}

async fn listen(port: u16) -> Result<(TcpListener, u16), Trouble> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|e| match e.kind() {
        io::ErrorKind::AddrInUse => Trouble::PortInUse { port },
        _ => Trouble::Listen(e),
    })?;
    let port = listener.local_addr().map_err(Trouble::Listen)?.port();
    Ok((listener, port))
}

async fn build(flags: &Flags, data: &Path, base_url: &str, plan: Plan) -> Result<Arc<House>, Trouble> {
    let pulse = Pulse::default();
    let clock = Clock::open(data);
    let functions = functions(flags, data, base_url, &plan, &pulse, &clock).await?;
    let disk = Disk::open(&data.join("stack.db"))?;
    let demo_secrets = match &flags.secrets {
        Some(path) => Some(path.as_path()),
        None => Some(Path::new(DEMO_SECRETS)).filter(|path| path.exists()),
    };
    secrets::prepare(&disk, &plan.secrets, demo_secrets).await?;
    let queues = Queues::new(disk.clone(), pulse.clone(), &plan.queues);
    let topics = Arc::new(Topics::new(&plan));
    let tables = Tables::open(data, &disk, &plan.tables, pulse.clone()).await?;
    let readers = start_sources(&plan, &functions, &queues, &tables, &disk, data).await?;
    let schedules = start_schedules(&plan, &functions, &pulse, &clock);
    let read: HashSet<_> = plan.functions.iter().flat_map(|function| &function.triggers).filter_map(Trigger::queue).collect();
    let unread = plan.queues.iter().map(|queue| queue.name.clone()).filter(|name| !read.contains(name.as_str())).collect();
    let aws = Aws {
        base_url: base_url.to_owned(),
        tables,
        queues: Arc::clone(&queues),
        mail: Mail { disk: disk.clone(), queues: Arc::clone(&queues), topics: Arc::clone(&topics), sets: plan.mail.clone() },
        texts: Texts { disk: disk.clone(), queues: Arc::clone(&queues), topics, inbound: plan.inbound_texts.clone() },
        disk,
        faults: Faults::default(),
        counts: Counts::default(),
    };
    let gateway = Gateway::new(&plan, &functions);
    let watch = Watch { queues, readers, pulse, unread };
    Ok(Arc::new(House { aws, gateway, functions, plan, watch, clock, schedules, is_open: AtomicBool::new(false) }))
}

async fn functions(
    flags: &Flags,
    data: &Path,
    base_url: &str,
    plan: &Plan,
    pulse: &Pulse,
    clock: &Clock,
) -> Result<Arc<Functions>, Trouble> {
    let (listener, port) = listen(0).await?;
    let this_program = std::env::current_exe().map_err(Trouble::Listen)?;
    let beside = this_program.parent().map(Path::to_path_buf).unwrap_or_default();
    let binaries = match &flags.functions {
        Some(folder) => folder.canonicalize().map_err(|source| Trouble::file(folder, source))?,
        None => beside,
    };
    let settings = Settings {
        endpoint: base_url.to_owned(),
        runtime_api: format!("http://127.0.0.1:{port}"),
        binaries,
        logs: data.join("logs"),
        extra: flags.env.clone(),
        verbose: flags.verbose,
        this_program,
        clock: clock.file().to_owned(),
    };
    let functions = Arc::new(Functions::new(&plan.functions, settings, pulse)?);
    let later: runtime_api::Later = Arc::new(OnceLock::from(Arc::clone(&functions)));
    let listener = listener.tap_io(|stream| {
        let _slower_then = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, runtime_api::routes(later)).await });
    Ok(functions)
}

async fn start_sources(
    plan: &Plan,
    functions: &Functions,
    queues: &Arc<Queues>,
    tables: &Tables,
    disk: &Disk,
    data: &Path,
) -> Result<Vec<Arc<Reader>>, Trouble> {
    let mut readers = Vec::new();
    for function in &plan.functions {
        let Some(pool) = functions.get(&function.binary) else { continue };
        for trigger in &function.triggers {
            match trigger.clone() {
                Trigger::Http { .. } | Trigger::Schedule { .. } => {}
                Trigger::Queue { queue, batch_max, reports_failures, calls_max } => {
                    let source = QueueSource { queue, batch_max, reports_failures, calls_max };
                    tokio::spawn(feed(Arc::clone(queues), Arc::clone(pool), source));
                }
                Trigger::Stream(stream) => {
                    let reader = Arc::new(Reader {
                        plan: stream,
                        pool: Arc::clone(pool),
                        database: tables.database.clone(),
                        file: table_file(data),
                        disk: disk.clone(),
                        queues: Arc::clone(queues),
                        position: Mutex::default(),
                    });
                    reader.resume().await.map_err(Trouble::Database)?;
                    readers.push(reader);
                }
            }
        }
    }
    if let [only] = readers.as_slice() {
        only.trim().map_err(Trouble::Database)?;
    }
    for reader in &readers {
        tokio::spawn(Arc::clone(reader).run(tables.written.subscribe()));
    }
    let sweeper = Arc::clone(queues);
    tokio::spawn(async move {
        let mut looked_at_ms = now_ms();
        loop {
            tokio::time::sleep(SWEEP).await;
            // What could not be swept now is swept in a minute.
            let _next_time = sweeper.sweep(looked_at_ms).await;
            looked_at_ms = now_ms();
        }
    });
    Ok(readers)
}

fn start_schedules(plan: &Plan, functions: &Functions, pulse: &Pulse, clock: &Clock) -> Vec<Arc<Schedule>> {
    let mut schedules = Vec::new();
    for function in &plan.functions {
        let Some(pool) = functions.get(&function.binary) else { continue };
        for trigger in &function.triggers {
            if let Trigger::Schedule { every_s, input } = trigger {
                let schedule = Arc::new(Schedule::new(Arc::clone(pool), *every_s, input.clone(), pulse.clone()));
                tokio::spawn(Arc::clone(&schedule).run(clock.moves()));
                schedules.push(schedule);
            }
        }
    }
    schedules
}

fn table_file(data: &Path) -> PathBuf {
    data.join(crate::table::FILE)
}
