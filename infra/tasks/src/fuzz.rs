//! `cargo run -p tasks -- fuzz`: throws bent deliveries at every parser and verifier, from the seeds of `events/`.
//!
//! `cargo verify` does it in short. What was learnt is kept below the target folder, so that each run goes on where the last one was.
//! `--seconds 600` or `DOORSTEP_FUZZ_SECONDS=600` makes it longer; `--only carrier_parse` gives all of it to one target.

use crate::{
    steps::{cargo, root, step, target},
    tools,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
    time::Instant,
};

/// Targets of `infra/fuzz`, each with its share of the time: the readers have most to find.
const TARGETS: [(&str, u32); 9] = [
    ("carrier_parse", 5),
    ("storefront_parse", 4),
    ("carrier_answer", 3),
    ("storefront_answer", 3),
    ("carrier_verify", 2),
    ("storefront_verify", 2),
    ("primitives", 2),
    ("carrier_reread", 1),
    ("tracking_number", 1),
];
/// Seconds that all targets take together, when nobody says otherwise.
const SECONDS: u32 = 75;
/// Targets at the same time.
const AT_ONCE: u32 = 2;
/// Limits of one input: its length (a door takes more, but nothing new happens there), its time in seconds, memory in MB.
const LIMITS: [&str; 3] = ["-max_len=32768", "-timeout=25", "-rss_limit_mb=2048"];
/// Inputs kept of a target from one run to the next: reading them takes of the time.
const KEPT_MAX: usize = 4000;
/// Lines of a log that show what was found.
const SHOWN: usize = 60;

/// Builds everything as one set, for the seeds, and runs it with these flags.
pub fn by_hand(flags: &[String]) -> Result<(), String> {
    tools::compiler()?;
    tools::fuzzer_compiler()?;
    step("build", &mut cargo(&["build", "--workspace", "--quiet"]))?;
    run(flags)
}

/// Runs it with these flags, after everything was built.
pub fn run(flags: &[String]) -> Result<(), String> {
    let (mut seconds, mut only) = (None, None);
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        match (flag.as_str(), flags.next()) {
            ("--seconds", Some(value)) => seconds = Some(value.clone()),
            ("--only", Some(target)) => only = Some(target.as_str()),
            _ => return Err("fuzz takes `--seconds 600` and `--only carrier_parse`".to_owned()),
        }
    }
    let seconds = seconds.or_else(|| std::env::var("DOORSTEP_FUZZ_SECONDS").ok());
    let seconds = seconds.map_or(Ok(SECONDS), |text| text.parse().map_err(|_| format!("{text} is no number of seconds")))?;
    let targets: Vec<_> = TARGETS.into_iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    if targets.is_empty() {
        return Err(format!("there are the targets {}", TARGETS.map(|(name, _)| name).join(", ")));
    }
    let folder = target().join("fuzz");
    // Those of fixtures that are no longer there would stay; that there are none yet is no error.
    let _emptied = fs::remove_dir_all(folder.join("seeds"));
    step("fuzz: seeds", Command::new(target().join("debug").join("coverage")).arg("--seeds").arg(folder.join("seeds")))?;
    let mut build = Command::new(tools::fuzzer()?);
    // Sanitizers are not yet in stable Rust; a compiler told that it builds itself has them.
    build.args(["fuzz", "build", "--fuzz-dir", "infra/fuzz", "--target-dir"]).arg(&folder).env("RUSTC_BOOTSTRAP", "1");
    step("fuzz: build", &mut build)?;
    let binaries = folder.join(host()?).join("release");
    println!("\n== fuzz: {} targets for {seconds} s in all", targets.len());
    let started = Instant::now();
    let shares: u32 = targets.iter().map(|(_, share)| share).sum();
    let lanes = AT_ONCE.min(u32::try_from(targets.len()).unwrap_or(AT_ONCE));
    let waiting = Mutex::new(targets.into_iter());
    let next = || waiting.lock().ok()?.next();
    let lane = || {
        while let Some((name, share)) = next() {
            Target { name, folder: &folder, binaries: &binaries }.run((seconds * lanes * share / shares).max(1))?;
        }
        Ok(())
    };
    let told: Vec<Result<(), String>> = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|_| Err("fuzzing panicked".to_owned()))).collect()
    });
    told.into_iter().collect::<Result<(), String>>()?;
    println!("== fuzz: fine ({} s)", started.elapsed().as_secs());
    Ok(())
}

/// One target, and where everything of it is.
struct Target<'a> {
    name: &'static str,
    folder: &'a Path,
    binaries: &'a Path,
}

impl Target<'_> {
    fn run(&self, seconds: u32) -> Result<(), String> {
        let Self { name, folder, binaries } = self;
        let (corpus, found, log) = (folder.join("corpus").join(name), folder.join("found"), folder.join(format!("{name}.log")));
        for made in [&corpus, &found] {
            fs::create_dir_all(made).map_err(|error| format!("{}: {error}", made.display()))?;
        }
        forget_beyond(&corpus)?;
        let output = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = output.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        let mut fuzz = Command::new(binaries.join(name));
        fuzz.arg(&corpus).arg(folder.join("seeds").join(name)).args(LIMITS).arg("-print_final_stats=1");
        fuzz.arg(format!("-max_total_time={seconds}")).arg(format!("-dict={}", folder.join("seeds/words.txt").display()));
        fuzz.arg(format!("-artifact_prefix={}/{name}-", found.display()));
        // What a program leaves to its end is no defect here, and looking for it wants a right that containers do not give.
        fuzz.arg("-detect_leaks=0").env("ASAN_OPTIONS", "detect_leaks=0").env("RUST_BACKTRACE", "1");
        let status = fuzz.current_dir(root()).stdin(Stdio::null()).stdout(output).stderr(errors).status();
        let status = status.map_err(|error| format!("{name} could not be started: {error}"))?;
        let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
        let kept = fs::read_dir(&corpus).map(Iterator::count).unwrap_or_default();
        if status.success() {
            let (runs, edges) = (after(&text, "stat::number_of_executed_units:"), after(&text, " cov:"));
            println!("{name}: {runs} inputs in {seconds} s, {edges} edges, {kept} inputs kept");
            return Ok(());
        }
        let lines: Vec<&str> = text.lines().collect();
        println!("{}", lines[lines.len().saturating_sub(SHOWN)..].join("\n"));
        Err(format!(
            "{name} found something: the input is in {0}; `{1} {0}/{name}-…` runs it again, `infra/fuzz/README.md` says what next",
            found.display(),
            binaries.join(name).display()
        ))
    }
}

/// Keeps so many inputs of a corpus. Their names are digests, so that the first by name are a fair choice.
fn forget_beyond(corpus: &Path) -> Result<(), String> {
    let trouble = |error| format!("{}: {error}", corpus.display());
    let mut kept: Vec<PathBuf> = fs::read_dir(corpus).map_err(trouble)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    kept.sort();
    kept.iter().skip(KEPT_MAX).try_for_each(|input| fs::remove_file(input).map_err(trouble))
}

/// The word after the last of these.
fn after<'t>(text: &'t str, what: &str) -> &'t str {
    text.rsplit_once(what).and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("no")
}

/// The machine for which is built: the sanitizers want it said.
fn host() -> Result<PathBuf, String> {
    let told = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc could not be started: {error}"))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("host: ")).map(PathBuf::from).ok_or("rustc does not say its host".to_owned())
}
