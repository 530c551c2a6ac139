//! Failures on demand: rules that make a service throttle, break, stall or lose its answer.

use crate::{
    refusal::{Refusal, Service},
    whatsapp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What a rule may name.
const SERVICES: [&str; 7] = ["dynamodb", "sqs", "ses", "sns", "secretsmanager", "whatsapp", "*"];

/// One rule, as it is posted.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    service: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    /// Holds the answer back, after it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_after_ms: Option<u64>,
    /// Requests that fit and are let through before the rule begins.
    #[serde(default)]
    skip: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    reset: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    drop_after: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    /// How often it fired; what a posted rule says here does not count.
    #[serde(default)]
    fired: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// What happens to a request.
#[derive(Debug, Default)]
pub struct Fault {
    /// Wait first.
    pub delay: Duration,
    /// Then answer this instead of doing it.
    pub refusal: Option<Refusal>,
    /// Or cut the connection instead of doing it.
    pub reset: bool,
    /// Or do it and cut the connection instead of answering.
    pub drop_after: bool,
    /// Or do it and answer only after this.
    pub delay_after: Duration,
}

/// The rules in force.
#[derive(Default)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
}

impl Faults {
    /// Replaces all rules.
    pub fn replace(&self, body: &[u8]) -> Result<(), String> {
        let mut rules: Vec<Rule> = serde_json::from_slice(body).map_err(|e| format!("the body is a JSON list of rules: {e}"))?;
        for (n, rule) in rules.iter_mut().enumerate() {
            rule.fired = 0;
            if !SERVICES.contains(&rule.service.as_str()) {
                return Err(format!("rule {n}: {} is no service: {}", rule.service, SERVICES.join(", ")));
            }
            let is_known = |code: &str| code.parse().ok().and_then(whatsapp::refusal).is_some();
            if let Some(code) = rule.code.as_ref().filter(|code| rule.service == "whatsapp" && !is_known(code)) {
                return Err(format!("rule {n}: {code} is none of Meta's codes for a send, such as 131026"));
            }
            let outcomes =
                [rule.code.is_some() || rule.status.is_some(), rule.reset, rule.drop_after].into_iter().filter(|is| *is).count();
            if outcomes > 1 || (outcomes == 0 && rule.delay_ms.or(rule.delay_after_ms).is_none()) {
                return Err(format!(
                    "rule {n}: it needs exactly one of code or status, reset, drop_after; or a delay_ms or delay_after_ms"
                ));
            }
            if rule.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
                return Err(format!("rule {n}: probability is between 0 and 1"));
            }
        }
        *self.lock() = rules;
        Ok(())
    }

    /// The rules and how often each fired.
    pub fn show(&self) -> Json {
        json!(*self.lock())
    }

    /// What the first rule that fits does to this request.
    pub fn strike(&self, service: Service, operation: &str, function: &str, body: &[u8]) -> Fault {
        let mut rules = self.lock();
        let fits = |rule: &Rule| {
            (rule.service == "*" || rule.service == service.name())
                && rule.operation.as_deref().is_none_or(|name| name == operation)
                && rule.function.as_deref().is_none_or(|name| name == function)
                && rule.times.is_none_or(|times| rule.fired < times)
                && rule.probability.is_none_or(happens)
        };
        let Some(rule) = rules.iter_mut().find(|rule| fits(rule)) else { return Fault::default() };
        if rule.skip > 0 {
            rule.skip -= 1;
            return Fault::default();
        }
        rule.fired += 1;
        let refusal = (rule.code.is_some() || rule.status.is_some()).then(|| refusal(service, rule, body));
        Fault {
            delay: Duration::from_millis(rule.delay_ms.unwrap_or(0)),
            refusal,
            reset: rule.reset,
            drop_after: rule.drop_after,
            delay_after: Duration::from_millis(rule.delay_after_ms.unwrap_or(0)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::float_arithmetic, reason = "a probability, not money")]
fn happens(probability: f64) -> bool {
    let (high, ..) = uuid::Uuid::new_v4().as_fields();
    f64::from(high) / f64::from(u32::MAX) < probability
}

fn refusal(service: Service, rule: &Rule, body: &[u8]) -> Refusal {
    let code = rule.code.clone().unwrap_or_else(|| {
        let name = match (rule.status, service) {
            (Some(503), _) => "ServiceUnavailable",
            (_, Service::DynamoDb) => "InternalServerError",
            (_, Service::Secrets) => "InternalServiceError",
            (_, Service::Sqs | Service::Ses | Service::Sns | Service::Whatsapp) => "InternalFailure",
        };
        name.to_owned()
    });
    let message = rule.message.clone().unwrap_or_else(|| match code.as_str() {
        "TransactionCanceledException" => {
            "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]".to_owned()
        }
        "ConditionalCheckFailedException" => "The conditional request failed".to_owned(),
        _ => "Rate exceeded or service failed: a fault rule of the local stack".to_owned(),
    });
    let mut refusal = Refusal { status: rule.status, ..Refusal::new(code, message) };
    if refusal.code == "TransactionCanceledException" {
        // One reason for each item of the request; the first one is in conflict.
        let request: Json = serde_json::from_slice(body).unwrap_or_default();
        let items = request["TransactItems"].as_array().map_or(1, Vec::len).max(1);
        let reason = |n: usize| match n {
            0 => json!({"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}),
            _ => json!({"Code": "None"}),
        };
        refusal.more.insert("CancellationReasons".into(), (0..items).map(reason).collect());
    }
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_fires_as_often_as_it_says_and_only_where_it_says() {
        let faults = Faults::default();
        faults.replace(br#"[{"service":"sqs","operation":"SendMessage","code":"RequestThrottled","times":2}]"#).unwrap();
        let mut hits = 0;
        for operation in ["SendMessage", "ReceiveMessage", "SendMessage", "SendMessage"] {
            hits += usize::from(faults.strike(Service::Sqs, operation, "outside", b"").refusal.is_some());
        }
        assert_eq!((hits, &faults.show()[0]["fired"]), (2, &json!(2)));
    }

    #[test]
    fn a_rule_lets_the_first_ones_through() {
        let faults = Faults::default();
        faults.replace(br#"[{"service":"*","delay_after_ms":5,"skip":2,"times":1}]"#).unwrap();
        let delays: Vec<_> =
            (0..4).map(|_| faults.strike(Service::Sqs, "SendMessage", "notify", b"").delay_after.as_millis()).collect();
        assert_eq!(delays, [0, 0, 5, 0]);
    }

    #[test]
    fn a_rule_that_means_nothing_is_refused() {
        let faults = Faults::default();
        assert!(faults.replace(br#"[{"service":"s3","reset":true}]"#).unwrap_err().contains("s3 is no service"));
        assert!(faults.replace(br#"[{"service":"sqs"}]"#).is_err());
        assert!(faults.replace(br#"[{"service":"sqs","rest":true}]"#).is_err());
    }

    #[test]
    fn a_cancelled_transaction_has_a_reason_for_every_item() {
        let faults = Faults::default();
        faults.replace(br#"[{"service":"dynamodb","code":"TransactionCanceledException"}]"#).unwrap();
        let refusal =
            faults.strike(Service::DynamoDb, "TransactWriteItems", "orders", br#"{"TransactItems":[{},{}]}"#).refusal.unwrap();
        assert_eq!(refusal.more["CancellationReasons"][1]["Code"], "None");
    }
}
