//! A real browser, driven through chromedriver in the WebDriver protocol: no more of it than our pages need.

use crate::http;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value as Json, json};
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// The key codes of the protocol.
pub mod key {
    /// To the next field.
    pub const TAB: &str = "\u{e004}";
    /// To the previous one, held while tab is pressed.
    pub const SHIFT: &str = "\u{e008}";
    /// Down in a list.
    pub const DOWN: &str = "\u{e015}";
    /// Tick or open.
    pub const SPACE: &str = " ";
    /// Send.
    pub const ENTER: &str = "\u{e007}";
}

static BROWSERS: AtomicU32 = AtomicU32::new(0);

/// A browser with one window.
pub struct Browser {
    driver: Child,
    session: String,
    profile: PathBuf,
}

fn program(names: [&str; 3], package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        panic!("there is none of {names:?}: install Debian's package `{package}` (cargo verify does it when it may)")
    })
}

impl Browser {
    /// Starts chromedriver on a port of its own and opens a window.
    #[must_use]
    pub fn open() -> Self {
        let driver_program = program(["chromedriver", "chromium-driver", "chromium.chromedriver"], "chromium-driver");
        let browser_program = program(["chromium", "chromium-browser", "google-chrome"], "chromium");
        let n = BROWSERS.fetch_add(1, Ordering::SeqCst);
        let profile = std::env::temp_dir().join(format!("doorstep-browser-{}-{n}", std::process::id()));
        let mut driver =
            Command::new(&driver_program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    // Nobody listens any more once the port is known.
                    let _heard = tell.send(port.trim_end_matches('.').to_owned());
                }
            }
        });
        let Ok(port) = told.recv_timeout(Duration::from_secs(30)) else {
            let _gone_already = driver.kill();
            panic!("{} did not say on which port it listens", driver_program.display());
        };
        let options = json!({
            "binary": browser_program,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en-US",
                format!("--user-data-dir={}", profile.display()),
            ],
        });
        let wanted = json!({"browserName": "chrome", "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}, "goog:chromeOptions": options});
        let base = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, session: base.clone(), profile };
        let opened = browser.post("session", &json!({"capabilities": {"alwaysMatch": wanted}}));
        browser.session = format!("{base}/session/{}", opened["sessionId"].as_str().unwrap());
        browser
    }

    #[track_caller]
    fn post(&self, what: &str, input: &Json) -> Json {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let mut answer =
            http::send("POST", &format!("{}/{what}", self.session), &headers, input.to_string().as_bytes()).expect(200).json();
        answer["value"].take()
    }

    #[track_caller]
    fn get(&self, what: &str) -> Json {
        let mut answer = http::get(&format!("{}/{what}", self.session)).expect(200).json();
        answer["value"].take()
    }

    /// One command of the developer tools.
    #[track_caller]
    pub fn tools(&self, command: &str, parameters: &Json) -> Json {
        self.post("goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Makes the window a phone of this width.
    pub fn phone(&self, width: u32) {
        let metrics = json!({"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": true});
        self.tools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// `light` or `dark`, as a person's own setting.
    pub fn scheme(&self, scheme: &str) {
        self.tools("Emulation.setEmulatedMedia", &json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}));
    }

    /// Whether pages may run scripts.
    pub fn scripts(&self, may: bool) {
        self.tools("Emulation.setScriptExecutionDisabled", &json!({"value": !may}));
    }

    /// Opens a page and waits until it is loaded.
    #[track_caller]
    pub fn visit(&self, url: &str) {
        self.post("url", &json!({"url": url}));
    }

    /// Where the window is.
    #[must_use]
    pub fn url(&self) -> String {
        self.get("url").as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page; it returns with `return`.
    #[must_use]
    #[track_caller]
    pub fn run(&self, script: &str) -> Json {
        self.post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Presses keys one after the other.
    pub fn press(&self, keys: &[&str]) {
        let actions: Vec<Json> = keys
            .iter()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        self.post("actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}));
    }

    /// Waits until a script answers with something true.
    #[track_caller]
    pub fn until(&self, script: &str) -> Json {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let found = self.run(script);
            if found != json!(false) && !found.is_null() {
                return found;
            }
            assert!(Instant::now() < until, "never so: {script}");
            thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// The messages on the console since the last look.
    #[must_use]
    pub fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| format!("{}: {}", entry["level"], entry["message"])).collect()
    }

    /// Every address that was asked for since the last look.
    #[must_use]
    pub fn asked_for(&self) -> Vec<String> {
        let entries = self.log("performance");
        let messages = entries.iter().filter_map(|entry| serde_json::from_str::<Json>(entry["message"].as_str()?).ok());
        let sent = messages.filter(|entry| entry["message"]["method"] == "Network.requestWillBeSent");
        sent.filter_map(|entry| entry["message"]["params"]["request"]["url"].as_str().map(str::to_owned)).collect()
    }

    fn log(&self, kind: &str) -> Vec<Json> {
        self.post("se/log", &json!({"type": kind})).as_array().cloned().unwrap_or_default()
    }

    /// The whole page as a picture (PNG).
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        let shot = self.tools("Page.captureScreenshot", &json!({"format": "png", "captureBeyondViewport": true}));
        BASE64.decode(shot["data"].as_str().unwrap()).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closing the session ends the browser; the driver is ours to end.
        let _gone_already = http::try_send("DELETE", &self.session, &[], &[]);
        let _gone_already = self.driver.kill();
        let _gone_already = self.driver.wait();
        let _never_made = std::fs::remove_dir_all(&self.profile);
    }
}
