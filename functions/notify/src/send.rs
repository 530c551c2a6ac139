//! The one outside act: hands a rendered letter to SES, SNS or WhatsApp, and says honestly what is known of the outcome.

use crate::case::Case;
use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag},
};
use aws_sdk_sns::types::MessageAttributeValue;
use boot::queue::code_of;
use domain::{
    address::Phone,
    dial,
    letter::{Channel, Letter, Purpose},
};
use partners::{
    Delivery,
    whatsapp::{AccessToken, TemplateMessage, WhatsappClient, WhatsappSender},
};
use std::sync::OnceLock;

/// A rendered letter.
pub enum Words {
    /// For SES.
    Email(letters::Email),
    /// For SNS.
    Sms(letters::Sms),
    /// For Meta.
    Whatsapp(letters::Whatsapp),
}

impl Words {
    /// The words of a letter and those it carries, for a channel.
    ///
    /// # Errors
    /// When the facts are not those of this kind of letter.
    pub fn of(case: &Case, letter: &Letter, carries: &[Letter], channel: Channel) -> Result<Self, letters::CannotRender> {
        let facts = case.facts(letter, carries, channel);
        match channel {
            Channel::Email => letters::email(&facts).map(Self::Email),
            Channel::Sms => letters::sms(&facts).map(Self::Sms),
            Channel::Whatsapp => letters::whatsapp(&facts).map(Self::Whatsapp),
        }
    }
}

impl Words {
    /// Whether the shop's own words failed and the house's stand in for them.
    pub fn fell_back(&self) -> bool {
        match self {
            Self::Email(email) => email.fell_back,
            Self::Sms(sms) => sms.fell_back,
            Self::Whatsapp(_) => false,
        }
    }
}

/// Codes that say that this very message to this very address will never be taken. Every other client error is ours to mend
/// (a missing right, an unverified sender, an expired credential, a limit): the letter waits, and its queue's alarm tells.
const NEVER: &[&str] = &[
    "BadRequestException",
    "InvalidParameter",
    "InvalidParameterException",
    "InvalidParameterValue",
    "OptedOut",
    "OptedOutException",
    "ValidationError",
    "ValidationException",
];

/// The providers.
pub struct Post {
    pub ses: boot::aws::Later<aws_sdk_sesv2::Client>,
    pub sns: boot::aws::Later<aws_sdk_sns::Client>,
    /// The sender of shops without their own.
    pub from: String,
    pub configuration_set: String,
    /// Meta's API.
    pub whatsapp_url: String,
    /// Made with the first WhatsApp message: most shops send none.
    pub whatsapp: OnceLock<WhatsappClient>,
}

impl Post {
    /// Sends a letter, with one wire attempt.
    pub async fn send(&self, case: &Case, letter: &Letter, words: &Words) -> Delivery {
        let sent = match words {
            Words::Email(email) => self.email(case, letter, email).await,
            Words::Sms(sms) => self.sms(case, sms).await,
            Words::Whatsapp(message) => self.whatsapp(case, letter, message).await,
        };
        sent.unwrap_or_else(|why| Delivery::Refused { why: why.to_owned() })
    }

    async fn email(&self, case: &Case, letter: &Letter, email: &letters::Email) -> Result<Delivery, &'static str> {
        let shop = case.settings();
        let to = if letter.kind.purpose() == Purpose::Staff {
            shop.letters.staff_email.as_ref()
        } else {
            case.order.report.as_ref().and_then(|report| report.customer.email.as_ref())
        };
        let to = to.ok_or("NoAddress")?;
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().map_err(|_| "Incomplete");
        let body = Body::builder().html(content(&email.html)?).text(content(&email.text)?).build();
        let from = shop.mail.from.as_deref().unwrap_or(&self.from);
        let headers = headers(case, letter, from)?;
        let message = Message::builder().subject(content(&email.subject)?).body(body).set_headers(Some(headers)).build();
        let reply_to = shop.mail.reply_to.clone().or_else(|| shop.brand.support_email.clone());
        let sent = self
            .ses
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .set_reply_to_addresses(reply_to.map(|address| vec![address]))
            .content(EmailContent::builder().simple(message).build())
            .set_email_tags(Some(tags(letter)?))
            .configuration_set_name(&self.configuration_set)
            .send()
            .await;
        Ok(match sent {
            Ok(answer) => Delivery::Accepted { message_id: answer.message_id.unwrap_or_default() },
            Err(error) => judged(&error),
        })
    }

    async fn sms(&self, case: &Case, sms: &letters::Sms) -> Result<Delivery, &'static str> {
        let to = phone_of(case)?;
        let text = |value: &str| {
            MessageAttributeValue::builder().data_type("String").string_value(value).build().map_err(|_| "Incomplete")
        };
        let mut publish = self
            .sns
            .publish()
            .phone_number(to.as_str())
            .message(&sms.text)
            .message_attributes("AWS.SNS.SMS.SMSType", text("Transactional")?);
        if let Some(sender) = sender_to(&case.settings().sms, to) {
            // A number is sent from by another attribute than a name.
            let name = if sender.starts_with('+') { "AWS.MM.SMS.OriginationNumber" } else { "AWS.SNS.SMS.SenderID" };
            publish = publish.message_attributes(name, text(sender)?);
        }
        Ok(match publish.send().await {
            Ok(answer) => Delivery::Accepted { message_id: answer.message_id.unwrap_or_default() },
            Err(error) => judged(&error),
        })
    }

    async fn whatsapp(&self, case: &Case, letter: &Letter, message: &letters::Whatsapp) -> Result<Delivery, &'static str> {
        let to = phone_of(case)?;
        let phone_number_id = case.settings().whatsapp.phone_number_id.clone().ok_or("NoSender")?;
        let Some(token) = case.whatsapp_token.clone() else {
            // Ours to mend: the letter waits until the secret has it.
            return Ok(Delivery::NotNow { why: "NoToken".to_owned() });
        };
        let client = match self.whatsapp.get() {
            Some(client) => client.clone(),
            None => match WhatsappClient::new() {
                Ok(client) => self.whatsapp.get_or_init(|| client).clone(),
                Err(_) => return Ok(Delivery::NotNow { why: "NoClient".to_owned() }),
            },
        };
        let base_url = self.whatsapp_url.clone();
        let sender = WhatsappSender { client, base_url, phone_number_id, token: AccessToken::from(token) };
        let template = TemplateMessage {
            to,
            template: &message.template,
            language: message.locale.code(),
            parameters: &message.parameters,
            button: &message.button,
            callback: letter.id.as_str(),
        };
        Ok(sender.send(&template).await)
    }
}

fn phone_of(case: &Case) -> Result<&Phone, &'static str> {
    case.order.report.as_ref().and_then(|report| report.customer.phone.as_ref()).ok_or("NoAddress")
}

/// The sender shown to a phone: that for one of the countries its number may be of, else the shop's.
fn sender_to<'a>(sms: &'a domain::settings::Sms, to: &Phone) -> Option<&'a str> {
    let own = dial::regions(to).into_iter().find_map(|region| sms.senders.get(region));
    own.or(sms.sender.as_ref()).map(String::as_str)
}

/// The tags name the ledger's row, so that SES's own events find it.
fn tags(letter: &Letter) -> Result<Vec<MessageTag>, &'static str> {
    let tags = [
        ("letter", letter.id.as_str()),
        ("kind", letter.kind.code()),
        ("shop", letter.order.shop.as_str()),
        ("order", letter.order.order.as_str()),
    ];
    let tag = |(name, value)| MessageTag::builder().name(name).value(value).build().map_err(|_| "Incomplete");
    tags.into_iter().map(tag).collect()
}

/// Headers of our own. SES writes its own `Message-ID` over any other, so all mails of an order refer to a message that never
/// was: mail programs show them as one conversation all the same (RFC 5322 3.6.4). Marketing can be ended with one click
/// (RFC 8058), here where a mail program looks for it.
fn headers(case: &Case, letter: &Letter, from: &str) -> Result<Vec<MessageHeader>, &'static str> {
    let domain = from.rsplit_once('@').map_or("doorstep.invalid", |(_, domain)| domain.trim_end_matches(['>', ' ']));
    let mut headers = Vec::new();
    if letter.kind.purpose() != Purpose::Staff {
        let root = format!("<order.{}.{}@{domain}>", letter.order.shop, letter.order.order);
        headers.push(("References", root.clone()));
        headers.push(("In-Reply-To", root));
    }
    if case.standing(letter, Channel::Email).promotes() {
        headers.push(("List-Unsubscribe", format!("<{}>", case.unsubscribe_link())));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    }
    let header =
        |(name, value): (&str, String)| MessageHeader::builder().name(name).value(value).build().map_err(|_| "Incomplete");
    headers.into_iter().map(header).collect()
}

/// What an error of one attempt proves. A service that answered with a client error took nothing; one that broke off, was too
/// slow or failed inside may have.
fn judged<E: ProvideErrorMetadata, R: StatusOf>(error: &SdkError<E, R>) -> Delivery {
    let why = code_of(error);
    match error {
        SdkError::ConstructionFailure(_) => Delivery::Refused { why },
        SdkError::ServiceError(service) if service.raw().status_of() >= 500 => Delivery::Unknown { why },
        SdkError::ServiceError(_) if NEVER.contains(&why.as_str()) => Delivery::Refused { why },
        SdkError::ServiceError(_) => Delivery::NotNow { why },
        _ => Delivery::Unknown { why },
    }
}

/// The HTTP status of a raw answer.
trait StatusOf {
    fn status_of(&self) -> u16;
}

impl StatusOf for aws_sdk_sesv2::config::http::HttpResponse {
    fn status_of(&self) -> u16 {
        self.status().as_u16()
    }
}
