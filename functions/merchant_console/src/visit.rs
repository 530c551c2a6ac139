//! What a request asks for, read from its method and path alone, and whether another site made it.

use domain::id::ShopId;
use lambda_http::http::{HeaderMap, Method};
use windows::{form, sender::Sender};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    /// Which shop?
    Choose,
    /// This one; `None` is not a shop's name.
    Chosen(Option<ShopId>),
    /// The worklist of a shop.
    Worklist {
        /// Which.
        shop: ShopId,
        /// What was just done.
        done: Option<Done>,
    },
    /// What became of an order's messages.
    Letters {
        /// Of which shop.
        shop: ShopId,
        /// The number people say; none: nobody typed one yet.
        number: Option<String>,
    },
    /// The sources of a shop.
    Sources(ShopId),
    /// An answer to a held return.
    AnswerReturn(ShopId),
    /// A customer's answer was seen to.
    AnswerDone(ShopId),
    /// A page that has not this method, with those it has.
    NotAllowed(&'static str),
    /// No page of ours.
    Nowhere,
}

/// What a person of the shop has just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// Answered a return.
    Return,
    /// Saw to a customer's answer.
    Answer,
}

impl Done {
    /// The word in the page's address.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Return => "1",
            Self::Answer => "answer",
        }
    }
}

impl Visit {
    /// Reads a request's method, path and query.
    #[must_use]
    pub fn read(method: &Method, path: &str, query: &str) -> Self {
        let value = |name: &str| form::value(query.as_bytes(), name);
        let reads = method == Method::GET || method == Method::HEAD;
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments[..] {
            ["console"] if !reads => Self::NotAllowed("GET, HEAD"),
            ["console"] => match value("shop") {
                None => Self::Choose,
                Some(typed) => Self::Chosen(typed.trim().to_lowercase().parse().ok()),
            },
            ["console", shop] => match shop.parse() {
                Ok(shop) if reads => Self::Worklist {
                    shop,
                    done: value("done").map(|done| if done == Done::Answer.code() { Done::Answer } else { Done::Return }),
                },
                Ok(_) => Self::NotAllowed("GET, HEAD"),
                Err(_) => Self::Nowhere,
            },
            ["console", shop, "letters"] => match shop.parse() {
                Ok(shop) if reads => {
                    let number = value("order").map(|typed| typed.trim().to_owned()).filter(|typed| !typed.is_empty());
                    Self::Letters { shop, number }
                }
                Ok(_) => Self::NotAllowed("GET, HEAD"),
                Err(_) => Self::Nowhere,
            },
            ["console", shop, "sources"] => match shop.parse() {
                Ok(shop) if reads => Self::Sources(shop),
                Ok(_) => Self::NotAllowed("GET, HEAD"),
                Err(_) => Self::Nowhere,
            },
            ["console", shop, form @ ("returns" | "answers")] => match shop.parse() {
                Ok(shop) if method == Method::POST && form == "returns" => Self::AnswerReturn(shop),
                Ok(shop) if method == Method::POST => Self::AnswerDone(shop),
                Ok(_) => Self::NotAllowed("POST"),
                Err(_) => Self::Nowhere,
            },
            _ => Self::Nowhere,
        }
    }
}

/// Whether a browser says that no page of ours sent the form. What says nothing is judged by the nonce alone.
#[must_use]
pub fn is_cross_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    Sender::read(headers, public_url) != Sender::OursOrUnsaid
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    #[test]
    fn a_path_is_one_page() {
        let get = |path: &str, query: &str| Visit::read(&Method::GET, path, query);
        let demo: ShopId = "demo".parse().unwrap();
        assert_eq!(get("/console", ""), Visit::Choose);
        assert_eq!(get("/console/", ""), Visit::Choose);
        assert_eq!(get("/console", "shop=+Demo+"), Visit::Chosen(Some(demo.clone())));
        assert_eq!(get("/console", "shop=%2F%2Fevil.example"), Visit::Chosen(None));
        assert_eq!(get("/console", "shop="), Visit::Chosen(None));
        assert_eq!(get("/console/demo", ""), Visit::Worklist { shop: demo.clone(), done: None });
        assert_eq!(get("/console/demo", "done=1"), Visit::Worklist { shop: demo.clone(), done: Some(Done::Return) });
        assert_eq!(get("/console/demo", "done=answer"), Visit::Worklist { shop: demo.clone(), done: Some(Done::Answer) });
        assert_eq!(get("/console/demo/returns", ""), Visit::NotAllowed("POST"));
        assert_eq!(get("/console/De%20mo", ""), Visit::Nowhere);
        assert_eq!(get("/console/demo/returns/x", ""), Visit::Nowhere);
        assert_eq!(get("/", ""), Visit::Nowhere);
        assert_eq!(get("/console/demo/answers", ""), Visit::NotAllowed("POST"));
        let letters = |number: Option<&str>| Visit::Letters { shop: demo.clone(), number: number.map(str::to_owned) };
        assert_eq!(get("/console/demo/letters", "order=+%231001"), letters(Some("#1001")));
        assert_eq!((get("/console/demo/letters", ""), get("/console/demo/letters", "order=+")), (letters(None), letters(None)));
        assert_eq!(Visit::read(&Method::POST, "/console/demo/letters", ""), Visit::NotAllowed("GET, HEAD"));
        assert_eq!(get("/console/demo/sources", ""), Visit::Sources(demo.clone()));
        assert_eq!(Visit::read(&Method::POST, "/console/demo/sources", ""), Visit::NotAllowed("GET, HEAD"));
        assert_eq!(Visit::read(&Method::POST, "/console/demo/answers", ""), Visit::AnswerDone(demo.clone()));
        assert_eq!(Visit::read(&Method::POST, "/console/demo/returns", ""), Visit::AnswerReturn(demo));
        assert_eq!(Visit::read(&Method::POST, "/console/demo", ""), Visit::NotAllowed("GET, HEAD"));
        assert_eq!(Visit::read(&Method::POST, "/console", ""), Visit::NotAllowed("GET, HEAD"));
    }

    #[test]
    fn another_sites_form_is_seen() {
        let check = |pairs: &[(&'static str, &'static str)], want: bool| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
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
        for site in ["cross-site", "same-site", "none"] {
            check(&[host, ("origin", "null"), ("sec-fetch-site", site)], true);
        }
    }
}
