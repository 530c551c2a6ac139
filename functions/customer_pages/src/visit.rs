//! What a request asks for, read from its method and path alone.

use domain::id::ShopId;
use lambda_http::http::{HeaderMap, Method};
use windows::{
    form::{self, Form},
    sender::Sender,
};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    /// The page of an order.
    Order {
        /// Its link's token.
        token: String,
        /// The return just asked for, from `?asked=`.
        just_asked: Option<String>,
        /// The answer just given, from `?answered=`.
        just_answered: Option<String>,
    },
    /// The same facts as JSON.
    OrderFacts {
        /// Its link's token.
        token: String,
    },
    /// The return form of an order's page.
    AskForReturn {
        /// Its link's token.
        token: String,
    },
    /// An answer form of an order's page.
    Answer {
        /// Its link's token.
        token: String,
    },
    /// The preference page.
    Preferences {
        /// Its link's token.
        token: String,
        /// Whether it was asked for by who wants no more offers.
        is_unsubscribing: bool,
        /// What was just chosen, as the page's address has it.
        just_chosen: Form,
    },
    /// The form of the preference page.
    Choose {
        /// Its link's token.
        token: String,
    },
    /// One click on "unsubscribe": by a mail program, or by its button on the preference page.
    EndMarketing {
        /// The link's token.
        token: String,
    },
    /// Find my order.
    Track(ShopId),
    /// The form of that page.
    AskForLink(ShopId),
    /// The rules for returns.
    Returns(ShopId),
    /// A page that exists, asked in a way that it does not; with the ways it does.
    NotAllowed(&'static str),
    /// Nothing.
    Nowhere,
}

impl Visit {
    /// Reads method, path and query. `HEAD` asks for what `GET` would answer.
    #[must_use]
    pub fn read(method: &Method, path: &str, query: &str) -> Self {
        let reads = method == Method::GET || method == Method::HEAD;
        let posts = method == Method::POST;
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match segments.as_slice() {
            ["o", token] if reads => match token.strip_suffix(".json") {
                Some(token) => Self::OrderFacts { token: token.to_owned() },
                None => Self::Order {
                    token: (*token).to_owned(),
                    just_asked: id_in(query, "asked"),
                    just_answered: id_in(query, "answered"),
                },
            },
            ["o", _] => Self::NotAllowed("GET, HEAD"),
            ["o", token, "returns"] if posts => Self::AskForReturn { token: (*token).to_owned() },
            ["o", token, "answers"] if posts => Self::Answer { token: (*token).to_owned() },
            ["o", _, "returns" | "answers"] => Self::NotAllowed("POST"),
            ["p", token] if reads => Self::Preferences {
                token: (*token).to_owned(),
                is_unsubscribing: false,
                just_chosen: Form::read(query.as_bytes()),
            },
            ["p", token, "unsubscribe"] if reads => {
                Self::Preferences { token: (*token).to_owned(), is_unsubscribing: true, just_chosen: Form::default() }
            }
            ["p", token] if posts => Self::Choose { token: (*token).to_owned() },
            ["p", token, "unsubscribe"] if posts => Self::EndMarketing { token: (*token).to_owned() },
            ["p", _] | ["p", _, "unsubscribe"] => Self::NotAllowed("GET, HEAD, POST"),
            [shop, page] => match (shop.parse::<ShopId>(), *page) {
                (Ok(shop), "track") if reads => Self::Track(shop),
                (Ok(shop), "track") if posts => Self::AskForLink(shop),
                (Ok(_), "track") => Self::NotAllowed("GET, HEAD, POST"),
                (Ok(shop), "returns") if reads => Self::Returns(shop),
                (Ok(_), "returns") => Self::NotAllowed("GET, HEAD"),
                (Ok(_) | Err(_), _) => Self::Nowhere,
            },
            _ => Self::Nowhere,
        }
    }
}

fn id_in(query: &str, name: &str) -> Option<String> {
    form::value(query.as_bytes(), name).map(|id| id.chars().take(32).collect())
}

/// Whether a browser says that a form was sent from another site. One sent without any page, as a restored tab does, is not.
#[must_use]
pub fn is_cross_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    Sender::read(headers, public_url) == Sender::AnotherSite
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &Method, path: &str, want: &Visit) {
        assert_eq!(Visit::read(method, path, ""), *want);
    }

    #[test]
    fn every_path_leads_to_its_page() {
        let demo: ShopId = "demo".parse().unwrap();
        let token = "AQ-_".to_owned();
        check(&Method::GET, "/o/AQ-_", &Visit::Order { token: token.clone(), just_asked: None, just_answered: None });
        check(&Method::HEAD, "/o/AQ-_.json", &Visit::OrderFacts { token: token.clone() });
        check(&Method::POST, "/o/AQ-_/returns", &Visit::AskForReturn { token: token.clone() });
        check(&Method::POST, "/o/AQ-_/answers", &Visit::Answer { token: token.clone() });
        let page = |is_unsubscribing| Visit::Preferences { token: token.clone(), is_unsubscribing, just_chosen: Form::default() };
        check(&Method::GET, "/p/AQ-_", &page(false));
        check(&Method::HEAD, "/p/AQ-_/unsubscribe", &page(true));
        check(&Method::POST, "/p/AQ-_", &Visit::Choose { token: token.clone() });
        check(&Method::POST, "/p/AQ-_/unsubscribe", &Visit::EndMarketing { token: token.clone() });
        check(&Method::PUT, "/p/AQ-_", &Visit::NotAllowed("GET, HEAD, POST"));
        check(&Method::PUT, "/p/AQ-_/unsubscribe", &Visit::NotAllowed("GET, HEAD, POST"));
        check(&Method::POST, "/p/AQ-_/subscribe", &Visit::Nowhere);
        check(&Method::GET, "/demo/track", &Visit::Track(demo.clone()));
        check(&Method::POST, "/demo/track", &Visit::AskForLink(demo.clone()));
        check(&Method::GET, "/demo/returns", &Visit::Returns(demo));
        check(&Method::GET, "/Demo/track", &Visit::Nowhere);
        check(&Method::GET, "/console/track", &Visit::Nowhere);
        check(&Method::GET, "/", &Visit::Nowhere);
        check(&Method::DELETE, "/o/AQ-_", &Visit::NotAllowed("GET, HEAD"));
        check(&Method::GET, "/o/AQ-_/returns", &Visit::NotAllowed("POST"));
        check(&Method::GET, "/o/AQ-_/answers", &Visit::NotAllowed("POST"));
    }

    #[test]
    fn a_form_from_another_site_is_seen() {
        let check = |pairs: &[(&'static str, &'static str)], want: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_cross_site(&headers, Some("https://track.demo.example")), want, "{pairs:?}");
        };
        let host = ("host", "abc.execute-api.example");
        check(&[host], false);
        check(&[host, ("origin", "null")], false);
        check(&[host, ("origin", "null"), ("sec-fetch-site", "same-origin")], false);
        check(&[host, ("origin", "https://abc.execute-api.example")], false);
        check(&[host, ("origin", "https://track.demo.example")], false);
        check(&[host, ("origin", "https://evil.example")], true);
        check(&[host, ("origin", "https://abc.execute-api.example.evil.example")], true);
        check(&[host, ("origin", "null"), ("sec-fetch-site", "cross-site")], true);
        check(&[host, ("sec-fetch-site", "same-site")], true);
    }
}
