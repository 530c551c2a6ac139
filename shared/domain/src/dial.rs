//! How numbers are dialled: of each region its calling code, the digit dialled inside the country only, and lengths.
//!
//! Facts of ITU E.164 as libphonenumber 9.0.33 has them (fixed lines and mobiles), 10 KB of them. The whole of
//! libphonenumber decides better whether a number is in use, but costs 125 ms and 7 MB when the first order comes; a test of
//! `storefronts` compares this table with it, region by region.

use crate::address::Phone;

/// Region, calling code, trunk prefix, and a bit for each length of a national number.
type Row = (&'static str, &'static str, &'static str, u16);

#[rustfmt::skip]
const ROWS: [Row; 245] = [
    ("AC", "247", "", 0x0020), ("AD", "376", "", 0x0240), ("AE", "971", "0", 0x0300), ("AF", "93", "0", 0x0200),
    ("AG", "1", "1", 0x0400), ("AI", "1", "1", 0x0400), ("AL", "355", "0", 0x0300), ("AM", "374", "0", 0x0100),
    ("AO", "244", "", 0x0200), ("AR", "54", "0", 0x0c00), ("AS", "1", "1", 0x0400), ("AT", "43", "0", 0x3ff0),
    ("AU", "61", "0", 0x0200), ("AW", "297", "", 0x0080), ("AX", "358", "0", 0x07c0), ("AZ", "994", "0", 0x0200),
    ("BA", "387", "0", 0x0300), ("BB", "1", "1", 0x0400), ("BD", "880", "0", 0x07c0), ("BE", "32", "0", 0x0300),
    ("BF", "226", "", 0x0100), ("BG", "359", "0", 0x03c0), ("BH", "973", "", 0x0100), ("BI", "257", "", 0x0100),
    ("BJ", "229", "", 0x0400), ("BL", "590", "0", 0x0200), ("BM", "1", "1", 0x0400), ("BN", "673", "", 0x0080),
    ("BO", "591", "0", 0x0100), ("BQ", "599", "", 0x0080), ("BR", "55", "0", 0x0c00), ("BS", "1", "1", 0x0400),
    ("BT", "975", "", 0x0180), ("BW", "267", "", 0x0180), ("BY", "375", "8", 0x0200), ("BZ", "501", "", 0x0080),
    ("CA", "1", "1", 0x0400), ("CC", "61", "0", 0x0200), ("CD", "243", "0", 0x0780), ("CF", "236", "", 0x0100),
    ("CG", "242", "", 0x0200), ("CH", "41", "0", 0x0200), ("CI", "225", "", 0x0400), ("CK", "682", "", 0x0020),
    ("CL", "56", "", 0x0200), ("CM", "237", "", 0x0200), ("CN", "86", "0", 0x0f80), ("CO", "57", "0", 0x0500),
    ("CR", "506", "", 0x0100), ("CU", "53", "0", 0x05c0), ("CV", "238", "", 0x0080), ("CW", "599", "", 0x0180),
    ("CX", "61", "0", 0x0200), ("CY", "357", "", 0x0100), ("CZ", "420", "", 0x0200), ("DE", "49", "0", 0xffe0),
    ("DJ", "253", "", 0x0100), ("DK", "45", "", 0x0100), ("DM", "1", "1", 0x0400), ("DO", "1", "1", 0x0400),
    ("DZ", "213", "0", 0x0300), ("EC", "593", "0", 0x0300), ("EE", "372", "", 0x0180), ("EG", "20", "0", 0x0700),
    ("EH", "212", "0", 0x0200), ("ER", "291", "0", 0x0080), ("ES", "34", "", 0x0200), ("ET", "251", "0", 0x0200),
    ("FI", "358", "0", 0x07e0), ("FJ", "679", "", 0x0080), ("FK", "500", "", 0x0020), ("FM", "691", "", 0x0080),
    ("FO", "298", "", 0x0040), ("FR", "33", "0", 0x0200), ("GA", "241", "", 0x0180), ("GB", "44", "0", 0x0600),
    ("GD", "1", "1", 0x0400), ("GE", "995", "0", 0x0200), ("GF", "594", "0", 0x0200), ("GG", "44", "0", 0x0400),
    ("GH", "233", "0", 0x0200), ("GI", "350", "", 0x0100), ("GL", "299", "", 0x0040), ("GM", "220", "", 0x0080),
    ("GN", "224", "", 0x0300), ("GP", "590", "0", 0x0200), ("GQ", "240", "", 0x0200), ("GR", "30", "", 0x0400),
    ("GT", "502", "", 0x0100), ("GU", "1", "1", 0x0400), ("GW", "245", "", 0x0200), ("GY", "592", "", 0x0080),
    ("HK", "852", "", 0x0100), ("HN", "504", "", 0x0100), ("HR", "385", "0", 0x0300), ("HT", "509", "", 0x0100),
    ("HU", "36", "06", 0x0300), ("ID", "62", "0", 0x1f80), ("IE", "353", "0", 0x0780), ("IL", "972", "0", 0x1b00),
    ("IM", "44", "0", 0x0400), ("IN", "91", "0", 0x0400), ("IO", "246", "", 0x0080), ("IQ", "964", "0", 0x0700),
    ("IR", "98", "0", 0x04c0), ("IS", "354", "", 0x0280), ("IT", "39", "", 0x1fc0), ("JE", "44", "0", 0x0400),
    ("JM", "1", "1", 0x0400), ("JO", "962", "0", 0x0300), ("JP", "81", "0", 0x0600), ("KE", "254", "0", 0x0380),
    ("KG", "996", "0", 0x0200), ("KH", "855", "0", 0x0300), ("KI", "686", "0", 0x0120), ("KM", "269", "", 0x0080),
    ("KN", "1", "1", 0x0400), ("KP", "850", "0", 0x0500), ("KR", "82", "0", 0x0760), ("KW", "965", "", 0x0100),
    ("KY", "1", "1", 0x0400), ("KZ", "7", "8", 0x0400), ("LA", "856", "0", 0x0700), ("LB", "961", "0", 0x0180),
    ("LC", "1", "1", 0x0400), ("LI", "423", "0", 0x0280), ("LK", "94", "0", 0x0200), ("LR", "231", "0", 0x0380),
    ("LS", "266", "", 0x0100), ("LT", "370", "0", 0x0100), ("LU", "352", "", 0x0ff0), ("LV", "371", "", 0x0100),
    ("LY", "218", "0", 0x0200), ("MA", "212", "0", 0x0200), ("MC", "377", "0", 0x0300), ("MD", "373", "0", 0x0100),
    ("ME", "382", "0", 0x0100), ("MF", "590", "0", 0x0200), ("MG", "261", "0", 0x0200), ("MH", "692", "1", 0x0080),
    ("MK", "389", "0", 0x0100), ("ML", "223", "", 0x0100), ("MM", "95", "0", 0x07c0), ("MN", "976", "0", 0x0700),
    ("MO", "853", "", 0x0100), ("MP", "1", "1", 0x0400), ("MQ", "596", "0", 0x0200), ("MR", "222", "", 0x0100),
    ("MS", "1", "1", 0x0400), ("MT", "356", "", 0x0100), ("MU", "230", "", 0x0180), ("MV", "960", "", 0x0080),
    ("MW", "265", "0", 0x0280), ("MX", "52", "", 0x0400), ("MY", "60", "0", 0x0700), ("MZ", "258", "", 0x0300),
    ("NA", "264", "0", 0x0300), ("NC", "687", "", 0x0040), ("NE", "227", "", 0x0100), ("NF", "672", "", 0x0040),
    ("NG", "234", "0", 0x0400), ("NI", "505", "", 0x0100), ("NL", "31", "0", 0x0a00), ("NO", "47", "", 0x0100),
    ("NP", "977", "0", 0x0500), ("NR", "674", "", 0x0080), ("NU", "683", "", 0x0090), ("NZ", "64", "0", 0x0700),
    ("OM", "968", "", 0x0100), ("PA", "507", "", 0x0180), ("PE", "51", "0", 0x0300), ("PF", "689", "", 0x0100),
    ("PG", "675", "", 0x0180), ("PH", "63", "0", 0x0740), ("PK", "92", "0", 0x0600), ("PL", "48", "", 0x0280),
    ("PM", "508", "0", 0x0240), ("PR", "1", "1", 0x0400), ("PS", "970", "0", 0x0300), ("PT", "351", "", 0x0200),
    ("PW", "680", "", 0x0080), ("PY", "595", "0", 0x0380), ("QA", "974", "", 0x0100), ("RE", "262", "0", 0x0200),
    ("RO", "40", "0", 0x0240), ("RS", "381", "0", 0x1f80), ("RU", "7", "8", 0x0400), ("RW", "250", "0", 0x0300),
    ("SA", "966", "0", 0x0200), ("SB", "677", "", 0x00a0), ("SC", "248", "", 0x0080), ("SD", "249", "0", 0x0200),
    ("SE", "46", "0", 0x0380), ("SG", "65", "", 0x0100), ("SH", "290", "", 0x0030), ("SI", "386", "0", 0x0100),
    ("SJ", "47", "", 0x0100), ("SK", "421", "0", 0x02c0), ("SL", "232", "0", 0x0100), ("SM", "378", "", 0x0500),
    ("SN", "221", "", 0x0200), ("SO", "252", "0", 0x03c0), ("SR", "597", "", 0x00c0), ("SS", "211", "0", 0x0200),
    ("ST", "239", "", 0x0080), ("SV", "503", "", 0x0100), ("SX", "1", "1", 0x0400), ("SY", "963", "0", 0x0300),
    ("SZ", "268", "", 0x0100), ("TA", "290", "", 0x0010), ("TC", "1", "1", 0x0400), ("TD", "235", "", 0x0100),
    ("TG", "228", "", 0x0100), ("TH", "66", "0", 0x0300), ("TJ", "992", "", 0x0200), ("TK", "690", "", 0x00f0),
    ("TL", "670", "", 0x0180), ("TM", "993", "8", 0x0100), ("TN", "216", "", 0x0100), ("TO", "676", "", 0x00a0),
    ("TR", "90", "0", 0x0400), ("TT", "1", "1", 0x0400), ("TV", "688", "", 0x00e0), ("TW", "886", "0", 0x0300),
    ("TZ", "255", "0", 0x0200), ("UA", "380", "0", 0x0200), ("UG", "256", "0", 0x0200), ("US", "1", "1", 0x0400),
    ("UY", "598", "0", 0x0100), ("UZ", "998", "", 0x0200), ("VA", "39", "", 0x0fc0), ("VC", "1", "1", 0x0400),
    ("VE", "58", "0", 0x0400), ("VG", "1", "1", 0x0400), ("VI", "1", "1", 0x0400), ("VN", "84", "0", 0x0600),
    ("VU", "678", "", 0x00a0), ("WF", "681", "", 0x0040), ("WS", "685", "", 0x04e0), ("XK", "383", "0", 0x1f00),
    ("YE", "967", "0", 0x0380), ("YT", "262", "0", 0x0200), ("ZA", "27", "0", 0x03e0), ("ZM", "260", "0", 0x0200),
    ("ZW", "263", "0", 0x07e0),
];

/// The number in international form, read as in `region` (ISO 3166 alpha-2) unless it says its own country. An extension
/// is left out. `None` when no such number can be in use.
#[must_use]
pub fn read(text: &str, region: Option<&str>) -> Option<Phone> {
    let main = text.split(['x', 'X', 'e', 'E', ';', '#', ',']).next()?.trim();
    let (is_international, written) = match main.strip_prefix('+') {
        // In `+44 (0)20 7946 0018` the digit in brackets is for callers inside the country.
        Some(rest) => (true, rest.replace("(0)", "")),
        None => (false, main.to_owned()),
    };
    let separates = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '-' | '.' | '/' | '\u{2010}'..='\u{2013}');
    let digits: String = written.chars().filter(|c| !separates(*c)).collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let row = region.and_then(|region| ROWS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(region)));
    let is_american = row.is_some_and(|(_, code, ..)| *code == "1");
    let international = match (is_international, is_american) {
        (true, _) => Some(digits.as_str()),
        (false, true) => digits.strip_prefix("011"),
        (false, false) => digits.strip_prefix("00"),
    };
    let (code, national) = match international {
        Some(digits) => from_abroad(digits)?,
        None => (row?.1, from_inside(row?, &digits)?),
    };
    format!("+{code}{national}").parse().ok()
}

/// The regions in which a number may be, by its calling code: `+1` is dialled in twenty-five of them.
#[must_use]
pub fn regions(phone: &Phone) -> Vec<&'static str> {
    let digits = phone.as_str().trim_start_matches('+');
    // No calling code begins another one.
    ROWS.iter().filter(|(_, code, ..)| digits.starts_with(code)).map(|(region, ..)| *region).collect()
}

fn from_abroad(digits: &str) -> Option<(&'static str, &str)> {
    // No calling code begins another one.
    let (_, code, ..) = ROWS.iter().find(|(_, code, ..)| digits.starts_with(code))?;
    let rest = &digits[code.len()..];
    let rows = || ROWS.iter().filter(|row| row.1 == *code);
    let as_written = rows().any(|row| fits(row, rest)).then_some(rest);
    let national = as_written.or_else(|| rows().find_map(|row| without_trunk(row, rest)))?;
    Some((code, national))
}

fn from_inside<'a>(row: &Row, digits: &'a str) -> Option<&'a str> {
    without_trunk(row, digits)
        .filter(|_| row.2.starts_with('0') || !fits(row, digits))
        .or_else(|| fits(row, digits).then_some(digits))
        .or_else(|| digits.strip_prefix(row.1).filter(|rest| fits(row, rest)))
}

fn without_trunk<'a>(row: &Row, digits: &'a str) -> Option<&'a str> {
    let trunk = Some(row.2).filter(|trunk| !trunk.is_empty())?;
    let rest = digits.strip_prefix(trunk)?;
    // Belarus dials 80, not 8, before some areas.
    [rest, rest.strip_prefix('0').unwrap_or(rest)].into_iter().find(|rest| fits(row, rest))
}

fn fits(row: &Row, national: &str) -> bool {
    let (_, code, trunk, lengths) = row;
    let is_of_length = national.len() < 16 && lengths >> national.len() & 1 == 1;
    let keeps_trunk = trunk.starts_with('0') && national.starts_with('0');
    is_of_length && !keeps_trunk && (*code != "1" || is_american(national.as_bytes()))
}

/// The North American plan: areas and exchanges begin with 2 to 9; 555 and those that end in 11 are no areas.
fn is_american(digits: &[u8]) -> bool {
    matches!(digits, [b'2'..=b'9', a, b, b'2'..=b'9', ..] if [*a, *b] != [b'1', b'1']) && !digits.starts_with(b"555")
}
