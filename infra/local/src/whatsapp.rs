//! Meta's side of WhatsApp: takes a template message as the Cloud API does, or refuses it in the words of its documentation.

use crate::{outbox::Captured, pulse::now_text};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value as Json, json};

/// Characters of what a sender may get back in webhooks.
const CALLBACK_CHARS_MAX: usize = 512;
/// Bytes of a template's name.
const NAME_BYTES_MAX: usize = 512;

/// A template that is approved, in one language. Each has a body and one button whose URL ends in a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its language: `en_US`.
    pub language: &'a str,
    /// How many parameters its body has.
    pub parameters: usize,
}

/// What a sender is told, and the message if it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Json,
    /// The message that its recipient gets.
    pub message: Option<Message>,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id of the number that sent it.
    pub phone_number_id: String,
    /// The recipient's number, digits only.
    pub to: String,
    /// The template's name.
    pub template: String,
    /// Its language.
    pub language: String,
    /// What stands for the parameters of its body.
    pub parameters: Vec<String>,
    /// What stands at the end of its button's URL.
    pub button: String,
    /// What the sender wants to hear again in webhooks.
    pub callback: String,
    /// The id the sender was told.
    pub message_id: String,
}

impl Message {
    /// The message as it is kept. Meta alone knows the template's words: the text is what was put into them.
    pub fn captured(&self) -> Captured {
        let lines = self.parameters.iter().chain([&self.button]).map(String::as_str);
        let tags = [("template", &self.template), ("language", &self.language), ("callback", &self.callback)];
        Captured {
            id: self.message_id.clone(),
            channel: "whatsapp".into(),
            to: format!("+{}", self.to),
            from: self.phone_number_id.clone(),
            text: Some(lines.collect::<Vec<_>>().join("\n")),
            tags: tags.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect(),
            sent_at: now_text(),
            ..Captured::default()
        }
    }
}

/// A no in Meta's shape.
#[derive(Debug)]
struct No {
    status: u16,
    code: i64,
    /// What follows `(#code) `.
    title: String,
    details: Option<String>,
}

/// Codes that a send is answered with: status, title. Meta no longer documents the statuses and asks to go by the code; these
/// are the ones it did document, and was seen to send.
const CODES: [(i64, u16, &str); 38] = [
    (0, 401, "AuthException"),
    (1, 400, "API Unknown"),
    (2, 503, "API Service"),
    (3, 500, "API Method"),
    (4, 400, "Application request limit reached"),
    (10, 403, "Permission Denied"),
    (33, 400, "Parameter value is not valid"),
    (100, 400, "Invalid parameter"),
    (190, 401, "Access token has expired"),
    (200, 403, "API Permission"),
    (368, 403, "Temporarily blocked for policies violations"),
    (80_007, 400, "Rate limit issues"),
    (130_429, 429, "Rate limit hit"),
    (130_472, 400, "User's number is part of an experiment"),
    (130_497, 403, "Business account is restricted from messaging users in this country."),
    (131_000, 500, "Something went wrong"),
    (131_005, 403, "Access denied"),
    (131_008, 400, "Required parameter is missing"),
    (131_009, 400, "Parameter value is not valid"),
    (131_016, 503, "Service unavailable"),
    (131_021, 400, "Recipient cannot be sender"),
    (131_026, 400, "Message undeliverable"),
    (131_031, 403, "Account has been locked"),
    (131_042, 400, "Business eligibility payment issue"),
    (131_047, 400, "Re-engagement message"),
    (131_048, 429, "Spam rate limit hit"),
    (131_049, 400, "This message was not delivered to maintain healthy ecosystem engagement."),
    (
        131_050,
        400,
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business",
    ),
    (131_051, 400, "Unsupported message type"),
    (131_056, 429, "(Business Account, Consumer Account) pair rate limit hit"),
    (132_000, 400, "Number of parameters does not match the expected number of params"),
    (132_001, 404, "Template name does not exist in the translation"),
    (132_007, 400, "Template format character policy violated"),
    (132_012, 400, "Parameter format does not match format in the created template"),
    (132_015, 400, "Template is paused"),
    (132_016, 400, "Template is disabled"),
    (132_018, 400, "There's an issue with the parameters in your template"),
    (133_010, 400, "Account not registered"),
];

impl No {
    /// One of the codes.
    fn coded(code: i64, details: impl Into<String>) -> Self {
        let known = CODES.iter().find(|(known, ..)| *known == code);
        let (_, status, title) = known.copied().unwrap_or((code, 400, "Invalid parameter"));
        Self { status, code, title: title.to_owned(), details: Some(details.into()) }
    }

    /// The Graph API itself does not understand the request.
    fn graph(title: impl Into<String>) -> Self {
        Self { status: 400, code: 100, title: title.into(), details: None }
    }

    fn required(parameter: &str) -> Self {
        Self::graph(format!("The parameter {parameter} is required."))
    }

    fn answered(self) -> Answered {
        let mut error = Map::new();
        error.insert("message".into(), json!(format!("(#{}) {}", self.code, self.title)));
        error.insert("type".into(), json!("OAuthException"));
        error.insert("code".into(), json!(self.code));
        if let Some(details) = self.details {
            error.insert("error_data".into(), json!({ "messaging_product": "whatsapp", "details": details }));
        }
        error.insert("fbtrace_id".into(), json!(trace_id()));
        Answered { status: self.status, body: json!({ "error": error }), message: None }
    }
}

/// The refusal that a fault rule asks for by its code, if Meta documents it for a send.
pub fn refusal(code: i64) -> Option<Answered> {
    let (_, _, title) = CODES.iter().find(|(known, ..)| *known == code)?;
    Some(No::coded(code, *title).answered())
}

/// `POST /{version}/{phone_number_id}/messages`. Without an expected token any will do, and without templates each that could
/// be one is approved.
pub fn answer(
    token_expected: Option<&str>,
    authorization: Option<&str>,
    phone_number_id: &str,
    body: &[u8],
    templates: Option<&[Template<'_>]>,
) -> Answered {
    let token = authorization.and_then(|header| header.strip_prefix("Bearer ")).map(str::trim).unwrap_or_default();
    if token.is_empty() || token_expected.is_some_and(|expected| expected != token) {
        let body = json!({"error": {
            "message": "Invalid OAuth access token - Cannot parse access token",
            "type": "OAuthException", "code": 190, "fbtrace_id": trace_id(),
        }});
        return Answered { status: 401, body, message: None };
    }
    if phone_number_id.is_empty() || !phone_number_id.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = format!(
            "Unsupported post request. Object with ID '{phone_number_id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api"
        );
        let body = json!({"error": {
            "message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33, "fbtrace_id": trace_id(),
        }});
        return Answered { status: 400, body, message: None };
    }
    match read(phone_number_id, body, templates) {
        Ok((input, message)) => {
            let body = json!({
                "messaging_product": "whatsapp",
                "contacts": [{ "input": input, "wa_id": message.to }],
                "messages": [{ "id": message.message_id, "message_status": "accepted" }],
            });
            Answered { status: 200, body, message: Some(message) }
        }
        Err(no) => no.answered(),
    }
}

/// The recipient as the sender wrote it, and the message.
fn read(phone_number_id: &str, body: &[u8], templates: Option<&[Template<'_>]>) -> Result<(String, Message), No> {
    let body: Json = serde_json::from_slice(body).map_err(|_| No::required("messaging_product"))?;
    one_of(text(&body, "messaging_product")?, "messaging_product", "whatsapp")?;
    let input = text(&body, "to")?;
    one_of(text(&body, "recipient_type")?, "recipient_type", "individual")?;
    if text(&body, "type")? != "template" {
        return Err(No::coded(131_051, "The local stack takes template messages only."));
    }
    only(&body, "", &["messaging_product", "recipient_type", "to", "type", "biz_opaque_callback_data", "template"])?;
    let callback = if body["biz_opaque_callback_data"].is_null() { "" } else { text(&body, "biz_opaque_callback_data")? };
    if callback.chars().count() > CALLBACK_CHARS_MAX {
        return Err(No::graph(format!("Param biz_opaque_callback_data must be at most {CALLBACK_CHARS_MAX} characters long.")));
    }
    let to = input.strip_prefix('+').unwrap_or(input);
    if !(7..=15).contains(&to.len()) || to.starts_with('0') || !to.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(No::coded(131_009, "Recipient phone number is not valid"));
    }

    let template = body.get("template").filter(|template| template.is_object()).ok_or_else(|| No::required("template"))?;
    only(template, "template", &["name", "language", "components"])?;
    let name = text(template, "name").map_err(|_| No::required("template['name']"))?;
    let language = &template["language"];
    only(language, "template['language']", &["policy", "code"])?;
    let code = text(language, "code").map_err(|_| No::required("template['language']['code']"))?;
    if !language["policy"].is_null() {
        one_of(text(language, "policy")?, "template['language']['policy']", "deterministic")?;
    }
    let expected = approved(name, code, templates)?;
    let (parameters, button) = components(&template["components"], expected)?;
    let message = Message {
        phone_number_id: phone_number_id.to_owned(),
        to: to.to_owned(),
        template: name.to_owned(),
        language: code.to_owned(),
        parameters,
        button,
        callback: callback.to_owned(),
        message_id: message_id(to),
    };
    Ok((input.to_owned(), message))
}

/// How many parameters the body of an approved template has; none when it is not known.
fn approved(name: &str, language: &str, templates: Option<&[Template<'_>]>) -> Result<Option<usize>, No> {
    let found = match templates {
        Some(templates) => {
            templates.iter().find(|one| one.name == name && one.language == language).map(|one| Some(one.parameters))
        }
        None => (could_be_a_name(name) && could_be_a_language(language)).then_some(None),
    };
    found.ok_or_else(|| No::coded(132_001, format!("template name ({name}) does not exist in {language}")))
}

fn could_be_a_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn could_be_a_language(code: &str) -> bool {
    let (language, country) = code.split_once('_').unwrap_or((code, "XX"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && (2..=3).contains(&country.len())
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The parameters of the body, and that of the button.
fn components(list: &Json, expected: Option<usize>) -> Result<(Vec<String>, String), No> {
    let (mut body, mut button) = (None, None);
    for (n, component) in list.as_array().into_iter().flatten().enumerate() {
        let param = format!("template['components'][{n}]");
        match text(component, "type")? {
            "body" if body.is_none() => {
                only(component, &param, &["type", "parameters"])?;
                body = Some(texts(component, &param, "body")?);
            }
            "button" if button.is_none() => {
                only(component, &param, &["type", "sub_type", "index", "parameters"])?;
                one_of(text(component, "sub_type")?, &format!("{param}['sub_type']"), "url")?;
                let index = &component["index"];
                if index != "0" && index != &json!(0) {
                    return Err(No::coded(131_009, "buttons: Button index is not one of the template's"));
                }
                button = Some(texts(component, &param, "buttons")?);
            }
            other => return Err(No::coded(132_012, format!("{other}: the template has no such component"))),
        }
    }
    let body = body.unwrap_or_default();
    if let Some(expected) = expected.filter(|expected| *expected != body.len()) {
        let given = body.len();
        return Err(No::coded(
            132_000,
            format!("body: number of localizable_params ({given}) does not match the expected number of params ({expected})"),
        ));
    }
    match <[String; 1]>::try_from(button.unwrap_or_default()) {
        Ok([button]) => Ok((body, button)),
        Err(_) => Err(No::coded(131_008, "buttons: Button at index 0 of type Url requires a parameter")),
    }
}

/// The texts of a component's parameters.
fn texts(component: &Json, param: &str, place: &str) -> Result<Vec<String>, No> {
    let mut out = Vec::new();
    for (n, parameter) in component["parameters"].as_array().into_iter().flatten().enumerate() {
        only(parameter, &format!("{param}['parameters'][{n}]"), &["type", "text"])?;
        let kind = text(parameter, "type")?;
        if kind != "text" {
            let received = kind.to_uppercase();
            return Err(No::coded(132_012, format!("{place}: Format mismatch, expected TEXT, received {received}")));
        }
        let text = parameter["text"].as_str().unwrap_or_default();
        if text.trim().is_empty() {
            return Err(No::coded(131_008, "Parameter of type text is missing text value"));
        }
        if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
            let rule = "cannot have new-line/tab characters or more than 4 consecutive spaces";
            return Err(No::coded(132_018, format!("{place}: Param text {rule}")));
        }
        out.push(text.to_owned());
    }
    Ok(out)
}

/// A text that has to be there.
fn text<'a>(object: &'a Json, key: &str) -> Result<&'a str, No> {
    object[key].as_str().filter(|text| !text.is_empty()).ok_or_else(|| No::required(key))
}

fn one_of(given: &str, param: &str, allowed: &str) -> Result<(), No> {
    if given == allowed {
        return Ok(());
    }
    Err(No::graph(format!("Param {param} must be one of {{{}}} - got \"{given}\".", allowed.to_uppercase())))
}

/// Refuses keys that Meta would not know.
fn only(object: &Json, param: &str, keys: &[&str]) -> Result<(), No> {
    let unexpected = object.as_object().into_iter().flatten().find(|(key, _)| !keys.contains(&key.as_str()));
    match unexpected {
        None => Ok(()),
        Some((key, _)) if param.is_empty() => Err(No::graph(format!("Unexpected key \"{key}\"."))),
        Some((key, _)) => Err(No::graph(format!("Unexpected key \"{key}\" on param \"{param}\"."))),
    }
}

/// An id as Meta makes them: the recipient's number can be read out of it.
fn message_id(to: &str) -> String {
    let unique = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    let length = u8::try_from(to.len()).unwrap_or_default();
    let parts = [&[0x1c, 0x18, length], to.as_bytes(), &[0x15, 2, 0, 0x11, 0x18, 0x12], &unique.as_bytes()[..18], &[0]];
    format!("wamid.{}", BASE64.encode(parts.concat()))
}

fn trace_id() -> String {
    format!("A{}", URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATES: [Template<'static>; 1] = [Template { name: "parcel_delivered", language: "en_US", parameters: 2 }];

    fn right() -> Json {
        json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "15555550100",
            "type": "template",
            "biz_opaque_callback_data": "0fS5cePMok",
            "template": {
                "name": "parcel_delivered",
                "language": { "policy": "deterministic", "code": "en_US" },
                "components": [
                    { "type": "body", "parameters": [{ "type": "text", "text": "Ana" }, { "type": "text", "text": "#1001" }] },
                    { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "AQID" }] },
                ],
            },
        })
    }

    fn said(body: &Json) -> Answered {
        answer(Some("EAAG"), Some("Bearer EAAG"), "106540352242922", body.to_string().as_bytes(), Some(&TEMPLATES))
    }

    /// The right body but for one place; null takes what is there away.
    fn said_with(pointer: &str, value: Json) -> (u16, i64, String) {
        let mut body = right();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match body.pointer_mut(parent).unwrap() {
            Json::Object(object) if value.is_null() => drop(object.remove(key).unwrap()),
            Json::Object(object) => drop(object.insert(key.to_owned(), value)),
            Json::Array(array) if value.is_null() => drop(array.remove(key.parse().unwrap())),
            Json::Array(array) => array.insert(key.parse().unwrap(), value),
            other => panic!("{other}"),
        }
        refused(&said(&body))
    }

    /// Status, code, and whichever text says more.
    fn refused(answered: &Answered) -> (u16, i64, String) {
        assert_eq!(answered.message, None);
        let error = &answered.body["error"];
        assert!(error["message"].is_string() && error["type"].is_string() && error["fbtrace_id"].is_string(), "{error}");
        let details = error["error_data"]["details"].as_str().or(error["message"].as_str()).unwrap();
        (answered.status, error["code"].as_i64().unwrap(), details.to_owned())
    }

    #[test]
    fn a_template_message_is_taken() {
        let Answered { status, body, message } = said(&right());
        let message = message.unwrap();
        assert_eq!(status, 200);
        assert_eq!(
            body,
            json!({
                "messaging_product": "whatsapp",
                "contacts": [{ "input": "15555550100", "wa_id": "15555550100" }],
                "messages": [{ "id": message.message_id, "message_status": "accepted" }],
            })
        );
        assert_eq!((message.template.as_str(), message.language.as_str()), ("parcel_delivered", "en_US"));
        assert_eq!((message.parameters.join("|").as_str(), message.button.as_str()), ("Ana|#1001", "AQID"));
        assert_eq!((message.to.as_str(), message.callback.as_str()), ("15555550100", "0fS5cePMok"));
        let captured = message.captured();
        assert_eq!((captured.channel.as_str(), captured.to.as_str()), ("whatsapp", "+15555550100"));
        assert_eq!((captured.from.as_str(), captured.text.as_deref()), ("106540352242922", Some("Ana\n#1001\nAQID")));
        assert_eq!(captured.tags["template"], "parcel_delivered");
    }

    #[test]
    fn an_id_looks_like_metas_and_comes_once() {
        let (first, second) = (message_id("15555550100"), message_id("15555550100"));
        assert!(first.starts_with("wamid.HBgLMTU1NTU1NTAxMDAVAgARGB") && first.ends_with('A'), "{first}");
        assert_ne!(first, second);
    }

    #[test]
    fn a_plus_and_a_missing_policy_or_callback_are_fine() {
        let mut body = right();
        body["to"] = json!("+15555550100");
        body["template"]["language"] = json!({ "code": "en_US" });
        body["template"]["components"][1]["index"] = json!(0);
        body.as_object_mut().unwrap().remove("biz_opaque_callback_data");
        let answered = said(&body);
        assert_eq!(answered.body["contacts"][0], json!({ "input": "+15555550100", "wa_id": "15555550100" }));
        assert_eq!(answered.message.unwrap().callback, "");
    }

    #[test]
    fn only_the_token_opens() {
        let body = right().to_string();
        let with = |expected, given| answer(expected, given, "1", body.as_bytes(), None);
        for given in [None, Some(""), Some("EAAG"), Some("Bearer "), Some("Bearer other"), Some("Basic EAAG")] {
            let (status, code, _) = refused(&with(Some("EAAG"), given));
            assert_eq!((status, code), (401, 190), "{given:?}");
        }
        assert_eq!(with(Some("EAAG"), Some("Bearer EAAG")).status, 200);
        assert_eq!(with(None, Some("Bearer any")).status, 200);
        assert_eq!(refused(&with(None, None)).0, 401);
    }

    #[test]
    fn a_number_that_does_not_exist_is_an_object_that_does_not() {
        for id in ["", "me", "+15555550100"] {
            let answered = answer(None, Some("Bearer EAAG"), id, right().to_string().as_bytes(), None);
            assert_eq!((answered.status, &answered.body["error"]["error_subcode"]), (400, &json!(33)), "{id}");
            assert_eq!(answered.body["error"]["type"], "GraphMethodException");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for key in ["messaging_product", "to", "recipient_type", "type", "template"] {
            let expected = (400, 100, format!("(#100) The parameter {key} is required."));
            assert_eq!(said_with(&format!("/{key}"), Json::Null), expected);
        }
        assert_eq!(said_with("/template/name", Json::Null).1, 100);
        assert_eq!(said_with("/template/language", Json::Null).1, 100);
        assert_eq!(said_with("/template/components/1/sub_type", Json::Null).1, 100);
        assert_eq!(said_with("/template/components/0/parameters/0/type", Json::Null).1, 100);
        for body in ["", "{", "[]", "null", "7"] {
            let answered = answer(None, Some("Bearer EAAG"), "1", body.as_bytes(), None);
            assert_eq!(refused(&answered).2, "(#100) The parameter messaging_product is required.", "{body}");
        }
    }

    #[test]
    fn what_meta_does_not_know_is_named() {
        for (pointer, words) in [
            ("/ttl", "(#100) Unexpected key \"ttl\"."),
            ("/template/namespace", "(#100) Unexpected key \"namespace\" on param \"template\"."),
            ("/template/language/locale", "(#100) Unexpected key \"locale\" on param \"template['language']\"."),
            ("/template/components/0/text", "(#100) Unexpected key \"text\" on param \"template['components'][0]\"."),
        ] {
            assert_eq!(said_with(pointer, json!("x")), (400, 100, words.to_owned()));
        }
        assert_eq!(said_with("/messaging_product", json!("sms")).1, 100);
        assert_eq!(said_with("/recipient_type", json!("group")).1, 100);
        assert_eq!(said_with("/template/language/policy", json!("fallback")).1, 100);
        assert_eq!(said_with("/type", json!("text")).1, 131_051);
        assert_eq!(said_with("/biz_opaque_callback_data", json!("x".repeat(513))).1, 100);
        for to in ["123", "0155555501", "1555555010012345", "1 555 555 0100", "ana"] {
            assert_eq!(said_with("/to", json!(to)).1, 131_009, "{to}");
        }
    }

    #[test]
    fn a_template_has_its_parameters_and_no_others() {
        assert_eq!(
            said_with("/template/name", json!("parcel_lost")),
            (404, 132_001, "template name (parcel_lost) does not exist in en_US".to_owned())
        );
        assert_eq!(said_with("/template/language/code", json!("de")).1, 132_001);
        let words = "body: number of localizable_params (1) does not match the expected number of params (2)".to_owned();
        assert_eq!(said_with("/template/components/0/parameters/0", Json::Null), (400, 132_000, words));
        let more = json!({ "type": "text", "text": "more" });
        assert_eq!(said_with("/template/components/0/parameters/0", more.clone()).1, 132_000);
        assert_eq!(said_with("/template/components/0", Json::Null).1, 132_000);
        assert_eq!(said_with("/template/components", Json::Null).1, 132_000);
        let words = "buttons: Button at index 0 of type Url requires a parameter".to_owned();
        assert_eq!(said_with("/template/components/1", Json::Null), (400, 131_008, words));
        assert_eq!(said_with("/template/components/1/parameters/0", more).1, 131_008);
        assert_eq!(said_with("/template/components/1/index", json!("1")).1, 131_009);
        assert_eq!(said_with("/template/components/1/sub_type", json!("quick_reply")).1, 100);
        assert_eq!(said_with("/template/components/0", json!({ "type": "header", "parameters": [] })).1, 132_012);
        assert_eq!(said_with("/template/components/0/parameters/0/text", json!("")).1, 131_008);
        assert_eq!(said_with("/template/components/0/parameters/0/text", Json::Null).1, 131_008);
        for text in ["two\nlines", "a\ttab", "five     spaces"] {
            assert_eq!(said_with("/template/components/0/parameters/0/text", json!(text)).1, 132_018, "{text}");
        }
        let words = "body: Format mismatch, expected TEXT, received IMAGE".to_owned();
        assert_eq!(said_with("/template/components/0/parameters/0/type", json!("image")), (400, 132_012, words));
    }

    #[test]
    fn without_a_list_each_template_that_could_be_one_is_approved() {
        let with = |name: &str, language: &str| {
            let mut body = right();
            body["template"]["name"] = json!(name);
            body["template"]["language"]["code"] = json!(language);
            answer(None, Some("Bearer EAAG"), "1", body.to_string().as_bytes(), None)
        };
        for (name, language) in [("parcel_lost_2", "fr"), ("a", "pt_BR"), ("a", "fil")] {
            assert_eq!(with(name, language).status, 200, "{name} {language}");
        }
        for (name, language) in [("Parcel", "fr"), ("parcel-lost", "fr"), ("a", "FR"), ("a", "fr-FR"), ("a", "french")] {
            assert_eq!(refused(&with(name, language)).1, 132_001, "{name} {language}");
        }
    }

    #[test]
    fn a_fault_is_worded_as_meta_would() {
        let (status, code, details) = refused(&refusal(131_026).unwrap());
        assert_eq!((status, code, details.as_str()), (400, 131_026, "Message undeliverable"));
        assert_eq!(refusal(130_429).unwrap().body["error"]["message"], "(#130429) Rate limit hit");
        for (code, status, _) in CODES {
            assert_eq!(refusal(code).unwrap().status, status, "{code}");
        }
        assert_eq!(refusal(7), None);
    }
}
