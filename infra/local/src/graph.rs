//! Meta's Graph API on the one port: faults, tokens and the outbox around what whatsapp.rs answers.

use crate::{
    aws::Aws,
    counts::OUTSIDE,
    disk::Disk,
    door::Reset,
    outbox::{self, Captured},
    refusal::{Refusal, Service},
    whatsapp::{self, Message},
};
use axum::{
    body::Body,
    http::{HeaderMap, Response, StatusCode, header},
};
use serde_json::Value as Json;

/// Where the functions find it, below the address of the stack.
pub const PATH: &str = "/_whatsapp";
/// The only operation, as fault rules and counts call it.
const OPERATION: &str = "messages";

/// `POST /{phone_number_id}/messages`. Who calls is not known: a token names no function.
pub async fn answer(aws: &Aws, phone_number_id: &str, headers: &HeaderMap, body: &[u8]) -> Response<Body> {
    aws.counts.request(OUTSIDE, Service::Whatsapp.name(), OPERATION);
    let fault = aws.faults.strike(Service::Whatsapp, OPERATION, OUTSIDE, body);
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    if let Some(refusal) = fault.refusal {
        return refusal.into_response(Service::Whatsapp);
    }
    if fault.reset {
        return Reset::response();
    }
    let answer = take(aws, phone_number_id, headers, body).await;
    if fault.drop_after {
        return Reset::response();
    }
    answer.unwrap_or_else(|why| Refusal::from(why).into_response(Service::Whatsapp))
}

async fn take(aws: &Aws, phone_number_id: &str, headers: &HeaderMap, body: &[u8]) -> Result<Response<Body>, String> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let tokens = tokens(&aws.disk).await?;
    let given = authorization.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim).unwrap_or_default();
    // Any token of any shop opens; where there is none at all, none does.
    let expected = tokens.iter().find(|token| *token == given).or(tokens.first()).map_or("", String::as_str);
    let answered = whatsapp::answer(Some(expected), authorization, phone_number_id, body, None);
    if let Some(message) = answered.message {
        let captured = captured(&message);
        let request = String::from_utf8_lossy(body).into_owned();
        aws.disk.run(move |disk| outbox::keep(disk, &captured, &request)).await?;
    }
    Ok(response(answered.status, &answered.body))
}

/// What the recipient would read is Meta's to say: here it is the template and what was put into it.
fn captured(message: &Message) -> Captured {
    let values: Vec<_> = message.parameters.iter().chain([&message.button]).map(String::as_str).collect();
    let text = format!("{} {}: {}", message.template, message.language, values.join(" · "));
    Captured { text: Some(text), ..message.captured() }
}

/// A JSON answer.
pub fn response(status: u16, body: &Json) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json; charset=UTF-8");
    response.body(Body::from(body.to_string())).unwrap_or_default()
}

/// The tokens of all shops in the secrets as they are now.
async fn tokens(disk: &Disk) -> Result<Vec<String>, String> {
    let secrets: Vec<String> =
        disk.run(|disk| disk.prepare_cached("SELECT value FROM secrets")?.query_map([], |row| row.get(0))?.collect()).await?;
    Ok(secrets.iter().filter_map(|text| serde_json::from_str(text).ok()).flat_map(|secret| tokens_in(&secret)).collect())
}

fn tokens_in(secret: &Json) -> Vec<String> {
    let shops = secret["shops"].as_object().into_iter().flatten();
    let values = shops.map(|(_, shop)| &shop["partner"]["whatsapp"]);
    // A value, or the current one and the previous one.
    let all = values.flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
    all.filter_map(Json::as_str).filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_token_or_two_of_each_shop_open() {
        let secret = json!({"root_key": "r", "shops": {
            "a": {"partner": {"whatsapp": ["new", "old"]}}, "b": {"partner": {"whatsapp": "one"}}, "c": {"console": ["x"]},
        }});
        assert_eq!(tokens_in(&secret), ["new", "old", "one"]);
        assert!(tokens_in(&json!({})).is_empty());
    }
}
