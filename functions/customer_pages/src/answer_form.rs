//! What people answer to trouble in a form: read within bounds, told kindly and field by field what is wrong.

use crate::{
    answers::{about_of, n_answers, offered},
    facts::Facts,
    nonce::Nonces,
};
use domain::{
    address::Address,
    answer::{self, ANSWERS_MAX, AnswerRefusal, CustomerAnswer, NOTE_CHARS_MAX, Offer, Wish},
    id::{ParcelKey, ReturnId},
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use windows::{
    form::Form,
    text::{typed, typed_lines},
};

/// The fields of an address: name, and the longest text of each. Together they stay below what the domain keeps of a line.
pub const ADDRESS_FIELDS: [(&str, usize); 8] = [
    ("name", 100),
    ("company", 100),
    ("street", 150),
    ("street_more", 150),
    ("city", 80),
    ("region", 60),
    ("postal_code", 20),
    ("country", 2),
];

/// What somebody filled in, kept so that nobody has to type twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnswerDraft {
    /// About which parcel; none: the order.
    pub about: Option<ParcelKey>,
    /// What was chosen.
    pub chosen: Option<Offer>,
    /// What was typed, by field.
    pub typed: BTreeMap<&'static str, String>,
    /// What is wrong, by field; `wish` is the choice itself.
    pub errors: BTreeMap<&'static str, String>,
}

/// What became of an answer form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerForm {
    /// An answer for the desk.
    Gives(CustomerAnswer),
    /// The same form once more; its answer is there.
    Repeats(ReturnId),
    /// A form that was already used for something else: nothing was taken from it.
    Used,
    /// Not a form of this order's page, or too old a one.
    Foreign,
    /// What was chosen cannot be chosen any more.
    NotOffered,
    /// As many answers as are kept.
    TooMany,
    /// Something is missing or wrong; the form is shown again with what was filled in.
    Lacks(AnswerDraft),
}

/// Reads an answer form: `nonce`, `wish`, and the fields of what was wished for. The nonce says what it is about.
#[must_use]
pub fn answer_form(facts: &Facts, nonces: &Nonces, form: &Form) -> AnswerForm {
    let nonce = form.field("nonce");
    if let Some(given) = facts.order.answers.iter().find(|answer| answer.id.as_str() == nonce) {
        let wish = Reader::new(form).wish().ok();
        return if wish.as_ref() == Some(&given.wish) { AnswerForm::Repeats(given.id.clone()) } else { AnswerForm::Used };
    }
    let recognised = |about: Option<&ParcelKey>| nonces.of_answers(about, n_answers(facts, about)).recognised(nonce);
    let found = about_of(facts).into_iter().find_map(|about| recognised(about).map(|id| (about.cloned(), id)));
    let Some((about, id)) = found else { return AnswerForm::Foreign };
    if facts.order.answers.len() >= ANSWERS_MAX {
        return AnswerForm::TooMany;
    }
    let mut reader = Reader::new(form);
    reader.draft.about.clone_from(&about);
    let wish = match reader.wish() {
        Ok(wish) => wish,
        Err(draft) => return AnswerForm::Lacks(*draft),
    };
    if !offered(facts, about.as_ref()).contains(&wish.offer()) {
        return AnswerForm::NotOffered;
    }
    if let Err(refusal) = answer::checked(&wish, facts.day_at_destination(about.as_ref())) {
        let mut reader = Reader::new(form);
        reader.draft.about = about;
        return AnswerForm::Lacks(reader.refused(&wish, refusal));
    }
    AnswerForm::Gives(CustomerAnswer { id, parcel: about, wish, answered_at: facts.now, done_at: None })
}

/// The field of a wish's note.
#[must_use]
pub fn note_field(offer: Offer) -> &'static str {
    match offer {
        Offer::Neighbour => "neighbour",
        Offer::PickupPoint => "pickup_point",
        Offer::AnotherDay | Offer::CorrectedAddress | Offer::NotReceived => "note",
    }
}

struct Reader<'a> {
    form: &'a Form,
    draft: AnswerDraft,
}

impl<'a> Reader<'a> {
    fn new(form: &'a Form) -> Self {
        let mut draft = AnswerDraft { chosen: Offer::read(form.field("wish")), ..AnswerDraft::default() };
        let lines = ADDRESS_FIELDS.iter().map(|(name, _)| *name).chain(["day"]);
        draft.typed.extend(lines.map(|name| (name, typed(form.field(name)))));
        let notes = ["neighbour", "pickup_point", "note"];
        draft.typed.extend(notes.map(|name| (name, typed_lines(form.field(name)))));
        Self { form, draft }
    }

    /// What is wished for, or the draft with what is wrong in it.
    fn wish(mut self) -> Result<Wish, Box<AnswerDraft>> {
        let wish = match self.draft.chosen {
            None => {
                let said =
                    if self.form.field("wish").is_empty() { "Please choose one of these." } else { "Please choose again." };
                self.wrong("wish", said);
                None
            }
            Some(Offer::AnotherDay) => self.day().map(|day| Wish::AnotherDay { day }),
            Some(Offer::CorrectedAddress) => Some(Wish::CorrectedAddress { address: self.address() }),
            Some(Offer::Neighbour) => {
                Some(Wish::Neighbour { note: self.note(Offer::Neighbour, "Please say with whom and where.") })
            }
            Some(Offer::PickupPoint) => {
                Some(Wish::PickupPoint { note: self.note(Offer::PickupPoint, "Please name the pickup point or its address.") })
            }
            Some(Offer::NotReceived) => Some(Wish::NotReceived { note: self.note(Offer::NotReceived, "") }),
        };
        wish.filter(|_| self.draft.errors.is_empty()).ok_or_else(|| Box::new(self.draft))
    }

    fn wrong(&mut self, field: &'static str, said: impl Into<String>) {
        self.draft.errors.entry(field).or_insert_with(|| said.into());
    }

    fn typed(&self, field: &str) -> &str {
        self.draft.typed.get(field).map_or("", String::as_str)
    }

    fn day(&mut self) -> Option<Date> {
        let day = self.typed("day").parse().ok();
        if day.is_none() {
            self.wrong("day", "Please choose a day.");
        }
        day
    }

    /// The note of a wish; `missing` is said when there is none, unless it is empty.
    fn note(&mut self, offer: Offer, missing: &'static str) -> String {
        let field = note_field(offer);
        let note = self.typed(field).to_owned();
        let length = note.chars().count();
        if note.is_empty() && !missing.is_empty() {
            self.wrong(field, missing);
        } else if length > NOTE_CHARS_MAX {
            self.wrong(field, format!("Please shorten this to {NOTE_CHARS_MAX} characters. It has {length}."));
        }
        note
    }

    fn address(&mut self) -> Address {
        for (field, chars_max) in ADDRESS_FIELDS {
            let length = self.typed(field).chars().count();
            if field != "country" && length > chars_max {
                self.wrong(field, format!("Please shorten this to {chars_max} characters. It has {length}."));
            }
        }
        for (field, missing) in [("street", "Please fill in the street and number."), ("city", "Please fill in the town.")] {
            if self.typed(field).is_empty() {
                self.wrong(field, missing);
            }
        }
        let country = self.typed("country").to_uppercase();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            self.wrong("country", "Please write the country as two letters, such as US or DE.");
        }
        let given = |field: &str| Some(self.typed(field).to_owned()).filter(|text| !text.is_empty());
        Address {
            name: given("name"),
            company: given("company"),
            street: given("street"),
            street_more: given("street_more"),
            city: given("city"),
            region: given("region"),
            postal_code: given("postal_code"),
            country: Some(country).filter(|text| !text.is_empty()),
        }
    }

    /// What the domain refuses, at the field it is about.
    fn refused(mut self, wish: &Wish, refusal: AnswerRefusal) -> AnswerDraft {
        let (field, said) = match refusal {
            AnswerRefusal::BadDay => ("day", "Please choose a day from tomorrow on, within two weeks."),
            AnswerRefusal::BadNote => (note_field(wish.offer()), "Please write a little, and not too much."),
            AnswerRefusal::BadAddress => ("street", "Please fill in at least street, town and country."),
            AnswerRefusal::TooMany => ("wish", "Please choose again."),
        };
        self.wrong(field, said);
        self.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(body: &str) -> Result<Wish, Box<AnswerDraft>> {
        Reader::new(&Form::read(body.as_bytes())).wish()
    }

    #[track_caller]
    fn wrong(body: &str, fields: &[&str]) {
        let draft = read(body).unwrap_err();
        assert_eq!(draft.errors.keys().copied().collect::<Vec<_>>(), fields, "{body}");
    }

    #[test]
    fn each_wish_is_read_from_its_own_fields() {
        assert_eq!(read("wish=another_day&day=2026-11-28"), Ok(Wish::AnotherDay { day: "2026-11-28".parse().unwrap() }));
        let note = "Ms Lee,\nflat 4".to_owned();
        assert_eq!(read("wish=neighbour&neighbour=+Ms+Lee,%0D%0Aflat+4&note=else"), Ok(Wish::Neighbour { note }));
        assert_eq!(read("wish=not_received&neighbour=x"), Ok(Wish::NotReceived { note: String::new() }));
        let address = Address {
            street: Some("1 High St".into()),
            city: Some("Leeds".into()),
            country: Some("GB".into()),
            ..Address::default()
        };
        let body = "wish=corrected_address&street=1+High%0D%0ASt&city=Leeds&country=gb&region=+";
        let Ok(Wish::CorrectedAddress { address: read }) = read(body) else { panic!("not read") };
        assert_eq!(read.street.as_deref(), Some("1 High  St"), "a line break is none");
        assert_eq!(Address { street: address.street.clone(), ..read }, address);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        wrong("", &["wish"]);
        wrong("wish=teleport", &["wish"]);
        wrong("wish=another_day&day=", &["day"]);
        wrong("wish=another_day&day=soon", &["day"]);
        wrong("wish=neighbour", &["neighbour"]);
        wrong(&format!("wish=pickup_point&pickup_point={}", "x".repeat(NOTE_CHARS_MAX + 1)), &["pickup_point"]);
        wrong(&format!("wish=not_received&note={}", "x".repeat(NOTE_CHARS_MAX + 1)), &["note"]);
        wrong("wish=corrected_address", &["city", "country", "street"]);
        wrong(&format!("wish=corrected_address&street=1&city=x&country=USA&name={}", "x".repeat(101)), &["country", "name"]);
    }

    #[test]
    fn the_longest_address_is_one_the_domain_takes() {
        let fields = ADDRESS_FIELDS.map(|(name, chars_max)| format!("{name}={}", "X".repeat(chars_max))).join("&");
        let wish = read(&format!("wish=corrected_address&{fields}")).unwrap();
        assert_eq!(answer::checked(&wish, "2026-11-26".parse().unwrap()), Ok(()));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(body in prop::collection::vec(any::<u8>(), 0..400), wish in 0usize..5) {
            let mut all = format!("wish={}&note=", Offer::ALL[wish].code()).into_bytes();
            all.extend(body);
            let _ = Reader::new(&Form::read(&all)).wish();
        }
    }
}
