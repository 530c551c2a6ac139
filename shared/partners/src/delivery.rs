//! What is known after one attempt to hand a message to a provider: the postman's whole knowledge of the outcome.

/// What is known after one attempt. `why` is the provider's code for it (`131026`, `Throttling`) or a word of ours; its text may
/// quote an address and is never passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The provider has it.
    Accepted {
        /// Its id. A `wamid.…` of Meta's has the recipient's number in it, so it is no field of a log.
        message_id: String,
    },
    /// The provider will never take this message to this person.
    Refused {
        /// The code.
        why: String,
    },
    /// It did not go out; later, or when we have mended something, it may.
    NotNow {
        /// The code.
        why: String,
    },
    /// It may or may not have gone out.
    Unknown {
        /// The code.
        why: String,
    },
}

impl Delivery {
    /// The code, where there is one to tell.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Accepted { .. } => None,
            Self::Refused { why } | Self::NotNow { why } | Self::Unknown { why } => Some(why),
        }
    }

    /// The word for the log.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::NotNow { .. } => "not_now",
            Self::Unknown { .. } => "unknown",
        }
    }
}
