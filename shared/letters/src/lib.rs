//! Letters: facts become a mail or a text message. Pure: no IO, no clock; the same facts always give the same words.

mod clean;
mod draft;
mod gsm;
mod html;
mod kinds;
mod scene;
mod structured;
mod text;
pub mod words;

#[cfg(test)]
mod tests;

pub use gsm::segments;

use domain::{letter::Letter, order::Order, parcel::Parcel, return_::Return, settings::ShopSettings};

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
}

/// A mail. Who it goes to and from is the postman's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// One line, at most 150 characters, without control characters.
    pub subject: String,
    /// The whole HTML document, below 60 kB.
    pub html: String,
    /// The same in plain text.
    pub text: String,
}

/// A text message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// In the GSM alphabet as long as the link is; see [`segments`].
    pub text: String,
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
    let draft = kinds::draft(&scene)?;
    Ok(Email { html: html::render(&scene, &draft)?, text: text::render(&scene, &draft), subject: draft.subject })
}

/// The text message of a letter. The link is always whole.
///
/// # Errors
/// When the facts are not those of this kind of letter.
pub fn sms(facts: &Facts) -> Result<Sms, CannotRender> {
    let scene = scene::Scene::set(facts)?;
    Ok(Sms { text: kinds::sms(&scene)? })
}
