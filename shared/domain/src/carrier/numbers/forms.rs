//! The forms of carriers' numbers, a row each.

use super::{
    Check,
    checks::{fedex_34, fedex_96, fedex_express, gs1, identcode, luhn, mod_7, mod_37_36, ontrac, ups_1z, ups_letter, usps},
};

/// Of what a number consists behind its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Digits.
    Digits,
    /// Letters and digits.
    Any,
}

/// What its check digit says of a number of a form.
#[derive(Debug, Clone, Copy)]
pub(super) enum Says {
    /// There is none, or none that is public.
    Nothing,
    /// It proves the number; without it, the form alone still makes it likely.
    Proves(fn(&[u8]) -> bool),
    /// It proves the number; without it, the form tells nothing.
    Decides(fn(&[u8]) -> bool),
    /// Without it, it is not a number of this form; with it, it may be: one of seven or ten numbers of others has it, and the
    /// carrier is at home in one country.
    Allows(fn(&[u8]) -> bool),
}

/// A form of a carrier's numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// Whose.
    pub carrier: &'static str,
    /// How widespread it is among those it may be taken for; the first has the lowest.
    pub rank: u8,
    /// How it may begin; an empty list is anyhow.
    pub begins: &'static [&'static str],
    /// Of what the rest consists.
    pub of: Of,
    /// How it ends.
    pub ends: &'static str,
    /// How long the whole is.
    pub lengths: &'static [usize],
    /// What its check digit says.
    pub says: Says,
}

impl Form {
    /// How sure it is that a number has this form; `None` when it has not.
    pub(super) fn check(&self, number: &[u8]) -> Option<Check> {
        if !self.lengths.contains(&number.len()) {
            return None;
        }
        let middle = number.strip_suffix(self.ends.as_bytes())?;
        let rest = match self.begins {
            [] => middle,
            begins => begins.iter().find_map(|begin| middle.strip_prefix(begin.as_bytes()))?,
        };
        if self.of == Of::Digits && !rest.iter().all(u8::is_ascii_digit) {
            return None;
        }
        match self.says {
            Says::Nothing => Some(Check::Plausible),
            Says::Proves(fits) => Some(if fits(number) { Check::Proven } else { Check::Plausible }),
            Says::Decides(fits) => fits(number).then_some(Check::Proven),
            Says::Allows(fits) => fits(number).then_some(Check::Plausible),
        }
    }
}

/// A form of digits and letters behind one of some beginnings.
const fn form(
    rank: u8,
    carrier: &'static str,
    begins: &'static [&'static str],
    of: Of,
    lengths: &'static [usize],
    says: Says,
) -> Form {
    Form { carrier, rank, begins, of, ends: "", lengths, says }
}

use Of::{Any, Digits};
use Says::{Allows, Decides, Nothing, Proves};

/// Every form, by carrier.
pub(super) const FORMS: &[Form] = &[
    form(10, "ups", &["1Z"], Any, &[18], Proves(ups_1z)),
    form(40, "ups", &["A", "H", "J", "K", "T", "V"], Digits, &[11], Decides(ups_letter)),
    // Mail Innovations, and what it hands to USPS under one number for both.
    form(30, "ups", &["MI"], Any, &[16, 18, 20, 22, 24, 26, 28, 30], Nothing),
    form(60, "ups", &["92748", "92901", "92612999"], Digits, &[22, 26], Proves(usps)),
    form(11, "usps", &["91", "92", "93", "94", "95"], Digits, &[22, 26], Proves(usps)),
    form(11, "usps", &["420"], Digits, &[30, 34], Proves(usps)),
    form(30, "usps", &["70", "71", "72", "73", "23", "13", "03", "02", "01"], Digits, &[20], Decides(usps)),
    form(13, "fedex", &[], Digits, &[12], Decides(fedex_express)),
    form(14, "fedex", &[], Digits, &[15], Decides(gs1)),
    form(12, "fedex", &["96"], Digits, &[22], Proves(fedex_96)),
    form(31, "fedex", &["96", "10"], Digits, &[34], Decides(fedex_34)),
    form(32, "fedex", &["61"], Digits, &[20], Decides(gs1)),
    // SmartPost, which ends with USPS.
    form(20, "fedex", &["9261", "9274890", "9202"], Digits, &[22], Proves(usps)),
    form(15, "dhl_express", &[], Digits, &[10], Decides(mod_7)),
    form(20, "dhl_express", &["JJD", "JD01"], Digits, &[13, 14, 18, 20], Nothing),
    form(16, "dhl_germany", &["0034043"], Digits, &[20], Proves(gs1)),
    form(17, "dhl_germany", &[], Digits, &[12], Decides(identcode)),
    form(18, "dhl_germany", &["JJD"], Digits, &[20, 21, 22, 23, 24], Nothing),
    form(21, "dhl_ecommerce", &["GM"], Digits, &[16, 17, 18, 19, 20, 21, 22, 23, 24], Nothing),
    form(25, "dhl_ecommerce", &["9261290", "9374869", "9261299", "9374889", "9400136"], Digits, &[22, 26], Proves(usps)),
    form(
        45,
        "dhl_ecommerce_asia",
        &["CNAAA", "SGAAA", "MYAAA", "THAAA", "HKAAA", "INAAA"],
        Any,
        &[14, 15, 16, 17, 18, 19, 20],
        Nothing,
    ),
    form(22, "dhl_benelux", &["JVGL"], Digits, &[14, 16, 18, 20, 22, 24], Nothing),
    form(23, "dpd", &[], Digits, &[14], Nothing),
    form(23, "dpd", &["0", "1"], Any, &[15], Decides(mod_37_36)),
    form(23, "dpd", &["0", "1"], Any, &[28], Decides(mod_37_36)),
    form(24, "dpd_uk", &["15", "16", "55"], Digits, &[14], Nothing),
    form(33, "gls", &[], Digits, &[11, 12], Nothing),
    form(34, "evri", &["H0", "T0", "C0", "P0", "M0", "R0"], Any, &[16], Nothing),
    form(37, "evri", &[], Digits, &[16], Nothing),
    form(36, "hermes_germany", &["H10"], Digits, &[20], Nothing),
    form(38, "hermes_germany", &[], Digits, &[14], Nothing),
    form(26, "canada_post", &[], Digits, &[16], Decides(gs1)),
    form(41, "australia_post", &["33", "2J", "36", "99"], Any, &[21, 23], Nothing),
    form(42, "startrack", &["S4", "5J"], Any, &[12], Nothing),
    form(
        27,
        "colissimo",
        &[
            "5K", "5M", "6A", "6C", "6G", "6H", "6J", "6K", "6L", "6M", "6Q", "6T", "6V", "6W", "7Q", "7R", "8G", "8J", "8K",
            "8L", "8N", "8P", "8Q", "8R", "8U", "8V", "9A", "9C", "9G", "9L", "9V", "9W", "2L", "3L",
        ],
        Digits,
        &[13, 14, 15],
        Nothing,
    ),
    form(
        28,
        "chronopost",
        &["XA", "XB", "XC", "XD", "XE", "XF", "XG", "XJ", "XK", "XM", "XN", "XS", "XT", "XX", "XY"],
        Any,
        &[13, 15],
        Nothing,
    ),
    form(43, "mondial_relay", &[], Digits, &[8], Nothing),
    form(44, "colis_prive", &["Q", "F", "W"], Digits, &[12, 17], Nothing),
    form(27, "postnl", &["3S"], Any, &[11, 12, 13, 14, 15], Nothing),
    form(28, "bpost", &["323"], Digits, &[24], Nothing),
    form(29, "correos", &["PQ", "PK", "PR", "PS", "PC", "PH"], Any, &[23], Nothing),
    form(30, "inpost", &["52", "60", "61", "62", "66", "68"], Digits, &[24], Nothing),
    form(31, "packeta", &["Z"], Digits, &[11], Nothing),
    form(19, "postnord", &["00373500", "00357"], Digits, &[20], Proves(gs1)),
    form(19, "bring", &["00370"], Digits, &[20], Proves(gs1)),
    form(32, "posti", &["JJFI"], Digits, &[21, 22, 23, 24], Nothing),
    form(33, "swiss_post", &["99"], Digits, &[18], Nothing),
    form(47, "brt", &[], Digits, &[15], Nothing),
    form(46, "purolator", &["0", "1", "2", "3", "4", "5"], Digits, &[12], Allows(luhn)),
    form(50, "dtdc", &["B", "C", "D", "M", "N", "V", "W", "X", "Z"], Digits, &[9], Nothing),
    form(35, "canpar", &["C", "D", "K", "L", "S", "U", "X", "Z"], Digits, &[22], Nothing),
    form(12, "ontrac", &["C", "D"], Digits, &[15], Proves(ontrac)),
    form(13, "ontrac", &["1LS"], Any, &[15, 18, 19], Nothing),
    form(14, "ontrac", &["LX", "LA", "LE", "LI", "LH", "LN"], Digits, &[10], Nothing),
    form(12, "amazon", &["TBA", "TBC", "TBM"], Digits, &[15], Nothing),
    form(15, "speedx", &["SPX"], Any, &[15, 16, 17, 18, 19, 20, 21, 22], Nothing),
    form(15, "uniuni", &["UUS"], Any, &[16, 17, 18, 19, 20, 21], Nothing),
    form(15, "gofo", &["GFUS"], Digits, &[18], Nothing),
    form(15, "landmark_global", &["LTN"], Any, &[13], Nothing),
    form(16, "speedee", &["SP"], Digits, &[20], Nothing),
    form(17, "yodel", &["JD0002", "JJD0002"], Digits, &[18, 19], Nothing),
    form(48, "parcelforce", &["PB", "PA", "PC", "PD", "PE", "PH", "CK", "CE", "EK"], Digits, &[9, 12], Nothing),
    form(12, "yun_express", &["YT"], Digits, &[18], Nothing),
    Form { carrier: "4px", rank: 12, begins: &["4PX"], of: Digits, ends: "CN", lengths: &[18], says: Nothing },
    Form { carrier: "yanwen", rank: 12, begins: &["U", "L", "S", "R", "V"], of: Any, ends: "YP", lengths: &[13], says: Nothing },
    form(13, "cainiao", &["LP", "CAINIAO"], Digits, &[16, 17, 18, 22], Nothing),
    form(13, "sf_express", &["SF"], Digits, &[14, 15], Nothing),
    form(13, "jd_logistics", &["JDV", "JDX", "JDAP", "JDVA", "JDVB"], Any, &[15, 16, 17, 18], Nothing),
    form(13, "ekart", &["FMPP", "FMPC"], Digits, &[14], Nothing),
    form(51, "bluedart", &[], Digits, &[11], Nothing),
    form(52, "delhivery", &[], Digits, &[13, 14], Nothing),
    form(53, "xpressbees", &[], Digits, &[13, 15], Nothing),
    form(54, "ecom_express", &[], Digits, &[10], Nothing),
    form(55, "aramex", &[], Digits, &[11, 12], Nothing),
    form(56, "tnt", &[], Digits, &[9], Nothing),
    form(56, "tnt", &["GE", "GD"], Digits, &[11], Nothing),
    form(57, "yamato", &[], Digits, &[12], Allows(mod_7)),
    form(58, "sagawa", &[], Digits, &[12], Allows(mod_7)),
    form(59, "japan_post", &[], Digits, &[12], Allows(mod_7)),
    form(60, "nova_post", &[], Digits, &[14], Nothing),
    form(14, "ninja_van", &["NV", "NVSG", "NVMY"], Any, &[17, 18, 19, 20], Nothing),
    form(15, "omniva", &["CC"], Any, &[14], Nothing),
];
