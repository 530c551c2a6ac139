//! The one outside act: hands a rendered letter to SES or SNS, and says honestly what is known of the outcome.

use aws_sdk_sesv2::{
    error::{ProvideErrorMetadata, SdkError},
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use aws_sdk_sns::types::MessageAttributeValue;
use boot::queue::code_of;
use domain::{letter::Letter, order::Order, settings::ShopSettings};

/// A rendered letter.
pub enum Words {
    /// For SES.
    Email(letters::Email),
    /// For SNS.
    Sms(letters::Sms),
}

/// What is known after one attempt.
pub enum Sent {
    /// The provider has it.
    Accepted {
        /// Its id.
        message_id: String,
    },
    /// The provider will never take it.
    Refused {
        /// Its code.
        why: String,
    },
    /// It did not go out; later it may.
    NotNow {
        /// The code.
        why: String,
    },
    /// It may or may not have gone out.
    Unknown {
        /// The code.
        why: String,
    },
}

impl Sent {
    /// The provider's code, where there is one to tell.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Accepted { .. } => None,
            Self::Refused { why } | Self::NotNow { why } | Self::Unknown { why } => Some(why),
        }
    }

    /// The word for the log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::NotNow { .. } => "not_now",
            Self::Unknown { .. } => "unknown",
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

/// The two providers.
pub struct Post {
    pub ses: aws_sdk_sesv2::Client,
    pub sns: aws_sdk_sns::Client,
    /// The sender of shops without their own.
    pub from: String,
    pub configuration_set: String,
}

impl Post {
    /// Sends a letter, with one wire attempt.
    pub async fn send(&self, letter: &Letter, shop: &ShopSettings, order: &Order, words: &Words) -> Sent {
        match words {
            Words::Email(email) => self.email(letter, shop, order, email).await,
            Words::Sms(sms) => self.sms(shop, order, sms).await,
        }
    }

    async fn email(&self, letter: &Letter, shop: &ShopSettings, order: &Order, email: &letters::Email) -> Sent {
        let Some(to) = order.report.as_ref().and_then(|report| report.customer.email.as_ref()) else {
            return Sent::Refused { why: "NoAddress".to_owned() };
        };
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
        // The tags name the ledger's row, so that SES's own events find it.
        let tags = [
            ("letter", letter.id.as_str()),
            ("kind", letter.kind.code()),
            ("shop", letter.order.shop.as_str()),
            ("order", letter.order.order.as_str()),
        ];
        let tags = tags
            .into_iter()
            .map(|(name, value)| MessageTag::builder().name(name).value(value).build())
            .collect::<Result<Vec<_>, _>>();
        let (Ok(subject), Ok(html), Ok(text), Ok(tags)) =
            (content(&email.subject), content(&email.html), content(&email.text), tags)
        else {
            return Sent::Refused { why: "Incomplete".to_owned() };
        };
        let message = Message::builder().subject(subject).body(Body::builder().html(html).text(text).build()).build();
        let reply_to = shop.mail.reply_to.clone().or_else(|| shop.brand.support_email.clone());
        let sent = self
            .ses
            .send_email()
            .from_email_address(shop.mail.from.as_deref().unwrap_or(&self.from))
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .set_reply_to_addresses(reply_to.map(|address| vec![address]))
            .content(EmailContent::builder().simple(message).build())
            .set_email_tags(Some(tags))
            .configuration_set_name(&self.configuration_set)
            .send()
            .await;
        match sent {
            Ok(answer) => Sent::Accepted { message_id: answer.message_id.unwrap_or_default() },
            Err(error) => judged(&error),
        }
    }

    async fn sms(&self, shop: &ShopSettings, order: &Order, sms: &letters::Sms) -> Sent {
        let Some(to) = order.report.as_ref().and_then(|report| report.customer.phone.as_ref()) else {
            return Sent::Refused { why: "NoAddress".to_owned() };
        };
        let text = |value: &str| MessageAttributeValue::builder().data_type("String").string_value(value).build();
        let Ok(transactional) = text("Transactional") else { return Sent::Refused { why: "Incomplete".to_owned() } };
        let mut publish = self
            .sns
            .publish()
            .phone_number(to.as_str())
            .message(&sms.text)
            .message_attributes("AWS.SNS.SMS.SMSType", transactional);
        if let Some(Ok(sender)) = shop.sms.sender.as_deref().map(text) {
            publish = publish.message_attributes("AWS.SNS.SMS.SenderID", sender);
        }
        match publish.send().await {
            Ok(answer) => Sent::Accepted { message_id: answer.message_id.unwrap_or_default() },
            Err(error) => judged(&error),
        }
    }
}

/// What an error of one attempt proves. A service that answered with a client error took nothing; one that broke off, was too
/// slow or failed inside may have.
fn judged<E: ProvideErrorMetadata, R: StatusOf>(error: &SdkError<E, R>) -> Sent {
    let why = code_of(error);
    match error {
        SdkError::ConstructionFailure(_) => Sent::Refused { why },
        SdkError::ServiceError(service) if service.raw().status_of() >= 500 => Sent::Unknown { why },
        SdkError::ServiceError(_) if NEVER.contains(&why.as_str()) => Sent::Refused { why },
        SdkError::ServiceError(_) => Sent::NotNow { why },
        _ => Sent::Unknown { why },
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
