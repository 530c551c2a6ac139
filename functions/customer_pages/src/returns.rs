//! The returns of an order: what was asked, what may still be asked, and why some things may not.

use crate::{facts::Facts, headline::Tone, nonce::Nonces, parcels::piece};
use domain::{
    id::{LineId, ReturnId},
    order::Line,
    policy::{Outcome, ReturnReason},
    return_::{self, Arrival, DeclineReason, NOTE_CHARS_MAX, RETURNS_PER_ORDER_MAX, Return, ReturnState},
};
use jiff::civil::Date;
use letters::words;
use std::collections::BTreeMap;
use windows::text::{SENTENCE_CHARS_MAX, shown_if_any};

/// Pieces up to which a list of numbers is offered; beyond it a number is typed.
pub const CHOICES_MAX: u32 = 20;
/// Lines offered in one form, so that the form stays below its limit in bytes.
pub const FORM_LINES_MAX: usize = 100;

/// The returns part of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnsView {
    /// Whether a request was just sent and its answer is not there yet.
    pub is_pending: bool,
    /// Where to look again.
    pub look_again: String,
    /// What was asked before, newest first.
    pub asked: Vec<AskedView>,
    /// What may be returned, in a sentence.
    pub sentence: Option<String>,
    /// The form, when there is something to ask.
    pub form: Option<FormView>,
    /// What may not come back, and why.
    pub blocked: Vec<String>,
}

/// One return that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedView {
    /// When.
    pub at: String,
    /// Where it is.
    pub state: &'static str,
    /// How that feels.
    pub tone: Tone,
    /// What comes back.
    pub lines: Vec<String>,
    /// What for.
    pub outcome: &'static str,
    /// What the customer wrote.
    pub note: Option<String>,
    /// Why not.
    pub why: Vec<String>,
    /// What happens next, in paragraphs.
    pub next: Vec<String>,
}

/// The form that asks for a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormView {
    /// Where it is sent.
    pub action: String,
    /// Its nonce.
    pub nonce: String,
    /// Whether it is shown unfolded.
    pub is_open: bool,
    /// What was wrong with what was sent.
    pub error: Option<String>,
    /// What may come back.
    pub lines: Vec<FormLine>,
    /// Why it may.
    pub reasons: Vec<Choice>,
    /// What for.
    pub outcomes: Vec<Choice>,
    /// The customer's words.
    pub note: String,
    /// How many of them.
    pub note_chars_max: usize,
}

/// One line in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLine {
    /// Its id, the end of its fields' names.
    pub id: LineId,
    /// What it is.
    pub name: String,
    /// How many may come back.
    pub left: u32,
    /// How many were chosen.
    pub chosen: u32,
    /// The reason that was chosen.
    pub reason: Option<&'static str>,
    /// Whether it was sent without a reason.
    pub needs_reason: bool,
    /// Until when, or what else is to know.
    pub remark: Option<String>,
}

/// One choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The word in the form.
    pub code: &'static str,
    /// The words for people.
    pub label: &'static str,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// What somebody filled in, kept so that nobody has to type twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Pieces and reason of each line.
    pub lines: BTreeMap<LineId, (u32, Option<ReturnReason>)>,
    /// What for.
    pub outcome: Option<Outcome>,
    /// In their words.
    pub note: String,
    /// What is wrong with it; none for a form nobody has sent.
    pub error: Option<String>,
}

/// The word of an outcome in forms and JSON.
#[must_use]
pub fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Refund => "refund",
        Outcome::Exchange => "exchange",
    }
}

/// The returns part, or `None` where there is nothing to say: no returns, and an order nothing can come back of.
#[must_use]
pub fn returns(facts: &Facts, token: &str, nonces: &Nonces, just_asked: Option<&str>, draft: &Draft) -> Option<ReturnsView> {
    let mut asked: Vec<&Return> = facts.returns.iter().collect();
    asked.sort_by(|a, b| (b.request.requested_at, &b.request.id).cmp(&(a.request.requested_at, &a.request.id)));
    if asked.is_empty() && !facts.order.is_live() {
        return None;
    }
    let pending: Option<ReturnId> = just_asked.and_then(|text| nonces.still_current(text));
    let mut view = ReturnsView {
        is_pending: pending.is_some(),
        look_again: pending.map(|id| format!("/o/{token}?asked={id}#returns")).unwrap_or_default(),
        asked: asked.into_iter().map(|return_| asked_view(facts, return_)).collect(),
        sentence: None,
        form: None,
        blocked: Vec::new(),
    };
    if view.is_pending || !facts.order.is_live() {
        return Some(view);
    }
    if facts.settings.returns.outcomes.is_empty() {
        view.sentence = Some(format!("{} takes returns by hand: talk to a person, below.", facts.shop_name()));
        return Some(view);
    }
    if facts.returns.len() >= RETURNS_PER_ORDER_MAX {
        view.sentence = Some("This order has as many returns as this page takes. For one more, talk to a person.".to_owned());
        return Some(view);
    }
    offer(facts, token, nonces, draft, &mut view);
    Some(view)
}

/// Whether a line may be asked for.
enum May {
    Yes { left: u32, until: Option<Date> },
    No(DeclineReason),
}

/// The same rules in the same order as the desk's (`domain::return_::judge`); the desk decides, this only tells beforehand.
fn may_return(facts: &Facts, line: &Line) -> May {
    let policy = &facts.settings.returns;
    let title = line.title.clone();
    let left = return_::left_to_return(&facts.order, line);
    if return_::is_final_sale(policy, line) {
        return May::No(DeclineReason::FinalSale { title });
    }
    if left == 0 {
        return May::No(DeclineReason::TooMany { title, left });
    }
    match return_::delivered_on(&facts.order, &facts.parcels, &facts.settings.calendar, line) {
        Arrival::Unknown => May::Yes { left, until: None },
        Arrival::NotYet => May::No(DeclineReason::NotDelivered { title }),
        Arrival::On(day) => {
            let last_day = return_::last_day_of_window(day, policy.window_days);
            if facts.day_of(facts.now) > last_day {
                May::No(DeclineReason::WindowClosed { title, last_day })
            } else {
                May::Yes { left, until: Some(last_day) }
            }
        }
    }
}

fn offer(facts: &Facts, token: &str, nonces: &Nonces, draft: &Draft, view: &mut ReturnsView) {
    let days = facts.settings.returns.window_days;
    let mut lines = Vec::new();
    let mut last_days = Vec::new();
    let mut some_early = false;
    let mut refused = Vec::new();
    for line in facts.order.report.iter().flat_map(|report| &report.lines) {
        match may_return(facts, line) {
            May::Yes { left, until } => {
                last_days.push(until);
                lines.push(form_line(line, left, until, draft));
            }
            May::No(why) => {
                some_early |= matches!(why, DeclineReason::NotDelivered { .. });
                refused.push(why);
            }
        }
    }
    if lines.is_empty() && some_early {
        // Before anything has arrived nobody has to be told so line by line.
        refused.retain(|why| !matches!(why, DeclineReason::NotDelivered { .. }));
    }
    view.blocked = refused.iter().take(FORM_LINES_MAX).map(words::decline).collect();
    if lines.is_empty() {
        view.sentence = Some(if some_early {
            format!("What you ordered can be returned here from the day it arrives until {days} days after.")
        } else {
            "Nothing of this order can be returned here any more.".to_owned()
        });
        return;
    }
    last_days.dedup();
    view.sentence = Some(match last_days.as_slice() {
        [Some(day)] => format!("You can ask to return things until {}.", words::day_with_year(*day)),
        _ => format!("You can ask to return things until {days} days after they arrived."),
    });
    if lines.len() > FORM_LINES_MAX {
        lines.truncate(FORM_LINES_MAX);
        view.blocked.push("For the other items of this large order, please talk to a person.".to_owned());
    }
    let Some(nonce) = nonces.current() else { return };
    let offered = &facts.settings.returns.outcomes;
    let chosen = draft.outcome.or_else(|| offered.first().copied().filter(|_| offered.len() == 1));
    view.form = Some(FormView {
        // The fragment brings people back to the form when something is missing.
        action: format!("/o/{token}/returns#returns"),
        nonce: nonce.to_string(),
        is_open: draft.error.is_some(),
        error: draft.error.clone(),
        lines,
        reasons: ReturnReason::ALL
            .into_iter()
            .map(|r| Choice { code: r.code(), label: words::reason(r), is_chosen: false })
            .collect(),
        outcomes: offered
            .iter()
            .map(|o| Choice { code: outcome_code(*o), label: words::outcome(*o), is_chosen: chosen == Some(*o) })
            .collect(),
        note: draft.note.clone(),
        note_chars_max: NOTE_CHARS_MAX,
    });
}

fn form_line(line: &Line, left: u32, until: Option<Date>, draft: &Draft) -> FormLine {
    let (chosen, reason) = draft.lines.get(&line.id).copied().unwrap_or_default();
    FormLine {
        id: line.id.clone(),
        name: piece(line.quantity, &line.title, line.variant.as_deref()),
        left,
        chosen: chosen.min(left),
        reason: reason.map(ReturnReason::code),
        needs_reason: chosen > 0 && reason.is_none(),
        remark: match until {
            Some(_) => None,
            None => Some("No carrier told us when this arrived, so a person looks at your request first.".to_owned()),
        },
    }
}

fn asked_view(facts: &Facts, return_: &Return) -> AskedView {
    let request = &return_.request;
    let lines = request.lines.iter().map(|asked| {
        let line = facts.order.report.iter().flat_map(|report| &report.lines).find(|line| line.id == asked.line);
        let what = match line {
            Some(line) => piece(asked.quantity, &line.title, line.variant.as_deref()),
            None => format!("{} × an item that is no longer part of the order", asked.quantity),
        };
        format!("{what} ({})", words::reason(asked.reason).to_lowercase())
    });
    let (tone, why) = match &return_.state {
        ReturnState::Held { .. } => (Tone::Calm, Vec::new()),
        ReturnState::Approved { .. } => (Tone::Good, Vec::new()),
        ReturnState::Declined { reasons, .. } => (Tone::Bad, reasons.iter().map(words::decline).collect()),
    };
    AskedView {
        at: facts.moment(request.requested_at),
        state: words::return_state(&return_.state),
        tone,
        lines: lines.collect(),
        outcome: words::outcome(request.outcome),
        note: request.note.as_deref().and_then(|note| shown_if_any(note, SENTENCE_CHARS_MAX)),
        why,
        next: words::what_happens_next(return_, &facts.settings).lines().map(str::to_owned).collect(),
    }
}
