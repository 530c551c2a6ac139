//! The lock of a shop's console: HTTP Basic, with one of the shop's passwords and any user name.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lambda_http::http::HeaderValue;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

/// The longest header that is read.
const HEADER_BYTES_MAX: usize = 1024;

/// Whether the header holds one of the passwords. Without a password configured nothing opens.
///
/// Digests are compared, all of them and in constant time: neither the length nor a right beginning can be measured.
#[must_use]
pub fn opens(passwords: &[String], header: Option<&HeaderValue>) -> bool {
    let given = header.and_then(password);
    let digest = Sha256::digest(given.as_deref().unwrap_or_default());
    let compare = |found: Choice, password: &String| found | Sha256::digest(password.as_bytes()).ct_eq(&digest);
    let right = passwords.iter().filter(|password| !password.is_empty()).fold(Choice::from(0), compare);
    bool::from(right) && given.is_some()
}

/// The password of `Basic base64(user:password)`; it may hold a colon, a user name may not.
fn password(header: &HeaderValue) -> Option<Vec<u8>> {
    let text = header.to_str().ok().filter(|text| text.len() <= HEADER_BYTES_MAX)?;
    let (scheme, credentials) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(credentials.trim()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some(decoded[colon + 1..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(passwords: &[&str], header: Option<&str>, want: bool) {
        let passwords: Vec<String> = passwords.iter().map(|p| (*p).to_owned()).collect();
        let header = header.map(|text| HeaderValue::from_str(text).unwrap());
        assert_eq!(opens(&passwords, header.as_ref()), want, "{header:?}");
    }

    fn basic(credentials: &str) -> String {
        format!("Basic {}", STANDARD.encode(credentials))
    }

    #[test]
    fn any_of_the_passwords_opens_for_any_user() {
        check(&["new pass", "old:pass"], Some(&basic("staff:new pass")), true);
        check(&["new pass", "old:pass"], Some(&basic(":old:pass")), true);
        check(&["pässwort"], Some(&basic("ann:pässwort")), true);
        check(&["pass"], Some(&basic("x:pass").replace("Basic", "bASIC")), true);
    }

    #[test]
    fn nothing_else_opens() {
        check(&["pass"], None, false);
        check(&["pass"], Some(""), false);
        check(&["pass"], Some("Basic"), false);
        check(&["pass"], Some("Basic !!!"), false);
        check(&["pass"], Some(&basic("pass")), false);
        check(&["pass"], Some(&basic("staff:")), false);
        check(&["pass"], Some(&basic("staff:pas")), false);
        check(&["pass"], Some(&basic("staff:passs")), false);
        check(&["pass"], Some(&basic("staff:PASS")), false);
        check(&["pass"], Some(&basic("staff:pass").replace("Basic", "Bearer")), false);
        check(&["pass"], Some(&basic(&format!("{}:pass", "x".repeat(2000)))), false);
    }

    #[test]
    fn a_shop_without_a_password_stays_shut() {
        check(&[], Some(&basic("staff:")), false);
        check(&[], Some(&basic("staff:pass")), false);
        check(&[""], Some(&basic("staff:")), false);
        check(&[""], None, false);
    }
}
