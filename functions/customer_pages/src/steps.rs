//! The journey as a list of steps, each told by an icon, a word and a time.

use crate::facts::Facts;
use domain::journey::{Journey, StepState};
use letters::words;

/// One step as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// `done`, `partly`, `ahead` or `stop`: the icon and the look.
    pub look: &'static str,
    /// The same in words, for those who do not see icons.
    pub state_in_words: &'static str,
    /// What the step is.
    pub label: &'static str,
    /// When it was reached.
    pub at: Option<String>,
    /// Whether the order is here now.
    pub is_current: bool,
}

/// The steps of a journey. A cancelled order shows what was reached and then the end.
#[must_use]
pub fn steps(facts: &Facts, journey: &Journey) -> Vec<StepView> {
    let mut out: Vec<StepView> = journey
        .steps
        .iter()
        .filter(|step| journey.cancelled_at.is_none() || step.state != StepState::Ahead)
        .map(|step| {
            let (look, state_in_words) = match step.state {
                StepState::Done => ("done", "Done"),
                StepState::Partly => ("partly", "Partly done"),
                StepState::Ahead => ("ahead", "Still to come"),
            };
            let at = step.at.map(|at| facts.moment(at));
            StepView { look, state_in_words, label: words::step(step.kind), at, is_current: false }
        })
        .collect();
    if let Some(at) = journey.cancelled_at {
        let at = Some(facts.moment(at));
        out.push(StepView { look: "stop", state_in_words: "Ended", label: "Cancelled", at, is_current: false });
    }
    if let Some(last) = out.iter().rposition(|step| step.look != "ahead") {
        out[last].is_current = true;
    }
    out
}
