//! The rules of each country, one table each, and where each table comes from.

use super::{
    Rule, Substitute,
    When::{self, Easter, Fixed, From, SaintBrigid},
};
use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday};

/// The rules of one country; none when it is not built in.
pub(super) fn rules_of(country: &str) -> Option<&'static [Rule]> {
    Some(match country {
        "AT" => AUSTRIA,
        "AU" => AUSTRALIA,
        "BE" => BELGIUM,
        "CA" => CANADA,
        "CH" => SWITZERLAND,
        "DE" => GERMANY,
        "ES" => SPAIN,
        "FR" => FRANCE,
        "GB" => ENGLAND_AND_WALES,
        "IE" => IRELAND,
        "IN" => INDIA,
        "IT" => ITALY,
        "NL" => NETHERLANDS,
        "PL" => POLAND,
        "SE" => SWEDEN,
        "US" => UNITED_STATES,
        _ => return None,
    })
}

const fn on(name: &'static str, month: i8, day: i8) -> Rule {
    Rule::new(name, Fixed(month, day))
}

const fn rule(name: &'static str, when: When) -> Rule {
    Rule::new(name, when)
}

const NEW_YEAR: Rule = on("New Year's Day", 1, 1);
const EPIPHANY: Rule = on("Epiphany", 1, 6);
const GOOD_FRIDAY: Rule = rule("Good Friday", Easter(-2));
const EASTER_SUNDAY: Rule = rule("Easter Sunday", Easter(0));
const EASTER_MONDAY: Rule = rule("Easter Monday", Easter(1));
const LABOUR_DAY: Rule = on("Labour Day", 5, 1);
const ASCENSION: Rule = rule("Ascension Day", Easter(39));
const WHIT_SUNDAY: Rule = rule("Whit Sunday", Easter(49));
const WHIT_MONDAY: Rule = rule("Whit Monday", Easter(50));
const CORPUS_CHRISTI: Rule = rule("Corpus Christi", Easter(60));
const ASSUMPTION: Rule = on("Assumption Day", 8, 15);
const ALL_SAINTS: Rule = on("All Saints' Day", 11, 1);
const IMMACULATE_CONCEPTION: Rule = on("Immaculate Conception", 12, 8);
const CHRISTMAS_EVE: Rule = on("Christmas Eve", 12, 24);
const CHRISTMAS: Rule = on("Christmas Day", 12, 25);
const SECOND_CHRISTMAS: Rule = on("Second Day of Christmas", 12, 26);
const SAINT_STEPHEN: Rule = on("Saint Stephen's Day", 12, 26);
const BOXING_DAY: Rule = on("Boxing Day", 12, 26);

/// Federal holidays: 5 U.S.C. 6103 (a), and (b) with Executive Order 11582 for the substitute days. Not every carrier rests on
/// all of them. Not here: Inauguration Day (Washington only) and days a president gives once.
const UNITED_STATES: &[Rule] = &[
    NEW_YEAR.or(Substitute::Nearest),
    rule("Martin Luther King Jr. Day", From(1, 15, Monday)),
    rule("Washington's Birthday", From(2, 15, Monday)),
    rule("Memorial Day", From(5, 25, Monday)),
    on("Juneteenth", 6, 19).or(Substitute::Nearest).since(2021),
    on("Independence Day", 7, 4).or(Substitute::Nearest),
    rule("Labor Day", From(9, 1, Monday)),
    rule("Columbus Day", From(10, 8, Monday)),
    on("Veterans Day", 11, 11).or(Substitute::Nearest),
    rule("Thanksgiving Day", From(11, 22, Thursday)),
    CHRISTMAS.or(Substitute::Nearest),
];

/// Bank holidays of England and Wales: Banking and Financial Dealings Act 1971, schedule 1, with the days and substitutes that
/// gov.uk/bank-holidays lists every year. Scotland and Northern Ireland keep others.
const ENGLAND_AND_WALES: &[Rule] = &[
    NEW_YEAR.or(Substitute::Monday),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    rule("Early May bank holiday", From(5, 1, Monday)),
    rule("Spring bank holiday", From(5, 25, Monday)),
    rule("Summer bank holiday", From(8, 25, Monday)),
    CHRISTMAS.or(Substitute::TwoDaysOn),
    BOXING_DAY.or(Substitute::TwoDaysOn),
];

/// The days all sixteen states keep: their holiday acts, and the Einigungsvertrag, article 2, for 3 October.
const GERMANY: &[Rule] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    on("German Unity Day", 10, 3),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// Code du travail, article L3133-1. Alsace-Moselle and the overseas departments keep more.
const FRANCE: &[Rule] = &[
    NEW_YEAR,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Victory Day", 5, 8),
    ASCENSION,
    WHIT_MONDAY,
    on("National Day", 7, 14),
    ASSUMPTION,
    ALL_SAINTS,
    on("Armistice Day", 11, 11),
    CHRISTMAS,
];

/// The three national holidays, which every state keeps. Everything else (Holi, Diwali, Eid, Good Friday, Christmas…) is
/// gazetted each year, by the Union for its offices and by each state for itself: the shop lists those that its couriers keep.
/// Difference from the oracle, kept: it counts the Union's gazetted days as public.
const INDIA: &[Rule] = &[on("Republic Day", 1, 26), on("Independence Day", 8, 15), on("Gandhi Jayanti", 10, 2)];

/// The days of the National Employment Standards (Fair Work Act 2009, section 115), with the substitute days on which the acts
/// of all states and territories agree. Anzac Day has one in some only. Difference from the oracle, kept: its national list has
/// no substitute days; its lists of the states all have these (and, from 2027 on, Easter Sunday, which is a Sunday anyway).
const AUSTRALIA: &[Rule] = &[
    NEW_YEAR.or(Substitute::Monday),
    on("Australia Day", 1, 26).or(Substitute::Monday),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    on("Anzac Day", 4, 25),
    CHRISTMAS.or(Substitute::TwoDaysOn),
    BOXING_DAY.or(Substitute::TwoDaysOn),
];

/// General holidays: Canada Labour Code, section 166. It binds the post and every carrier that crosses a province's border.
/// Substitute days as the federal service keeps them (section 193 leaves the side to the employer). Difference from the oracle,
/// kept: its public list has only the five days that every province's own law names; its list of federal days is this one.
const CANADA: &[Rule] = &[
    NEW_YEAR.or(Substitute::Monday),
    GOOD_FRIDAY,
    rule("Victoria Day", From(5, 18, Monday)),
    on("Canada Day", 7, 1).or(Substitute::Monday),
    rule("Labour Day", From(9, 1, Monday)),
    on("National Day for Truth and Reconciliation", 9, 30).or(Substitute::Monday).since(2021),
    rule("Thanksgiving Day", From(10, 8, Monday)),
    on("Remembrance Day", 11, 11).or(Substitute::Monday),
    CHRISTMAS.or(Substitute::TwoDaysOn),
    BOXING_DAY.or(Substitute::TwoDaysOn),
];

/// Algemene termijnenwet, article 3. Liberation Day is a day off for most people in every fifth year only.
const NETHERLANDS: &[Rule] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    on("Queen's Day", 4, 30).or(Substitute::SaturdayInstead).until(2013),
    on("King's Day", 4, 27).or(Substitute::SaturdayInstead).since(2014),
    rule("Liberation Day", When::EveryFifthYear(5, 5)),
    ASCENSION,
    WHIT_SUNDAY,
    WHIT_MONDAY,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// Feiertagsruhegesetz 1957 and Arbeitsruhegesetz, section 7.
const AUSTRIA: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    on("National Day", 10, 26),
    ALL_SAINTS,
    IMMACULATE_CONCEPTION,
    CHRISTMAS,
    SAINT_STEPHEN,
];

/// The federal day (Bundesverfassung, article 110) and the three that every canton keeps. Good Friday, Easter Monday, Whit
/// Monday and 26 December are free in most cantons, not in all: the shop lists its own.
const SWITZERLAND: &[Rule] = &[NEW_YEAR, ASCENSION, on("National Day", 8, 1), CHRISTMAS];

/// Legge 260/1949 as changed: 2 June since 2001, Saint Francis from 2026 on (Legge 151/2025).
const ITALY: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    on("Liberation Day", 4, 25),
    LABOUR_DAY,
    on("Republic Day", 6, 2).since(2001),
    ASSUMPTION,
    on("Saint Francis of Assisi", 10, 4).since(2026),
    ALL_SAINTS,
    rule("National Unity Day", From(11, 1, Sunday)),
    IMMACULATE_CONCEPTION,
    CHRISTMAS,
    SAINT_STEPHEN,
];

/// Real Decreto 2001/1983, article 45: the days no region may exchange, and Epiphany, which all keep. Regions may move one that
/// falls on a Sunday to the Monday, each for itself. Difference from the oracle, kept: it leaves out those Sundays.
const SPAIN: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    GOOD_FRIDAY,
    LABOUR_DAY,
    ASSUMPTION,
    on("National Day", 10, 12),
    ALL_SAINTS,
    on("Constitution Day", 12, 6),
    IMMACULATE_CONCEPTION,
    CHRISTMAS,
];

/// Organisation of Working Time Act 1997, second schedule; Saint Brigid since 2023. The act gives a day in lieu, not
/// a substitute day.
const IRELAND: &[Rule] = &[
    NEW_YEAR,
    rule("Saint Brigid's Day", SaintBrigid).since(2023),
    on("Saint Patrick's Day", 3, 17),
    EASTER_MONDAY,
    rule("May bank holiday", From(5, 1, Monday)),
    rule("June bank holiday", From(6, 1, Monday)),
    rule("August bank holiday", From(8, 1, Monday)),
    rule("October bank holiday", From(10, 25, Monday)),
    CHRISTMAS,
    SAINT_STEPHEN,
];

/// Royal decree of 18 April 1974. Each firm chooses its own substitute day for a holiday on a day without work.
const BELGIUM: &[Rule] = &[
    NEW_YEAR,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_SUNDAY,
    WHIT_MONDAY,
    on("National Day", 7, 21),
    ASSUMPTION,
    ALL_SAINTS,
    on("Armistice Day", 11, 11),
    CHRISTMAS,
];

/// Act of 18 January 1951 on days without work: Epiphany since 2011, Christmas Eve since 2025.
const POLAND: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY.since(2011),
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Constitution Day", 5, 3),
    WHIT_SUNDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    ALL_SAINTS,
    on("Independence Day", 11, 11),
    CHRISTMAS_EVE.since(2025),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// Lag (1989:253) om allmänna helgdagar, and the three eves that lag (1930:173), section 2, puts on the same footing: nobody
/// delivers on them. Difference from the oracle, kept: it lists the eves apart from the public days.
const SWEDEN: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY.until(2004),
    WHIT_SUNDAY,
    on("National Day", 6, 6).since(2005),
    rule("Midsummer Eve", From(6, 19, Friday)),
    rule("Midsummer Day", From(6, 20, Saturday)),
    rule("All Saints' Day", From(10, 31, Saturday)),
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
    on("New Year's Eve", 12, 31),
];
