//! The outside of this program: reads what is known of an order, and does the two things that staff may ask for.

use crate::{Dossier, arguments::Which, resend};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
use boot::{aws::Aws, env, queue, secrets};
use contracts::ToNotify;
use domain::{
    address::EmailAddress,
    breaker,
    calendar::Zone,
    id::{OrderKey, ParcelKey},
    letter::{Channel, Letter},
    link::OrderLinks,
    settings::ShopSettings,
};
use jiff::Timestamp;
use std::sync::Arc;
use store::{Claim, Find, LetterAt, Vault};

/// What this program has in reach.
pub struct Desk {
    aws: Aws,
    vault: Vault,
    keyring: Arc<secrets::Keyring>,
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn variable(name: &'static str) -> Result<String, String> {
    env::required(env::process, name).map_err(said)
}

impl Desk {
    /// Reads the environment and the deployment's secret.
    ///
    /// # Errors
    /// Names what is missing.
    pub async fn open() -> Result<Self, String> {
        let aws = Aws::from_env(env::process).map_err(said)?;
        let (table, secret) = (variable("TABLE_NAME")?, variable("SECRET_ID")?);
        let keyring = secrets::Secrets::new(aws.secrets(), secret).keyring().await.map_err(said)?;
        let vault = Vault::new(aws.dynamodb(), table).with_find_key(keyring.find_key());
        Ok(Self { aws, vault, keyring })
    }

    /// Everything known of the orders with a number, or of the one that is named beside it.
    ///
    /// # Errors
    /// Says when there is none.
    pub async fn dossiers(&self, which: &Which, now: Timestamp) -> Result<Vec<Dossier>, String> {
        let Which { shop, number, order } = which;
        let settings = self.vault.settings(shop).await.map_err(said)?;
        let settings = settings.ok_or_else(|| {
            format!("there is no shop {shop} here, or it has no settings: `cargo shop put {shop} FILE` gives it some")
        })?;
        let mut keys = self.vault.find(shop, &Find::Number(number.clone())).await.map_err(said)?;
        if let Some(order) = order {
            keys.retain(|key| key.order == *order);
        }
        let mut dossiers = Vec::new();
        for key in keys {
            dossiers.extend(self.dossier(&key, settings.settings.clone(), now).await?);
        }
        if dossiers.is_empty() {
            return Err(format!("{shop} has no order {number}: is it the number the storefront shows, and the right shop?"));
        }
        Ok(dossiers)
    }

    /// The one order with a number.
    ///
    /// # Errors
    /// Says when there is none, and which there are when there are several.
    pub async fn dossier_of(&self, which: &Which, now: Timestamp) -> Result<Dossier, String> {
        let mut dossiers = self.dossiers(which, now).await?;
        match (dossiers.pop(), dossiers.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                let ids: Vec<String> = dossiers.iter().chain(&last).map(|dossier| dossier.order.id.to_string()).collect();
                Err(format!("{} orders have this number: say --order and one of {}", ids.len(), ids.join(", ")))
            }
        }
    }

    async fn dossier(&self, key: &OrderKey, settings: ShopSettings, now: Timestamp) -> Result<Option<Dossier>, String> {
        let Some(folder) = self.vault.folder(key).await.map_err(said)? else { return Ok(None) };
        let order = folder.order.value;
        let keys: Vec<ParcelKey> = order.parcels().into_keys().collect();
        let parcels = self.vault.parcels(&keys).await.map_err(said)?.into_iter().map(|parcel| parcel.value).collect();
        let ledger = self.vault.letters_of(key).await.map_err(said)?;
        let customer = order.report.as_ref().map(|report| &report.customer);
        let (email, phone) = (customer.and_then(|it| it.email.as_ref()), customer.and_then(|it| it.phone.as_ref()));
        let recipient = self.vault.recipient(&key.shop, email, phone, Zone::utc().date_of(now)).await.map_err(said)?;
        let breaker_is_open = breaker::is_open(&self.vault.mail_counts(&key.shop).await.map_err(said)?);
        let returns = folder.returns.into_iter().map(|return_| return_.value).collect();
        Ok(Some(Dossier { order, settings, parcels, returns, ledger, recipient, breaker_is_open }))
    }

    /// Where a letter of an order leads: live links, as its customer gets them.
    ///
    /// # Errors
    /// When neither the shop nor the deployment has a public address.
    pub fn links(&self, dossier: &Dossier, now: Timestamp) -> Result<OrderLinks, String> {
        let base = dossier.settings.brand.public_url.clone().or_else(|| env::optional(env::process, "PUBLIC_URL"));
        let base = base.ok_or("set PUBLIC_URL in the environment: the shop has no brand.public_url of its own")?;
        let key = self.keyring.link_keys().first().ok_or("there is no key for links in the secret")?;
        Ok(OrderLinks::seal(key, &base, &dossier.order, now))
    }

    /// Mails the words of a letter to somebody of the shop. It has no tags, so nothing that SES tells of it reaches the ledger.
    /// Answers SES's id.
    ///
    /// # Errors
    /// SES's code, and what to look at.
    pub async fn mail_test(&self, settings: &ShopSettings, email: letters::Email, to: &EmailAddress) -> Result<String, String> {
        let from = match &settings.mail.from {
            Some(from) => from.clone(),
            None => variable("MAIL_FROM")?,
        };
        let content = |text: String| Content::builder().data(text).charset("UTF-8").build().map_err(said);
        let body = Body::builder().html(content(email.html)?).text(content(email.text)?).build();
        let message = Message::builder().subject(content(format!("[Test] {}", email.subject))?).body(body).build();
        let reply_to = settings.mail.reply_to.clone().or_else(|| settings.brand.support_email.clone());
        let sent = self
            .aws
            .ses()
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .set_reply_to_addresses(reply_to.map(|address| vec![address]))
            .content(EmailContent::builder().simple(message).build())
            .configuration_set_name(variable("MAIL_CONFIGURATION_SET")?)
            .send()
            .await;
        sent.map(|answer| answer.message_id.unwrap_or_default()).map_err(|error| {
            let code = queue::code_of(&error);
            format!("SES did not take it ({code}): is the sender verified, and the account out of the sandbox?")
        })
    }

    /// Gives a letter to the postman, on these channels.
    ///
    /// # Errors
    /// When it may not have been taken.
    pub async fn post(&self, plan: &resend::Plan, only: Option<Channel>) -> Result<(), String> {
        let message = match only {
            None => ToNotify::LetterDue { letter: plan.letter.clone() },
            Some(channel) => self.begin(&plan.letter, channel).await?,
        };
        let body = contracts::write(&message).map_err(said)?;
        queue::send(&self.aws.sqs(), &variable("LETTERS_QUEUE_URL")?, body).await.map_err(said)
    }

    /// A message about a letter names no channel unless the ledger has a row of it: so it gets one.
    async fn begin(&self, letter: &Letter, channel: Channel) -> Result<ToNotify, String> {
        // Asked before anything is written: a row without its message would wait for ever.
        variable("LETTERS_QUEUE_URL")?;
        let row = resend::handed_on(letter, channel);
        match self.vault.write_letter(&row, 0).await.map_err(said)? {
            Claim::Taken { .. } => {}
            Claim::Lost => return Err("somebody resent it at this very moment: look with `post why`".to_owned()),
        }
        let at = LetterAt { order: letter.order.clone(), id: letter.id.clone(), channel };
        Ok(ToNotify::HoldOver { order: at.order, letter: at.id, channel: at.channel })
    }
}
