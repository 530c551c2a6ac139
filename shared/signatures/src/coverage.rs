//! What every source's file says of itself, for the table in the docs and for the door's answers.

use crate::Refusal;

/// A topic or event of a source, and what is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// As the source writes it.
    pub name: &'static str,
    /// What we use it for; empty: it is kept aside and counted.
    pub used_for: &'static str,
}

/// How a source wants to be answered when it is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// Without anything that proves it.
    pub unsigned: u16,
    /// With a wrong proof.
    pub bad_signature: u16,
    /// With an old one.
    pub stale: u16,
    /// Seconds until the source gives up waiting for an answer, if it says.
    pub within_s: Option<u16>,
}

impl Answers {
    /// 401 for everything.
    #[must_use]
    pub const fn usual(within_s: Option<u16>) -> Self {
        Self { unsigned: 401, bad_signature: 401, stale: 401, within_s }
    }

    /// The status code of a refusal. A key that is not known yet is our lack: the source tries again.
    #[must_use]
    pub fn to(self, refusal: Refusal) -> u16 {
        match refusal {
            Refusal::Unsigned => self.unsigned,
            Refusal::BadSignature => self.bad_signature,
            Refusal::Stale => self.stale,
            Refusal::UnknownKey => 503,
        }
    }
}
