//! One process of a function and its own Lambda Runtime API on loopback, so that each moment is noted where it happens.

use rustix::time::{ClockId, clock_gettime};
use std::{
    fs::OpenOptions,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What is waited for, at the longest: Lambda's own limit for a function to come up, and more than any event takes.
const PATIENCE: Duration = Duration::from_secs(10);
/// Names the requests; nobody reads them.
const TRACE: &str = "Root=1-65a00000-000000000000000000000000;Parent=0000000000000000;Sampled=0";

/// What a process says at its Runtime API, and when.
enum Said {
    /// It asks for the next event.
    Asks { at_ns: u64 },
    /// The event it asked for is on its way.
    Took { at_ns: u64 },
    /// Its answer to the event, or its error.
    Answers { at_ns: u64, failed: bool, body: Vec<u8> },
}

/// Where a function's binary is started from, and with what.
pub struct Program<'a> {
    /// The local stack's program, which becomes the function and notes the moment.
    pub local: &'a Path,
    /// The function's binary.
    pub binary: &'a Path,
    /// All its environment but the address of its Runtime API.
    pub environment: &'a [(String, String)],
    /// Where it writes.
    pub log: &'a Path,
}

/// A function that waits for an event.
pub struct Process {
    child: Child,
    /// From exec to its first `next`.
    pub start: Duration,
    events: Sender<Vec<u8>>,
    said: Receiver<Said>,
    closing: Arc<AtomicBool>,
    address: String,
    name: String,
}

impl Process {
    /// Starts it and waits until it asks for its first event.
    pub fn start(program: &Program<'_>) -> Result<Self, String> {
        let name = program.binary.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let trouble = |error: std::io::Error| format!("{name}: {error}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(trouble)?;
        let address = listener.local_addr().map_err(trouble)?.to_string();
        let (events, inbox) = mpsc::channel();
        let (tell, said) = mpsc::channel();
        let closing = Arc::new(AtomicBool::new(false));
        let over = closing.clone();
        std::thread::spawn(move || serve(&listener, &Arc::new(Mutex::new(inbox)), &tell, &over));
        let log = OpenOptions::new().create(true).append(true).open(program.log).map_err(trouble)?;
        // The pipe back tells when the program became the function; it closes with exec.
        let (mut became, pipe) = std::io::pipe().map_err(trouble)?;
        let mut command = Command::new(program.local);
        command.arg("--become").arg(std::process::id().to_string()).arg(program.binary).env_clear();
        command.envs(program.environment.iter().map(|(key, value)| (key, value))).env("AWS_LAMBDA_RUNTIME_API", &address);
        command.stdin(pipe).stdout(log.try_clone().map_err(trouble)?).stderr(Stdio::from(log));
        let child = command.spawn().map_err(trouble)?;
        drop(command);
        let mut process = Self { child, start: Duration::ZERO, events, said, closing, address, name };
        let mut bytes = [0; 8];
        became.read_exact(&mut bytes).map_err(|error| format!("{}: {error}", process.name))?;
        let asked_ns = process.asks()?;
        process.start = Duration::from_nanos(asked_ns.saturating_sub(u64::from_le_bytes(bytes)));
        Ok(process)
    }

    /// Hands it an event: how long it took from the event's going out to the answer's coming in, and the answer. Comes back
    /// when the process asks for the next one.
    pub fn handle(&mut self, event: &str) -> Result<(Duration, Vec<u8>), String> {
        let gone = |_| format!("{}: its Runtime API is gone", self.name);
        self.events.send(event.as_bytes().to_vec()).map_err(gone)?;
        let mut took_ns = 0;
        loop {
            match self.said.recv_timeout(PATIENCE).map_err(|_| format!("{} did not answer; its log says why", self.name))? {
                Said::Asks { .. } => return Err(format!("{} asks for another event before it answers", self.name)),
                Said::Took { at_ns } => took_ns = at_ns,
                Said::Answers { at_ns, failed, body } => {
                    self.asks()?;
                    let text = String::from_utf8_lossy(&body);
                    return if failed {
                        Err(format!("{} failed: {text}", self.name))
                    } else {
                        Ok((Duration::from_nanos(at_ns.saturating_sub(took_ns)), body))
                    };
                }
            }
        }
    }

    /// The most memory it ever had resident.
    pub fn resident_kb(&self) -> Result<u64, String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).map_err(|error| error.to_string())?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).ok_or(format!("{} has no memory", self.name))
    }

    fn asks(&self) -> Result<u64, String> {
        match self.said.recv_timeout(PATIENCE) {
            Ok(Said::Asks { at_ns }) => Ok(at_ns),
            Ok(Said::Answers { body, .. }) => Err(format!("{}: {}", self.name, String::from_utf8_lossy(&body))),
            Ok(Said::Took { .. }) | Err(_) => Err(format!("{} does not ask for an event; its log says why", self.name)),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _gone = self.child.kill().and_then(|()| self.child.wait());
        self.closing.store(true, Ordering::Release);
        // Wakes the listener, which then ends.
        let _over = TcpStream::connect(&self.address);
    }
}

fn serve(listener: &TcpListener, inbox: &Arc<Mutex<Receiver<Vec<u8>>>>, tell: &Sender<Said>, over: &AtomicBool) {
    for connection in listener.incoming() {
        if over.load(Ordering::Acquire) {
            return;
        }
        let (Ok(connection), inbox, tell) = (connection, inbox.clone(), tell.clone()) else { continue };
        // An error is a process that went away.
        std::thread::spawn(move || talk(connection, &inbox, &tell).is_ok());
    }
}

/// One connection: `next` waits for an event; an answer is noted when the last of it is there.
fn talk(connection: TcpStream, inbox: &Mutex<Receiver<Vec<u8>>>, tell: &Sender<Said>) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut writer = connection.try_clone()?;
    let mut reader = BufReader::new(connection);
    let gone = |_| std::io::Error::other("the measurement is over");
    loop {
        let mut head = String::new();
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
        let mut length = 0;
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let at_ns = monotonic_ns();
        let path = head.split(' ').nth(1).unwrap_or_default();
        if path.ends_with("/invocation/next") {
            tell.send(Said::Asks { at_ns }).map_err(gone)?;
            let event = inbox.lock().map_err(|_| std::io::Error::other("a connection panicked"))?.recv();
            let event = event.map_err(|_| std::io::Error::other("the measurement is over"))?;
            let answer = next(&event);
            tell.send(Said::Took { at_ns: monotonic_ns() }).map_err(gone)?;
            writer.write_all(&answer)?;
        } else {
            writer.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")?;
            tell.send(Said::Answers { at_ns, failed: !path.ends_with("/response"), body }).map_err(gone)?;
        }
    }
}

fn next(event: &[u8]) -> Vec<u8> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nlambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: {}\r\nlambda-runtime-invoked-function-arn: arn:aws:lambda:us-east-1:000000000000:function:bench\r\n\
         lambda-runtime-trace-id: {TRACE}\r\ncontent-length: {}\r\n\r\n",
        now_ms + PATIENCE.as_millis(),
        event.len()
    )
    .into_bytes();
    answer.extend_from_slice(event);
    answer
}

/// The clock on which the local stack's program notes when it becomes a function.
fn monotonic_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}
