//! A captured mail as the message that SES would have made of it, for a mail program to open.

use crate::{disk::Disk, mail::bare, message_headers, outbox};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use mail_builder::{
    MessageBuilder,
    headers::{HeaderType, address::Address, date::Date, message_id::MessageId, raw::Raw, text::Text},
};
use serde_json::Value as Json;

/// The mail with this id; nothing if no such mail was captured.
pub async fn find(disk: &Disk, id: &str) -> Result<Option<Vec<u8>>, String> {
    let Some((request, sent_at)) = outbox::request_of_mail(disk, id).await? else { return Ok(None) };
    let sent_at = sent_at.parse().map_err(|why: jiff::Error| why.to_string())?;
    message(id, &request, sent_at).map(Some)
}

fn message(id: &str, request: &Json, sent_at: Timestamp) -> Result<Vec<u8>, String> {
    let content = &request["Content"];
    if let Some(raw) = content["Raw"]["Data"].as_str() {
        return BASE64.decode(raw).map_err(|why| why.to_string());
    }
    let simple = &content["Simple"];
    let destination = &request["Destination"];
    let from: Vec<&str> = request["FromEmailAddress"].as_str().into_iter().collect();
    let mut builder = MessageBuilder::new()
        .header("Date", HeaderType::Date(Date::new(sent_at.as_second())))
        .header("Message-ID", HeaderType::MessageId(MessageId::new(format!("{id}@email.amazonses.com"))));
    for (name, addresses) in [
        ("From", from),
        ("To", texts(&destination["ToAddresses"])),
        ("Cc", texts(&destination["CcAddresses"])),
        ("Reply-To", texts(&request["ReplyToAddresses"])),
    ] {
        if !addresses.is_empty() {
            builder = builder.header(name, written(&addresses));
        }
    }
    builder = builder.header("Subject", HeaderType::Text(Text::new(simple["Subject"]["Data"].as_str().unwrap_or_default())));
    let replies = !texts(&request["ReplyToAddresses"]).is_empty();
    let headers = message_headers::read(&simple["Headers"], replies).map_err(|refusal| refusal.message)?;
    for (name, value) in headers {
        builder = builder.header(name, HeaderType::Raw(Raw::new(value)));
    }
    if let Some(text) = simple["Body"]["Text"]["Data"].as_str() {
        builder = builder.text_body(text);
    }
    if let Some(html) = simple["Body"]["Html"]["Data"].as_str() {
        builder = builder.html_body(html);
    }
    builder.write_to_vec().map_err(|why| why.to_string())
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// As the sender wrote them, who encodes names himself; what he did not encode is encoded here, as a header has to be.
fn written<'a>(addresses: &[&'a str]) -> HeaderType<'a> {
    if addresses.iter().all(|address| address.is_ascii()) {
        return HeaderType::Raw(Raw::new(addresses.join(", ")));
    }
    let one = |address: &&'a str| {
        let name = address.split_once('<').map(|(name, _)| name.trim().trim_matches('"'));
        Address::new_address(name, bare(address).unwrap_or_else(|_| (*address).to_owned()))
    };
    HeaderType::Address(Address::new_list(addresses.iter().map(one).collect()))
}
