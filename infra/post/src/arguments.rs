//! What a person asked this program for.

use domain::{
    address::EmailAddress,
    id::{LetterId, OrderId, ReturnId, ShopId, TrackingNumber},
    letter::{Channel, LetterKind},
    locale::Locale,
};
use std::{collections::BTreeMap, path::PathBuf};

/// How to use the program.
pub const HELP: &str = "\
What became of the letters of an order, and what may be done about it.

  post why SHOP NUMBER [--json]
      Every letter of the order: when its reason happened, on which channel it went, and what became of it.
  post preview SHOP NUMBER KIND [--channel email|sms|whatsapp] [--html FILE] [WHICH]
      What such a letter says, from the state of things now. Nothing is sent or written down.
  post test SHOP NUMBER KIND --to ADDRESS [WHICH]
      The same as a mail to ADDRESS, with [Test] before its subject. It holds the customer's data and their live link:
      send it to your own people only.
  post resend SHOP NUMBER LETTER [--channel email|sms|whatsapp]
      The letter of this id (`why` shows it) once more, as news of now: consent, quiet hours and the ledger hold for it as
      for every other. On one channel, or on all on which the shop sends its kind.

  post whatsapp-templates BASE
      The templates of every kind and language as Meta's API takes them (POST /{account}/message_templates), one JSON object
      a line; BASE is where customers reach the pages (https://track.example.com).

NUMBER is the order's number as people say it: 1001 and '#1001' are one. KIND is a code such as shipped; an unknown one lists all.

WHICH of several letters of a kind:
  --parcel NUMBER     about this parcel
  --return ID         about this return
  --detail CODE       about this moment of it (damaged, 2026-11-20)
  --locale LANGUAGE   in this language: en, de, fr, es
With every command:
  --order ID          this order, where several have the same number

In the environment: TABLE_NAME, SECRET_ID, AWS_REGION and AWS credentials; AWS_ENDPOINT_URL for a local stack.
preview and test also read PUBLIC_URL (for a shop without brand.public_url); test reads MAIL_CONFIGURATION_SET, and MAIL_FROM
for a shop without mail.from; resend reads LETTERS_QUEUE_URL. All are those of the function `notify`.
";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell how to use the program.
    Help,
    /// Tell what became of every letter of an order.
    Why {
        /// Which order.
        which: Which,
        /// For a program to read.
        as_json: bool,
    },
    /// Show what a letter says.
    Preview {
        /// Of which order.
        which: Which,
        /// Which letter.
        wanted: Wanted,
        /// As which channel would bring it.
        channel: Channel,
        /// Where to put the HTML of a mail.
        html: Option<PathBuf>,
    },
    /// Mail it to somebody of the shop.
    Test {
        /// Of which order.
        which: Which,
        /// Which letter.
        wanted: Wanted,
        /// To whom.
        to: EmailAddress,
    },
    /// Print the WhatsApp templates for Meta.
    WhatsappTemplates {
        /// Where customers reach the pages, without a slash at the end.
        base: String,
    },
    /// Send a letter once more.
    Resend {
        /// Of which order.
        which: Which,
        /// Which letter.
        letter: LetterId,
        /// On which channel; none: on all on which the shop sends its kind.
        channel: Option<Channel>,
    },
}

/// Which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// Whose.
    pub shop: ShopId,
    /// Its number as people say it.
    pub number: String,
    /// Our own name of it, where several have the same number.
    pub order: Option<OrderId>,
}

/// Which letter of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of which kind.
    pub kind: LetterKind,
    /// About which parcel.
    pub parcel: Option<TrackingNumber>,
    /// About which return.
    pub return_: Option<ReturnId>,
    /// About which moment of it.
    pub detail: Option<String>,
    /// In which language.
    pub locale: Option<Locale>,
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
    let Some((command, rest)) = words.split_first() else { return Err(HELP.to_owned()) };
    const WHICH: [&str; 5] = ["--order", "--parcel", "--return", "--detail", "--locale"];
    match *command {
        "why" => {
            let flags = Flags::read(rest, &["--order", "--json"])?;
            let [shop, number] = flags.plain("why SHOP NUMBER")?;
            Ok(Command::Why { which: flags.which(shop, number)?, as_json: flags.get("--json").is_some() })
        }
        "preview" => {
            let flags = Flags::read(rest, &[&WHICH[..], &["--channel", "--html"]].concat())?;
            let [shop, number, kind] = flags.plain("preview SHOP NUMBER KIND")?;
            let channel = flags.channel()?.unwrap_or(Channel::Email);
            let html = flags.get("--html").map(PathBuf::from);
            if html.is_some() && channel != Channel::Email {
                return Err("only a mail has HTML: leave out --html, or --channel".to_owned());
            }
            Ok(Command::Preview { which: flags.which(shop, number)?, wanted: flags.wanted(kind)?, channel, html })
        }
        "whatsapp-templates" => match rest {
            [base] if base.starts_with("https://") => {
                Ok(Command::WhatsappTemplates { base: base.trim_end_matches('/').to_owned() })
            }
            _ => Err("say whatsapp-templates https://track.example.com".to_owned()),
        },
        "test" => {
            let flags = Flags::read(rest, &[&WHICH[..], &["--to"]].concat())?;
            let [shop, number, kind] = flags.plain("test SHOP NUMBER KIND --to ADDRESS")?;
            let to = flags.get("--to").ok_or("say to whom: --to ADDRESS")?;
            let to = to.parse().map_err(|error| format!("--to: {error}"))?;
            Ok(Command::Test { which: flags.which(shop, number)?, wanted: flags.wanted(kind)?, to })
        }
        "resend" => {
            let flags = Flags::read(rest, &["--order", "--channel"])?;
            let [shop, number, letter] = flags.plain("resend SHOP NUMBER LETTER")?;
            let letter = letter.parse().map_err(|error| format!("{letter}: {error}; `post why` shows the ids"))?;
            Ok(Command::Resend { which: flags.which(shop, number)?, letter, channel: flags.channel()? })
        }
        other => Err(format!("{other} is no command of this program: say why, preview, test or resend; --help tells more")),
    }
}

/// The words of a command, told apart.
struct Flags<'a> {
    plain: Vec<&'a str>,
    flags: BTreeMap<&'a str, &'a str>,
}

impl<'a> Flags<'a> {
    fn read(words: &[&'a str], known: &[&str]) -> Result<Self, String> {
        let (mut plain, mut flags) = (Vec::new(), BTreeMap::new());
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            // One letter id of four thousand begins as a flag does.
            if !word.starts_with("--") || word.parse::<LetterId>().is_ok() {
                plain.push(word);
                continue;
            }
            if !known.contains(&word) {
                return Err(format!("{word} is no flag of this command: it has {}; --help tells more", known.join(", ")));
            }
            let value = if word == "--json" { "yes" } else { words.next().ok_or_else(|| format!("{word} needs a value"))? };
            if flags.insert(word, value).is_some() {
                return Err(format!("{word} was said twice"));
            }
        }
        Ok(Self { plain, flags })
    }

    fn plain<const N: usize>(&self, usage: &str) -> Result<[&'a str; N], String> {
        <[&str; N]>::try_from(self.plain.as_slice()).map_err(|_| format!("say `post {usage}`; --help tells more"))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.flags.get(name).copied()
    }

    fn channel(&self) -> Result<Option<Channel>, String> {
        let Some(code) = self.get("--channel") else { return Ok(None) };
        let channel = Channel::ALL.into_iter().find(|channel| channel.code() == code);
        channel.map(Some).ok_or_else(|| format!("--channel {code}: say {}", Channel::ALL.map(Channel::code).join(", ")))
    }

    fn which(&self, shop: &str, number: &str) -> Result<Which, String> {
        let shop = shop.parse().map_err(|error| format!("{shop}: {error}"))?;
        if !number.chars().any(char::is_alphanumeric) {
            return Err(format!("{number} is no order's number"));
        }
        let order = self.get("--order").map(str::parse).transpose().map_err(|error| format!("--order: {error}"))?;
        Ok(Which { shop, number: number.to_owned(), order })
    }

    fn wanted(&self, kind: &str) -> Result<Wanted, String> {
        let parcel = self.get("--parcel").map(TrackingNumber::read).transpose();
        let locale = self.get("--locale").map(|tag| {
            let known = || Locale::ALL.map(Locale::code).join(", ");
            Locale::read(tag).ok_or_else(|| format!("--locale {tag}: the house writes {}", known()))
        });
        Ok(Wanted {
            kind: read_kind(kind)?,
            parcel: parcel.map_err(|error| format!("--parcel: {error}"))?,
            return_: self.get("--return").map(str::parse).transpose().map_err(|error| format!("--return: {error}"))?,
            detail: self.get("--detail").map(str::to_owned),
            locale: locale.transpose()?,
        })
    }
}

fn read_kind(code: &str) -> Result<LetterKind, String> {
    let found = LetterKind::ALL.iter().find(|kind| kind.code() == code).copied();
    found.ok_or_else(|| {
        let codes: Vec<&str> = LetterKind::ALL.iter().map(|kind| kind.code()).collect();
        format!("{code} is no kind of letter. The kinds are: {}", codes.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Command, String> {
        read(&line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>())
    }

    fn which() -> Which {
        Which { shop: "demo".parse().unwrap(), number: "#1001".to_owned(), order: None }
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let why = Command::Why { which: which(), as_json: true };
        assert_eq!(read_line("why demo #1001 --json"), Ok(why.clone()));
        assert_eq!(read_line("why --json demo #1001"), Ok(why));
        let wanted = Wanted {
            kind: LetterKind::Damaged,
            parcel: Some("1Z999AA101".parse().unwrap()),
            return_: None,
            detail: Some("damaged".to_owned()),
            locale: Some(Locale::De),
        };
        let preview = Command::Preview { which: which(), wanted, channel: Channel::Email, html: Some("a.html".into()) };
        let line = "preview demo --parcel 1z999-aa101 --detail damaged --locale de-AT #1001 damaged --html a.html";
        assert_eq!(read_line(line), Ok(preview));
    }

    #[test]
    fn a_letter_that_begins_like_a_flag_is_still_a_letter() {
        let resend = read_line("resend demo #1001 --abcdefghijklmnopqrst --channel sms").unwrap();
        let letter = "--abcdefghijklmnopqrst".parse().unwrap();
        assert_eq!(resend, Command::Resend { which: which(), letter, channel: Some(Channel::Sms) });
    }

    #[test]
    fn what_is_wrong_is_said_with_what_would_be_right() {
        let said = |line: &str| read_line(line).unwrap_err();
        assert!(said("").contains("post why SHOP NUMBER"));
        assert!(said("preview demo 1001 shiped").ends_with("person_needed"), "every kind is listed");
        assert!(said("preview demo 1001 shiped").contains(" shipped, "));
        assert_eq!(said("why demo"), "say `post why SHOP NUMBER`; --help tells more");
        assert_eq!(said("test demo 1001 shipped"), "say to whom: --to ADDRESS");
        assert_eq!(said("test demo 1001 shipped --to jon"), "--to: not an e-mail address");
        assert_eq!(said("preview demo 1001 shipped --channel fax"), "--channel fax: say email, sms, whatsapp");
        assert_eq!(said("preview demo 1001 shipped --locale pt"), "--locale pt: the house writes en, de, fr, es");
        assert!(said("why demo 1001 --to jon@doe.example").contains("it has --order, --json"));
        assert!(said("why console 1001").starts_with("console: a shop must be"));
        assert!(said("why demo #").contains("no order's number"));
        assert!(said("resend demo 1001 abc").contains("`post why` shows the ids"));
        assert!(said("preview demo 1001 shipped --channel sms --html a.html").contains("only a mail has HTML"));
    }
}
