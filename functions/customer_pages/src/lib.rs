//! The customer's windows: the page of an order, its facts as JSON, the forms for returns and for answers to trouble, what
//! they want to be written, find my order, the rules for returns.
//!
//! A window only reads: one Query and one BatchGetItem for a page. What a person asks for in it is a message on a queue,
//! with the nonce of the form. Every page is plain HTML that works without JavaScript and asks nobody else for anything.
//! A link that is wrong, expired, revoked or of nothing gets the same bytes (guarantees TK-06).

pub mod answer_form;
pub mod answer_words;
pub mod answers;
pub mod facts;
pub mod find_page;
pub mod form;
pub mod frame;
pub mod headline;
pub mod history;
pub mod items;
pub mod json;
pub mod nonce;
pub mod notice;
pub mod order_page;
pub mod parcels;
pub mod preferences;
pub mod returns;
pub mod steps;
pub mod style;
pub mod visit;

use answer_form::{AnswerDraft, AnswerForm, answer_form};
use askama::Template as _;
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
    link::{self, Purpose},
    settings::VersionedSettings,
};
use facts::{Facts, own_parcels, parcel_keys};
use find_page::{FindForm, FindPage};
use form::{LinkForm, ReturnForm};
use jiff::Timestamp;
use lambda_http::{Body, Error, Request, Response};
use nonce::Nonces;
use notice::Of;
use order_page::{Look, OrderPage};
use returns::Draft;
use std::sync::Arc;
use store::{Folder, SettingsCache, Vault, VaultError};
use visit::Visit;
use windows::{
    answer::Answer,
    form::{FORM_BYTES_MAX, Form},
};

/// The environment this function reads.
pub const ENV: &[&str] = &["TABLE_NAME", "SECRET_ID", "ORDERS_QUEUE_URL", "RETURNS_QUEUE_URL", "FEEDBACK_QUEUE_URL"];

/// What these windows have in reach.
pub struct Room {
    vault: Vault,
    secrets: Secrets,
    settings: SettingsCache,
    sqs: boot::aws::Later<aws_sdk_sqs::Client>,
    orders_queue_url: String,
    returns_queue_url: String,
    feedback_queue_url: String,
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
            feedback_queue_url: env::required(get, "FEEDBACK_QUEUE_URL")?,
        })
    }

    /// Opens the connections and reads the settings that the first visit needs.
    pub async fn warm(&self) {
        let (keyring, ()) = tokio::join!(self.secrets.warm(), self.vault.ready());
        self.settings.warm(&self.vault, keyring.as_deref()).await;
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
    #[error("something could not be written as JSON at line {} column {}", .0.line(), .0.column())]
    Json(#[from] serde_json::Error),
}

/// Answers one visit.
///
/// # Errors
/// Never: what fails is answered for with a page.
pub async fn handle(room: &Room, request: Request) -> Result<Response<Body>, Error> {
    let visit = Visit::read(request.method(), request.uri().path(), request.uri().query().unwrap_or_default());
    let answer = visited(room, visit, &request, boot::clock::now()).await.unwrap_or_else(|trouble| {
        tracing::error!(error = %trouble, "a visit could not be answered");
        notice::later()
    });
    Ok(answer.response(request.method()))
}

async fn visited(room: &Room, visit: Visit, request: &Request, now: Timestamp) -> Result<Answer, Trouble> {
    let body = boot::http::bytes(request.body());
    if body.len() > FORM_BYTES_MAX {
        return Ok(notice::too_large());
    }
    match visit {
        Visit::Order { token, just_asked, just_answered } => Ok(match open(room, &token, now).await? {
            Some(opened) => {
                let just = Just { asked: just_asked.as_deref(), answered: just_answered.as_deref() };
                opened.page(200, just, &Draft::default(), None)
            }
            None => notice::nowhere(),
        }),
        Visit::OrderFacts { token } => Ok(match open(room, &token, now).await? {
            Some(opened) => Answer::json(200, json::document(&opened.facts)?),
            None => notice::nowhere_json(),
        }),
        Visit::AskForReturn { token } => match open(room, &token, now).await? {
            Some(opened) => ask_for_return(room, opened, request, &Form::read(body)).await,
            None => Ok(notice::nowhere()),
        },
        Visit::Answer { token } => match open(room, &token, now).await? {
            Some(opened) => give_answer(room, opened, request, &Form::read(body)).await,
            None => Ok(notice::nowhere()),
        },
        Visit::Preferences { token, is_unsubscribing, just_chosen } => Ok(match preferences::open(room, &token, now).await? {
            Some(opened) => opened.looked_at(is_unsubscribing, &just_chosen),
            None => notice::nowhere(),
        }),
        Visit::Choose { token } => match preferences::open(room, &token, now).await? {
            Some(opened) => preferences::choose(room, opened, request, &Form::read(body)).await,
            None => Ok(notice::nowhere()),
        },
        Visit::EndMarketing { token } => match preferences::open(room, &token, now).await? {
            Some(opened) => preferences::end_marketing(room, opened, request, body).await,
            None => Ok(notice::nowhere()),
        },
        Visit::Track(shop) => of_shop(room, &shop, FindPage::track).await,
        Visit::Returns(shop) => of_shop(room, &shop, FindPage::returns).await,
        Visit::AskForLink(shop) => ask_for_link(room, shop, &Form::read(body), now).await,
        Visit::NotAllowed(allow) => Ok(notice::not_allowed(allow)),
        Visit::Nowhere => Ok(notice::nowhere()),
    }
}

/// An order whose link was opened, with all that its page needs.
struct Opened {
    token: String,
    facts: Facts,
    nonces: Nonces,
    preferences: Option<String>,
}

/// What was just sent, as the page's address names it.
#[derive(Debug, Clone, Copy, Default)]
struct Just<'a> {
    asked: Option<&'a str>,
    answered: Option<&'a str>,
}

impl Opened {
    fn page(&self, status: u16, just: Just<'_>, draft: &Draft, answer_draft: Option<&AnswerDraft>) -> Answer {
        let look = Look {
            token: &self.token,
            nonces: &self.nonces,
            just_asked: just.asked,
            just_answered: just.answered,
            draft,
            answer_draft,
            preferences: self.preferences.as_deref(),
        };
        let page = OrderPage::of(&self.facts, &look);
        Answer::page(status, page.frame.style.css(), page.render())
    }
}

/// What a link leads to.
struct Unsealed {
    keyring: Arc<Keyring>,
    key: OrderKey,
    folder: Folder,
    settings: Arc<VersionedSettings>,
}

/// Opens a link: the right key, purpose and time, an order that exists, and the epoch the order has now.
async fn unseal(room: &Room, purpose: Purpose, token: &str, now: Timestamp) -> Result<Option<Unsealed>, Trouble> {
    let keyring = room.secrets.keyring().await?;
    let Some(link::Opened { order: key, epoch }) = link::open(keyring.link_keys(), purpose, token, now) else { return Ok(None) };
    let Some(folder) = room.vault.folder(&key).await? else { return Ok(None) };
    if folder.order.value.link_epoch != epoch {
        return Ok(None);
    }
    let Some(settings) = room.settings.of(&room.vault, &key.shop).await? else { return Ok(None) };
    Ok(Some(Unsealed { keyring, key, folder, settings }))
}

/// Opens a link to the page of an order.
async fn open(room: &Room, token: &str, now: Timestamp) -> Result<Option<Opened>, Trouble> {
    let Some(Unsealed { keyring, key, folder, settings }) = unseal(room, Purpose::Tracking, token, now).await? else {
        return Ok(None);
    };
    let order = folder.order.value;
    let known: Vec<_> = room.vault.parcels(&parcel_keys(&order)).await?.into_iter().map(|parcel| parcel.value).collect();
    let preferences = preferences::path(keyring.link_keys(), &key, order.link_epoch, now);
    let nonces = Nonces::new(keyring.link_keys(), key, order.link_epoch, folder.returns.len());
    let facts = Facts {
        parcels: own_parcels(&order, &known),
        order,
        returns: folder.returns.into_iter().map(|return_| return_.value).collect(),
        settings: settings.settings.clone(),
        now,
    };
    Ok(Some(Opened { token: token.to_owned(), facts, nonces, preferences }))
}

/// Puts a request for a return on its queue and shows the page again.
async fn ask_for_return(room: &Room, opened: Opened, request: &Request, form: &Form) -> Result<Answer, Trouble> {
    let Opened { token, facts, nonces, .. } = &opened;
    if visit::is_cross_site(request.headers(), facts.settings.brand.public_url.as_deref()) {
        return Ok(notice::foreign_form(&facts.settings, token, Of::Returns));
    }
    let see = |id| Answer::see(&format!("/o/{token}?asked={id}#returns"));
    match form::return_form(facts, nonces, form) {
        ReturnForm::Asks(request) => {
            let id = request.id.clone();
            let (shop, order) = (facts.order.shop.clone(), facts.order.id.clone());
            tracing::info!(shop = shop.as_str(), order = order.as_str(), "a return was asked for");
            let message = contracts::write(&ToReturns::Requested { shop, order, request })?;
            queue::send(&room.sqs, &room.returns_queue_url, message).await?;
            Ok(see(id))
        }
        ReturnForm::Repeats(id) => Ok(see(id)),
        ReturnForm::Used => Ok(notice::used_form(&facts.settings, token, Of::Returns)),
        ReturnForm::Foreign => Ok(notice::foreign_form(&facts.settings, token, Of::Returns)),
        ReturnForm::Lacks(draft) => Ok(opened.page(422, Just::default(), &draft, None)),
    }
}

/// Puts an answer to trouble on the orders desk's queue and shows the page again.
async fn give_answer(room: &Room, opened: Opened, request: &Request, form: &Form) -> Result<Answer, Trouble> {
    let Opened { token, facts, nonces, .. } = &opened;
    if visit::is_cross_site(request.headers(), facts.settings.brand.public_url.as_deref()) {
        return Ok(notice::foreign_form(&facts.settings, token, Of::Answers));
    }
    let see = |id| Answer::see(&format!("/o/{token}?answered={id}#answers"));
    match answer_form(facts, nonces, form) {
        AnswerForm::Gives(answer) => {
            let (id, order) = (answer.id.clone(), facts.order.key());
            let wish = answer.wish.offer().code();
            tracing::info!(shop = order.shop.as_str(), order = order.order.as_str(), wish, "a customer answered");
            let message = contracts::write(&ToOrders::CustomerAnswered { order, answer })?;
            queue::send(&room.sqs, &room.orders_queue_url, message).await?;
            Ok(see(id))
        }
        AnswerForm::Repeats(id) => Ok(see(id)),
        AnswerForm::Used => Ok(notice::used_form(&facts.settings, token, Of::Answers)),
        AnswerForm::Foreign => Ok(notice::foreign_form(&facts.settings, token, Of::Answers)),
        AnswerForm::NotOffered => Ok(notice::not_offered(&facts.settings, token)),
        AnswerForm::TooMany => Ok(notice::too_many_answers(&facts.settings, token)),
        AnswerForm::Lacks(draft) => Ok(opened.page(422, Just::default(), &Draft::default(), Some(&draft))),
    }
}

async fn settings(room: &Room, shop: &ShopId) -> Result<Option<Arc<VersionedSettings>>, Trouble> {
    Ok(room.settings.of(&room.vault, shop).await?)
}

fn written(status: u16, page: &FindPage) -> Answer {
    Answer::page(status, page.frame.style.css(), page.render())
}

async fn of_shop(
    room: &Room,
    shop: &ShopId,
    page: fn(&ShopId, &domain::settings::ShopSettings) -> FindPage,
) -> Result<Answer, Trouble> {
    Ok(match settings(room, shop).await? {
        Some(known) => written(200, &page(shop, &known.settings)),
        None => notice::nowhere(),
    })
}

/// Asks the orders desk to mail a link. The answer is the same whether or not there is such an order: the desk looks for it
/// later, out of sight, and mails only to the address on the order (guarantees TK-07).
async fn ask_for_link(room: &Room, shop: ShopId, form: &Form, now: Timestamp) -> Result<Answer, Trouble> {
    let Some(known) = settings(room, &shop).await? else { return Ok(notice::nowhere()) };
    match form::link_form(form) {
        LinkForm::Asks { number, email } => {
            let message = contracts::write(&ToOrders::LinkRequested { shop, number, email, requested_at: now })?;
            queue::send(&room.sqs, &room.orders_queue_url, message).await?;
            Ok(written(200, &FindPage::mailed(&known.settings)))
        }
        LinkForm::Lacks { number, email, is_number_wrong, is_email_wrong } => {
            let typed = FindForm { number, email, is_number_wrong, is_email_wrong, ..FindForm::default() };
            Ok(written(422, &FindPage::track_again(&shop, &known.settings, typed)))
        }
    }
}
