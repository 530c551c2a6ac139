//! A stack of its own for the measurement, started from the binaries beside this one and stopped at the end.

use serde_json::Value as Json;
use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The secrets of the demo shop.
const SECRETS: &str = "infra/local/demo-secrets.toml";
/// Where the template lists what starts a function, and how far that is indented.
const EVENTS: &str = "      Events:";
const EVENTS_DEPTH: usize = 6;
/// Any key opens the local stack.
const CREDENTIAL: &str =
    "AWS4-HMAC-SHA256 Credential=bench/20261121/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0";

/// The stack's process, its address, and where it keeps its data.
pub struct Stack {
    process: Child,
    base_url: String,
    data: PathBuf,
    secrets: String,
}

impl Stack {
    /// Starts the house and waits until it is ready. The functions are the binaries beside this one, or those of another
    /// folder.
    pub fn start(functions: Option<&str>) -> Result<Self, String> {
        Self::run(&data_folder(), functions, None)
    }

    /// Starts a house in which nothing happens by itself.
    pub fn quiet() -> Result<Self, String> {
        let data = data_folder();
        Self::run(&data, None, Some(&quiet_template(&data)?))
    }

    fn run(data: &Path, functions: Option<&str>, template: Option<&Path>) -> Result<Self, String> {
        let local = beside("local")?;
        let mut command = Command::new(&local);
        command.args(["--port", "0", "--no-demo", "--fresh", "--data"]).arg(data).stdout(Stdio::piped());
        if let Some(template) = template {
            command.arg("--template").arg(template);
        }
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
        let secrets = std::fs::read_to_string(SECRETS).map_err(|error| format!("{SECRETS}: {error}"))?;
        Ok(Self { process, base_url, data: data.to_path_buf(), secrets })
    }

    /// A URL of it.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// A secret of the demo shop, from the file the stack reads.
    pub fn secret(&self, source: &str) -> Result<String, String> {
        let start = format!("{source} = \"");
        let line = self.secrets.lines().find_map(|line| line.strip_prefix(&start));
        line.map(|line| line.trim_end_matches('"').to_owned()).ok_or(format!("no {source} in {SECRETS}"))
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

    /// The variables the template gives a function.
    pub fn environment(&self, function: &str) -> Result<Vec<(String, String)>, String> {
        let functions = self.json("/_local/functions")?;
        let variables = functions[function]["environment"].as_object().ok_or(format!("the stack has no function {function}"))?;
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        Ok(variables.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }

    /// Puts the demo shop's settings in force with an address that is told its news.
    pub fn tell_merchant(&self, url: &str) -> Result<(), String> {
        let file = self.data.join("demo.toml");
        let demo = std::fs::read_to_string("infra/shops/demo.toml").map_err(|error| format!("infra/shops/demo.toml: {error}"))?;
        std::fs::write(&file, format!("{demo}\n[webhooks_out]\nurl = \"{url}\"\n")).map_err(|error| error.to_string())?;
        let mut shop = Command::new(beside("shop")?);
        shop.args(["put", "demo"]).arg(&file).env("AWS_ENDPOINT_URL", &self.base_url).env("AWS_REGION", "us-east-1");
        shop.envs([("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")]).envs(self.environment("timers")?);
        let put = shop.stdout(Stdio::null()).status().map_err(|error| error.to_string())?;
        if put.success() { Ok(()) } else { Err("the settings of the demo shop could not be put in force".to_owned()) }
    }

    /// The path of the customer's page of an order.
    pub fn page_of(&self, order: &str) -> Result<String, String> {
        let link = self.json(&format!("/_local/link?shop=demo&order={order}"))?;
        let url = link["url"].as_str().unwrap_or_default();
        url.find("/o/").and_then(|start| url.get(start..)).map(str::to_owned).ok_or(format!("no page of order {order}: {link}"))
    }

    /// What the table's stream holds, as the event source would hand it over.
    pub fn stream(&self) -> Result<String, String> {
        let table = self.environment("announce")?.into_iter().find_map(|(name, value)| (name == "TABLE_NAME").then_some(value));
        let table = table.ok_or("announce has no table")?;
        let arn = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/local");
        let from_the_start = serde_json::json!({
            "StreamArn": arn, "ShardId": format!("shardId-00000001-{table}"), "ShardIteratorType": "TRIM_HORIZON",
        });
        let iterator = self.streams("GetShardIterator", &from_the_start)?;
        let read =
            self.streams("GetRecords", &serde_json::json!({ "ShardIterator": iterator["ShardIterator"], "Limit": 100 }))?;
        Ok(serde_json::json!({ "Records": read["Records"] }).to_string())
    }

    /// Fails when a message was buried: then what was measured is not the work.
    pub fn nothing_buried(&self) -> Result<(), String> {
        let queues = self.json("/_local/queues")?;
        let buried = queues.as_object().into_iter().flatten().find(|(_, depth)| depth["dead"].as_u64() != Some(0));
        buried.map_or(Ok(()), |(name, depth)| Err(format!("messages of {name} were buried: {depth}")))
    }

    /// A folder of this measurement, emptied at its end.
    pub fn folder(&self) -> &Path {
        &self.data
    }

    /// Where everything answers.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    fn streams(&self, operation: &str, input: &Json) -> Result<Json, String> {
        let request = ureq::post(self.url("/")).header("x-amz-target", format!("DynamoDBStreams_20120810.{operation}"));
        let request = request
            .header("content-type", "application/x-amz-json-1.0")
            .header("authorization", CREDENTIAL)
            .header("x-amz-date", "20261121T000000Z");
        let mut answer = request.send(input.to_string().as_bytes()).map_err(|error| format!("{operation}: {error}"))?;
        answer.body_mut().read_json().map_err(|error| error.to_string())
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

/// Where a stack of this program keeps its data.
fn data_folder() -> PathBuf {
    std::env::temp_dir().join(format!("doorstep-bench-{}", std::process::id()))
}

/// The template without what starts its functions: queues, table and secret are there, but only the measurement calls.
fn quiet_template(data: &Path) -> Result<PathBuf, String> {
    let template = std::fs::read_to_string("template.yaml").map_err(|error| format!("template.yaml: {error}"))?;
    let mut within = false;
    let quiet = template.lines().filter(|line| {
        let depth = line.len() - line.trim_start().len();
        within = *line == EVENTS || (within && (depth > EVENTS_DEPTH || line.is_empty()));
        !within
    });
    let file = data.with_extension("yaml");
    std::fs::write(&file, quiet.collect::<Vec<_>>().join("\n")).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

/// A program beside this one.
pub fn beside(name: &str) -> Result<PathBuf, String> {
    std::env::current_exe().map(|here| here.with_file_name(name)).map_err(|error| error.to_string())
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
