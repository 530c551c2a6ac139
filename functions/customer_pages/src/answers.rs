//! What its customer wants to happen: the form of each parcel in trouble and of the order before dispatch, and what was
//! answered before.

use crate::{
    answer_form::{ADDRESS_FIELDS, AnswerDraft, note_field},
    answer_words,
    facts::Facts,
    nonce::Nonces,
};
use domain::{
    address::Address,
    answer::{self, ANSWERS_MAX, CustomerAnswer, NOTE_CHARS_MAX, Offer, Wish},
    id::ParcelKey,
    parcel::Parcel,
};
use jiff::civil::Date;
use letters::words;
use windows::text::{NAME_CHARS_MAX, shown};

/// The farthest day that is looked at; the domain says which of them may be chosen.
const DAYS_LOOKED_AT: usize = 31;

/// The part of the page about one parcel, or about the order before its dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersView {
    /// The id of its heading: `answers` for the one the page's address leads to.
    pub id: String,
    /// The heading's level.
    pub level: u8,
    /// Whether the heading is for those who hear the page; those who see it see what is folded below it.
    pub is_title_quiet: bool,
    /// An answer was just given: what to say of it.
    pub just_given: Option<&'static str>,
    /// Where to look again, while the answer is on its way to us.
    pub look_again: Option<String>,
    /// What was answered, oldest first.
    pub given: Vec<String>,
    /// What there is to say instead of a form.
    pub sentence: Option<&'static str>,
    /// The form.
    pub form: Option<AnswerFormView>,
}

/// A form that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFormView {
    /// Where it is sent.
    pub action: String,
    /// Its nonce.
    pub nonce: String,
    /// What it is folded under, if it is.
    pub summary: Option<&'static str>,
    /// Whether it is shown unfolded.
    pub is_open: bool,
    /// Whether something is wrong with what was sent.
    pub has_errors: bool,
    /// What is wrong with the choice itself.
    pub choice_error: Option<String>,
    /// What to try first.
    pub checklist: Vec<String>,
    /// What may be chosen.
    pub options: Vec<OptionView>,
    /// What is on its button.
    pub button: String,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionView {
    /// The word in the form.
    pub code: &'static str,
    /// The words for people.
    pub label: &'static str,
    /// Whether it is chosen.
    pub is_chosen: bool,
    /// What there is to fill in.
    pub fields: Vec<FieldView>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// Its name.
    pub name: &'static str,
    /// What to fill in.
    pub label: &'static str,
    /// Whether it may stay empty.
    pub is_optional: bool,
    /// How.
    pub kind: FieldKind,
    /// What is in it.
    pub value: String,
    /// The longest text.
    pub chars_max: usize,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// What a field is filled in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One of these days.
    Day(Vec<DayView>),
    /// A line, with what browsers may fill in for it.
    Line(&'static str),
    /// A few lines.
    Lines,
}

/// One day to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayView {
    /// The word in the form.
    pub code: String,
    /// The words for people.
    pub label: String,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// Who looks at the forms, and with what in hand.
#[derive(Debug, Clone, Copy)]
pub struct Hand<'a> {
    /// The token in the page's address.
    pub token: &'a str,
    /// The nonces of the page.
    pub nonces: &'a Nonces,
    /// The answer just given, as the address names it.
    pub just_answered: Option<&'a str>,
    /// What was filled in and has to be mended.
    pub draft: Option<&'a AnswerDraft>,
}

/// The answers' parts of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// That of each parcel, in the order of the parcels.
    pub of_parcels: Vec<Option<AnswersView>>,
    /// That of the order.
    pub of_order: Option<AnswersView>,
}

/// What forms may be about: each parcel shown, and the order.
#[must_use]
pub fn about_of(facts: &Facts) -> Vec<Option<&ParcelKey>> {
    facts.parcels.iter().map(|parcel| Some(&parcel.key)).chain([None]).collect()
}

/// How many answers there are about a parcel, or about the order.
#[must_use]
pub fn n_answers(facts: &Facts, about: Option<&ParcelKey>) -> usize {
    facts.order.answers.iter().filter(|answer| answer.parcel.as_ref() == about).count()
}

/// What may be answered now. Who has said that a parcel is missing need not say so again while the shop looks for it. An order
/// whose customer was forgotten takes no new addresses and notes.
#[must_use]
pub fn offered(facts: &Facts, about: Option<&ParcelKey>) -> Vec<Offer> {
    if facts.is_erased() {
        return Vec::new();
    }
    let Some(key) = about else { return answer::offers_before_dispatch(&facts.order) };
    let Some(parcel) = facts.parcels.iter().find(|parcel| parcel.key == *key) else { return Vec::new() };
    let is_missed = facts.order.answers.iter().any(|answer| {
        answer.parcel.as_ref() == about && answer.done_at.is_none() && matches!(answer.wish, Wish::NotReceived { .. })
    });
    let mut offers = answer::offers(parcel, facts.now);
    offers.retain(|offer| *offer != Offer::NotReceived || !is_missed);
    offers
}

/// The answers' parts of the page.
#[must_use]
pub fn answers(facts: &Facts, hand: &Hand<'_>) -> Answers {
    let about = about_of(facts);
    let mut views: Vec<Option<AnswersView>> = about.iter().map(|about| part(facts, hand, *about)).collect();
    // The address leads to the form that lacks something, else to the answer just given, else to the first part.
    let is_drafted = |at: &usize| hand.draft.is_some_and(|draft| draft.about.as_ref() == about[*at]);
    let is_given = |at: &usize| views[*at].as_ref().is_some_and(|view| view.just_given.is_some());
    let mut shown = (0..views.len()).filter(|at| views[*at].is_some());
    let target = shown.clone().find(is_drafted).or_else(|| shown.clone().find(is_given)).or_else(|| shown.next());
    for (at, view) in views.iter_mut().enumerate() {
        if let Some(view) = view {
            view.id = if Some(at) == target { "answers".to_owned() } else { format!("answers-{}", at + 1) };
        }
    }
    let of_order = views.pop().flatten();
    Answers { of_parcels: views, of_order }
}

/// The answers that are told beside a parcel or, for what is about the order or a parcel it no longer has, beside its address.
fn told<'a>(facts: &'a Facts, about: Option<&ParcelKey>) -> Vec<&'a CustomerAnswer> {
    let is_shown = |key: &ParcelKey| facts.parcels.iter().any(|parcel| parcel.key == *key);
    let belongs = |answer: &&CustomerAnswer| answer.parcel.as_ref().filter(|key| is_shown(key)) == about;
    facts.order.answers.iter().filter(belongs).collect()
}

fn part(facts: &Facts, hand: &Hand<'_>, about: Option<&ParcelKey>) -> Option<AnswersView> {
    let given = told(facts, about);
    let nonces = hand.nonces.of_answers(about, n_answers(facts, about));
    let pending = hand.just_answered.and_then(|text| nonces.still_current(text));
    let is_here = given.iter().any(|answer| Some(answer.id.as_str()) == hand.just_answered);
    let mut view = AnswersView {
        id: String::new(),
        level: if about.is_some() { 4 } else { 3 },
        is_title_quiet: false,
        just_given: match (&pending, is_here) {
            (Some(_), _) => Some("We have your answer. It will show here, usually within a minute."),
            (None, true) => Some("We have your answer. A person sees to it."),
            (None, false) => None,
        },
        look_again: pending.as_ref().map(|id| format!("/o/{}?answered={id}#answers", hand.token)),
        given: given.iter().map(|answer| sentence(facts, answer)).collect(),
        sentence: None,
        form: None,
    };
    let offers = offered(facts, about);
    let is_full = facts.order.answers.len() >= ANSWERS_MAX;
    if pending.is_none() && !offers.is_empty() && is_full {
        view.sentence = Some("This order has as many answers as this page takes. For one more, talk to a person.");
    } else if pending.is_none() && !offers.is_empty() {
        let draft = hand.draft.filter(|draft| draft.about.as_ref() == about);
        let nonce = nonces.current()?.to_string();
        view.form = Some(form(facts, hand.token, nonce, about, &offers, draft, !given.is_empty()));
    }
    let is_folded = view.form.as_ref().is_some_and(|form| form.summary.is_some());
    view.is_title_quiet = view.form.is_none() || (is_folded && view.given.is_empty() && view.just_given.is_none());
    let has_something = view.form.is_some() || view.sentence.is_some() || view.just_given.is_some() || !view.given.is_empty();
    has_something.then_some(view)
}

/// "You asked for another delivery day on Thu 26 Nov, 14:05. Demo Shop has seen to it on Fri 27 Nov, 09:00."
fn sentence(facts: &Facts, answer: &CustomerAnswer) -> String {
    let asked = format!("You asked for {} on {}.", answer_words::wish(&answer.wish), facts.moment(answer.answered_at));
    match answer.done_at {
        Some(at) => format!("{asked} {} has seen to it on {}.", facts.shop_name(), facts.moment(at)),
        None => format!("{asked} {} has not seen to it yet.", facts.shop_name()),
    }
}

fn form(
    facts: &Facts,
    token: &str,
    nonce: String,
    about: Option<&ParcelKey>,
    offers: &[Offer],
    draft: Option<&AnswerDraft>,
    is_again: bool,
) -> AnswerFormView {
    let is_missed = offers == [Offer::NotReceived];
    let error = |name: &str| draft.and_then(|draft| draft.errors.get(name).cloned());
    let chosen = draft.and_then(|draft| draft.chosen).filter(|chosen| offers.contains(chosen));
    let options = offers.iter().map(|offer| OptionView {
        code: offer.code(),
        label: answer_words::offer(*offer),
        is_chosen: chosen == Some(*offer) || offers.len() == 1,
        fields: fields(facts, about, *offer, draft),
    });
    AnswerFormView {
        // The fragment brings people back to the form when something is missing.
        action: format!("/o/{token}/answers#answers"),
        nonce,
        summary: match about {
            None => Some("Correct this address"),
            Some(_) if is_missed => Some(answer_words::offer(Offer::NotReceived)),
            Some(_) if is_again => Some("Ask for something else"),
            Some(_) => None,
        },
        is_open: draft.is_some(),
        has_errors: draft.is_some(),
        choice_error: error("wish"),
        checklist: if is_missed { checklist(facts, about) } else { Vec::new() },
        options: options.collect(),
        button: match (about, is_missed) {
            (None, _) => "Send the corrected address".to_owned(),
            (Some(_), true) => format!("Tell {} that it is missing", facts.shop_name()),
            (Some(_), false) => format!("Tell {}", facts.shop_name()),
        },
    }
}

/// What finds most parcels that are said to be delivered.
fn checklist(facts: &Facts, about: Option<&ParcelKey>) -> Vec<String> {
    let parcel = facts.parcels.iter().find(|parcel| Some(&parcel.key) == about);
    let carrier = parcel.map_or_else(|| "the carrier".to_owned(), |parcel| shown(&Parcel::carrier_name(parcel), NAME_CHARS_MAX));
    vec![
        "Look around every door, in the letter box, the garage, the hall and at the reception.".to_owned(),
        "Ask everybody who lives or works with you, and your neighbours.".to_owned(),
        "Look for a card or a message that says where it was left.".to_owned(),
        "Read the delivery address on this page: is it yours?".to_owned(),
        format!("Wait until tomorrow evening: {carrier} may say “delivered” a little before it is."),
    ]
}

fn fields(facts: &Facts, about: Option<&ParcelKey>, offer: Offer, draft: Option<&AnswerDraft>) -> Vec<FieldView> {
    let typed = |name: &str| draft.and_then(|draft| draft.typed.get(name).cloned());
    let error = |name: &str| draft.and_then(|draft| draft.errors.get(name).cloned());
    let field = |name, label, is_optional, kind, value: String, chars_max| FieldView {
        error: error(name),
        name,
        label,
        is_optional,
        kind,
        value,
        chars_max,
    };
    let note = |label, is_optional| {
        let name = note_field(offer);
        field(name, label, is_optional, FieldKind::Lines, typed(name).unwrap_or_default(), NOTE_CHARS_MAX)
    };
    match offer {
        Offer::AnotherDay => {
            let chosen = typed("day").unwrap_or_default();
            let days = days(facts.day_at_destination(about)).into_iter().map(|day| DayView {
                is_chosen: day.to_string() == chosen,
                code: day.to_string(),
                label: words::day(day),
            });
            vec![field("day", "Which day?", false, FieldKind::Day(days.collect()), String::new(), 0)]
        }
        Offer::CorrectedAddress => {
            let known = facts.order.ship_to().cloned().unwrap_or_default();
            let line = |(name, chars_max): (&'static str, usize)| {
                let (label, fills_in, is_optional, known) = address_field(&known, name);
                let value = typed(name).unwrap_or_else(|| known.map(|text| windows::text::typed(text)).unwrap_or_default());
                field(name, label, is_optional, FieldKind::Line(fills_in), value, chars_max)
            };
            ADDRESS_FIELDS.map(line).into()
        }
        Offer::Neighbour => vec![note("With whom, and where is their door?", false)],
        Offer::PickupPoint => vec![note("Which one? Its name or address", false)],
        Offer::NotReceived => vec![note("What did you find out?", true)],
    }
}

/// The days that may be chosen, as the domain judges each.
fn days(today: Date) -> Vec<Date> {
    today
        .series(jiff::Span::new().days(1))
        .take(DAYS_LOOKED_AT)
        .filter(|day| answer::checked(&Wish::AnotherDay { day: *day }, today).is_ok())
        .collect()
}

/// A field's label, what browsers may fill in for it, whether it may stay empty, and what is known.
fn address_field<'a>(known: &'a Address, name: &str) -> (&'static str, &'static str, bool, Option<&'a String>) {
    let Address { name: person, company, street, street_more, city, region, postal_code, country } = known;
    match name {
        "name" => ("Name", "name", true, person.as_ref()),
        "company" => ("Company", "organization", true, company.as_ref()),
        "street" => ("Street and number", "address-line1", false, street.as_ref()),
        "street_more" => ("Flat, floor, entrance", "address-line2", true, street_more.as_ref()),
        "city" => ("Town", "address-level2", false, city.as_ref()),
        "region" => ("State or region", "address-level1", true, region.as_ref()),
        "postal_code" => ("Postal code", "postal-code", true, postal_code.as_ref()),
        _ => ("Country, as two letters", "country", false, country.as_ref()),
    }
}
