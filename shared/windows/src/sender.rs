//! Who sent a form, as far as a browser says it. The nonce is the guard; this is the second one.

use lambda_http::http::HeaderMap;

/// Where a form was sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A page of ours, or a client that does not say: then the nonce alone judges.
    OursOrUnsaid,
    /// No page: something typed, opened from a bookmark or restored.
    NoPage,
    /// A page of another site.
    AnotherSite,
}

impl Sender {
    /// Reads `Sec-Fetch-Site`, which decides where it is sent. Older browsers send `Origin`, which our own `no-referrer` makes
    /// `null`; a real one must be this host or the shop's public address.
    #[must_use]
    pub fn read(headers: &HeaderMap, public_url: Option<&str>) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(site) = header("sec-fetch-site") {
            return match site {
                "same-origin" => Self::OursOrUnsaid,
                "none" => Self::NoPage,
                _ => Self::AnotherSite,
            };
        }
        let Some(origin) = header("origin").filter(|origin| *origin != "null") else { return Self::OursOrUnsaid };
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        let is_here = header("host").is_some_and(|here| here.eq_ignore_ascii_case(host));
        let is_ours = is_here || public_url.is_some_and(|url| url.eq_ignore_ascii_case(origin));
        if is_ours { Self::OursOrUnsaid } else { Self::AnotherSite }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::http::HeaderValue;

    #[track_caller]
    fn check(pairs: &[(&'static str, &'static str)], want: Sender) {
        let host = ("host", "abc.execute-api.example");
        let headers = pairs.iter().chain([&host]).map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        assert_eq!(Sender::read(&headers.collect(), Some("https://track.demo.example")), want, "{pairs:?}");
    }

    #[test]
    fn sec_fetch_site_decides_where_it_is_sent() {
        let here = ("origin", "https://abc.execute-api.example");
        check(&[here, ("sec-fetch-site", "same-origin")], Sender::OursOrUnsaid);
        check(&[here, ("sec-fetch-site", "none")], Sender::NoPage);
        for site in ["same-site", "cross-site", "something-new", ""] {
            check(&[here, ("sec-fetch-site", site)], Sender::AnotherSite);
        }
    }

    #[test]
    fn without_it_only_a_named_origin_tells() {
        check(&[], Sender::OursOrUnsaid);
        check(&[("origin", "null")], Sender::OursOrUnsaid);
        check(&[("origin", "https://ABC.execute-api.example")], Sender::OursOrUnsaid);
        check(&[("origin", "https://track.demo.example")], Sender::OursOrUnsaid);
        check(&[("origin", "https://abc.execute-api.example.evil.example")], Sender::AnotherSite);
    }
}
