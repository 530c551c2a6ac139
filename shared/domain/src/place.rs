//! Which time zone a place keeps, as far as its country and state tell.

use crate::calendar::Zone;

/// The countries that keep one time, as `country:zone` under the first part of the zone's name.
///
/// Source: the IANA time zone database, zone.tab of 2025b. A country whose zones have kept the same time since 2025 (Germany
/// with Büsingen, Argentina, Kazakhstan) counts as one. China keeps Beijing time by law, and so do its carriers in Xinjiang;
/// Ukraine is Kyiv. `XK` is what carriers write for Kosovo; it keeps the time of Belgrade.
const ONE_ZONE: [(&str, &str); 8] = [
    (
        "Africa",
        "AO:Luanda BF:Ouagadougou BI:Bujumbura BJ:Porto-Novo BW:Gaborone CF:Bangui CG:Brazzaville CI:Abidjan CM:Douala \
         DJ:Djibouti DZ:Algiers EG:Cairo EH:El_Aaiun ER:Asmara ET:Addis_Ababa GA:Libreville GH:Accra GM:Banjul GN:Conakry \
         GQ:Malabo GW:Bissau KE:Nairobi LR:Monrovia LS:Maseru LY:Tripoli MA:Casablanca ML:Bamako MR:Nouakchott MW:Blantyre \
         MZ:Maputo NA:Windhoek NE:Niamey NG:Lagos RW:Kigali SD:Khartoum SL:Freetown SN:Dakar SO:Mogadishu SS:Juba \
         ST:Sao_Tome SZ:Mbabane TD:Ndjamena TG:Lome TN:Tunis TZ:Dar_es_Salaam UG:Kampala ZA:Johannesburg ZM:Lusaka \
         ZW:Harare",
    ),
    (
        "America",
        "AG:Antigua AI:Anguilla AR:Argentina/Buenos_Aires AW:Aruba BB:Barbados BL:St_Barthelemy BO:La_Paz BQ:Kralendijk \
         BS:Nassau BZ:Belize CO:Bogota CR:Costa_Rica CU:Havana CW:Curacao DM:Dominica DO:Santo_Domingo GD:Grenada \
         GF:Cayenne GP:Guadeloupe GT:Guatemala GY:Guyana HN:Tegucigalpa HT:Port-au-Prince JM:Jamaica KN:St_Kitts KY:Cayman \
         LC:St_Lucia MF:Marigot MQ:Martinique MS:Montserrat NI:Managua PA:Panama PE:Lima PM:Miquelon PR:Puerto_Rico \
         PY:Asuncion SR:Paramaribo SV:El_Salvador SX:Lower_Princes TC:Grand_Turk TT:Port_of_Spain UY:Montevideo \
         VC:St_Vincent VE:Caracas VG:Tortola VI:St_Thomas",
    ),
    ("Arctic", "SJ:Longyearbyen"),
    (
        "Asia",
        "AE:Dubai AF:Kabul AM:Yerevan AZ:Baku BD:Dhaka BH:Bahrain BN:Brunei BT:Thimphu CN:Shanghai CY:Nicosia GE:Tbilisi \
         HK:Hong_Kong IL:Jerusalem IN:Kolkata IQ:Baghdad IR:Tehran JO:Amman JP:Tokyo KG:Bishkek KH:Phnom_Penh KP:Pyongyang \
         KR:Seoul KW:Kuwait KZ:Almaty LA:Vientiane LB:Beirut LK:Colombo MM:Yangon MO:Macau MY:Kuala_Lumpur NP:Kathmandu \
         OM:Muscat PH:Manila PK:Karachi PS:Gaza QA:Qatar SA:Riyadh SG:Singapore SY:Damascus TH:Bangkok TJ:Dushanbe TL:Dili \
         TM:Ashgabat TW:Taipei UZ:Tashkent VN:Ho_Chi_Minh YE:Aden",
    ),
    ("Atlantic", "BM:Bermuda CV:Cape_Verde FK:Stanley FO:Faroe GS:South_Georgia IS:Reykjavik SH:St_Helena"),
    (
        "Europe",
        "AD:Andorra AL:Tirane AT:Vienna AX:Mariehamn BA:Sarajevo BE:Brussels BG:Sofia BY:Minsk CH:Zurich CZ:Prague \
         DE:Berlin DK:Copenhagen EE:Tallinn FI:Helsinki FR:Paris GB:London GG:Guernsey GI:Gibraltar GR:Athens HR:Zagreb \
         HU:Budapest IE:Dublin IM:Isle_of_Man IT:Rome JE:Jersey LI:Vaduz LT:Vilnius LU:Luxembourg LV:Riga MC:Monaco \
         MD:Chisinau ME:Podgorica MK:Skopje MT:Malta NL:Amsterdam NO:Oslo PL:Warsaw RO:Bucharest RS:Belgrade SE:Stockholm \
         SI:Ljubljana SK:Bratislava SM:San_Marino TR:Istanbul UA:Kyiv VA:Vatican XK:Belgrade",
    ),
    (
        "Indian",
        "CC:Cocos CX:Christmas IO:Chagos KM:Comoro MG:Antananarivo MU:Mauritius MV:Maldives RE:Reunion SC:Mahe TF:Kerguelen \
         YT:Mayotte",
    ),
    (
        "Pacific",
        "AS:Pago_Pago CK:Rarotonga FJ:Fiji GU:Guam MH:Majuro MP:Saipan NC:Noumea NF:Norfolk NR:Nauru NU:Niue PN:Pitcairn \
         PW:Palau SB:Guadalcanal TK:Fakaofo TO:Tongatapu TV:Funafuti VU:Efate WF:Wallis WS:Apia",
    ),
];

/// Stands for every region of its country that is not listed: where all but some islands or one corner keep one time.
const REST: &str = "*";

/// The countries that keep several times: country, zone, and the regions that keep it.
///
/// Regions are the codes of ISO 3166-2 without the country, the other codes that post offices and storefronts use, and names
/// where those are written out; folded as [`folded`] does. Source of the zones: the IANA time zone database, zone.tab of
/// 2025b, and the population on either side where a state lies in two zones: it is told the time that most of its people
/// keep, which for the others is an hour off (El Paso, Pensacola, Knoxville).
/// Countries of which neither table knows (Antarctica, and five of islands far apart) have no zone here.
const BY_REGION: [(&str, &str, &str); 84] = [
    (
        "US",
        "America/New_York",
        "CT CONNECTICUT DC DISTRICTOFCOLUMBIA DE DELAWARE FL FLORIDA GA GEORGIA KY KENTUCKY MA MASSACHUSETTS MD MARYLAND \
         ME MAINE NC NORTHCAROLINA NH NEWHAMPSHIRE NJ NEWJERSEY NY NEWYORK OH OHIO PA PENNSYLVANIA RI RHODEISLAND \
         SC SOUTHCAROLINA VA VIRGINIA VT VERMONT WV WESTVIRGINIA",
    ),
    ("US", "America/Detroit", "MI MICHIGAN"),
    ("US", "America/Indiana/Indianapolis", "IN INDIANA"),
    (
        "US",
        "America/Chicago",
        "AL ALABAMA AR ARKANSAS IA IOWA IL ILLINOIS KS KANSAS LA LOUISIANA MN MINNESOTA MO MISSOURI MS MISSISSIPPI \
         ND NORTHDAKOTA NE NEBRASKA OK OKLAHOMA SD SOUTHDAKOTA TN TENNESSEE TX TEXAS WI WISCONSIN",
    ),
    ("US", "America/Denver", "CO COLORADO MT MONTANA NM NEWMEXICO UT UTAH WY WYOMING"),
    ("US", "America/Boise", "ID IDAHO"),
    // Without summer time, but for the Navajo Nation in its north-east.
    ("US", "America/Phoenix", "AZ ARIZONA"),
    ("US", "America/Los_Angeles", "CA CALIFORNIA NV NEVADA OR OREGON WA WASHINGTON"),
    ("US", "America/Anchorage", "AK ALASKA"),
    ("US", "Pacific/Honolulu", "HI HAWAII"),
    // What the US post writes as states.
    ("US", "America/Puerto_Rico", "PR PUERTORICO"),
    ("US", "America/St_Thomas", "VI VIRGINISLANDS USVIRGINISLANDS"),
    ("US", "Pacific/Guam", "GU GUAM"),
    ("US", "Pacific/Saipan", "MP NORTHERNMARIANAISLANDS"),
    ("US", "Pacific/Pago_Pago", "AS AMERICANSAMOA"),
    ("CA", "America/St_Johns", "NL NF NEWFOUNDLANDANDLABRADOR NEWFOUNDLAND"),
    ("CA", "America/Halifax", "NS NOVASCOTIA PE PEI PRINCEEDWARDISLAND"),
    ("CA", "America/Moncton", "NB NEWBRUNSWICK"),
    ("CA", "America/Toronto", "ON ONTARIO QC PQ QUEBEC"),
    ("CA", "America/Winnipeg", "MB MANITOBA"),
    ("CA", "America/Regina", "SK SASKATCHEWAN"),
    ("CA", "America/Edmonton", "AB ALBERTA"),
    ("CA", "America/Inuvik", "NT NORTHWESTTERRITORIES"),
    ("CA", "America/Vancouver", "BC BRITISHCOLUMBIA"),
    ("CA", "America/Whitehorse", "YT YK YUKON YUKONTERRITORY"),
    ("CA", "America/Iqaluit", "NU NUNAVUT"),
    ("AU", "Australia/Sydney", "NSW NEWSOUTHWALES ACT AUSTRALIANCAPITALTERRITORY"),
    ("AU", "Australia/Melbourne", "VIC VICTORIA"),
    ("AU", "Australia/Hobart", "TAS TASMANIA"),
    ("AU", "Australia/Brisbane", "QLD QUEENSLAND"),
    ("AU", "Australia/Adelaide", "SA SOUTHAUSTRALIA"),
    ("AU", "Australia/Darwin", "NT NORTHERNTERRITORY"),
    ("AU", "Australia/Perth", "WA WESTERNAUSTRALIA"),
    (
        "BR",
        "America/Sao_Paulo",
        "SP SAOPAULO RJ RIODEJANEIRO MG MINASGERAIS ES ESPIRITOSANTO PR PARANA SC SANTACATARINA RS RIOGRANDEDOSUL \
         GO GOIAS DF DISTRITOFEDERAL",
    ),
    ("BR", "America/Bahia", "BA BAHIA"),
    ("BR", "America/Maceio", "AL ALAGOAS SE SERGIPE"),
    ("BR", "America/Recife", "PE PERNAMBUCO"),
    ("BR", "America/Fortaleza", "CE CEARA MA MARANHAO PB PARAIBA PI PIAUI RN RIOGRANDEDONORTE"),
    ("BR", "America/Belem", "AP AMAPA PA PARA"),
    ("BR", "America/Araguaina", "TO TOCANTINS"),
    ("BR", "America/Cuiaba", "MT MATOGROSSO"),
    ("BR", "America/Campo_Grande", "MS MATOGROSSODOSUL"),
    ("BR", "America/Porto_Velho", "RO RONDONIA"),
    ("BR", "America/Boa_Vista", "RR RORAIMA"),
    ("BR", "America/Manaus", "AM AMAZONAS"),
    ("BR", "America/Rio_Branco", "AC ACRE"),
    (
        "MX",
        "America/Mexico_City",
        "AGU AGS CAM CAMP CHP CHIS CMX CDMX DF COA COAH COL DUR DGO GRO GUA GTO HID HGO JAL MEX MIC MICH MOR NLE NL OAX PUE \
         QUE QRO SLP TAB TAM TAMPS TLA TLAX VER YUC ZAC CIUDADDEMEXICO JALISCO NUEVOLEON PUEBLA YUCATAN",
    ),
    ("MX", "America/Chihuahua", "CHH CHIH CHIHUAHUA"),
    ("MX", "America/Cancun", "ROO QROO QUINTANAROO"),
    ("MX", "America/Mazatlan", "BCS BAJACALIFORNIASUR NAY NAYARIT SIN SINALOA"),
    ("MX", "America/Hermosillo", "SON SONORA"),
    ("MX", "America/Tijuana", "BCN BC BAJACALIFORNIA"),
    ("RU", "Europe/Kaliningrad", "KGD"),
    (
        "RU",
        "Europe/Moscow",
        "MOW MOSCOW MOS SPE SAINTPETERSBURG LEN AD ARK BEL BRY CE CU DA IN IVA KB KC KDA KIR KL KLU KO KOS KR KRS LIP ME MO \
         MUR NEN NGR NIZ ORL PNZ PSK ROS RYA SE SMO STA TA TAM TUL TVE VGG VLA VLG VOR YAR",
    ),
    ("RU", "Europe/Samara", "SAM UD"),
    ("RU", "Europe/Saratov", "AST SAR ULY"),
    ("RU", "Asia/Yekaterinburg", "BA CHE KGN KHM ORE PER SVE TYU YAN"),
    ("RU", "Asia/Omsk", "OMS"),
    ("RU", "Asia/Novosibirsk", "AL ALT KEM NVS TOM"),
    ("RU", "Asia/Krasnoyarsk", "KK KYA TY"),
    ("RU", "Asia/Irkutsk", "BU IRK"),
    ("RU", "Asia/Yakutsk", "AMU SA ZAB"),
    ("RU", "Asia/Vladivostok", "KHA PRI YEV"),
    ("RU", "Asia/Magadan", "MAG SAK"),
    ("RU", "Asia/Kamchatka", "CHU KAM"),
    ("ID", "Asia/Jakarta", "AC BB BE BT JA JB JI JK JT KB KR KT LA RI SB SS SU YO"),
    ("ID", "Asia/Makassar", "BA GO KI KS KU NB NT SA SG SN SR ST"),
    ("ID", "Asia/Jayapura", "MA MU PA PB PD PE PS PT"),
    ("ES", "Atlantic/Canary", "CN GC TF CANARIAS CANARYISLANDS LASPALMAS SANTACRUZDETENERIFE TENERIFE"),
    ("ES", "Europe/Madrid", REST),
    ("PT", "Atlantic/Azores", "20 AZORES ACORES"),
    ("PT", "Europe/Lisbon", REST),
    ("CL", "America/Punta_Arenas", "AI AYSEN MA MAGALLANES"),
    ("CL", "America/Santiago", REST),
    ("EC", "Pacific/Galapagos", "W GALAPAGOS"),
    ("EC", "America/Guayaquil", REST),
    ("NZ", "Pacific/Chatham", "CIT CHATHAMISLANDS"),
    ("NZ", "Pacific/Auckland", REST),
    ("CD", "Africa/Kinshasa", "BC EQ KG KL KN MN MO NU SU TU"),
    ("CD", "Africa/Lubumbashi", "BU HK HL HU IT KC KE KS LO LU MA NK SA SK TA TO"),
    ("MN", "Asia/Hovd", "043 046 071"),
    ("MN", "Asia/Ulaanbaatar", REST),
    ("PG", "Pacific/Bougainville", "NSB"),
    ("PG", "Pacific/Port_Moresby", REST),
];

/// The time zone of a place, by its country (ISO 3166 alpha-2) and, where a country keeps several times, its state or
/// province, by code or name. `None` when that does not tell it.
#[must_use]
pub fn zone_of(country: &str, region: Option<&str>) -> Option<Zone> {
    let country = country.trim().to_ascii_uppercase();
    if let Some(name) = only_zone(&country) {
        return Zone::try_from(name).ok();
    }
    let region = folded(region?);
    let region = region.strip_prefix(&format!("{country}-")).unwrap_or(&region).replace('-', "");
    let keeping = |word: &str| {
        let mut rows = BY_REGION.iter().filter(|(of, ..)| *of == country);
        rows.find(|(_, _, regions)| regions.split(' ').any(|known| known == word)).map(|(_, zone, _)| (*zone).to_owned())
    };
    let name = keeping(&region).or_else(|| keeping(REST).filter(|_| !region.is_empty()))?;
    Zone::try_from(name).ok()
}

/// Every zone of a country, those in which most of its people live first; none of a country of which the tables know nothing.
#[must_use]
pub fn zones_of(country: &str) -> Vec<Zone> {
    let country = country.trim().to_ascii_uppercase();
    let names: Vec<String> = match only_zone(&country) {
        Some(name) => vec![name],
        None => BY_REGION.iter().filter(|(of, ..)| *of == country).map(|(_, zone, _)| (*zone).to_owned()).collect(),
    };
    names.into_iter().filter_map(|name| Zone::try_from(name).ok()).collect()
}

fn only_zone(country: &str) -> Option<String> {
    ONE_ZONE.iter().find_map(|(area, places)| {
        let mut places = places.split(' ').filter_map(|place| place.split_once(':'));
        places.find(|(code, _)| *code == country).map(|(_, town)| format!("{area}/{town}"))
    })
}

/// A region as the table writes it: letters and digits in upper case, without accents and spaces (`QUEBEC`, `NEWYORK`). The
/// hyphen stays, because of the country before it (`US-NY`).
fn folded(region: &str) -> String {
    let bare = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'Á' | 'À' | 'Â' | 'Ã' | 'Ä' => Some('A'),
        'é' | 'è' | 'ê' | 'É' | 'È' | 'Ê' => Some('E'),
        'í' | 'Í' => Some('I'),
        'ó' | 'ô' | 'õ' | 'ö' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => Some('O'),
        'ú' | 'ü' | 'Ú' | 'Ü' => Some('U'),
        'ñ' | 'Ñ' => Some('N'),
        'ç' | 'Ç' => Some('C'),
        '-' => Some('-'),
        c if c.is_ascii_alphanumeric() => Some(c.to_ascii_uppercase()),
        _ => None,
    };
    region.chars().filter_map(bare).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::DateTime;
    use std::collections::BTreeSet;

    fn name(country: &str, region: &str) -> Option<String> {
        zone_of(country, Some(region).filter(|region| !region.is_empty())).map(String::from)
    }

    fn pairs() -> Vec<(String, String)> {
        let split = |(area, places): &(&str, &str)| {
            let pair = |place: &str| place.split_once(':').map(|(code, town)| (code.to_owned(), format!("{area}/{town}")));
            places.split(' ').map(|place| pair(place).unwrap()).collect::<Vec<_>>()
        };
        ONE_ZONE.iter().flat_map(split).collect()
    }

    #[test]
    fn every_zone_is_in_the_database() {
        let several = BY_REGION.iter().map(|(country, zone, _)| ((*country).to_owned(), (*zone).to_owned()));
        for (country, zone) in pairs().into_iter().chain(several) {
            assert_eq!(Zone::try_from(zone.clone()).map(String::from), Ok(zone), "{country}");
            assert!(country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()), "{country}");
        }
    }

    #[test]
    fn no_country_and_no_region_is_told_twice() {
        let mut countries = BTreeSet::new();
        for (country, _) in pairs() {
            assert!(countries.insert(country.clone()), "{country} twice");
            assert!(BY_REGION.iter().all(|(of, ..)| *of != country), "{country} in both tables");
        }
        let mut regions = BTreeSet::new();
        for (country, _, words) in BY_REGION {
            for word in words.split(' ') {
                assert!(regions.insert((country, word)), "{country} {word} twice");
                assert!(word == REST || folded(word) == word, "{word} cannot be found");
            }
        }
    }

    #[test]
    fn every_country_has_a_zone_or_is_known_to_have_several() {
        // ISO 3166 names 249 countries. Nobody lives on Bouvet and on Heard and McDonald Islands.
        let several: BTreeSet<_> = BY_REGION.iter().map(|(country, ..)| *country).collect();
        let without = ["AQ", "FM", "GL", "KI", "PF", "UM"];
        assert!(without.iter().all(|country| zone_of(country, Some("X")).is_none() && !several.contains(country)));
        let kosovo = 1;
        assert_eq!(pairs().len() + several.len() + without.len(), 249 - 2 + kosovo);
    }

    #[test]
    fn a_country_with_one_time_needs_no_region_and_one_with_several_does() {
        for (country, region, want) in [
            ("DE", "", Some("Europe/Berlin")),
            ("gb", "", Some("Europe/London")),
            (" GB ", "ENG", Some("Europe/London")),
            ("US", "", None),
            ("US", "NV", Some("America/Los_Angeles")),
            ("US", "us-az", Some("America/Phoenix")),
            ("US", "New York", Some("America/New_York")),
            ("US", "AE", None),
            ("CA", "Québec", Some("America/Toronto")),
            ("CA", "NL", Some("America/St_Johns")),
            ("AU", "N.S.W.", Some("Australia/Sydney")),
            ("AU", "QLD", Some("Australia/Brisbane")),
            ("BR", "São Paulo", Some("America/Sao_Paulo")),
            ("BR", "AM", Some("America/Manaus")),
            ("MX", "Q. Roo", Some("America/Cancun")),
            ("MX", "B.C.", Some("America/Tijuana")),
            ("RU", "RU-SVE", Some("Asia/Yekaterinburg")),
            ("ID", "BA", Some("Asia/Makassar")),
            ("ES", "Madrid", Some("Europe/Madrid")),
            ("ES", "TF", Some("Atlantic/Canary")),
            ("ES", "", None),
            ("ES", "…", None),
            ("PT", "20", Some("Atlantic/Azores")),
            ("NZ", "AUK", Some("Pacific/Auckland")),
            ("US", "*", None),
            ("ES", "*", None),
            ("", "", None),
            ("Germany", "", None),
            ("USA", "NY", None),
        ] {
            assert_eq!(name(country, region).as_deref(), want, "{country} {region}");
        }
    }

    #[test]
    fn local_time_follows_the_law_of_the_place_on_the_days_clocks_change() {
        // In a gap the clock is read as it stood before it; in a fold the first of the two moments is meant.
        for (country, region, local, utc) in [
            ("US", "NY", "2026-03-08T02:30", "2026-03-08T07:30:00Z"),
            ("US", "NY", "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
            ("GB", "", "2026-03-29T01:30", "2026-03-29T01:30:00Z"),
            ("GB", "", "2026-10-25T01:30", "2026-10-25T00:30:00Z"),
            ("DE", "", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
            ("DE", "", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("US", "AZ", "2026-03-08T02:30", "2026-03-08T09:30:00Z"),
            ("US", "AZ", "2026-07-01T02:30", "2026-07-01T09:30:00Z"),
            ("US", "AZ", "2026-11-01T01:30", "2026-11-01T08:30:00Z"),
        ] {
            let zone = zone_of(country, Some(region)).unwrap();
            let at = zone.time_zone().to_ambiguous_zoned(local.parse::<DateTime>().unwrap()).compatible().unwrap().timestamp();
            assert_eq!(at.to_string(), utc, "{country} {region} {local}");
        }
    }
}
