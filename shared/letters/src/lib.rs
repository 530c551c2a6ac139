//! Letters: facts become a mail or a text message. Pure: no IO, no clock; the same facts always give the same words.

mod catalogue;
mod clean;
mod draft;
mod gsm;
mod html;
mod kinds;
mod own_words;
mod scene;
mod sms;
mod structured;
mod text;
mod whatsapp;
pub mod words;

#[cfg(test)]
mod tests;

pub use gsm::segments;
pub use own_words::{Complaint, NAMES, OUTPUT_BYTES_MAX, TEMPLATE_BYTES_MAX, Weight, lint};
pub use whatsapp::{BodyExample, Button, Component, TemplateDefinition, Whatsapp, whatsapp_template};

use domain::{
    dispatch::{Standing, parcel_of},
    letter::{About, Letter, Purpose},
    link::OrderLinks,
    locale::Locale,
    order::Order,
    parcel::Parcel,
    return_::Return,
    settings::ShopSettings,
};

/// Everything a letter is rendered from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The reason to write.
    pub letter: &'a Letter,
    /// Whose letter it is: brand, policy, zone.
    pub settings: &'a ShopSettings,
    /// The order it is about.
    pub order: &'a Order,
    /// The parcel it is about, when it is about one.
    pub parcel: Option<&'a Parcel>,
    /// All parcels of the order.
    pub parcels: &'a [Parcel],
    /// The return it is about, when it is about one.
    pub return_: Option<&'a Return>,
    /// The full address of the order's page.
    pub link: &'a str,
    /// Other letters of the same kind that this message tells of too: four parcels shipped within minutes are one message.
    pub carries: &'a [Letter],
    /// In which language.
    pub locale: Locale,
    /// The full address of the page where the recipient chooses how to be written to; none for staff.
    pub preferences_link: Option<&'a str>,
    /// Whether the recipient agreed to marketing: only then the shop's promotion stands below its news.
    pub may_promote: bool,
}

impl<'a> Facts<'a> {
    /// What a letter that may go out is rendered from. `returns` are those of its order.
    #[must_use]
    pub fn of(standing: &Standing<'a>, returns: &'a [Return], carries: &'a [Letter], links: &'a OrderLinks) -> Self {
        let letter = standing.letter;
        Self {
            letter,
            settings: standing.settings,
            order: standing.order,
            parcel: parcel_of(letter, standing.parcels),
            parcels: standing.parcels,
            return_: match &letter.about {
                About::Return { return_, .. } => returns.iter().find(|known| known.request.id == *return_),
                About::Order | About::Parcel { .. } => None,
            },
            link: &links.page,
            carries,
            locale: standing.locale(),
            preferences_link: (letter.kind.purpose() != Purpose::Staff).then_some(links.preferences.as_str()),
            may_promote: standing.promotes(),
        }
    }
}

/// A mail. Who it goes to and from is the postman's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// One line, at most 150 characters, without control characters.
    pub subject: String,
    /// The whole HTML document, below 100 kB.
    pub html: String,
    /// The same in plain text.
    pub text: String,
    /// Whether something the shop wrote itself could not be used, and the house's words stand in its place.
    pub fell_back: bool,
}

/// A text message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// In the GSM alphabet as long as the link is and the shop's own words are; see [`segments`].
    pub text: String,
    /// Whether what the shop wrote itself could not be used, and the house's words stand in its place.
    pub fell_back: bool,
}

/// Why there are no words. The same facts never render later: it is final, and the facts were not enough.
#[derive(Debug, thiserror::Error)]
pub enum CannotRender {
    /// The storefront has not described the order, so there is nobody to write to.
    #[error("the order has not been described by its storefront")]
    NoOrder,
    /// The letter is about a parcel.
    #[error("the letter is about a parcel and none was given")]
    NoParcel,
    /// The letter is about a return.
    #[error("the letter is about a return and none was given")]
    NoReturn,
    /// An approval of a return that is not approved, or the like.
    #[error("the return is not in the state the letter tells of")]
    ReturnNotSo,
    /// A promotion has no place in a text message, and what needs a person none with the customer.
    #[error("the kind of letter does not use this channel")]
    NotOnThisChannel,
    /// A link that is not one would be a dead button.
    #[error("the link is not an http address")]
    BadLink,
    /// The layout failed.
    #[error("the layout cannot be filled")]
    Layout(#[from] askama::Error),
    /// The data for mail programs failed.
    #[error("the structured data cannot be written")]
    Structured(#[from] serde_json::Error),
}

/// The mail of a letter.
///
/// # Errors
/// When the facts are not those of this kind of letter.
pub fn email(facts: &Facts) -> Result<Email, CannotRender> {
    let scene = scene::Scene::set(facts)?;
    let (draft, fell_back) = own_words::in_draft(&scene, kinds::draft(&scene)?);
    Ok(Email { html: html::render(&scene, &draft)?, text: text::render(&scene, &draft), subject: draft.subject, fell_back })
}

/// The text message of a letter. The link is always whole.
///
/// # Errors
/// When the facts are not those of this kind of letter, or the kind is not sent as a text message.
pub fn sms(facts: &Facts) -> Result<Sms, CannotRender> {
    let scene = scene::Scene::set(facts)?;
    let house = sms::text(&scene)?;
    let (own, fell_back) = own_words::sms(&scene);
    Ok(Sms { text: own.unwrap_or(house), fell_back })
}

/// The WhatsApp message of a letter.
///
/// # Errors
/// When the facts are not those of this kind of letter, or the kind is not sent by WhatsApp.
pub fn whatsapp(facts: &Facts) -> Result<Whatsapp, CannotRender> {
    whatsapp::message(&scene::Scene::set(facts)?)
}
