//! Reads one function of the template: its binary, its variables and the events that start it.

use crate::{
    graph,
    intrinsics::{Wrong, plain},
    plan::{Function, Stream, Trigger, last_part},
    template::STACK,
    yaml::Node,
};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

fn wrong<T>(place: impl Into<String>, why: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { place: place.into(), why: why.into() })
}

/// A whole number under a key, also when it was written as a text.
pub fn number(properties: &Json, key: &str, place: &str) -> Result<Option<i64>, Wrong> {
    match properties.get(key) {
        None | Some(Json::Null) => Ok(None),
        Some(value) => match value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok())) {
            Some(number) => Ok(Some(number)),
            None => wrong(format!("{place}.{key}"), format!("{value} is not a whole number")),
        },
    }
}

fn size(properties: &Json, key: &str, place: &str, otherwise: usize) -> Result<usize, Wrong> {
    Ok(number(properties, key, place)?.and_then(|n| usize::try_from(n).ok()).unwrap_or(otherwise))
}

/// Reads a function; `globals` is what holds for all of them unless they say otherwise.
pub fn function(logical: &str, resource: &Node, globals: &Json, properties: &Json, place: &str) -> Result<Function, Wrong> {
    let binary =
        resource.get("Metadata").and_then(|m| m.get("BuildProperties")).and_then(|b| b.get("Binary")).and_then(Node::text);
    let Some(binary) = binary else {
        return wrong(format!("Resources.{logical}.Metadata.BuildProperties.Binary"), "a function needs the name of its binary");
    };
    let mut environment = BTreeMap::new();
    for source in [globals, properties] {
        for (key, value) in source["Environment"]["Variables"].as_object().into_iter().flatten() {
            environment.insert(key.clone(), plain(value));
        }
    }
    let either = |key: &str, otherwise: i64| -> Result<i64, Wrong> {
        let own = number(properties, key, place)?;
        Ok(own.or(number(globals, key, "Globals.Function")?).unwrap_or(otherwise))
    };
    let mut triggers = Vec::new();
    for (name, event) in properties["Events"].as_object().into_iter().flatten() {
        let place = format!("{place}.Events.{name}");
        triggers.push(trigger(event["Type"].as_str().unwrap_or("nothing"), &event["Properties"], &place)?);
    }
    Ok(Function {
        logical: logical.to_owned(),
        binary: binary.to_owned(),
        name: properties["FunctionName"].as_str().map_or_else(|| format!("{STACK}-{logical}"), str::to_owned),
        memory_mb: either("MemorySize", 128)?,
        timeout_s: u64::try_from(either("Timeout", 3)?).unwrap_or(3),
        environment,
        triggers,
    })
}

fn trigger(kind: &str, properties: &Json, place: &str) -> Result<Trigger, Wrong> {
    let inner = format!("{place}.Properties");
    match kind {
        "HttpApi" => {
            only(
                properties,
                &["ApiId", "Auth", "Method", "PayloadFormatVersion", "Path", "RouteSettings", "TimeoutInMillis"],
                &inner,
            )?;
            let Some(path) = properties["Path"].as_str().filter(|path| path.starts_with('/')) else {
                return wrong(format!("{inner}.Path"), "a route needs a path that starts with /");
            };
            if let Some(own) = ["/_local", graph::PATH].iter().find(|own| path.split('/').nth(1) == own.strip_prefix('/')) {
                return wrong(format!("{inner}.Path"), format!("{own} belongs to the local stack"));
            }
            Ok(Trigger::Http { method: properties["Method"].as_str().unwrap_or("ANY").to_uppercase(), path: path.to_owned() })
        }
        "SQS" => {
            only(
                properties,
                &["BatchSize", "Enabled", "FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "Queue", "ScalingConfig"],
                &inner,
            )?;
            Ok(Trigger::Queue {
                queue: last_part(properties["Queue"].as_str().unwrap_or_default()).to_owned(),
                batch_max: size(properties, "BatchSize", &inner, 10)?,
                reports_failures: reports_failures(properties),
                calls_max: number(&properties["ScalingConfig"], "MaximumConcurrency", &inner)?
                    .and_then(|n| usize::try_from(n).ok()),
            })
        }
        "DynamoDB" => stream(properties, &inner).map(Trigger::Stream),
        "ScheduleV2" | "Schedule" => {
            let expression = properties["ScheduleExpression"].as_str().or(properties["Schedule"].as_str()).unwrap_or_default();
            let Some(every_s) = rate(expression) else {
                return wrong(
                    format!("{inner}.ScheduleExpression"),
                    format!("{expression} is not known to the local stack: use rate(1 minute)"),
                );
            };
            let input = properties["Input"].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(json!({}));
            Ok(Trigger::Schedule { every_s, input })
        }
        other => wrong(format!("{place}.Type"), format!("{other} is not known to the local stack")),
    }
}

fn stream(properties: &Json, place: &str) -> Result<Stream, Wrong> {
    only(
        properties,
        &[
            "BatchSize",
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "Enabled",
            "FilterCriteria",
            "FunctionResponseTypes",
            "MaximumBatchingWindowInSeconds",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "ParallelizationFactor",
            "StartingPosition",
            "Stream",
        ],
        place,
    )?;
    let arn = properties["Stream"].as_str().unwrap_or_default();
    let Some(table) = arn.split(":table/").nth(1).and_then(|rest| rest.split('/').next()) else {
        return wrong(format!("{place}.Stream"), "this is not the ARN of a table's stream");
    };
    let on_failure = &properties["DestinationConfig"]["OnFailure"];
    if on_failure.is_object() && on_failure["Type"].as_str().is_some_and(|kind| kind != "SQS") {
        return wrong(format!("{place}.DestinationConfig.OnFailure.Type"), "only SQS is known to the local stack");
    }
    let mut filters = Vec::new();
    for (n, filter) in properties["FilterCriteria"]["Filters"].as_array().into_iter().flatten().enumerate() {
        let place = format!("{place}.FilterCriteria.Filters[{n}].Pattern");
        match serde_json::from_str(filter["Pattern"].as_str().unwrap_or_default()) {
            Ok(pattern) => {
                crate::filter::check(&pattern).or_else(|why| wrong(place, why))?;
                filters.push(pattern);
            }
            Err(e) => return wrong(place, format!("this is not JSON: {e}")),
        }
    }
    Ok(Stream {
        table: table.to_owned(),
        batch_max: size(properties, "BatchSize", place, 100)?.clamp(1, 1000),
        bisects: properties["BisectBatchOnFunctionError"] == Json::Bool(true),
        retries_max: number(properties, "MaximumRetryAttempts", place)?.and_then(|n| u32::try_from(n).ok()),
        reports_failures: reports_failures(properties),
        on_failure: on_failure["Destination"].as_str().map(|arn| last_part(arn).to_owned()),
        filters,
        from_oldest: properties["StartingPosition"] != json!("LATEST"),
    })
}

fn reports_failures(properties: &Json) -> bool {
    properties["FunctionResponseTypes"].as_array().into_iter().flatten().any(|kind| kind == "ReportBatchItemFailures")
}

/// A property that is silently not emulated would be a lie, so an unknown one is refused.
fn only(properties: &Json, known: &[&str], place: &str) -> Result<(), Wrong> {
    match properties.as_object().into_iter().flatten().find(|(key, _)| !known.contains(&key.as_str())) {
        Some((key, _)) => wrong(format!("{place}.{key}"), "this property is not known to the local stack"),
        None => Ok(()),
    }
}

/// Seconds of `rate(1 minute)`.
fn rate(expression: &str) -> Option<u64> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let unit_s = match unit.trim_end_matches('s') {
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(unit_s).filter(|seconds| *seconds > 0)
}
