//! The windows of the shop's staff: the worklist, their answers to returns that wait for a person, what of customers'
//! answers to trouble they have seen to, and where the shop's news comes from.
//!
//! A window only reads. An answer is a message for the desk of returns or of orders, which decides whether there is anything
//! left to answer; answering twice is harmless. Who comes in holds a password of the shop (HTTP Basic, over TLS), and a form counts
//! only from a page that this function made for that shop and return or answer, today or yesterday (guarantees TK-13).
//!
//! | | |
//! |---|---|
//! | `GET /console` | asks which shop; tells nobody which there are |
//! | `GET /console/{shop}` | returns to decide, parcels in trouble, orders to see to |
//! | `GET /console/{shop}/letters` | `order` (its number): what became of its messages, and why |
//! | `GET /console/{shop}/sources` | storefronts and carriers: when last heard, what could not be read, requests about data |
//! | `POST /console/{shop}/returns` | `order`, `return`, `nonce`, `answer` (`approve`, `decline`), `why` |
//! | `POST /console/{shop}/answers` | `order`, `answer`, `nonce` |

pub mod answer_words;
pub mod form;
pub mod letters_page;
pub mod lock;
pub mod moment;
pub mod nonce;
pub mod orders;
pub mod pages;
pub mod source_view;
pub mod source_words;
pub mod sources_list;
pub mod sources_page;
pub mod visit;
pub mod words;
pub mod worklist;

use boot::{
    StartError,
    aws::Aws,
    env,
    queue::{self, NotQueued},
    secrets::{Keyring, SecretError, Secrets},
};
use contracts::{ToOrders, ToReturns};
use domain::{
    id::{OrderKey, ShopId},
    settings::VersionedSettings,
};
use form::{AnswerForm, DoneForm, FormProblem};
use jiff::Timestamp;
use lambda_http::{Body, Error, Request, Response, http::header};
use letters_page::{LettersPage, ORDERS_MAX};
use nonce::Nonces;
use pages::{ChoosePage, Notice};
use sources_list::SOURCES_MAX;
use sources_page::{Known, SourcesPage};
use std::{collections::BTreeMap, sync::Arc};
use store::{Find, SettingsCache, Vault, VaultError, WorkItem, WorkList};
use visit::{Done, Visit};
use windows::{answer::Answer, form::FORM_BYTES_MAX};
use worklist::{Lists, ROWS_MAX, WorklistPage};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "ORDERS_QUEUE_URL", "RETURNS_QUEUE_URL"];

/// What these windows have in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    settings: SettingsCache,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    orders_queue_url: String,
    returns_queue_url: String,
}

impl Room {
    /// Reads the environment and makes the clients.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn open(get: impl Fn(&str) -> Option<String> + Copy) -> Result<Self, StartError> {
        let aws = Aws::from_env(get)?;
        Ok(Self {
            vault: Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME")?),
            secrets: Secrets::new(aws.secrets(), env::required(get, "SECRET_ID")?),
            settings: SettingsCache::default(),
            sqs: aws.sqs(),
            orders_queue_url: env::required(get, "ORDERS_QUEUE_URL")?,
            returns_queue_url: env::required(get, "RETURNS_QUEUE_URL")?,
        })
    }

    /// Opens the connections the first visit needs.
    pub async fn warm(&self) {
        tokio::join!(self.secrets.warm(), self.vault.ready());
    }
}

/// Why a visit could not be answered now. Each may work in a moment.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Queue(#[from] NotQueued),
    #[error("a message could not be written")]
    Json(#[from] serde_json::Error),
}

/// Answers one visit.
///
/// # Errors
/// Never: what fails is answered for with a page.
pub async fn handle(room: &Room, request: Request) -> Result<Response<Body>, Error> {
    let visit = Visit::read(request.method(), request.uri().path(), request.uri().query().unwrap_or_default());
    let answer = visited(room, visit, &request, boot::clock::now()).await.unwrap_or_else(|trouble| {
        tracing::error!(error = %trouble, "a visit to the console could not be answered");
        Notice::later().answer(503)
    });
    Ok(answer.response(request.method()))
}

async fn visited(room: &Room, visit: Visit, request: &Request, now: Timestamp) -> Result<Answer, Trouble> {
    if boot::http::bytes(request.body()).len() > FORM_BYTES_MAX {
        return Ok(Notice::too_large().answer(413));
    }
    match visit {
        Visit::Choose => Ok(ChoosePage { mistyped: false }.answer(200)),
        Visit::Chosen(Some(shop)) => Ok(pages::see(&format!("/console/{shop}"))),
        Visit::Chosen(None) => Ok(ChoosePage { mistyped: true }.answer(422)),
        Visit::Worklist { shop, done } => {
            let keyring = room.secrets.keyring().await?;
            if !let_in(&keyring, &shop, request) {
                return Ok(shut_out(&shop));
            }
            show(room, &keyring, &shop, done, now).await
        }
        Visit::Letters { shop, number } => {
            let keyring = room.secrets.keyring().await?;
            if !let_in(&keyring, &shop, request) {
                return Ok(shut_out(&shop));
            }
            show_letters(room, &keyring, &shop, number).await
        }
        Visit::Sources(shop) => {
            let keyring = room.secrets.keyring().await?;
            if !let_in(&keyring, &shop, request) {
                return Ok(shut_out(&shop));
            }
            show_sources(room, &shop, request, now).await
        }
        Visit::AnswerReturn(shop) => {
            let keyring = room.secrets.keyring().await?;
            if !let_in(&keyring, &shop, request) {
                return Ok(shut_out(&shop));
            }
            answer_return(room, &keyring, shop, request, now).await
        }
        Visit::AnswerDone(shop) => {
            let keyring = room.secrets.keyring().await?;
            if !let_in(&keyring, &shop, request) {
                return Ok(shut_out(&shop));
            }
            answer_done(room, &keyring, shop, request, now).await
        }
        Visit::NotAllowed(allow) => Ok(Notice::not_allowed().answer(405).with("allow", allow)),
        Visit::Nowhere => Ok(Notice::nowhere().answer(404)),
    }
}

fn let_in(keyring: &Keyring, shop: &ShopId, request: &Request) -> bool {
    lock::opens(keyring.console(shop), request.headers().get(header::AUTHORIZATION))
}

/// The same for a wrong password, none, and a shop that does not exist.
fn shut_out(shop: &ShopId) -> Answer {
    Notice::shut().answer(401).with("www-authenticate", &format!("Basic realm=\"Doorstep {shop}\", charset=\"UTF-8\""))
}

async fn show(room: &Room, keyring: &Keyring, shop: &ShopId, done: Option<Done>, now: Timestamp) -> Result<Answer, Trouble> {
    let settings = room.settings.of(&room.vault, shop).await?;
    let held = room.vault.worklist(shop, WorkList::Returns).await?;
    let problems = room.vault.worklist(shop, WorkList::Problems).await?;
    let waiting = room.vault.worklist(shop, WorkList::Orders).await?;
    let mut orders = BTreeMap::new();
    for item in held.iter().take(ROWS_MAX) {
        let WorkItem::Return(return_) = item else { continue };
        if orders.contains_key(&return_.order) {
            continue;
        }
        let key = OrderKey { shop: shop.clone(), order: return_.order.clone() };
        if let Some(folder) = room.vault.folder(&key).await? {
            orders.insert(return_.order.clone(), folder.order.value);
        }
    }
    let nonces = Nonces::new(keyring.link_keys(), shop.clone(), now);
    let settings = settings.as_ref().map(|settings| &settings.settings);
    let lists = Lists { held: &held, problems: &problems, waiting: &waiting, orders: &orders, read_at: now };
    Ok(WorklistPage::of(shop, settings, &lists, &nonces, done).answer(200))
}

/// What became of the messages of the orders with this number.
async fn show_letters(room: &Room, keyring: &Keyring, shop: &ShopId, number: Option<String>) -> Result<Answer, Trouble> {
    let vault = room.vault.with_find_key(keyring.find_key());
    let settings = room.settings.of(&vault, shop).await?;
    let orders = match &number {
        Some(number) => vault.find(shop, &Find::Number(number.clone())).await?,
        None => Vec::new(),
    };
    let mut found = Vec::new();
    for key in orders.iter().take(ORDERS_MAX) {
        // Lookups are of numbers an order once had; what it is now stands in its folder.
        if let Some(folder) = vault.folder(key).await? {
            found.push((folder.order.value, vault.letters_of(key).await?));
        }
    }
    let settings = settings.as_ref().map(|settings| &settings.settings);
    Ok(LettersPage::of(shop, settings, number.as_deref(), &found).answer())
}

/// Where the shop's news comes from. Two Queries, one for the unread of each source (at most [`SOURCES_MAX`]), and the
/// settings when they are older than a minute.
async fn show_sources(room: &Room, shop: &ShopId, request: &Request, now: Timestamp) -> Result<Answer, Trouble> {
    let settings = room.settings.of(&room.vault, shop).await?;
    let settings = settings.as_ref().map(|settings| &settings.settings);
    let sources = sources_list::listed(settings, &room.vault.sources(shop).await?);
    let requests = room.vault.privacy_requests(shop).await?;
    let mut unread = BTreeMap::new();
    for listed in sources.iter().take(SOURCES_MAX) {
        // A name may have both doors; what could not be read of it is kept together.
        if !unread.contains_key(&listed.source) {
            unread.insert(listed.source.clone(), room.vault.unread_of(shop, &listed.source).await?);
        }
    }
    let base = sources_page::base(settings, request.headers());
    let known = Known { settings, sources: &sources, unread: &unread, requests: &requests, base: &base };
    Ok(SourcesPage::of(shop, &known, now).answer())
}

async fn is_cross_site(room: &Room, shop: &ShopId, request: &Request) -> Result<bool, Trouble> {
    let settings: Option<Arc<VersionedSettings>> = room.settings.of(&room.vault, shop).await?;
    let public_url = settings.as_ref().and_then(|settings| settings.settings.brand.public_url.as_deref());
    Ok(visit::is_cross_site(request.headers(), public_url))
}

/// Tells the desk of orders that a person saw to a customer's answer.
async fn answer_done(room: &Room, keyring: &Keyring, shop: ShopId, request: &Request, now: Timestamp) -> Result<Answer, Trouble> {
    if is_cross_site(room, &shop, request).await? {
        return Ok(Notice::foreign_form(&shop).answer(403));
    }
    let nonces = Nonces::new(keyring.link_keys(), shop.clone(), now);
    let body = boot::http::bytes(request.body());
    let DoneForm { order, answer } = match DoneForm::read(request.headers(), body, &nonces) {
        Ok(form) => form,
        Err(FormProblem::NotAForm) => return Ok(Notice::not_a_form(&shop).answer(415)),
        Err(_) => return Ok(Notice::foreign_form(&shop).answer(403)),
    };
    tracing::info!(shop = shop.as_str(), order = order.as_str(), answer_id = answer.as_str(), "a person saw to an answer");
    let see = format!("/console/{shop}?done={}#orders", Done::Answer.code());
    let message = contracts::write(&ToOrders::AnswerDone { order: OrderKey { shop, order }, answer, done_at: now })?;
    queue::send(&room.sqs, &room.orders_queue_url, message).await?;
    Ok(pages::see(&see))
}

async fn answer_return(
    room: &Room,
    keyring: &Keyring,
    shop: ShopId,
    request: &Request,
    now: Timestamp,
) -> Result<Answer, Trouble> {
    if is_cross_site(room, &shop, request).await? {
        return Ok(Notice::foreign_form(&shop).answer(403));
    }
    let nonces = Nonces::new(keyring.link_keys(), shop.clone(), now);
    let AnswerForm { order, return_, answer } =
        match AnswerForm::read(request.headers(), boot::http::bytes(request.body()), &nonces) {
            Ok(form) => form,
            Err(FormProblem::NotAForm) => return Ok(Notice::not_a_form(&shop).answer(415)),
            Err(FormProblem::Foreign) => return Ok(Notice::foreign_form(&shop).answer(403)),
            Err(FormProblem::NoReason) => return Ok(Notice::no_reason(&shop).answer(422)),
            Err(FormProblem::ReasonTooLong) => return Ok(Notice::reason_too_long(&shop).answer(422)),
            Err(FormProblem::NoAnswer) => return Ok(Notice::no_answer(&shop).answer(422)),
        };
    tracing::info!(shop = shop.as_str(), order = order.as_str(), return_id = return_.as_str(), "a person answered a return");
    let see = format!("/console/{shop}?done={}", Done::Return.code());
    let message = contracts::write(&ToReturns::Answered { shop, order, return_, answer, answered_at: now })?;
    queue::send(&room.sqs, &room.returns_queue_url, message).await?;
    Ok(pages::see(&see))
}
