//! The text message: who writes, what is new, and the whole link, in one segment where the words allow it.

use crate::{CannotRender, clean, gsm, kinds, scene::Scene, words::Tongue};
use domain::locale::Locale;

/// The longest name of a shop in a text message.
const SHOP_CHARS_MAX: usize = 30;

/// The text message of a letter in the house's words.
pub(crate) fn text(scene: &Scene) -> Result<String, CannotRender> {
    let short = kinds::short(scene)?;
    let mut args = scene.args_with(&[]);
    // A number that does not go into the alphabet is left out rather than shown with holes.
    scene.tongue.name_order(&mut args, &gsm::plain(&scene.number).unwrap_or_default());
    for (name, value) in short.values {
        let value = if name == "headline" { mid_sentence(scene.tongue, &value) } else { value };
        args.set(name, value);
    }
    let say = |key: &str| gsm::plain(&scene.tongue.tell(key, &args));
    let briefly = say(&format!("{}.brief", short.message)).unwrap_or_default();
    let says = say(&format!("{}.sms{}", short.message, short.ending)).unwrap_or_else(|| briefly.clone());
    let sender = sender(scene);
    let link = scene.facts.link;
    let full = format!("{sender}: {says} {link}");
    if crate::segments(&full) == 1 {
        return Ok(full);
    }
    Ok(format!("{sender}: {briefly} {link}"))
}

/// Who writes. A shop whose name does not go into the alphabet is told apart by the order's number.
fn sender(scene: &Scene) -> String {
    let shop = gsm::plain(&clean::line(&scene.shop, SHOP_CHARS_MAX)).filter(|shop| shop.chars().any(char::is_alphanumeric));
    shop.unwrap_or_else(|| {
        let number = gsm::plain(&scene.number).unwrap_or_default();
        let message = if number.is_empty() { "order-bare.start" } else { "order-named.start" };
        gsm::plain(&scene.tongue.say(message, &[("number", number.into())])).unwrap_or_default()
    })
}

/// A headline after a colon: English, French and Spanish go on with a small letter; German begins its "Ihr" with a capital.
fn mid_sentence(tongue: Tongue, headline: &str) -> String {
    if tongue.locale() == Locale::De {
        return headline.to_owned();
    }
    let mut chars = headline.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
