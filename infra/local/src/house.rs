//! Sends each request of the one port to where it belongs: the stack's own pages, an AWS service, or the house.

use crate::{
    aws::{self, Aws},
    clock::{self, Clock, Wish},
    eml, form,
    functions::Functions,
    gateway::{BODY_BYTES_MAX, Gateway, message},
    graph,
    idle::Watch,
    letters_desk, link,
    mail_events::Comeback,
    outbox,
    own_vault::OwnVault,
    page,
    plan::{Plan, Trigger},
    schedules::Schedule,
    sources::fire,
    template::STACK,
    texts::InboundText,
};
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{FromRequestParts, Path, Query, Request},
    http::{HeaderMap, Response, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect},
    routing::{any, get, post},
};
use boot::StartError;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// DynamoDB's limit for a request, the largest of all services.
const AWS_BYTES_MAX: usize = 16 * 1024 * 1024;

/// All rooms.
pub struct House {
    /// The AWS side.
    pub aws: Aws,
    /// The HTTP routes.
    pub gateway: Gateway,
    /// The functions.
    pub functions: Arc<Functions>,
    /// What the template says.
    pub plan: Plan,
    /// What can be busy.
    pub watch: Watch,
    /// House time.
    pub clock: Clock,
    /// What the clock starts.
    pub schedules: Vec<Arc<Schedule>>,
    /// Whether the shops' settings are in force: the last thing before the stack is ready.
    pub is_open: AtomicBool,
}

impl House {
    /// A look into the stack's own vault.
    pub fn own_vault(&self) -> Result<OwnVault, StartError> {
        let table = self.plan.tables.first().map(|table| table.name.as_str()).unwrap_or_default();
        let secret = self.plan.secrets.first().map(|secret| secret.arn.as_str()).unwrap_or_default();
        OwnVault::open(&self.aws.base_url, table, secret)
    }
}

/// The house, once it is ready.
pub type Later = Arc<OnceLock<Arc<House>>>;

/// The whole port.
pub fn routes(house: Later) -> Router {
    Router::new()
        .route("/_local", any(|| async { Redirect::permanent("/_local/") }))
        .route("/_local/", get(show_page))
        .route("/_local/ready", get(ready))
        .route("/_local/messages", get(messages))
        .route("/_local/messages/{file}", get(message_file))
        .route("/_local/bounces", post(bounce))
        .route("/_local/letters", get(letters))
        .route("/_local/letters/preview", get(preview_letter))
        .route("/_local/letters/{command}", post(act_on_letter))
        .route("/_local/idle", get(idle))
        .route("/_local/queues", get(queues))
        .route("/_local/queues/{name}/redrive", post(redrive))
        .route("/_local/functions", get(functions))
        .route("/_local/faults", get(faults).post(set_faults))
        .route("/_local/requests", get(requests))
        .route("/_local/requests/reset", post(reset_requests))
        .route("/_local/schedules/{function}", post(schedule))
        .route("/_local/opted-out", post(opt_out))
        .route("/_local/texts", post(receive_text))
        .route("/_local/clock", get(show_clock).post(move_clock))
        .route("/_local/link", get(show_link))
        .route(&format!("{}/{{phone_number_id}}/messages", graph::PATH), post(whatsapp))
        .route("/_local/{*other}", any(|| async { message(StatusCode::NOT_FOUND, "Not Found") }))
        .fallback(enter)
        .with_state(house)
}

type Asked = Query<HashMap<String, String>>;

fn json_answer(status: StatusCode, json: &Json) -> Response<Body> {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(format!("{json}\n"))).unwrap_or_default()
}

fn fine(json: &Json) -> Response<Body> {
    json_answer(StatusCode::OK, json)
}

fn broken(why: &str) -> Response<Body> {
    message(StatusCode::INTERNAL_SERVER_ERROR, why)
}

/// The house, for handlers that need it ready; before that the answer is 503.
struct Ready(Arc<House>);

impl FromRequestParts<Later> for Ready {
    type Rejection = Response<Body>;

    async fn from_request_parts(_: &mut Parts, house: &Later) -> Result<Self, Self::Rejection> {
        let house = house.get().ok_or_else(|| message(StatusCode::SERVICE_UNAVAILABLE, "the local stack is starting"))?;
        Ok(Self(Arc::clone(house)))
    }
}

async fn enter(Ready(house): Ready, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (method, uri, headers) = (&parts.method, &parts.uri, &parts.headers);
    let service = aws::recognise(headers, method, uri);
    let Ok(body) = to_bytes(body, if service.is_some() { AWS_BYTES_MAX } else { BODY_BYTES_MAX }).await else {
        return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    // Boxed: these futures are large, and one connection waits in only one of them.
    match service {
        Some(service) => Box::pin(house.aws.answer(service, method, uri, headers, body)).await,
        None => Box::pin(house.gateway.answer(method, uri, headers, body)).await,
    }
}

async fn ready(Ready(house): Ready) -> Response<Body> {
    if house.is_open.load(Ordering::Acquire) {
        fine(&json!({"ready": true}))
    } else {
        message(StatusCode::SERVICE_UNAVAILABLE, "the local stack is starting")
    }
}

async fn show_page(Ready(house): Ready) -> Response<Body> {
    let (messages, queues) = match (outbox::list(&house.aws.disk, None).await, house.queues().await) {
        (Ok(messages), Ok(queues)) => (messages, queues),
        (Err(why), _) | (_, Err(why)) => return broken(&why),
    };
    let html = page::render(&messages, &queues, &house.functions.show(), house.clock.shift_s());
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html).into_response()
}

async fn messages(Ready(house): Ready, Query(asked): Asked) -> Response<Body> {
    match outbox::list(&house.aws.disk, asked.get("to").cloned()).await {
        Ok(list) => fine(&json!(list)),
        Err(why) => broken(&why),
    }
}

/// `ID.eml`: a captured mail as a mail program opens it.
async fn message_file(Ready(house): Ready, Path(file): Path<String>) -> Response<Body> {
    let Some(id) = file.strip_suffix(".eml") else { return message(StatusCode::NOT_FOUND, "Not Found") };
    match eml::find(&house.aws.disk, id).await {
        Ok(Some(eml)) => ([(header::CONTENT_TYPE, "message/rfc822")], eml).into_response(),
        Ok(None) => message(StatusCode::NOT_FOUND, &format!("no mail {id} was captured")),
        Err(why) => broken(&why),
    }
}

/// What comes back, and how.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounced {
    message_id: String,
    r#type: Comeback,
}

/// `{"message_id": "...", "type": "Permanent"}`: a captured mail bounces, or its recipient complains.
async fn bounce(Ready(house): Ready, body: Bytes) -> Response<Body> {
    let form = r#"{"message_id": "…", "type": "Permanent", "Transient" or "Complaint"}"#;
    let bounced = match serde_json::from_slice::<Bounced>(&body) {
        Ok(bounced) => bounced,
        Err(why) => return message(StatusCode::BAD_REQUEST, &format!("not {form}: {why}")),
    };
    match house.aws.mail.come_back(&bounced.message_id, bounced.r#type).await {
        Ok(recipients) => fine(&json!({ "recipients": recipients })),
        Err(refusal) => {
            let status = if refusal.code == "NotFoundException" { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
            message(status, &refusal.message)
        }
    }
}

/// The letters of an order, for the staff.
async fn letters(Ready(house): Ready, uri: Uri) -> Response<Body> {
    let asked = form::read(uri.query().unwrap_or_default().as_bytes());
    let html = letters_desk::page(&house, &asked).await;
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], html).into_response()
}

async fn preview_letter(Ready(house): Ready, uri: Uri) -> Response<Body> {
    let asked = form::read(uri.query().unwrap_or_default().as_bytes());
    let (kind, text) = letters_desk::preview(&house, &asked).await;
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

async fn act_on_letter(Ready(house): Ready, Path(command): Path<String>, body: Bytes) -> Response<Body> {
    if !["resend", "test"].contains(&command.as_str()) {
        return message(StatusCode::NOT_FOUND, "Not Found");
    }
    letters_desk::act(&house, &command, &body).await.into_response()
}

async fn idle(Ready(house): Ready, Query(asked): Asked) -> Response<Body> {
    let timeout_s = asked.get("timeout_s").and_then(|text| text.parse().ok()).unwrap_or(30).min(600);
    match house.watch.wait(Duration::from_secs(timeout_s)).await {
        Ok(()) => fine(&json!({"idle": true})),
        Err(busy) => json_answer(StatusCode::GATEWAY_TIMEOUT, &json!({"idle": false, "busy": busy})),
    }
}

/// A queue's name without the stack's.
fn short(name: &str) -> &str {
    name.strip_prefix(STACK).and_then(|rest| rest.strip_prefix('-')).unwrap_or(name)
}

impl House {
    /// Moves the clock, and lets everything that waits for a moment look at it again before this returns.
    async fn move_clock(&self, wish: Wish) -> Result<(), String> {
        match wish {
            Wish::Advance(seconds) => self.clock.advance(seconds)?,
            Wish::At(at) => self.clock.set(at)?,
            Wish::MorningOf(shop) => {
                let id = shop.parse().map_err(|error| format!("{shop}: {error}"))?;
                let own = self.own_vault().map_err(|error| error.to_string())?;
                let settings = own.vault.settings(&id).await.map_err(|error| error.to_string())?;
                let zone = settings.ok_or_else(|| format!("there is no shop {shop}"))?.settings.calendar.zone;
                self.clock.set(clock::next_morning(boot::clock::now(), zone.time_zone()))?;
            }
        }
        self.aws.queues.wake_all();
        for schedule in &self.schedules {
            let _until_next = schedule.strike_if_due();
        }
        self.clock.tell();
        Ok(())
    }

    /// How full every queue is, dead letters with the queue they came from.
    async fn queues(&self) -> Result<Json, String> {
        let depths = self.aws.queues.depths().await?;
        let mut out = Map::new();
        for queue in self.aws.queues.all() {
            if self.aws.queues.sources_of(&queue.name).next().is_some() {
                continue;
            }
            let depth = depths.get(&queue.name).copied().unwrap_or_default();
            let dead = queue
                .redrive
                .as_ref()
                .and_then(|redrive| depths.get(&redrive.dead_queue))
                .map_or(0, |d| d.visible + d.in_flight + d.delayed);
            let shown = json!({"visible": depth.visible, "in_flight": depth.in_flight, "delayed": depth.delayed, "dead": dead});
            out.insert(short(&queue.name).to_owned(), shown);
        }
        Ok(Json::Object(out))
    }
}

async fn queues(Ready(house): Ready) -> Response<Body> {
    house.queues().await.map_or_else(|why| broken(&why), |json| fine(&json))
}

async fn redrive(Ready(house): Ready, Path(name): Path<String>) -> Response<Body> {
    let Some(queue) = house.aws.queues.all().into_iter().find(|queue| short(&queue.name) == name || queue.name == name) else {
        return message(StatusCode::NOT_FOUND, &format!("there is no queue {name}"));
    };
    match house.aws.queues.redrive(&queue.name).await {
        Ok(moved) => fine(&json!({"moved": moved})),
        Err(why) => broken(&why),
    }
}

async fn functions(Ready(house): Ready) -> Response<Body> {
    fine(&house.functions.show())
}

async fn faults(Ready(house): Ready) -> Response<Body> {
    fine(&house.aws.faults.show())
}

async fn set_faults(Ready(house): Ready, body: Bytes) -> Response<Body> {
    match house.aws.faults.replace(&body) {
        Ok(()) => fine(&house.aws.faults.show()),
        Err(why) => message(StatusCode::BAD_REQUEST, &why),
    }
}

async fn requests(Ready(house): Ready) -> Response<Body> {
    fine(&house.aws.counts.show())
}

async fn reset_requests(Ready(house): Ready) -> Response<Body> {
    house.aws.counts.reset();
    fine(&json!({}))
}

/// Strikes now, with the template's input or with the one that is sent.
async fn schedule(Ready(house): Ready, Path(name): Path<String>, body: Bytes) -> Response<Body> {
    let input = house.functions.find(&name).and_then(|pool| {
        let inputs = pool.plan().triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Schedule { input, .. } => Some(input),
            Trigger::Http { .. } | Trigger::Queue { .. } | Trigger::Stream(_) => None,
        });
        inputs.map(|input| (pool, input)).next()
    });
    let Some((pool, input)) = input else {
        return message(StatusCode::NOT_FOUND, &format!("{name} is no function with a schedule"));
    };
    let sent = if body.is_empty() { Ok(None) } else { serde_json::from_slice::<Json>(&body).map(Some) };
    let Ok(sent) = sent else { return message(StatusCode::BAD_REQUEST, "the body is the event's input: JSON, or nothing") };
    match fire(pool, sent.as_ref().unwrap_or(input)).await {
        Ok(_) => fine(&json!({"fired": name})),
        Err(failure) => message(StatusCode::BAD_GATEWAY, &format!("{}: {}", failure.kind, failure.message)),
    }
}

async fn opt_out(Ready(house): Ready, Query(asked): Asked) -> Response<Body> {
    let Some(number) = asked.get("number") else { return message(StatusCode::BAD_REQUEST, "which number? ?number=%2B1…") };
    match house.aws.texts.opt_out(number.trim().to_owned()).await {
        Ok(()) => fine(&json!({"opted_out": true})),
        Err(why) => broken(&why),
    }
}

/// `{"from": "+14155550100", "text": "STOP"}`: a person answers one of our texts; `to` may name our number.
async fn receive_text(Ready(house): Ready, body: Bytes) -> Response<Body> {
    let text = match serde_json::from_slice::<InboundText>(&body) {
        Ok(text) => text,
        Err(why) => return message(StatusCode::BAD_REQUEST, &format!("not {{\"from\": \"+1…\", \"text\": \"…\"}}: {why}")),
    };
    match house.aws.texts.receive(text).await {
        Ok(()) => fine(&json!({"received": true})),
        Err(refusal) => {
            let status = refusal.status.and_then(|status| StatusCode::from_u16(status).ok());
            message(status.unwrap_or(StatusCode::BAD_REQUEST), &refusal.message)
        }
    }
}

async fn whatsapp(Ready(house): Ready, Path(number_id): Path<String>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    graph::answer(&house.aws, &number_id, &headers, &body).await
}

async fn show_clock(Ready(house): Ready) -> Response<Body> {
    fine(&house.clock.show())
}

/// `{"advance_s": 3600}`, `{"at": "2026-11-21T07:10:00Z"}` or `{"morning_of": "demo"}`; or a form of the page, with the same
/// names, which is led back to the page.
async fn move_clock(Ready(house): Ready, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    let wish = if is_form { Wish::of_form(&body) } else { Wish::of_json(&body) };
    let moved = match wish {
        Ok(wish) => house.move_clock(wish).await,
        Err(why) => Err(why),
    };
    match moved {
        Ok(()) if is_form => Redirect::to("/_local/").into_response(),
        Ok(()) => fine(&house.clock.show()),
        Err(why) => message(StatusCode::BAD_REQUEST, &why),
    }
}

async fn show_link(Ready(house): Ready, uri: Uri) -> Response<Body> {
    let asked: BTreeMap<_, _> = form::pairs(uri.query().unwrap_or_default()).collect();
    let text = |key: &str, otherwise: &str| asked.get(key).cloned().unwrap_or_else(|| otherwise.to_owned());
    match link::tracking(&house, &text("shop", "demo"), &text("order", "")).await {
        Ok(url) => fine(&json!({ "url": url })),
        Err((status, why)) => message(status, &why),
    }
}
