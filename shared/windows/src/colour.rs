//! Colours with enough contrast: shades of a brand’s colour that keep WCAG AA on light and on dark ground.

use std::fmt;

/// A colour, 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// Black.
pub const BLACK: Colour = Colour([0; 3]);
/// White.
pub const WHITE: Colour = Colour([255; 3]);
/// What a shop without a readable colour has; the default of its settings.
pub const HOUSE: Colour = Colour([0x1f, 0x5f, 0x4a]);

/// Steps between a colour and black or white that are tried until it can be read.
const SHADES: u16 = 24;
/// Luminance of white in the unit of [`linear`]: 1000 to the power of 2.4, times the sum of the channel weights.
const FULL: u64 = 15_848_931 * 10_000;

impl Colour {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// This colour, or the first shade of it towards `end` that has AA contrast with every ground.
    #[must_use]
    pub fn readable_on(self, grounds: &[Self], end: Self) -> Self {
        (0..=SHADES)
            .map(|step| self.mixed(end, step))
            .find(|shade| grounds.iter().all(|ground| shade.is_readable_on(*ground)))
            .unwrap_or(end)
    }

    /// Black or white, whichever is easier to read on this colour. One of them always has AA contrast.
    #[must_use]
    pub fn ink(self) -> Self {
        let (dark, light) = (self.luminance() + FULL / 20, FULL / 20);
        // Against black the contrast is (l + .05) / .05, against white 1.05 / (l + .05).
        if u128::from(dark) * u128::from(dark) > u128::from(light) * u128::from(FULL + FULL / 20) { BLACK } else { WHITE }
    }

    /// Whether text of this colour on that ground has a contrast of at least 4.5 : 1 (WCAG 2.1, 1.4.3).
    #[must_use]
    pub fn is_readable_on(self, ground: Self) -> bool {
        let (a, b) = (self.luminance() + FULL / 20, ground.luminance() + FULL / 20);
        a.max(b) * 10 >= a.min(b) * 45
    }

    fn mixed(self, end: Self, step: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let sum = u16::from(from) * (SHADES - step) + u16::from(to) * step;
            u8::try_from(sum / SHADES).unwrap_or(u8::MAX)
        };
        let [r, g, b] = self.0;
        Self([mix(r, end.0[0]), mix(g, end.0[1]), mix(b, end.0[2])])
    }

    fn luminance(self) -> u64 {
        let [r, g, b] = self.0.map(linear);
        r * 2126 + g * 7152 + b * 722
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A channel's share of light: `((c + .055) / 1.055) ^ 2.4`, in whole numbers. With c in thousandths this is the fifth root
/// of its twelfth power.
fn linear(channel: u8) -> u64 {
    let channel = u64::from(channel);
    if channel <= 10 {
        return channel * 15_848_931 * 100 / (255 * 1292);
    }
    // Rounded: (c / 255 + .055) / 1.055 in thousandths.
    let base = ((channel * 1000 + 55 * 255) * 1000 + 255 * 1055 / 2) / (255 * 1055);
    let power = u128::from(base).pow(12);
    let (mut low, mut high) = (0, 15_848_932);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if u128::from(middle).pow(5) <= power { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn luminance_is_that_of_the_standard() {
        assert_eq!(WHITE.luminance(), FULL);
        assert_eq!(BLACK.luminance(), 0);
        // Mid grey #777 on white has a contrast of 4.48, #767676 of 4.54: the line every checker draws.
        assert!(!Colour::read("#777777").unwrap().is_readable_on(WHITE));
        assert!(Colour::read("#767676").unwrap().is_readable_on(WHITE));
    }

    #[test]
    fn only_rrggbb_is_a_colour() {
        for text in ["", "#fff", "red", "#12345g", "#1234567", "#é1234", "}*{}"] {
            assert_eq!(Colour::read(text), None, "{text}");
        }
        assert_eq!(Colour::read("#1F5f4a").unwrap().to_string(), "#1f5f4a");
    }

    proptest! {
        #[test]
        fn every_brand_can_be_read(r: u8, g: u8, b: u8) {
            let brand = Colour([r, g, b]);
            prop_assert!(brand.ink().is_readable_on(brand));
            let shade = brand.readable_on(&[WHITE], BLACK);
            prop_assert!(shade.is_readable_on(WHITE));
            prop_assert!(shade.ink().is_readable_on(shade));
        }
    }
}
