//! WhatsApp by Meta's Cloud API: one utility template to one person, with one attempt on the wire.
//!
//! The API has no idempotency key, so what an attempt proves is said exactly: see [`Delivery`]. `Accepted` is not *delivered*;
//! that Meta tells its webhook, with the `callback` of the message in it, by which an unknown outcome can be settled too.

use crate::{
    Delivery,
    guard::{Limits, NoClient},
    wire::{Address, Broken, Wire},
};
use domain::address::Phone;
use http_body_util::Full;
use hyper::{Request, body::Bytes, header};
use serde::{Deserialize, Serialize};
use std::fmt;

#[cfg(test)]
mod tests;

/// What is read of an answer; Meta's have a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// The way to the API. Made once, at start; its clones are cheap.
#[derive(Clone)]
pub struct WhatsappClient(Wire);

impl WhatsappClient {
    /// A client with the same limits of time as that of the webhooks.
    ///
    /// # Errors
    /// When the machine's trusted roots cannot be read.
    pub fn new() -> Result<Self, NoClient> {
        Self::with(Limits::default())
    }

    pub(crate) fn with(limits: Limits) -> Result<Self, NoClient> {
        Wire::new(limits).map(Self)
    }
}

impl fmt::Debug for WhatsappClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhatsappClient")
    }
}

/// A shop's access token. Never printed.
#[derive(Clone)]
pub struct AccessToken(String);

impl From<String> for AccessToken {
    fn from(token: String) -> Self {
        Self(token)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

/// Who sends: one business number of one shop.
#[derive(Debug, Clone)]
pub struct WhatsappSender {
    /// The way.
    pub client: WhatsappClient,
    /// `https://graph.facebook.com/v23.0`: plain HTTP is spoken to this machine only.
    pub base_url: String,
    /// Meta's id of the number, which is not the number.
    pub phone_number_id: String,
    /// The token that may send from it.
    pub token: AccessToken,
}

/// A message by a template that Meta has approved: a body with numbered parameters, and one button whose URL ends in one.
#[derive(Clone, Copy)]
pub struct TemplateMessage<'a> {
    /// To whom.
    pub to: &'a Phone,
    /// The template's name.
    pub template: &'a str,
    /// Its language: `en_US`, `de`.
    pub language: &'a str,
    /// What stands for `{{1}}`, `{{2}}` … of the body; each has something in it.
    pub parameters: &'a [String],
    /// What stands for `{{1}}` at the end of the button's URL; not empty.
    pub button: &'a str,
    /// What Meta's webhooks about this message will hold: the letter's id. At most 512 characters.
    pub callback: &'a str,
}

impl WhatsappSender {
    /// Makes one attempt.
    pub async fn send(&self, message: &TemplateMessage<'_>) -> Delivery {
        let (address, request) = match self.request(message) {
            Ok(request) => request,
            Err(why) => return Delivery::NotNow { why: why.to_owned() },
        };
        match self.client.0.ask(&address, request, ANSWER_BYTES_MAX).await {
            Ok((status, body)) => judged(status, &body),
            Err(broken) => broken_off(broken),
        }
    }

    /// The request and where it goes, or the name of what in our own configuration forbids it.
    fn request(&self, message: &TemplateMessage<'_>) -> Result<(Address, Request<Full<Bytes>>), &'static str> {
        let address = Address::read(&self.base_url)?;
        if self.phone_number_id.is_empty() || !self.phone_number_id.bytes().all(|b| b.is_ascii_digit()) {
            return Err("bad_phone_number_id");
        }
        let body = serde_json::to_vec(&Body::of(message)).map_err(|_| "bad_request")?;
        let token = header::HeaderValue::try_from(format!("Bearer {}", self.token.0));
        let mut token = token.map_err(|_| "bad_request")?; // one that no header can hold
        token.set_sensitive(true);
        let request = Request::post(format!("{}/{}/messages", address.path, self.phone_number_id))
            .header(header::HOST, address.authority())
            .header(header::AUTHORIZATION, token)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "Doorstep/1")
            .body(Full::new(Bytes::from(body)));
        Ok((address, request.map_err(|_| "bad_request")?))
    }
}

/// The body as Meta reads it.
#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    to: &'a str,
    r#type: &'static str,
    biz_opaque_callback_data: &'a str,
    template: Template<'a>,
}

#[derive(Serialize)]
struct Template<'a> {
    name: &'a str,
    language: Language<'a>,
    components: [Component; 2],
}

#[derive(Serialize)]
struct Language<'a> {
    /// The one policy there is: this language or none.
    policy: &'static str,
    code: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Component {
    Body { parameters: Vec<Parameter> },
    Button { sub_type: &'static str, index: &'static str, parameters: [Parameter; 1] },
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Parameter {
    Text { text: String },
}

impl<'a> Body<'a> {
    fn of(message: &TemplateMessage<'a>) -> Self {
        let phone = message.to.as_str();
        Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to: phone.strip_prefix('+').unwrap_or(phone),
            r#type: "template",
            biz_opaque_callback_data: message.callback,
            template: Template {
                name: message.template,
                language: Language { policy: "deterministic", code: message.language },
                components: [
                    Component::Body { parameters: message.parameters.iter().map(|text| in_one_line(text)).collect() },
                    Component::Button {
                        sub_type: "url",
                        index: "0",
                        parameters: [Parameter::Text { text: message.button.to_owned() }],
                    },
                ],
            },
        }
    }
}

/// A text as a parameter may be: Meta refuses one with a line break, a tab or more than four spaces in a row (132018), and a
/// product's name may have them.
fn in_one_line(text: &str) -> Parameter {
    Parameter::Text { text: text.split_whitespace().collect::<Vec<_>>().join(" ") }
}

#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    messages: Vec<AcceptedMessage>,
    error: Option<GraphError>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

#[derive(Deserialize)]
struct GraphError {
    code: Option<i64>,
}

/// What an error proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Never,
    NotNow,
    Unknown,
}

impl Verdict {
    fn because(self, why: String) -> Delivery {
        match self {
            Self::Never => Delivery::Refused { why },
            Self::NotNow => Delivery::NotNow { why },
            Self::Unknown => Delivery::Unknown { why },
        }
    }

    /// What one of Meta's codes proves; none for a code that is not in its list.
    fn of_code(code: i64) -> Option<Self> {
        Some(match code {
            130_403 // we have blocked this person
            | 130_472 // this person is in an experiment of Meta's
            | 131_021 // this person is the sender
            | 131_026 // this person cannot be reached by WhatsApp
            | 131_047 // this person's window is closed
            | 131_049 // this person has had enough; for a day at least, and by then the news is old
            | 131_050 // this person has said stop
                => Self::Never,
            1 // invalid request, or possibly a failure of Meta's
            | 2 // down or overloaded
            | 131_000 // something went wrong
            | 131_016 // service unavailable
            | 133_004 // server unavailable
                => Self::Unknown,
            0 | 3 | 10 | 104 | 190 | 200..=299 | 131_005 // the token and its rights
            | 4 | 80_007 | 130_429 | 131_048 | 131_056 | 131_064 | 133_016 // limits
            | 33 | 100 | 131_008 | 131_009 | 131_051 | 135_000 // the request
            | 132_000..=132_999 | 131_063 | 134_100..=134_102 // the template and its parameters
            | 131_037 | 131_045 | 131_057 | 133_000..=133_999 | 2_494_100 // the number, the account at work on it
            | 368 | 130_497 | 131_030 | 131_031 | 131_042 | 134_011 // the account's standing and its bill
                => Self::NotNow,
            _ => return None,
        })
    }

    /// What a status proves by itself: who answers with a redirect or a client error has taken nothing.
    fn of_status(status: u16) -> Self {
        if (300..500).contains(&status) { Self::NotNow } else { Self::Unknown }
    }
}

/// Judges an answer. Meta's code comes before the status, as Meta asks: a missing right has come with 500.
fn judged(status: u16, body: &[u8]) -> Delivery {
    let answer: Answer = serde_json::from_slice(body).unwrap_or_default();
    if let Some(code) = answer.error.and_then(|error| error.code) {
        return Verdict::of_code(code).unwrap_or(Verdict::of_status(status)).because(code.to_string());
    }
    if !(200..300).contains(&status) {
        return Verdict::of_status(status).because(format!("http_{status}"));
    }
    match answer.messages.into_iter().next() {
        Some(message) if !message.id.is_empty() => Delivery::Accepted { message_id: message.id },
        _ => Delivery::Unknown { why: "no_message_id".to_owned() },
    }
}

/// Judges an attempt without an answer. Until there is a connection, TLS included, nothing has been said.
fn broken_off(broken: Broken) -> Delivery {
    match broken {
        Broken::Before(why) => Verdict::NotNow.because(why.to_owned()),
        Broken::After(why) => Verdict::Unknown.because(why.to_owned()),
    }
}
