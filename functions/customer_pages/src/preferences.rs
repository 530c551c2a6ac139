//! The preference page: how and whether a shop may write to a customer, chosen behind a link in every message.
//!
//! Looking changes nothing. What is chosen is a message to `mail_events`, which writes it a moment later: until then the page
//! says what was noted instead of what is written. One click of a mail program (RFC 8058) comes without cookie, nonce or
//! origin, so the link alone judges it, and all it can do is to end marketing.

pub mod chooser;
pub mod draft;
pub mod masked;
pub mod one_click;
pub mod page;
pub mod words;

use crate::{Room, Trouble, Unsealed, nonce::Nonces, unseal, visit};
use askama::Template as _;
use boot::queue;
use chooser::Chooser;
use contracts::ToMailEvents;
use domain::{
    calendar::Zone,
    id::OrderKey,
    link::{self, LinkKey, Purpose, TRACKING_LINK_DAYS},
};
use draft::{Draft, PreferenceForm, preference_form};
use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;
use page::{Just, OneClickPage, PreferencePage};
use windows::{answer::Answer, form::Form};

/// For how long an address says that choices are noted which are not written. Longer than a queue is ever behind, shorter
/// than an address is kept.
const NOTED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How far the clocks of two of our processes may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(1);

/// The address of the preference page for who looks at an order: it lives as long as the links in letters do.
#[must_use]
pub fn path(keys: &[LinkKey], order: &OrderKey, epoch: u8, now: Timestamp) -> Option<String> {
    let expires_at = now + SignedDuration::from_hours(TRACKING_LINK_DAYS * 24);
    Some(format!("/p/{}", link::seal(keys.first()?, Purpose::Preferences, order, epoch, expires_at)))
}

/// A customer whose link was opened.
pub(crate) struct Opened {
    token: String,
    key: OrderKey,
    chooser: Chooser,
    nonces: Nonces,
}

/// Opens a link to the preference page.
pub(crate) async fn open(room: &Room, token: &str, now: Timestamp) -> Result<Option<Opened>, Trouble> {
    let Some(Unsealed { keyring, key, folder, settings }) = unseal(room, Purpose::Preferences, token, now).await? else {
        return Ok(None);
    };
    let order = folder.order.value;
    let customer = order.report.as_ref().map(|report| report.customer.clone()).unwrap_or_default();
    let (email, phone) = (customer.email.as_ref(), customer.phone.as_ref());
    let vault = room.vault.with_find_key(keyring.find_key());
    let recipient = vault.recipient(&key.shop, email, phone, Zone::utc().date_of(now)).await?;
    let nonces = Nonces::new(keyring.link_keys(), key.clone(), order.link_epoch, 0);
    let chooser = Chooser { order, settings: settings.settings.clone(), recipient, now };
    Ok(Some(Opened { token: token.to_owned(), key, chooser, nonces }))
}

impl Opened {
    fn page(&self, status: u16, just: Just) -> Answer {
        let page = PreferencePage::of(&self.chooser, &self.token, &self.nonces, just);
        Answer::page(status, page.frame.style.css(), page.render())
    }

    /// The page, after what its address says was just chosen.
    pub(crate) fn looked_at(&self, is_unsubscribing: bool, just_chosen: &Form) -> Answer {
        if is_unsubscribing {
            return self.page(200, Just::Unsubscribing);
        }
        let saved_at = just_chosen.field("saved").parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let (written_at, now) = (self.chooser.chosen().chosen_at, self.chooser.now);
        let just = match saved_at {
            Some(at) if at == written_at => Just::Saved,
            Some(at) if written_at < at && at < now + CLOCKS_DIFFER && now.duration_since(at) < NOTED_FOR => {
                self.noted(just_chosen)
            }
            _ => Just::Opened,
        };
        self.page(200, just)
    }

    fn noted(&self, just_chosen: &Form) -> Just {
        let draft = Draft::read(&self.chooser, just_chosen);
        match draft.chosen(&self.chooser) {
            Ok(chosen) => {
                let look_again = saved_at(&self.token, just_chosen.field("saved"), &Draft::of(&self.chooser, &chosen));
                Just::Noted(chosen, look_again)
            }
            Err(_) => Just::Opened,
        }
    }
}

/// The address of the page after choices were made: it carries them, because it is looked at before they are written.
fn saved_at(token: &str, chosen_at_ms: impl std::fmt::Display, chosen: &Draft) -> String {
    format!("/p/{token}?saved={chosen_at_ms}&{}#said", chosen.query())
}

/// Puts what was chosen on the queue and leads back to the page.
pub(crate) async fn choose(room: &Room, opened: Opened, request: &Request, form: &Form) -> Result<Answer, Trouble> {
    let Opened { token, key, chooser, nonces } = &opened;
    if visit::is_cross_site(request.headers(), chooser.settings.brand.public_url.as_deref()) {
        return Ok(opened.page(403, Just::Foreign));
    }
    let preferences = match preference_form(chooser, nonces, form) {
        PreferenceForm::Chooses(preferences) => {
            tracing::info!(shop = key.shop.as_str(), order = key.order.as_str(), "a customer chose how to be written to");
            let message = ToMailEvents::PreferencesChosen { order: key.clone(), preferences: preferences.clone() };
            queue::send(&room.sqs, &room.feedback_queue_url, contracts::write(&message)?).await?;
            preferences
        }
        PreferenceForm::Repeats(preferences) => preferences,
        PreferenceForm::Foreign => return Ok(opened.page(403, Just::Foreign)),
        PreferenceForm::Outdated(draft) => return Ok(opened.page(409, Just::Outdated(draft))),
        PreferenceForm::Lacks(draft) => return Ok(opened.page(422, Just::Lacks(draft))),
    };
    let draft = Draft::of(chooser, &preferences);
    Ok(Answer::see(&saved_at(token, preferences.chosen_at.as_millisecond(), &draft)))
}

/// Ends marketing with one click.
pub(crate) async fn end_marketing(room: &Room, opened: Opened, request: &Request, body: &[u8]) -> Result<Answer, Trouble> {
    let Opened { token, key, chooser, .. } = &opened;
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !one_click::is_one_click(content_type, body) {
        let page = OneClickPage::refused(chooser, token);
        return Ok(Answer::page(400, page.frame.style.css(), page.render()));
    }
    tracing::info!(shop = key.shop.as_str(), order = key.order.as_str(), "marketing was ended with one click");
    let message = ToMailEvents::MarketingEnded { order: key.clone(), ended_at: chooser.this_millisecond() };
    queue::send(&room.sqs, &room.feedback_queue_url, contracts::write(&message)?).await?;
    let page = OneClickPage::ended(chooser, token);
    Ok(Answer::page(200, page.frame.style.css(), page.render()))
}
