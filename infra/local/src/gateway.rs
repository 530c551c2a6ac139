//! The HTTP API: finds the function of a route, speaks payload format 2.0 with it, and gives its answer.

use crate::{
    form,
    functions::{Functions, Pool},
    intrinsics::ACCOUNT,
    plan::{Plan, Trigger},
    runtime_api::PAYLOAD_BYTES_MAX,
};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// API Gateway's limit for a body.
pub const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// API Gateway's limit for an answer to come.
const ANSWER: Duration = Duration::from_secs(30);

/// The routes, most exact first.
pub struct Gateway {
    routes: Vec<Route>,
}

struct Route {
    method: String,
    path: String,
    segments: Vec<Segment>,
    pool: Arc<Pool>,
}

/// In the order in which they win.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Exactly(String),
    Any(String),
    Rest(String),
}

impl Gateway {
    /// The routes of the plan.
    pub fn new(plan: &Plan, functions: &Functions) -> Self {
        let mut routes = Vec::new();
        for function in &plan.functions {
            for trigger in &function.triggers {
                if let (Trigger::Http { method, path }, Some(pool)) = (trigger, functions.get(&function.binary)) {
                    routes.push(Route {
                        method: method.clone(),
                        path: path.clone(),
                        segments: segments(path),
                        pool: Arc::clone(pool),
                    });
                }
            }
        }
        routes.sort_by(|a, b| rank(&a.segments).cmp(&rank(&b.segments)).then((a.method == "ANY").cmp(&(b.method == "ANY"))));
        Self { routes }
    }

    /// One request.
    pub async fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap, body: Bytes) -> Response<Body> {
        let matching = |route: &&Route| route.method == method.as_str() || route.method == "ANY";
        let found = self.routes.iter().filter(matching).find_map(|route| Some((route, variables(&route.segments, uri.path())?)));
        let Some((route, variables)) = found else { return message(StatusCode::NOT_FOUND, "Not Found") };
        let event = event(route, method, uri, headers, &body, variables).to_string();
        if event.len() > PAYLOAD_BYTES_MAX {
            return message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        }
        let call = async {
            match route.pool.place().await {
                Some(place) => route.pool.invoke(place, Bytes::from(event)).await.ok(),
                None => None,
            }
        };
        match tokio::time::timeout(ANSWER, call).await {
            Ok(Some(answer)) => response(&answer),
            Ok(None) => message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
            Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        }
    }
}

/// The short JSON that API Gateway answers by itself.
pub fn message(status: StatusCode, text: &str) -> Response<Body> {
    let response = Response::builder().status(status).header(header::CONTENT_TYPE, "application/json");
    response.body(Body::from(json!({ "message": text }).to_string())).unwrap_or_default()
}

fn rank(segments: &[Segment]) -> Vec<u8> {
    let rank = |segment: &Segment| match segment {
        Segment::Exactly(_) => 0,
        Segment::Any(_) => 1,
        Segment::Rest(_) => 2,
    };
    segments.iter().map(rank).collect()
}

fn segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => match name.strip_suffix('+') {
            Some(name) => Segment::Rest(name.to_owned()),
            None => Segment::Any(name.to_owned()),
        },
        None => Segment::Exactly(text.to_owned()),
    };
    path.trim_start_matches('/').split('/').map(segment).collect()
}

fn variables(segments: &[Segment], path: &str) -> Option<Map<String, Json>> {
    let given: Vec<_> = path.strip_prefix('/')?.split('/').collect();
    let mut out = Map::new();
    for (n, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Exactly(text) => {
                if form::decode(given.get(n)?) != *text {
                    return None;
                }
            }
            Segment::Any(name) => {
                let value = given.get(n).filter(|value| !value.is_empty())?;
                out.insert(name.clone(), json!(form::decode(value)));
            }
            Segment::Rest(name) => {
                let rest = given.get(n..).filter(|rest| rest.first().is_some_and(|first| !first.is_empty()))?;
                out.insert(name.clone(), json!(form::decode(&rest.join("/"))));
                return Some(out);
            }
        }
    }
    (given.len() == segments.len()).then_some(out)
}

fn event(route: &Route, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes, variables: Map<String, Json>) -> Json {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text(header::HOST);
    let now = boot::clock::now();
    let route_key = format!("{} {}", route.method, route.path);
    let mut joined: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != header::COOKIE) {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined.entry(name.as_str()).and_modify(|all| *all = format!("{all},{value}")).or_insert_with(|| value.into_owned());
    }
    // What a gateway adds for those behind it.
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    for (name, value) in [("x-forwarded-for", "127.0.0.1"), ("x-forwarded-port", port), ("x-forwarded-proto", "http")] {
        joined.insert(name, value.to_owned());
    }
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": uri.path(),
        "rawQueryString": uri.query().unwrap_or_default(),
        "headers": joined,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "domainName": host,
            "domainPrefix": host.split(['.', ':']).next().unwrap_or_default(),
            "http": {
                "method": method.as_str(), "path": uri.path(), "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": text(header::USER_AGENT),
            },
            "requestId": uuid::Uuid::new_v4().to_string(),
            "routeKey": route_key,
            "stage": "$default",
            "time": now.to_zoned(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    let cookies: Vec<_> =
        headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|all| all.split("; ")).collect();
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    let mut query: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form::pairs(uri.query().unwrap_or_default()) {
        query.entry(name).and_modify(|all| *all = format!("{all},{value}")).or_insert(value);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = json!(query);
    }
    if !variables.is_empty() {
        event["pathParameters"] = Json::Object(variables);
    }
    if !body.is_empty() {
        let as_text = is_text(text(header::CONTENT_TYPE)).then(|| std::str::from_utf8(body).ok()).flatten();
        event["isBase64Encoded"] = json!(as_text.is_none());
        event["body"] = as_text.map_or_else(|| json!(BASE64.encode(body)), |text| json!(text));
    }
    event
}

fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded"]
            .contains(&kind.as_str())
}

fn response(answer: &[u8]) -> Response<Body> {
    let Ok(answer) = serde_json::from_slice::<Json>(answer) else {
        return message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    };
    let Some(status) = answer["statusCode"].as_u64() else {
        // Without a status the answer itself is the body.
        let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
        return response.body(Body::from(answer.as_str().map_or_else(|| answer.to_string(), str::to_owned))).unwrap_or_default();
    };
    let status =
        u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &Json| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && ![header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(&name)
        {
            headers.append(name, value);
        }
    };
    let single = answer["headers"].as_object();
    for (name, value) in single.into_iter().flatten() {
        add(name, value);
    }
    for (name, values) in answer["multiValueHeaders"].as_object().into_iter().flatten() {
        if single.is_none_or(|single| !single.keys().any(|key| key.eq_ignore_ascii_case(name))) {
            values.as_array().into_iter().flatten().for_each(|value| add(name, value));
        }
    }
    answer["cookies"].as_array().into_iter().flatten().for_each(|cookie| add("set-cookie", cookie));
    let body = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"] == json!(true) {
        true => BASE64.decode(body).unwrap_or_default(),
        false => body.as_bytes().to_vec(),
    };
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain;charset=UTF-8"));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_its_variables() {
        let found = variables(&segments("/webhooks/{shop}/storefront/{source}"), "/webhooks/demo/storefront/a%20b").unwrap();
        assert_eq!(json!(found), json!({"shop": "demo", "source": "a b"}));
        assert!(variables(&segments("/o/{token}"), "/o/").is_none());
        assert!(variables(&segments("/o/{token}"), "/o/a/b").is_none());
        assert_eq!(json!(variables(&segments("/s/{proxy+}"), "/s/a/b").unwrap()), json!({"proxy": "a/b"}));
    }

    #[test]
    fn what_is_written_out_beats_what_is_a_variable() {
        let mut paths = ["/{shop}/{proxy+}", "/{shop}/track", "/console/{shop}", "/{shop}/{page}", "/console/all"];
        paths.sort_by_key(|path| rank(&segments(path)));
        assert_eq!(paths, ["/console/all", "/console/{shop}", "/{shop}/track", "/{shop}/{page}", "/{shop}/{proxy+}"]);
    }
}
