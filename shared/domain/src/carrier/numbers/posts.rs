//! The numbers of the posts of the world: two letters, eight digits, a check digit and the country (UPU standard S10).

use super::{Check, checks};

/// How widespread they are among what they may be taken for.
const RANK: u8 = 5;

/// Country, and those who have its numbers, the likeliest first.
pub(super) const POSTS: &[(&str, &[&str])] = &[
    ("AE", &["emirates_post"]),
    ("AF", &["afghan_post"]),
    ("AM", &["armenia_post"]),
    ("AR", &["correo_argentino"]),
    ("AT", &["austrian_post"]),
    ("AU", &["australia_post"]),
    ("AZ", &["azerpost"]),
    ("BE", &["bpost"]),
    ("BG", &["bulgarian_posts"]),
    ("BR", &["correios"]),
    ("BY", &["belpost"]),
    ("CA", &["canada_post"]),
    ("CH", &["swiss_post"]),
    ("CL", &["correos_chile"]),
    ("CN", &["china_post"]),
    ("CR", &["correos_costa_rica"]),
    ("CY", &["cyprus_post"]),
    ("CZ", &["ceska_posta"]),
    ("DE", &["deutsche_post", "dhl_germany"]),
    ("DK", &["postnord"]),
    ("EE", &["omniva"]),
    ("EG", &["egypt_post"]),
    ("ES", &["correos"]),
    ("ET", &["ethiopian_post"]),
    ("FI", &["posti"]),
    ("FR", &["colissimo", "chronopost"]),
    ("GB", &["royal_mail", "parcelforce"]),
    ("GE", &["georgian_post"]),
    ("GR", &["elta"]),
    ("HK", &["hongkong_post"]),
    ("HR", &["croatian_post"]),
    ("HU", &["magyar_posta"]),
    ("ID", &["pos_indonesia"]),
    ("IE", &["an_post"]),
    ("IL", &["israel_post"]),
    ("IN", &["india_post"]),
    ("IS", &["iceland_post"]),
    ("IT", &["poste_italiane"]),
    ("JO", &["jordan_post"]),
    ("JP", &["japan_post"]),
    ("KR", &["korea_post"]),
    ("KZ", &["kazpost"]),
    ("LB", &["liban_post"]),
    ("LI", &["liechtenstein_post"]),
    ("LK", &["sri_lanka_post"]),
    ("LT", &["lietuvos_pastas"]),
    ("LU", &["luxembourg_post"]),
    ("LV", &["latvijas_pasts"]),
    ("MA", &["morocco_post"]),
    ("MC", &["la_poste_monaco"]),
    ("MD", &["moldova_post"]),
    ("ME", &["montenegro_post"]),
    ("MK", &["macedonia_post"]),
    ("MN", &["mongol_post"]),
    ("MT", &["malta_post"]),
    ("MU", &["mauritius_post"]),
    ("MX", &["correos_mexico"]),
    ("MY", &["pos_malaysia"]),
    ("NG", &["nigeria_post"]),
    ("NL", &["postnl"]),
    ("NO", &["bring"]),
    ("NZ", &["new_zealand_post"]),
    ("OM", &["oman_post"]),
    ("PK", &["pakistan_post"]),
    ("PL", &["poczta_polska"]),
    ("PT", &["ctt"]),
    ("QA", &["qatar_post"]),
    ("RO", &["posta_romana"]),
    ("RS", &["posta_srbije"]),
    ("RU", &["russian_post"]),
    ("SA", &["saudi_post"]),
    ("SE", &["postnord"]),
    ("SG", &["singapore_post"]),
    ("SI", &["slovenia_post"]),
    ("SK", &["slovak_post"]),
    ("TH", &["thailand_post"]),
    ("TN", &["tunisia_post"]),
    ("TR", &["ptt"]),
    ("TW", &["taiwan_post"]),
    ("UA", &["ukrposhta"]),
    ("US", &["usps"]),
    ("UY", &["correo_uruguayo"]),
    ("UZ", &["uzbekistan_post"]),
    ("VN", &["vietnam_post"]),
    ("ZA", &["south_african_post"]),
];

/// The posts whose number this may be, with how sure that is and their rank.
pub(super) fn of(number: &[u8]) -> Vec<(Check, u8, &'static str)> {
    let Some((service, digits, country)) = parts(number) else { return Vec::new() };
    let Some((_, posts)) = POSTS.iter().find(|(code, _)| code.as_bytes() == country) else { return Vec::new() };
    let check = if checks::s10(digits) { Check::Proven } else { Check::Plausible };
    let mut posts = posts.to_vec();
    // Express letters of the group that has two: Chronopost's in France, Parcelforce's in Britain; express and "X" services.
    if matches!(service[0], b'E' | b'X') {
        posts.reverse();
    }
    (RANK..).zip(posts).map(|(rank, post)| (check, rank, post)).collect()
}

/// Service, digits with the check digit, country.
fn parts(number: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (service, rest) = number.split_at_checked(2)?;
    let (digits, country) = rest.split_at_checked(9)?;
    let is_one = country.len() == 2 && [service, country].concat().iter().all(u8::is_ascii_uppercase);
    (is_one && digits.iter().all(u8::is_ascii_digit)).then_some((service, digits, country))
}
