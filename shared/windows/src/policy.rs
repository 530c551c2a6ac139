//! The content security policy of our answers: at most one style, let in by its hash, and forms to ourselves.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

/// The policy of answers without a style.
pub const CLOSED: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The policy of a page whose style element holds exactly this.
#[must_use]
pub fn styled(css: &str) -> String {
    let hash = STANDARD.encode(Sha256::digest(css.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
}
