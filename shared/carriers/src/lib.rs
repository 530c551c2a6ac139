//! Carriers and aggregators: proves that a delivery comes from one, and reads what it says about a parcel.
//!
//! A source is a file: who may speak for it, what its words mean (tables of data), and where in its messages they stand; and a
//! row of `sources!`. The steps that are the same for all are in `meaning` and `clock`.
//!
//! Carriers and aggregators pass on what was scanned, so that they are read leniently: one bad scan never loses the others, and
//! what was not read is counted in `unknown_codes`. Whoever writes `standard` writes it for us, so that it is strict: the
//! whole delivery is refused, with the path of what is wrong (422). Each row is a test in `tests/bad_input.rs`.
//!
//! | What comes | carriers and aggregators | `standard` |
//! |---|---|---|
//! | a scan without a time | counted as `CODE without a time`, not told; of Sendcloud, told at the message's time | refused: missing |
//! | an unreadable time, before 2000 (year 0, 1970), or over a year ahead (9999) | counted as `CODE at an impossible time`, not told | refused |
//! | such a time of the message itself | the next best: of the event, of the last scan, of the door; `EasyPost` without any is refused | refused |
//! | a history of which a scan was lost so, or whose general word is new | told, but not as the full history: nothing is taken back by it | |
//! | a code nobody knows | told as its general word, or as `pending` which changes nothing; counted | refused |
//! | a carrier nobody knows | kept under its folded name; without one, the number's form tells it, or `unknown` | the same |
//! | a text of 100 kB | its first 200 characters (code 48, place 80, service 40) | the same |
//! | a history of 5,000 scans | the newest 200, and of each status the first and the last | the same |
//! | a number of 300 characters, of other characters, or none | refused; none of Sendcloud before there is a label: nothing to tell | refused |
//! | emoji, letters from right to left | kept; marks that turn the direction of other text are taken out | the same |
//! | `null`, or a value of another kind, in any field | as if it was not there | as if it was not there |
//! | negative or textual quantities and weights | not read: nothing here is counted in them | not read |
//! | a parcel that is only a test (`mode`, `test`, `test_mode`) | read: a shop tries its doors with them | |
//! | more than 200 parcels in one message | refused | |
//! | several lives of one number (FedEx) | the one with the newest scan | |
//! | a topic or an object that is not a parcel's | parked | parked |
//! | a body of several MB | never comes here: the door answers 413 beyond 1 MiB | the same |

mod aftership;
mod clock;
mod country;
mod dhl;
mod easypost;
mod fedex;
mod karrio;
mod meaning;
mod sendcloud;
mod seventeentrack;
mod shipengine;
mod shippo;
mod standard;
mod ups;
mod usps;

use domain::{
    parcel::ParcelReport,
    status::{Status, SubStatus},
};
pub use signatures::{Answers, BadDelivery, Delivery, Grant, Headers, Refusal, Topic, Verified};
use std::{fmt, str::FromStr};

/// Reads bytes that are proved.
type Parse = fn(&Verified<'_>) -> Result<CarrierParsed, BadDelivery>;

/// Gives a token to who knows a secret.
type GiveToken = fn(&Delivery<'_>, &[String]) -> Result<Grant, Refusal>;

/// What the file of one source gives: its row in the table of sources.
pub(crate) struct Reader {
    /// Lets a delivery in, or not.
    pub(crate) verify: for<'a> fn(Delivery<'a>, &[String]) -> Result<Verified<'a>, Refusal>,
    /// Reads one that was let in.
    pub(crate) parse: Parse,
    /// Reads what the source's API answers when it is asked for a parcel; none: it cannot be asked.
    pub(crate) parse_answer: Option<Parse>,
    /// Gives a token to the source when it asks for one at the door's token endpoint; none: it never asks.
    pub(crate) grant: Option<GiveToken>,
    /// The headers with which it would sign a body: for the demo and for tests.
    pub(crate) sign: fn(&Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)>,
    /// What today's table says of a kept code.
    pub(crate) reread: fn(code: &str, text: &str) -> Option<(Status, SubStatus)>,
    /// Headers that `parse` looks at, in lower case.
    pub(crate) headers_read: &'static [&'static str],
    /// Where its public keys are, when it signs with private ones.
    pub(crate) keys_url: Option<&'static str>,
    /// How it wants to be turned away.
    pub(crate) answers: Answers,
    /// How it proves itself, in a few words for the table in the docs.
    pub(crate) proof: &'static str,
    /// Its topics.
    pub(crate) topics: &'static [Topic],
    /// Every code of its documentation and where it maps.
    pub(crate) codes: fn() -> Vec<CodeMeaning>,
}

macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident = $segment:literal => $reader:expr;)*) => {
        /// A source of tracking that we read. A closed set: what is not listed has no door.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CarrierSource {
            $($(#[$doc])* $name,)*
        }

        impl CarrierSource {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The segment of the URL, the `source` of a report and the name of its secret.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $segment,)*
                }
            }

            fn reader(self) -> &'static Reader {
                match self {
                    $(Self::$name => &$reader,)*
                }
            }
        }

        /// A segment of a URL that is no source of tracking.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error("no such source of tracking; there are{}", concat!($(" ", $segment),*))]
        pub struct UnknownCarrierSource;
    };
}

sources! {
    /// `EasyPost`'s events.
    EasyPost = "easypost" => easypost::READER;
    /// Shippo's tracking webhooks.
    Shippo = "shippo" => shippo::READER;
    /// `AfterShip` Tracking's webhooks.
    AfterShip = "aftership" => aftership::READER;
    /// Tracking webhooks of `ShipEngine` and of `ShipStation`'s second API.
    ShipEngine = "shipengine" => shipengine::READER;
    /// Trackers of a Karrio server.
    Karrio = "karrio" => karrio::READER;
    /// 17TRACK's pushes.
    SeventeenTrack = "seventeentrack" => seventeentrack::READER;
    /// UPS Track Alert.
    Ups = "ups" => ups::READER;
    /// `FedEx` Advanced Integrated Visibility.
    FedEx = "fedex" => fedex::READER;
    /// The US post's tracking subscriptions.
    Usps = "usps" => usps::READER;
    /// DHL's unified push.
    Dhl = "dhl" => dhl::READER;
    /// Sendcloud's webhooks.
    Sendcloud = "sendcloud" => sendcloud::READER;
    /// Our own format, signed as Standard Webhooks are: for carriers and warehouses we do not know (see
    /// `shared/storefronts/STANDARD.md`).
    Standard = "standard" => standard::READER;
}

/// What a delivery said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CarrierParsed {
    /// These reports, each for the desk `tracking`.
    Reports(Vec<ParcelReport>),
    /// A hello that wants to be answered by a request of ours before anything is pushed (DHL).
    Handshake {
        /// The source's id of the subscription.
        subscription: String,
        /// What proves that the hello arrived.
        proof: String,
    },
    /// Well signed, and of something we do not read: the door parks it.
    Unknown {
        /// The topic as sent, cut at [`TOPIC_CHARS_MAX`]; empty when there was none.
        topic: String,
    },
}

/// A code of a source and where it maps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMeaning {
    /// As a scan keeps it.
    pub code: String,
    /// Our status.
    pub status: Status,
    /// Our finer word.
    pub sub: SubStatus,
}

/// The longest topic kept of a delivery that we do not read.
pub const TOPIC_CHARS_MAX: usize = 100;

impl CarrierSource {
    /// Lets a delivery in when it is signed with one of the secrets. Of a source with public keys, the secrets are its key
    /// sets (JWK Sets) as it publishes them.
    ///
    /// # Errors
    /// When it is not; nothing of it has been read then.
    pub fn verify<'a>(self, delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
        (self.reader().verify)(delivery, secrets)
    }

    /// Reads what a delivery says.
    ///
    /// # Errors
    /// When it speaks of a parcel and cannot be read. It names what and where, without quoting.
    pub fn parse(self, verified: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
        (self.reader().parse)(verified)
    }

    /// Reads what the source's API answered when it was asked for a parcel ([`signatures::answered`]).
    ///
    /// # Errors
    /// When it cannot be read, or the source cannot be asked.
    pub fn parse_answer(self, answered: &Verified<'_>) -> Result<CarrierParsed, BadDelivery> {
        match self.reader().parse_answer {
            Some(parse) => parse(answered),
            None => Err(BadDelivery::bad("source", "cannot be asked for a parcel")),
        }
    }

    /// Gives a token to a source that asks for one before it pushes (OAuth 2, client credentials): `None` when this one never
    /// does, so that there is no such door. Reads nothing but the credentials.
    #[must_use]
    pub fn grant(self, delivery: &Delivery<'_>, secrets: &[String]) -> Option<Result<Grant, Refusal>> {
        self.reader().grant.map(|grant| grant(delivery, secrets))
    }

    /// The headers with which this source would sign the delivery's body now: for the demo and for tests. Empty when the
    /// secret is of no use. `message_id` is used by Standard Webhooks only.
    #[must_use]
    pub fn sign(self, delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Vec<(&'static str, String)> {
        (self.reader().sign)(delivery, message_id, secret)
    }

    /// The headers that [`CarrierSource::parse`] looks at, in lower case.
    #[must_use]
    pub fn headers_read(self) -> &'static [&'static str] {
        self.reader().headers_read
    }

    /// Where its public keys are, when it signs with private ones.
    #[must_use]
    pub fn keys_url(self) -> Option<&'static str> {
        self.reader().keys_url
    }

    /// How it wants to be turned away.
    #[must_use]
    pub fn answers(self) -> Answers {
        self.reader().answers
    }

    /// How it proves itself, in a few words.
    #[must_use]
    pub fn proof(self) -> &'static str {
        self.reader().proof
    }

    /// Its topics and what is made of each.
    #[must_use]
    pub fn topics(self) -> &'static [Topic] {
        self.reader().topics
    }

    /// Every code of its documentation and where it maps.
    #[must_use]
    pub fn codes(self) -> Vec<CodeMeaning> {
        (self.reader().codes)()
    }
}

impl FromStr for CarrierSource {
    type Err = UnknownCarrierSource;
    fn from_str(segment: &str) -> Result<Self, UnknownCarrierSource> {
        Self::ALL.iter().copied().find(|source| source.as_str() == segment).ok_or(UnknownCarrierSource)
    }
}

impl fmt::Display for CarrierSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What today's tables say that a kept code means, so that history can be read again when they improve.
///
/// `source` and `code` are those of a kept scan; of `easypost/NUMBER`, the source of a last leg, the part before the stroke
/// counts. Nothing when the source is not one of ours, or the code not one of its: the scan then stays what it is.
///
/// The law: of every scan that [`CarrierSource::parse`] makes, this gives its status and sub-status; or nothing when not even
/// its general word was known, and the scan is `pending`. What a reader decides from more than the source's two words (a
/// signature beside the history, the second of two scans of one word) it therefore writes into the code.
#[must_use]
pub fn reread(source: &str, code: &str, text: &str) -> Option<(Status, SubStatus)> {
    let source: CarrierSource = source.split('/').next()?.parse().ok()?;
    (source.reader().reread)(code, text)
}

fn unknown(topic: &str) -> CarrierParsed {
    CarrierParsed::Unknown { topic: topic.chars().filter(|c| !c.is_control()).take(TOPIC_CHARS_MAX).collect() }
}
