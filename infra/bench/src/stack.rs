//! A stack of its own for the measurement, started from the binaries beside this one and stopped at the end.

use serde_json::Value as Json;
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The stack's process, its address, and where it keeps its data.
pub struct Stack {
    process: Child,
    base_url: String,
    data: PathBuf,
    secret: String,
}

impl Stack {
    /// Starts it and waits until it is ready. The functions are the binaries beside this one, or those of another folder.
    pub fn start(functions: Option<&str>) -> Result<Self, String> {
        let here = std::env::current_exe().map_err(|error| error.to_string())?;
        let local = here.with_file_name("local");
        let data = std::env::temp_dir().join(format!("doorstep-bench-{}", std::process::id()));
        let mut command = Command::new(&local);
        command.args(["--port", "0", "--no-demo", "--fresh", "--data"]).arg(&data).stdout(Stdio::piped());
        command.arg("--template").arg(template_with_noop(&data)?);
        if let Some(folder) = functions {
            command.arg("--functions-dir").arg(folder);
        }
        let mut process = command.spawn().map_err(|error| format!("{}: {error}", local.display()))?;
        let out = process.stdout.take().ok_or("the stack has no output")?;
        let mut base_url = None;
        for line in BufReader::new(out).lines() {
            let line = line.map_err(|error| error.to_string())?;
            if let Some(url) = line.strip_prefix("ready ") {
                base_url = Some(url.to_owned());
                break;
            }
        }
        let base_url = base_url.ok_or("the stack did not start; the message above says why")?;
        let secret = secret()?;
        Ok(Self { process, base_url, data, secret })
    }

    /// A URL of it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The secret EasyPost signs with.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Waits until every queue is empty; answers how long that took.
    pub fn idle(&self) -> Result<Duration, String> {
        let began = Instant::now();
        for _ in 0..10 {
            if ureq::get(self.url("/_local/idle?timeout_s=30")).call().is_ok() {
                return Ok(began.elapsed());
            }
        }
        Err("the house does not come to rest".to_owned())
    }

    /// Begins to count requests anew.
    pub fn forget_requests(&self) -> Result<(), String> {
        ureq::post(self.url("/_local/requests/reset")).send_empty().map(|_| ()).map_err(|error| error.to_string())
    }

    /// AWS requests of each kind, in hundredths per event, of all functions together.
    pub fn requests_per_event(&self, events: usize) -> Result<String, String> {
        let counts = self.json("/_local/requests")?;
        let mut sums: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
        for (_, operations) in counts.as_object().into_iter().flatten().filter(|(caller, _)| *caller != "outside") {
            for (operation, count) in operations.as_object().into_iter().flatten() {
                if let Some(count) = count.as_u64() {
                    *sums.entry(operation.clone()).or_default() += count;
                }
            }
        }
        let each = |(operation, count): (&String, &u64)| format!("{operation} {}", count * 100 / events.max(1) as u64);
        Ok(sums.iter().map(each).collect::<Vec<_>>().join(", "))
    }

    /// Memory and start of each function that ran, as a table.
    pub fn functions(&self) -> Result<String, String> {
        let functions = self.json("/_local/functions")?;
        let mut table =
            "| function | invocations | start to first next, ms | largest resident, KB |\n|---|---|---|---|".to_owned();
        for (name, facts) in functions.as_object().into_iter().flatten() {
            if facts["invocations"].as_u64().unwrap_or(0) > 0 {
                table += &format!("\n| {name} | {} | {} | {} |", facts["invocations"], facts["init_ms"], facts["max_rss_kb"]);
            }
        }
        Ok(table)
    }

    /// Kills the live processes of a function, so that its next call is a cold start.
    pub fn kill(&self, name: &str) -> Result<(), String> {
        let functions = self.json("/_local/functions")?;
        let pids: Vec<String> = functions[name]["pids"].as_array().into_iter().flatten().map(Json::to_string).collect();
        if pids.is_empty() {
            return Ok(());
        }
        let killed = Command::new("kill").arg("-9").args(&pids).status().map_err(|error| error.to_string())?;
        for _ in 0..200 {
            if self.json("/_local/functions")?[name]["pids"].as_array().is_none_or(Vec::is_empty) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // A dead process that is still listed is replaced when it is called.
        if killed.success() { Ok(()) } else { Err(format!("the processes of {name} could not be killed")) }
    }

    /// How long the newest process of a function took from exec to its first `next`.
    pub fn start_of(&self, name: &str) -> Result<Duration, String> {
        let text = self.json("/_local/functions")?[name]["init_ms"].to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
        let micros: u64 = format!("{fraction:0<3}").get(..3).and_then(|f| f.parse().ok()).unwrap_or(0);
        let millis: u64 = whole.parse().map_err(|_| format!("{name} has not started: {text}"))?;
        Ok(Duration::from_micros(millis * 1000 + micros))
    }

    /// One request, whatever it is answered: `/path` or `POST /path`.
    pub fn visit(&self, what: &str) -> Result<(), String> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answered = match what.strip_prefix("POST ") {
            Some(path) => agent.post(self.url(path)).send("{}"),
            None => agent.get(self.url(what)).call(),
        };
        answered.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Any message on a queue, as a stranger would send it.
    pub fn message(&self, queue: &str) -> Result<(), String> {
        let url = format!("{}/000000000000/doorstep-{queue}", self.base_url);
        let body = serde_json::json!({ "QueueUrl": url, "MessageBody": "{}" }).to_string();
        let sent = ureq::post(self.url("/"))
            .header("x-amz-target", "AmazonSQS.SendMessage")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20261121T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=bench/20261121/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
            )
            .send(body.as_bytes());
        sent.map(|_| ()).map_err(|error| format!("{queue}: {error}"))
    }

    fn json(&self, path: &str) -> Result<Json, String> {
        let mut answer = ureq::get(self.url(path)).call().map_err(|error| error.to_string())?;
        answer.body_mut().read_json().map_err(|error| error.to_string())
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Nothing is lost if the stack is gone already.
        let _gone = self.process.kill().and_then(|()| self.process.wait());
        let _empty = std::fs::remove_dir_all(&self.data);
        let _gone = std::fs::remove_file(self.data.with_extension("yaml"));
    }
}

/// The template, and a function beside it that does nothing.
fn template_with_noop(data: &Path) -> Result<PathBuf, String> {
    let template = std::fs::read_to_string("template.yaml").map_err(|error| format!("template.yaml: {error}"))?;
    let noop = "  Noop:\n    Type: AWS::Serverless::Function\n    Metadata: { BuildMethod: rust-cargolambda, BuildProperties: { Binary: noop } }\n    \
                Properties:\n      Events:\n        Get: { Type: HttpApi, Properties: { ApiId: !Ref Api, Method: GET, Path: /noop } }\n\nOutputs:\n";
    let file = data.with_extension("yaml");
    std::fs::write(&file, template.replacen("Outputs:\n", noop, 1)).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

/// The demo secret of EasyPost, from the file the stack reads.
fn secret() -> Result<String, String> {
    let file = Path::new("infra/local/demo-secrets.toml");
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let line =
        text.lines().find_map(|line| line.strip_prefix("easypost = \"")).ok_or("no easypost secret in the demo secrets")?;
    Ok(line.trim_end_matches('"').to_owned())
}

/// Cores, memory and kernel of this machine, without its name.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let model =
        read("/proc/cpuinfo").lines().find_map(|line| line.strip_prefix("model name\t: ").map(str::to_owned)).unwrap_or_default();
    let memory =
        read("/proc/meminfo").lines().next().map(|line| line.replace("MemTotal:", "").trim().to_owned()).unwrap_or_default();
    format!("{cores} cores ({model}), {memory} memory, Linux {}", read("/proc/sys/kernel/osrelease").trim())
}
