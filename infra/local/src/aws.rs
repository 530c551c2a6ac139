//! The AWS side of the port: recognises a request by its service, counts it, lets it fail on demand, has it answered.

use crate::{
    counts::{ACCESS_KEY_PREFIX, Counts, OUTSIDE},
    door::Reset,
    faults::Faults,
    mail::{self, Mail},
    queues::Queues,
    refusal::{Refusal, Service},
    secrets, sqs,
    table::Tables,
    texts::{self, Texts},
};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Method, Response, Uri, header::CONTENT_TYPE},
};
use std::sync::Arc;

/// All emulated services.
pub struct Aws {
    /// Where we answer.
    pub base_url: String,
    /// DynamoDB.
    pub tables: Tables,
    /// SQS.
    pub queues: Arc<Queues>,
    /// SES.
    pub mail: Mail,
    /// SNS.
    pub texts: Texts,
    /// The file that holds the secrets.
    pub disk: crate::disk::Disk,
    /// What fails.
    pub faults: Faults,
    /// What was asked.
    pub counts: Counts,
}

/// Which service a request is for; nothing for a request to the house itself.
pub fn recognise(headers: &HeaderMap, method: &Method, uri: &Uri) -> Option<Service> {
    if let Some(target) = headers.get("x-amz-target").and_then(|value| value.to_str().ok()) {
        return match target.split('.').next().unwrap_or_default() {
            "AmazonSQS" => Some(Service::Sqs),
            "DynamoDB_20120810" | "DynamoDBStreams_20120810" => Some(Service::DynamoDb),
            "secretsmanager" => Some(Service::Secrets),
            _ => None,
        };
    }
    if uri.path().starts_with("/v2/email/") {
        return Some(Service::Ses);
    }
    (method == Method::POST && uri.path() == "/" && credential(headers).is_some_and(|mut scope| scope.nth(3) == Some("sns")))
        .then_some(Service::Sns)
}

/// The parts of a SigV4 credential: key, date, region, service.
fn credential(headers: &HeaderMap) -> Option<impl Iterator<Item = &str> + use<'_>> {
    let authorization = headers.get("authorization")?.to_str().ok()?.strip_prefix("AWS4-HMAC-SHA256")?;
    Some(authorization.split("Credential=").nth(1)?.split([',', ' ']).next()?.split('/'))
}

/// The binary name of the function that calls, or `outside`.
fn caller(headers: &HeaderMap) -> String {
    let key = credential(headers).and_then(|mut scope| scope.next());
    key.and_then(|key| key.strip_prefix(ACCESS_KEY_PREFIX)).unwrap_or(OUTSIDE).to_owned()
}

impl Aws {
    /// One request.
    pub async fn answer(&self, service: Service, method: &Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Response<Body> {
        let operation = operation(service, method, uri, headers, &body);
        let caller = caller(headers);
        self.counts.request(&caller, service.name(), &operation);
        let fault = self.faults.strike(service, &operation, &caller, &body);
        if !fault.delay.is_zero() {
            tokio::time::sleep(fault.delay).await;
        }
        if let Some(refusal) = fault.refusal {
            return refusal.into_response(service);
        }
        if fault.reset {
            return Reset::response();
        }
        let answer = self.perform(service, &operation, &caller, uri, headers, body).await;
        if fault.drop_after {
            return Reset::response();
        }
        if !fault.delay_after.is_zero() {
            tokio::time::sleep(fault.delay_after).await;
        }
        answer.unwrap_or_else(|refusal| refusal.into_response(service))
    }

    async fn perform(
        &self,
        service: Service,
        operation: &str,
        caller: &str,
        uri: &Uri,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response<Body>, Refusal> {
        let (kind, text) = match service {
            Service::DynamoDb => return self.tables.answer(operation, caller, headers, body, &self.counts).await,
            Service::Sqs => (
                "application/x-amz-json-1.0",
                sqs::answer(&self.queues, &self.base_url, operation, caller, &body).await?.to_string(),
            ),
            Service::Ses => ("application/json", self.mail.answer(operation, uri, caller, &body).await?.to_string()),
            Service::Sns => ("text/xml", self.texts.answer(operation, &body).await?),
            Service::Whatsapp => return Err(Refusal::new("UnknownOperation", "this is no service of AWS")),
            Service::Secrets => ("application/x-amz-json-1.1", secrets::answer(&self.disk, operation, &body).await?.to_string()),
        };
        let response =
            Response::builder().header(CONTENT_TYPE, kind).header("x-amzn-requestid", uuid::Uuid::new_v4().to_string());
        Ok(response.body(Body::from(text)).unwrap_or_default())
    }
}

fn operation(service: Service, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> String {
    match service {
        Service::Ses => mail::operation(method, uri.path()).map_or_else(|| format!("{method} {}", uri.path()), str::to_owned),
        Service::Sns => texts::operation(body),
        Service::DynamoDb | Service::Sqs | Service::Secrets | Service::Whatsapp => {
            let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
            target.split('.').nth(1).unwrap_or_default().to_owned()
        }
    }
}
