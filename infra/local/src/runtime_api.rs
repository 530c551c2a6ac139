//! The Lambda Runtime API: each process asks for its next event here, and answers here.

use crate::{
    become_function::monotonic_ns,
    functions::Functions,
    intrinsics::{ACCOUNT, REGION},
    worker::{Outcome, Worker},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State},
    http::{Response, StatusCode},
    routing::{get, post},
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Lambda's limit for an answer.
pub const PAYLOAD_BYTES_MAX: usize = 6 * 1024 * 1024;

/// The functions, once they are there: they need to know this server's port first.
pub type Later = Arc<OnceLock<Arc<Functions>>>;

/// The routes.
pub fn routes(functions: Later) -> Router {
    let slot = "/.rt/{function}/{slot}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{slot}/invocation/next"), get(next))
        .route(&format!("{slot}/invocation/{{id}}/response"), post(response))
        .route(&format!("{slot}/invocation/{{id}}/error"), post(error))
        .route(&format!("{slot}/init/error"), post(init_error))
        .layer(DefaultBodyLimit::max(4 * PAYLOAD_BYTES_MAX))
        .with_state(functions)
}

fn worker(functions: &Later, function: &str, slot: u64) -> Option<Arc<Worker>> {
    functions.get()?.worker(function, slot)
}

/// A quick process may ask before those who started it have written it down.
async fn new_worker(functions: &Later, function: &str, slot: u64) -> Option<Arc<Worker>> {
    for _ in 0..1000 {
        if let Some(worker) = worker(functions, function, slot) {
            return Some(worker);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    None
}

async fn next(State(functions): State<Later>, Path((function, slot)): Path<(String, u64)>) -> Response<Body> {
    let asked_at_ns = monotonic_ns();
    let Some(worker) = new_worker(&functions, &function, slot).await else { return status(StatusCode::GONE) };
    if let (Some(became_at_ns), Some(pool)) = (worker.became_at_ns(), functions.get().and_then(|all| all.get(&function))) {
        pool.came_up(asked_at_ns.saturating_sub(became_at_ns) / 1000);
    }
    let Some(invocation) = worker.next().await else { return status(StatusCode::GONE) };
    // Real time, which no wish makes shorter: the deadline is the process's own.
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let deadline_ms = now_ms + i64::try_from(invocation.limit.as_millis()).unwrap_or(0);
    let (time, id) = (format!("{:08x}", now_ms / 1000), invocation.id.replace('-', ""));
    let response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &invocation.id)
        .header("lambda-runtime-deadline-ms", deadline_ms)
        .header("lambda-runtime-invoked-function-arn", format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"))
        .header("lambda-runtime-trace-id", format!("Root=1-{time}-{};Parent={};Sampled=0", &id[..24], &id[16..]));
    response.body(Body::from(invocation.payload)).unwrap_or_default()
}

async fn response(
    State(functions): State<Later>,
    Path((function, slot, id)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response<Body> {
    let outcome = match body.len() > PAYLOAD_BYTES_MAX {
        true => Outcome::Failed(Bytes::from_static(
            br#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size."}"#,
        )),
        false => Outcome::Answered(body),
    };
    settle(&functions, &function, slot, &id, outcome)
}

async fn error(
    State(functions): State<Later>,
    Path((function, slot, id)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response<Body> {
    settle(&functions, &function, slot, &id, Outcome::Failed(body))
}

/// The process ends itself right after this; its end is what fails the call.
async fn init_error(State(_): State<Later>, Path((_, _)): Path<(String, u64)>) -> Response<Body> {
    status(StatusCode::ACCEPTED)
}

fn settle(functions: &Later, function: &str, slot: u64, id: &str, outcome: Outcome) -> Response<Body> {
    let known = worker(functions, function, slot).is_some_and(|worker| worker.answer(id, outcome));
    status(if known { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST })
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from("{}"));
    *response.status_mut() = status;
    response
}
