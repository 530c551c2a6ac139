//! How each service says no: the wire shapes by which the SDKs recognise an error.

use crate::{graph, whatsapp};
use axum::{
    body::Body,
    http::{Response, StatusCode, header::CONTENT_TYPE},
};
use serde_json::{Map, Value as Json, json};

/// The services that are emulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// DynamoDB and its streams.
    DynamoDb,
    /// SQS, JSON protocol.
    Sqs,
    /// SES v2.
    Ses,
    /// SNS, query protocol.
    Sns,
    /// Secrets Manager.
    Secrets,
    /// Meta's WhatsApp, no service of AWS but one of those that can fail.
    Whatsapp,
}

impl Service {
    /// The name in fault rules and counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::DynamoDb => "dynamodb",
            Self::Sqs => "sqs",
            Self::Ses => "ses",
            Self::Sns => "sns",
            Self::Secrets => "secretsmanager",
            Self::Whatsapp => "whatsapp",
        }
    }
}

/// A no, not yet in any service's shape.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The error code.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// The HTTP status, if not the usual one for the code.
    pub status: Option<u16>,
    /// More fields of the body.
    pub more: Map<String, Json>,
}

impl Refusal {
    /// A code and a sentence.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: None, more: Map::new() }
    }

    /// The answer as this service gives it.
    pub fn into_response(self, service: Service) -> Response<Body> {
        if service == Service::Whatsapp {
            return self.into_meta_response();
        }
        let status = self.status.unwrap_or_else(|| usual_status(service, &self.code));
        let fault = if status >= 500 { "Receiver" } else { "Sender" };
        let mut body = self.more;
        body.insert("message".into(), json!(self.message));
        let request_id = uuid::Uuid::new_v4().to_string();
        let builder = Response::builder()
            .status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .header("x-amzn-requestid", &request_id);
        let (builder, text) = match service {
            Service::DynamoDb => {
                body.insert("__type".into(), json!(format!("{}#{}", dynamodb_family(&self.code), self.code)));
                body.insert("Message".into(), json!(self.message));
                (builder.header(CONTENT_TYPE, "application/x-amz-json-1.0"), Json::Object(body).to_string())
            }
            Service::Sqs => {
                body.insert("__type".into(), json!(format!("com.amazonaws.sqs#{}", self.code)));
                let builder = builder.header("x-amzn-query-error", format!("{};{fault}", sqs_query_code(&self.code)));
                (builder.header(CONTENT_TYPE, "application/x-amz-json-1.0"), Json::Object(body).to_string())
            }
            Service::Ses => (
                builder.header("x-amzn-errortype", &self.code).header(CONTENT_TYPE, "application/json"),
                Json::Object(body).to_string(),
            ),
            Service::Sns => (
                builder.header(CONTENT_TYPE, "text/xml"),
                format!(
                    "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{fault}</Type><Code>{}</Code>\
                     <Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
                    xml(&self.code),
                    xml(&self.message)
                ),
            ),
            Service::Secrets | Service::Whatsapp => {
                body.insert("__type".into(), json!(self.code));
                (builder.header(CONTENT_TYPE, "application/x-amz-json-1.1"), Json::Object(body).to_string())
            }
        };
        builder.body(Body::from(text)).unwrap_or_default()
    }

    /// Meta's codes are numbers with words of their own; what is none of them is a bare error of that status.
    fn into_meta_response(self) -> Response<Body> {
        let coded = self.code.parse().ok().and_then(whatsapp::refusal);
        let (status, body) = coded.map_or_else(
            || {
                let error = json!({"message": self.message, "type": "OAuthException", "code": 2, "fbtrace_id": "local"});
                (500, json!({ "error": error }))
            },
            |answered| (answered.status, answered.body),
        );
        graph::response(self.status.unwrap_or(status), &body)
    }
}

/// Our own failure: the disk, mostly.
impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self { status: Some(500), ..Self::new("InternalFailure", why) }
    }
}

fn usual_status(service: Service, code: &str) -> u16 {
    match code {
        "InternalFailure" | "InternalServerError" | "InternalError" | "InternalServiceError" => 500,
        "ServiceUnavailable" => 503,
        "NotFound" if service == Service::Sns => 404,
        "NotFoundException" if service == Service::Ses => 404,
        "AuthorizationError" => 403,
        _ if service == Service::Ses && (code.contains("Throttl") || code.contains("TooManyRequests")) => 429,
        _ => 400,
    }
}

fn dynamodb_family(code: &str) -> &'static str {
    match code {
        "ThrottlingException" => "com.amazon.coral.availability",
        "ValidationException" | "SerializationException" | "UnknownOperationException" => "com.amazon.coral.service",
        _ => "com.amazonaws.dynamodb.v20120810",
    }
}

/// The code that the old query protocol had; SDKs let it win over the new one.
fn sqs_query_code(code: &str) -> String {
    match code {
        "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
        "BatchEntryIdsNotDistinct"
        | "BatchRequestTooLong"
        | "EmptyBatchRequest"
        | "InvalidBatchEntryId"
        | "MessageNotInflight"
        | "PurgeQueueInProgress"
        | "TooManyEntriesInBatchRequest"
        | "UnsupportedOperation" => format!("AWS.SimpleQueueService.{code}"),
        other => other.to_owned(),
    }
}

/// Text made safe for XML and HTML.
pub fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
