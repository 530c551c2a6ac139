//! What people send in forms: read within bounds, told kindly what is missing.

use crate::{
    facts::Facts,
    nonce::Nonces,
    returns::{Draft, outcome_code},
};
use domain::{
    address::EmailAddress,
    id::{LineId, ReturnId},
    policy::{Outcome, ReturnReason},
    return_::{NOTE_CHARS_MAX, RETURN_LINES_MAX, ReturnLine, ReturnRequest},
};
use std::collections::BTreeMap;
use windows::form::Form;

/// The longest order number somebody may type.
const NUMBER_CHARS_MAX: usize = 64;

/// What became of a return form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnForm {
    /// A request for the desk.
    Asks(ReturnRequest),
    /// The same form once more; the return it asked for is there.
    Repeats(ReturnId),
    /// A form that was already used for something else: nothing was taken from it.
    Used,
    /// Not a form of this order's page, or too old a one.
    Foreign,
    /// Something is missing; the form is shown again with what was filled in.
    Lacks(Draft),
}

/// Reads a return form: `nonce`, `outcome`, `note`, and for each line `q.LINE` (pieces) and `r.LINE` (reason).
///
/// Only its shape is checked here. Whether it may be is for the desk to judge.
#[must_use]
pub fn return_form(facts: &Facts, nonces: &Nonces, form: &Form) -> ReturnForm {
    let nonce = form.field("nonce");
    let (lines, draft) = filled_in(facts, form);
    if let Some(made) = facts.returns.iter().find(|return_| return_.request.id.as_str() == nonce) {
        let same = made.request.lines == lines && Some(made.request.outcome) == draft.outcome;
        return if same { ReturnForm::Repeats(made.request.id.clone()) } else { ReturnForm::Used };
    }
    let Some(id) = nonces.recognised(nonce) else { return ReturnForm::Foreign };
    match (draft.error.is_none(), draft.outcome) {
        (true, Some(outcome)) => {
            let note = Some(draft.note).filter(|note| !note.is_empty());
            ReturnForm::Asks(ReturnRequest { id, lines, outcome, note, requested_at: facts.now })
        }
        _ => ReturnForm::Lacks(draft),
    }
}

fn filled_in(facts: &Facts, form: &Form) -> (Vec<ReturnLine>, Draft) {
    let mut chosen: BTreeMap<LineId, (u32, Option<ReturnReason>)> = BTreeMap::new();
    let mut error = None;
    for (line, quantity) in form.fields("q.") {
        let Ok(line) = line.parse::<LineId>() else { continue };
        match quantity {
            "" | "0" => {}
            number => match number.parse::<u32>() {
                Ok(0) => {}
                Ok(pieces) => {
                    let reason = ReturnReason::read(form.field(&format!("r.{line}")));
                    if reason.is_none() {
                        error = Some("Please choose a reason for everything that comes back.");
                    }
                    chosen.insert(line, (pieces, reason));
                }
                Err(_) => error = Some("Please say with a whole number how many come back."),
            },
        }
    }
    let outcome =
        [Outcome::Refund, Outcome::Exchange].into_iter().find(|outcome| outcome_code(*outcome) == form.field("outcome"));
    let outcome = outcome.or(match facts.settings.returns.outcomes.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    if outcome.is_none() {
        error = error.or(Some("Please choose what you would like for it."));
    }
    if chosen.is_empty() {
        error = Some("Please choose at least one thing that comes back.");
    }
    if chosen.len() > RETURN_LINES_MAX {
        error = Some("That is more than fits one return. Please split it.");
    }
    let lines = chosen.iter().filter_map(|(line, (quantity, reason))| {
        reason.map(|reason| ReturnLine { line: line.clone(), quantity: *quantity, reason })
    });
    let lines = lines.collect();
    let note = form.field("note").chars().filter(|c| !c.is_control() || *c == '\n').take(NOTE_CHARS_MAX).collect();
    (lines, Draft { lines: chosen, outcome, note, error: error.map(str::to_owned) })
}

/// What became of a form that asks for an order's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkForm {
    /// A number and an address that could be right.
    Asks {
        /// The order's number as typed.
        number: String,
        /// The address.
        email: EmailAddress,
    },
    /// Something that cannot be right whatever the orders are; shown again with what was typed.
    Lacks {
        /// The number as typed.
        number: String,
        /// The address as typed.
        email: String,
        /// Whether the number is missing or far too long.
        is_number_wrong: bool,
        /// Whether the address is not one.
        is_email_wrong: bool,
    },
}

/// Reads `number` and `email`.
#[must_use]
pub fn link_form(form: &Form) -> LinkForm {
    let number: String = form.field("number").chars().filter(|c| !c.is_control()).collect();
    let typed = form.field("email");
    let is_number_wrong = number.is_empty() || number.chars().count() > NUMBER_CHARS_MAX;
    match typed.parse::<EmailAddress>() {
        Ok(email) if !is_number_wrong => LinkForm::Asks { number, email },
        parsed => LinkForm::Lacks {
            number: number.chars().take(NUMBER_CHARS_MAX).collect(),
            email: typed.chars().take(254).collect(),
            is_number_wrong,
            is_email_wrong: parsed.is_err(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_form_is_read_with_what_is_in_it_and_no_more() {
        let form = Form::read(b"number=%231001&email=jon%40doe.example&surprise=1&number=2");
        assert_eq!(link_form(&form), LinkForm::Asks { number: "#1001".to_owned(), email: "jon@doe.example".parse().unwrap() });
    }

    #[test]
    fn what_cannot_be_right_is_told_as_such() {
        let form = Form::read(b"number=&email=jon");
        assert!(matches!(link_form(&form), LinkForm::Lacks { is_number_wrong: true, is_email_wrong: true, .. }));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(body in prop::collection::vec(any::<u8>(), 0..400)) {
            let form = Form::read(&body);
            let _ = link_form(&form);
            prop_assert_eq!(form.field("no such field"), "");
        }
    }
}
