//! What a person asked this program for.

use crate::run::Wanted;
use carriers::CarrierSource;
use domain::id::ShopId;
use jiff::civil::Date;
use std::path::PathBuf;
use storefronts::Storefront;

/// How to use the program.
pub const HELP: &str = "\
Tells the house again what it was told, and shows first what that would change.

  replay SHOP deliveries [--source NAME] [--since DATE] [--until DATE] [--fields] [--write]
      Deliveries as they came, kept for the days that the shop's settings say (sources.keep_deliveries_days), read again with
      today's readers. NAME is that of the address its webhooks go to (shopify, easypost); DATE is a day in UTC, as 2026-11-05.
  replay SHOP shopify-csv PLACE [--fields] [--write]
      Orders as Shopify exports them (Orders, Export, CSV for Excel or plain CSV). PLACE is a file or a folder of files .csv.
  replay SHOP aftership-csv PLACE [--fields] [--write]
      Shipments as AfterShip exports them, tied to the orders that have their number: replay the orders first.

Without --write nothing is written: of every order and parcel that would differ, each field is shown with its old and its new
value (`+` is new, `-` is gone; of a person's data only that it differs), the letters that would be sent, and what could not be
read. What is new as a whole is told in one line; --fields shows its every field.
With --write the reports that make the difference are put on the desks' queues, and only those: a second run, once the desks
have read them, sends none.

In the environment: TABLE_NAME, AWS_REGION and AWS credentials; AWS_ENDPOINT_URL for a local stack. --write also reads
ORDERS_QUEUE_URL and TRACKING_QUEUE_URL, aftership-csv SECRET_ID. All are those of the functions.
";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell how to use the program.
    Help,
    /// Replay.
    Replay {
        /// Whose.
        shop: ShopId,
        /// What.
        what: What,
        /// Whether the desks are told.
        write: bool,
        /// Whether every field of what is new is shown.
        fields: bool,
    },
}

/// What is replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Kept deliveries.
    Deliveries(Wanted),
    /// Shopify's export of orders.
    ShopifyCsv(PathBuf),
    /// AfterShip's export of shipments.
    AftershipCsv(PathBuf),
}

/// Reads the words after the program's name.
///
/// # Errors
/// Says what is wrong and what would be right.
pub fn read(words: &[String]) -> Result<Command, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().any(|word| matches!(*word, "--help" | "-h" | "help")) {
        return Ok(Command::Help);
    }
    let [shop, command, rest @ ..] = words.as_slice() else { return Err(HELP.to_owned()) };
    let shop = shop.parse().map_err(|error| format!("{shop}: {error}; say `replay SHOP deliveries`, --help tells more"))?;
    let mut flags = Flags::read(rest, *command == "deliveries")?;
    let what = match *command {
        "deliveries" => {
            flags.no_place()?;
            What::Deliveries(Wanted { source: flags.source.take(), since: flags.since, until: flags.until })
        }
        "shopify-csv" => What::ShopifyCsv(flags.place(command)?),
        "aftership-csv" => What::AftershipCsv(flags.place(command)?),
        other => {
            return Err(format!("{other} is not replayed: say deliveries, shopify-csv or aftership-csv; --help tells more"));
        }
    };
    Ok(Command::Replay { shop, what, write: flags.write, fields: flags.fields })
}

/// The words of a command, told apart.
#[derive(Default)]
struct Flags {
    places: Vec<PathBuf>,
    source: Option<String>,
    since: Option<Date>,
    until: Option<Date>,
    write: bool,
    fields: bool,
}

impl Flags {
    fn read(words: &[&str], of_deliveries: bool) -> Result<Self, String> {
        let mut flags = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
            match word {
                "--write" => flags.write = true,
                "--fields" => flags.fields = true,
                "--source" if of_deliveries => flags.source = Some(source(value()?)?),
                "--since" if of_deliveries => flags.since = Some(day(word, value()?)?),
                "--until" if of_deliveries => flags.until = Some(day(word, value()?)?),
                flag if flag.starts_with("--") => {
                    let more = if of_deliveries { ", --source, --since, --until" } else { "" };
                    return Err(format!("{flag} is no flag of this command: it has --fields, --write{more}; --help tells more"));
                }
                place => flags.places.push(place.into()),
            }
        }
        Ok(flags)
    }

    fn place(&mut self, command: &str) -> Result<PathBuf, String> {
        match (self.places.pop(), self.places.is_empty()) {
            (Some(place), true) => Ok(place),
            _ => Err(format!("say `replay SHOP {command} PLACE`: one file, or one folder of files .csv; --help tells more")),
        }
    }

    fn no_place(&self) -> Result<(), String> {
        match self.places.first() {
            None => Ok(()),
            Some(word) => Err(format!("{}: say `replay SHOP deliveries` and flags; --help tells more", word.display())),
        }
    }
}

fn source(name: &str) -> Result<String, String> {
    if name.parse::<Storefront>().is_ok() || name.parse::<CarrierSource>().is_ok() {
        return Ok(name.to_owned());
    }
    let known: std::collections::BTreeSet<&str> =
        Storefront::ALL.iter().map(|it| it.as_str()).chain(CarrierSource::ALL.iter().map(|it| it.as_str())).collect();
    Err(format!("--source {name}: say one of {}", known.into_iter().collect::<Vec<_>>().join(", ")))
}

fn day(flag: &str, text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("{flag} {text}: say a day as 2026-11-05"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Command, String> {
        read(&line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_may_stand_anywhere_after_the_command() {
        let wanted = Wanted { source: Some("easypost".into()), since: Some("2026-11-05".parse().unwrap()), until: None };
        let shop: ShopId = "demo".parse().unwrap();
        let what = What::Deliveries(wanted);
        let command = Command::Replay { shop: shop.clone(), what, write: true, fields: false };
        assert_eq!(read_line("demo deliveries --source easypost --write --since 2026-11-05"), Ok(command));
        let what = What::ShopifyCsv("orders".into());
        let command = Command::Replay { shop, what, write: false, fields: true };
        assert_eq!(read_line("demo shopify-csv --fields orders"), Ok(command));
        assert_eq!(read_line("demo deliveries --help"), Ok(Command::Help));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        let said = |line: &str| read_line(line).unwrap_err();
        assert_eq!(said("demo"), HELP);
        assert_eq!(said("demo all"), "all is not replayed: say deliveries, shopify-csv or aftership-csv; --help tells more");
        assert!(said("Demo deliveries").starts_with("Demo: a shop must be"));
        assert_eq!(said("demo deliveries --since yesterday"), "--since yesterday: say a day as 2026-11-05");
        let sources = said("demo deliveries --source fax");
        assert!(sources.starts_with("--source fax: say one of ") && sources.contains("easypost, "), "{sources}");
        assert!(said("demo deliveries orders.csv").starts_with("orders.csv: say `replay SHOP deliveries`"));
        assert!(said("demo shopify-csv a b").starts_with("say `replay SHOP shopify-csv PLACE`"));
        assert!(said("demo shopify-csv a --since 2026-11-05").contains("it has --fields, --write; --help"));
        assert_eq!(said("demo deliveries --since"), "--since needs a value");
    }
}
