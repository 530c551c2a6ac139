//! Starts programs of the house: the stack, or one function alone.

use crate::repository;
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

/// For the stack to be ready: it makes a table, queues and one secret.
const START: Duration = Duration::from_secs(60);
/// For a function to come up: Lambda's own limit.
const INIT: Duration = Duration::from_secs(10);

/// Where pictures of pages are left for people to look at: `target/screenshots`.
#[must_use]
pub fn screenshots() -> PathBuf {
    programs().parent().unwrap().join("screenshots")
}

/// What a function says that does not start with these variables; one that starts is a failure.
#[must_use]
#[track_caller]
pub fn refused_start(binary: &str, variables: &[(&str, &str)]) -> String {
    let mut child = alone(binary, "127.0.0.1:9", variables);
    let until = Instant::now() + Duration::from_secs(10);
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
        thread::park_timeout(Duration::from_millis(2));
    }
    let _gone_already = child.kill();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.code().is_some_and(|code| code != 0), "{binary} starts with only {variables:?}");
    format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr))
}

/// The first thing a function asks of Lambda when nothing else answers it: the first line of that request, or nothing if it
/// does not come up in the time Lambda gives it.
#[must_use]
pub fn first_request(binary: &str, variables: &[(&str, &str)]) -> Option<String> {
    let lambda = TcpListener::bind("127.0.0.1:0").unwrap();
    lambda.set_nonblocking(true).unwrap();
    let mut child = alone(binary, &lambda.local_addr().unwrap().to_string(), variables);
    let until = Instant::now() + INIT;
    let mut asked = None;
    while asked.is_none() && Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
        match lambda.accept() {
            Ok((connection, _)) => {
                connection.set_nonblocking(false).unwrap();
                let mut line = String::new();
                let _read = BufReader::new(connection).read_line(&mut line).unwrap();
                asked = Some(line);
            }
            Err(_) => thread::park_timeout(Duration::from_millis(2)),
        }
    }
    let _gone_already = child.kill();
    let _said = child.wait_with_output().unwrap();
    asked
}

/// A function without a stack: nobody answers its calls to AWS.
fn alone(binary: &str, runtime_api: &str, variables: &[(&str, &str)]) -> Child {
    let nobody = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", binary),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    let mut command = Command::new(programs().join(binary));
    command.env_clear().envs(nobody).envs(variables.iter().copied()).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap_or_else(|error| panic!("{binary}: {error}"))
}

/// The folder in which cargo put the programs: the test stands in its `deps`.
pub(crate) fn programs() -> PathBuf {
    let this = std::env::current_exe().unwrap();
    this.parent().and_then(Path::parent).unwrap().to_owned()
}

/// The stack on this data, with these shops, once it is ready; and where it answers.
pub(crate) fn spawn(data: &Path, shops: &Path, said: &Arc<Mutex<Vec<String>>>) -> (Child, String) {
    let programs = programs();
    let program = programs.join("local");
    assert!(program.is_file(), "{} is missing: run `cargo build --workspace` first", program.display());
    let mut child = Command::new(&program)
        .args(["--port", "0", "--no-demo", "--data"])
        .arg(data)
        .arg("--shops")
        .arg(shops)
        .arg("--functions-dir")
        .arg(&programs)
        .current_dir(repository::root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (tell, told) = mpsc::channel();
    for stream in
        [Box::new(child.stdout.take().unwrap()) as Box<dyn std::io::Read + Send>, Box::new(child.stderr.take().unwrap())]
    {
        let (said, tell) = (Arc::clone(said), tell.clone());
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix("ready ") {
                    // Nobody listens any more once the first one was heard.
                    let _heard = tell.send(url.to_owned());
                }
                said.lock().unwrap_or_else(PoisonError::into_inner).push(format!("local: {line}"));
            }
        });
    }
    drop(tell);
    match told.recv_timeout(START) {
        Ok(url) => (child, url),
        Err(_) => {
            let _gone_already = child.kill();
            let said = said.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
            panic!("the local stack did not say `ready`:\n{said}");
        }
    }
}
