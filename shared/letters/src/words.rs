//! The house's words about parcels and returns: the same on the page, in mails and in texts.

mod returns;
mod statuses;
mod times;
mod troubles;

pub use returns::{decline, hold, outcome, reason, return_state, what_happens_next};
pub use statuses::{status, step};
pub use times::{day, day_with_year, expected, expected_by, moment};
pub use troubles::{Trouble, cause, trouble};

use crate::clean;
use domain::{
    address::EmailAddress,
    settings::{Brand, ShopSettings},
};

/// How to reach a person of the shop, as an order in the middle of a sentence: "write to help@demo.example or call
/// +1 555 0100 (Mon–Fri 9–17)". A shop that names neither is named itself.
#[must_use]
pub fn contact(settings: &ShopSettings) -> String {
    let brand = &settings.brand;
    let email = support_email(settings).map(|email| format!("write to {email}"));
    let phone = support_phone(brand).map(|phone| format!("call {phone}"));
    let ways: Vec<String> = [email, phone].into_iter().flatten().collect();
    let hours = support_hours(brand).map(|hours| format!(" ({hours})")).unwrap_or_default();
    match ways.as_slice() {
        [] => format!("contact {}", clean::line(&brand.name, clean::SHOP_CHARS_MAX)),
        ways => format!("{}{hours}", ways.join(" or ")),
    }
}

/// Where a person of the shop reads mail: the support address, else where answers go.
pub(crate) fn support_email(settings: &ShopSettings) -> Option<String> {
    let given = settings.brand.support_email.as_ref().or(settings.mail.reply_to.as_ref())?;
    // `Demo Shop <help@demo.example>` is as good as the bare address.
    let bare = given.rsplit_once('<').map_or(given.as_str(), |(_, rest)| rest.trim_end_matches(['>', ' ']));
    bare.parse::<EmailAddress>().ok().map(String::from)
}

pub(crate) fn support_phone(brand: &Brand) -> Option<String> {
    brand.support_phone.as_deref().map(|text| clean::line(text, 32)).filter(|text| !text.is_empty())
}

pub(crate) fn support_hours(brand: &Brand) -> Option<String> {
    brand.support_hours.as_deref().map(|text| clean::line(text, 100)).filter(|text| !text.is_empty())
}
