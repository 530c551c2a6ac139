//! The one style of every page: the shop's colours before the style sheet.

use windows::colour::{BLACK, Colour, HOUSE, WHITE};

/// Everything that does not depend on the shop.
const SHEET: &str = include_str!("../templates/style.css");
/// Grounds of the light look on which text of the accent colour stands: `--page` and `--card` in the sheet.
const LIGHT: [&str; 2] = ["#f7f6f3", "#ffffff"];
/// The same of the dark look.
const DARK: [&str; 2] = ["#131517", "#1d2023"];

/// The style of a shop's pages.
#[derive(Debug, Clone)]
pub struct Style {
    css: String,
}

impl Style {
    /// The style for a brand colour as the settings have it. What is no `#rrggbb` is not let near the sheet.
    #[must_use]
    pub fn of(colour: &str) -> Self {
        let brand = Colour::read(colour).unwrap_or(HOUSE);
        let light = brand.readable_on(&LIGHT.map(ground), BLACK);
        let dark = brand.readable_on(&DARK.map(ground), WHITE);
        let (on_light, on_dark) = (light.ink(), dark.ink());
        let css = format!(
            ":root{{--brand:{brand};--accent:{light};--on-accent:{on_light}}}\
             @media(prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{on_dark}}}}}\n{SHEET}"
        );
        Self { css }
    }

    /// The style of pages that belong to no shop.
    #[must_use]
    pub fn house() -> Self {
        Self::of("")
    }

    /// The text of the style element.
    #[must_use]
    pub fn css(&self) -> &str {
        &self.css
    }
}

fn ground(text: &str) -> Colour {
    Colour::read(text).unwrap_or(WHITE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grounds_are_those_of_the_sheet() {
        let mut looks = SHEET.split("--page:").skip(1);
        for [page, card] in [LIGHT, DARK] {
            let look = looks.next().unwrap();
            assert!(look.starts_with(page), "{page}");
            assert!(look.contains(&format!("--card:{};", if card == "#ffffff" { "#fff" } else { card })), "{card}");
        }
    }

    #[test]
    fn every_ink_of_the_sheet_can_be_read() {
        let mut looks = SHEET.split(":root{").skip(1);
        for grounds in [LIGHT, DARK] {
            let look = looks.next().unwrap().split('}').next().unwrap();
            let value =
                |name: &str| Colour::read(look.split(&format!("{name}:")).nth(1).unwrap().split(';').next().unwrap()).unwrap();
            for ink in ["--ink", "--soft", "--good", "--bad"] {
                assert!(grounds.iter().all(|g| value(ink).is_readable_on(ground(g))), "{ink} on {grounds:?}");
            }
            for ink in ["--ink", "--soft", "--bad"] {
                assert!(value(ink).is_readable_on(value("--bad-page")), "{ink} on --bad-page");
            }
        }
    }

    #[test]
    fn nothing_but_a_colour_enters_the_sheet() {
        assert_eq!(Style::of("red}</style><script>").css(), Style::house().css());
    }
}
