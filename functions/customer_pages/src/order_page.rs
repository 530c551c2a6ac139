//! The page of one order: everything known, on one page, in the order in which people ask for it.

use crate::{
    answer_form::AnswerDraft,
    answers::{AnswersView, Hand, answers},
    facts::Facts,
    frame::{Frame, Help},
    headline::{Headline, headline},
    items::{ItemView, SumsView, address, items, refunds, sums},
    nonce::Nonces,
    parcels::{ParcelView, TroubleView, parcels, troubles},
    returns::{Draft, ReturnsView, returns},
    steps::{StepView, steps},
};
use askama::Template;
use domain::{journey::journey, parcel::Parcel};
use letters::words;

/// The page of an order, ready to be written.
#[derive(Debug, Clone, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The shop's name.
    pub shop_name: String,
    /// The order's number.
    pub number: Option<String>,
    /// The big sentence.
    pub headline: Headline,
    /// What went wrong.
    pub troubles: Vec<TroubleView>,
    /// The journey.
    pub steps: Vec<StepView>,
    /// The parcels.
    pub parcels: Vec<ParcelView>,
    /// What was ordered.
    pub items: Vec<ItemView>,
    /// What it cost.
    pub sums: Option<SumsView>,
    /// What of it went back.
    pub refunds: Vec<String>,
    /// Where it goes.
    pub address: Vec<String>,
    /// The day on which its customer was forgotten, if that was asked.
    pub erased: Option<String>,
    /// Whether it may still be time to mend it by talking to the shop.
    pub is_address_open: bool,
    /// What was asked for before the dispatch, and the form for it.
    pub answers: Option<AnswersView>,
    /// What comes back.
    pub returns: Option<ReturnsView>,
    /// How to reach a person.
    pub help: Help,
    /// Where its customer chooses how to be written to.
    pub preferences: Option<String>,
    /// Whose clocks the times are of.
    pub zone: String,
}

/// Who looks at the page, and with what in hand.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// The token in the page's address.
    pub token: &'a str,
    /// The nonces of its forms.
    pub nonces: &'a Nonces,
    /// The return that was just asked for, as the address names it.
    pub just_asked: Option<&'a str>,
    /// The answer that was just given, as the address names it.
    pub just_answered: Option<&'a str>,
    /// What was filled in for a return and has to be mended.
    pub draft: &'a Draft,
    /// What was filled in as an answer and has to be mended.
    pub answer_draft: Option<&'a AnswerDraft>,
    /// The address of the preference page.
    pub preferences: Option<&'a str>,
}

impl OrderPage {
    /// The page of these facts.
    #[must_use]
    pub fn of(facts: &Facts, look: &Look<'_>) -> Self {
        let journey = journey(&facts.order, &facts.parcels);
        let headline = headline(facts);
        let &Look { token, nonces, just_answered, answer_draft, .. } = look;
        let answers = answers(facts, &Hand { token, nonces, just_answered, draft: answer_draft });
        let is_corrected_here = answers.of_order.as_ref().is_some_and(|answers| answers.form.is_some());
        Self {
            frame: Frame::of(&facts.settings),
            shop_name: facts.shop_name(),
            number: facts.number(),
            troubles: troubles(facts, &journey, headline.tells_trouble, &answers.of_parcels),
            headline,
            steps: steps(facts, &journey),
            parcels: parcels(facts, answers.of_parcels),
            items: items(facts),
            sums: sums(facts),
            refunds: refunds(facts),
            address: address(facts),
            erased: facts.order.redacted_at.map(|at| words::day_with_year(facts.day_of(at))),
            is_address_open: facts.order.cancelled_at.is_none()
                && !facts.is_erased()
                && !facts.parcels.iter().any(Parcel::was_scanned)
                && !is_corrected_here,
            answers: answers.of_order,
            returns: returns(facts, look.token, look.nonces, look.just_asked, look.draft),
            help: Help::of(&facts.settings),
            // Nobody is left to be written to.
            preferences: look.preferences.filter(|_| !facts.is_erased()).map(str::to_owned),
            zone: facts.zone().iana_name().unwrap_or("UTC").replace('_', " "),
        }
    }
}
