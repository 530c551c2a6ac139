//! The text of a secret taken apart. Never quoted, not in an error either.

use crate::Verdict;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A secret that is one key.
pub(crate) fn key(text: &str) -> Result<&str, Verdict> {
    let key = text.trim();
    // A header cannot hold anything else, and no source gives out such a key.
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) { Err(Verdict::BadCredentials) } else { Ok(key) }
}

/// A secret of the form `name:secret`. The secret may hold a colon, the name not.
pub(crate) fn pair(text: &str) -> Result<(&str, &str), Verdict> {
    match key(text)?.split_once(':') {
        Some((name, secret)) if !name.is_empty() && !secret.is_empty() => Ok((name, secret)),
        _ => Err(Verdict::BadCredentials),
    }
}

/// The value of `Authorization` for a name and a secret.
pub(crate) fn basic(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_parted_at_its_first_colon() {
        assert_eq!(pair(" id:se:cret\n"), Ok(("id", "se:cret")));
        for none in ["", "id", ":secret", "id:", "id:se cret", "id:sé"] {
            assert_eq!(pair(none), Err(Verdict::BadCredentials), "{none}");
        }
    }
}
