//! The shop's rules for returns.

use serde::{Deserialize, Serialize};

/// Why something comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// Does not fit: too small.
    TooSmall,
    /// Does not fit: too large.
    TooLarge,
    /// Arrived broken.
    Damaged,
    /// Does not work.
    Defective,
    /// Something else was sent.
    WrongItem,
    /// Not what the shop described.
    NotAsDescribed,
    /// Not wanted any more.
    ChangedMind,
    /// Came too late.
    ArrivedLate,
    /// None of these.
    Other,
}

impl ReturnReason {
    /// Every reason, in the order in which a form offers them.
    pub const ALL: [Self; 9] = [
        Self::TooSmall,
        Self::TooLarge,
        Self::NotAsDescribed,
        Self::Damaged,
        Self::Defective,
        Self::WrongItem,
        Self::ArrivedLate,
        Self::ChangedMind,
        Self::Other,
    ];

    /// The word in forms and JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
            Self::Damaged => "damaged",
            Self::Defective => "defective",
            Self::WrongItem => "wrong_item",
            Self::NotAsDescribed => "not_as_described",
            Self::ChangedMind => "changed_mind",
            Self::ArrivedLate => "arrived_late",
            Self::Other => "other",
        }
    }

    /// The reason of a form's word.
    #[must_use]
    pub fn read(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// What the customer wants for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Money back.
    Refund,
    /// Another one.
    Exchange,
}

/// A shop's return policy. It is part of the versioned settings, so that a decision can name what it was made under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnPolicy {
    /// Days after delivery within which a return may be asked for; the day of delivery is day 0.
    pub window_days: u32,
    /// SKUs that are never taken back.
    pub final_sale_skus: Vec<String>,
    /// Outcomes that are offered.
    pub outcomes: Vec<Outcome>,
    /// Reasons a person of the shop wants to see first.
    pub ask_person_for: Vec<ReturnReason>,
    /// Values above this, in minor units of the order's currency, a person wants to see first. None: no limit.
    pub ask_person_above_minor: Option<i64>,
    /// How goods come back, in the shop's words, shown after approval.
    pub how_to_send_back: String,
}

impl Default for ReturnPolicy {
    fn default() -> Self {
        Self {
            window_days: 30,
            final_sale_skus: Vec::new(),
            outcomes: vec![Outcome::Refund, Outcome::Exchange],
            ask_person_for: vec![ReturnReason::Damaged, ReturnReason::Defective, ReturnReason::WrongItem],
            ask_person_above_minor: None,
            how_to_send_back: String::new(),
        }
    }
}
