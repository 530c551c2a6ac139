//! Counts what every function asks of AWS: requests by operation, and what DynamoDB charges for them.

use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The caller that is none of our functions.
pub const OUTSIDE: &str = "outside";
/// What the access keys of functions begin with; the function's name follows.
pub const ACCESS_KEY_PREFIX: &str = "AKIALOCAL_";

/// Requests by caller and `service:Operation`; capacity in thousandths of a unit, by caller.
#[derive(Default)]
pub struct Counts {
    requests: Mutex<BTreeMap<String, BTreeMap<String, u64>>>,
}

impl Counts {
    /// One request.
    pub fn request(&self, caller: &str, service: &str, operation: &str) {
        self.add(caller, &format!("{service}:{operation}"), 1);
    }

    /// Adds to any counter of a caller.
    pub fn add(&self, caller: &str, what: &str, n: u64) {
        *self.lock().entry(caller.to_owned()).or_default().entry(what.to_owned()).or_default() += n;
    }

    /// Everything counted so far.
    pub fn show(&self) -> Json {
        let lock = self.lock();
        let callers: Map<_, _> = lock.iter().map(|(caller, counts)| (caller.clone(), json!(counts))).collect();
        Json::Object(callers)
    }

    /// Begins again at nothing.
    pub fn reset(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, BTreeMap<String, u64>>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
