//! How the carrier, the shop, the order and the way to a person are named in a sentence, in all the forms a language needs.

use super::Tongue;
use crate::clean;
use domain::{
    address::EmailAddress,
    parcel::Parcel,
    settings::{Brand, ShopSettings},
};
use fluent_bundle::FluentArgs;

/// The variables of a carrier's name, and the attribute of the catalogue that makes each.
const CARRIER: [(&str, &str); 6] = [
    ("carrier", ""),
    ("carrier-start", ".start"),
    ("carrier-object", ".object"),
    ("carrier-at", ".at"),
    ("carrier-of", ".of"),
    ("carrier-to", ".to"),
];
/// The same of a shop's.
const SHOP: [(&str, &str); 6] = [
    ("shop", ""),
    ("shop-start", ".start"),
    ("shop-object", ".object"),
    ("shop-at", ".at"),
    ("shop-of", ".of"),
    ("shop-to", ".to"),
];
/// The same of an order's.
const ORDER: [(&str, &str); 3] = [("order", ""), ("order-start", ".start"), ("order-of", ".of")];

/// Who carries a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// By this name.
    Named(String),
    /// Nobody told who.
    Unknown,
}

impl Carrier {
    /// By the name people know; what the domain calls "the carrier" has none.
    pub(crate) fn of(name: &str) -> Self {
        match clean::line(name, clean::NAME_CHARS_MAX) {
            name if name.is_empty() || name == "the carrier" => Self::Unknown,
            name => Self::Named(name),
        }
    }

    /// The one who carries all of these; of several carriers none is named.
    pub(crate) fn of_all<'a>(mut parcels: impl Iterator<Item = &'a Parcel>) -> Self {
        let Some(first) = parcels.next() else { return Self::Unknown };
        if parcels.all(|parcel| parcel.key.carrier == first.key.carrier) {
            Self::of(&first.carrier_name())
        } else {
            Self::Unknown
        }
    }
}

impl Tongue {
    /// Sets the variables of a carrier.
    pub(crate) fn name_carrier(self, args: &mut FluentArgs, carrier: &Carrier) {
        let (message, name) = match carrier {
            Carrier::Named(name) => ("carrier-named", name.as_str()),
            Carrier::Unknown => ("carrier-unknown", ""),
        };
        for (variable, form) in CARRIER {
            let said = self.say(&format!("{message}{form}"), &[("name", name.into())]);
            args.set(variable, if variable == "carrier-start" { clean::capital(&said) } else { said });
        }
    }

    /// Sets the variables of a shop; one without a name is "the shop".
    pub(crate) fn name_shop(self, args: &mut FluentArgs, name: &str) {
        let message = if name.is_empty() { "shop-unknown" } else { "shop-named" };
        for (variable, form) in SHOP {
            args.set(variable, self.say(&format!("{message}{form}"), &[("name", name.into())]));
        }
    }

    /// Sets the variables of an order; one without a number is "your order".
    pub(crate) fn name_order(self, args: &mut FluentArgs, number: &str) {
        let message = if number.is_empty() { "order-bare" } else { "order-named" };
        for (variable, form) in ORDER {
            args.set(variable, self.say(&format!("{message}{form}"), &[("number", number.into())]));
        }
        args.set("order-tail", if number.is_empty() { String::new() } else { format!(" {number}") });
    }

    /// How to reach a person of the shop, as an order in the middle of a sentence: "write to help@demo.example or call
    /// +1 555 0100 (Mon–Fri 9–17)". A shop that names neither is named itself.
    #[must_use]
    pub fn contact(self, settings: &ShopSettings) -> String {
        let brand = &settings.brand;
        let hours = support_hours(brand).map(|hours| format!(" ({hours})")).unwrap_or_default();
        let ways = match (support_email(settings), support_phone(brand)) {
            (Some(email), Some(phone)) => self.say("contact-both", &[("email", email.into()), ("phone", phone.into())]),
            (Some(email), None) => self.say("contact-mail", &[("email", email.into())]),
            (None, Some(phone)) => self.say("contact-phone", &[("phone", phone.into())]),
            (None, None) => {
                return self.say("contact-nothing", &[("name", clean::line(&brand.name, clean::SHOP_CHARS_MAX).into())]);
            }
        };
        ways + &hours
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
