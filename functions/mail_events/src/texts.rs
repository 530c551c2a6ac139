//! What people answer to our texts.

use crate::heard::InboundText;
use boot::batch::Outcome;
use domain::{address::Phone, opt_out};
use jiff::Timestamp;
use store::Vault;

/// A person answered one of our texts. What is neither STOP nor START is for nobody here; AWS answers HELP.
pub async fn answered(vault: &Vault, inbound: &InboundText, published_at: Option<Timestamp>) -> Outcome {
    let Some(keyword) = opt_out::keyword(&inbound.body) else {
        tracing::info!(inbound_message_id = inbound.id, "a text that is neither stop nor start");
        return Outcome::Done;
    };
    // A short code or a name is no phone that we write to.
    let Ok(phone) = inbound.from.parse::<Phone>() else { return Outcome::Done };
    let Some(at) = published_at else { return Outcome::Never("a text without the moment it was published".to_owned()) };
    tracing::info!(inbound_message_id = inbound.id, ?keyword, "a phone's owner decided about texts");
    let noted = vault.note_phone(&phone, keyword, at).await;
    noted.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
}
