//! Who is told of parcels and asked after them: the table of trackers, one file each.

mod aftership;
mod dhl;
mod easypost;
mod fedex;
mod karrio;
mod seventeentrack;
mod shipengine;
mod shippo;
mod ups;
mod usps;

use crate::{
    Answer, Request, Token, Verdict,
    oauth::{self, Grant},
    read,
};
pub use dhl::{CONFIRMED_BY, TOKEN_HEADER as DHL_TOKEN_HEADER};
use domain::{id::ParcelKey, inquiry::Ask, settings::Tracker};
use jiff::{SignedDuration, Timestamp};
use std::{fmt, str::FromStr};

/// Makes a request, or says why there is none to make.
type Make = fn(&About<'_>) -> Result<Request, Verdict>;
/// Reads an answer with a yes.
type Read = fn(&About<'_>, &Answer) -> Verdict;

/// Cuts the parcel out of an answer.
type Cut = fn(&Answer) -> Option<Vec<u8>>;

/// What the file of one source gives: its row in the table.
pub(crate) struct Row {
    /// Its public address, without a slash at the end; none: it is always somebody's own server.
    pub(crate) base_url: Option<&'static str>,
    /// How it gives out tokens, if it wants one.
    pub(crate) grant: Option<Grant>,
    /// Tells it of a number; none: it cannot be told.
    pub(crate) register: Option<(Make, Read)>,
    /// How long it remembers a number, if it says.
    pub(crate) remembers: Option<SignedDuration>,
    /// Asks it after a number.
    pub(crate) poll: (Make, Read),
    /// What of a yes is read as the parcel; none: all of it.
    pub(crate) parcel_in: Option<Cut>,
    /// What a no amounts to, where it is more than its status says.
    pub(crate) read_no: Option<fn(&Answer) -> Option<Verdict>>,
}

macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident = $segment:literal => $row:expr;)*) => {
        /// A source that can be asked about parcels. A closed set, by the names of `carriers`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum TrackerSource {
            $($(#[$doc])* $name,)*
        }

        impl TrackerSource {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in settings, in secrets and in the address of its webhooks.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $segment,)*
                }
            }

            fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &$row,)*
                }
            }
        }
    };
}

sources! {
    /// `EasyPost`.
    EasyPost = "easypost" => easypost::ROW;
    /// Shippo.
    Shippo = "shippo" => shippo::ROW;
    /// `AfterShip`.
    AfterShip = "aftership" => aftership::ROW;
    /// ShipEngine, now called ShipStation API.
    ShipEngine = "shipengine" => shipengine::ROW;
    /// Karrio, on a server of one's own.
    Karrio = "karrio" => karrio::ROW;
    /// 17TRACK.
    SeventeenTrack = "seventeentrack" => seventeentrack::ROW;
    /// UPS itself.
    Ups = "ups" => ups::ROW;
    /// `FedEx` itself.
    FedEx = "fedex" => fedex::ROW;
    /// USPS itself.
    Usps = "usps" => usps::ROW;
    /// DHL itself, all of its divisions.
    Dhl = "dhl" => dhl::ROW;
}

impl fmt::Display for TrackerSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is none of a tracker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such tracker")]
pub struct UnknownTracker;

impl FromStr for TrackerSource {
    type Err = UnknownTracker;
    fn from_str(name: &str) -> Result<Self, UnknownTracker> {
        Self::ALL.iter().copied().find(|source| source.as_str() == name).ok_or(UnknownTracker)
    }
}

/// Where a source pushes to.
#[derive(Clone, Copy)]
pub struct Push<'a> {
    /// `https://…/webhooks/{shop}/carrier/{source}`.
    pub url: &'a str,
    /// The newest of the secrets that let it in there (`carrier` of the deployment's secret).
    pub secret: Option<&'a str>,
}

/// What an inquiry is about, and all that a request of it needs.
#[derive(Clone, Copy)]
pub struct About<'a> {
    /// Which parcel.
    pub parcel: &'a ParcelKey,
    /// What the settings say of the source.
    pub tracker: &'a Tracker,
    /// The text of its secret.
    pub credentials: &'a str,
    /// What the source calls the parcel, once registered.
    pub reference: Option<&'a str>,
    /// Where it pushes to.
    pub push: Push<'a>,
    /// A name of this request, for sources that want one: the same when it is tried again.
    pub request_id: &'a str,
    /// The time.
    pub now: Timestamp,
}

impl About<'_> {
    pub(crate) fn number(&self) -> &str {
        self.parcel.number.as_str()
    }

    pub(crate) fn carrier(&self) -> &str {
        self.parcel.carrier.as_str()
    }

    /// The source's own word for the carrier, if its table has one.
    pub(crate) fn word(&self, words: &[(&str, &'static str)]) -> Option<&'static str> {
        words.iter().find(|(code, _)| *code == self.carrier()).map(|(_, word)| *word)
    }

    /// The same where the source cannot do without.
    pub(crate) fn required_word(&self, words: &[(&str, &'static str)]) -> Result<&'static str, Verdict> {
        self.word(words).ok_or_else(not_its_carrier)
    }

    /// For a carrier that is asked itself: whether the parcel is one of its own. Of an unknown one it may be.
    pub(crate) fn is_own(&self, codes: &[&str]) -> Result<(), Verdict> {
        if self.carrier() == "unknown" || codes.contains(&self.carrier()) { Ok(()) } else { Err(not_its_carrier()) }
    }

    pub(crate) fn key(&self) -> Result<&str, Verdict> {
        crate::credentials::key(self.credentials)
    }

    /// The address of the API. A server of one's own has no public one.
    pub(crate) fn base(&self, public: Option<&'static str>) -> Result<&str, Verdict> {
        self.tracker.url.as_deref().or(public).ok_or_else(|| Verdict::refused("no_url"))
    }
}

fn not_its_carrier() -> Verdict {
    Verdict::refused("carrier_not_known_there")
}

/// The next request of an inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A token has to be had first.
    Token(Request),
    /// The inquiry itself.
    Ask(Request),
}

impl TrackerSource {
    /// Whether it can be told of a number.
    #[must_use]
    pub fn can_register(self) -> bool {
        self.row().register.is_some()
    }

    /// How long it remembers a number, if it says.
    #[must_use]
    pub fn remembers(self) -> Option<SignedDuration> {
        self.row().remembers
    }

    /// The next request: for a token when the source wants one and there is none, else the inquiry itself.
    ///
    /// # Errors
    /// What the inquiry comes to without being made.
    pub fn step(self, ask: Ask, about: &About<'_>, token: Option<&Token>) -> Result<Step, Verdict> {
        let row = self.row();
        let make = match ask {
            Ask::Register | Ask::Renew => row.register.ok_or_else(|| Verdict::refused("cannot_be_told"))?.0,
            Ask::Poll => row.poll.0,
        };
        // Made before the token is asked for: what cannot be asked needs none.
        let request = make(about)?;
        Ok(match (row.grant, token) {
            (None, _) => Step::Ask(request),
            (Some(_), Some(token)) => Step::Ask(request.with("authorization", token.header())),
            (Some(grant), None) => {
                let account = about.tracker.account.as_deref();
                Step::Token(grant.request(about.base(row.base_url)?, about.credentials, account)?)
            }
        })
    }

    /// The token in the answer to [`Step::Token`].
    ///
    /// # Errors
    /// What the answer amounts to when there is none.
    pub fn token(self, answer: &Answer, now: Timestamp) -> Result<Token, Verdict> {
        oauth::token(answer, now)
    }

    /// What the answer to [`Step::Ask`] amounts to.
    #[must_use]
    pub fn verdict(self, ask: Ask, about: &About<'_>, answer: &Answer) -> Verdict {
        let row = self.row();
        if !answer.is_yes()
            && let Some(verdict) = row.read_no.and_then(|read| read(answer))
        {
            return verdict;
        }
        if let Some(verdict) = read::by_status(answer) {
            // Who knows a number only when its carrier does, says 404 until then.
            return match (ask, answer.status) {
                (Ask::Poll, 404) => Verdict::NotKnownYet,
                _ => verdict,
            };
        }
        match (ask, row.register) {
            (Ask::Poll, _) => row.poll.1(about, answer),
            (Ask::Register | Ask::Renew, Some((_, read))) => {
                let verdict = read(about, answer);
                let until = row.remembers.and_then(|lasts| about.now.checked_add(lasts).ok());
                match verdict {
                    Verdict::Done { reference, until: None } => Verdict::Done { reference, until },
                    other => other,
                }
            }
            (Ask::Register | Ask::Renew, None) => Verdict::refused("cannot_be_told"),
        }
    }

    /// The part of a poll's answer that `carriers` reads as the source's parcel.
    #[must_use]
    pub fn parcel_in(self, answer: &Answer) -> Option<Vec<u8>> {
        match self.row().parcel_in {
            None => Some(answer.body.clone()),
            Some(part) => part(answer),
        }
    }

    /// The request that answers the hello of a subscription before anything is pushed.
    ///
    /// # Errors
    /// What it comes to without being made: the source says no hello, or the subscription is none.
    pub fn confirmation(
        self,
        subscription: &str,
        proof: &str,
        credentials: &str,
        tracker: Option<&Tracker>,
    ) -> Result<Request, Verdict> {
        if self != Self::Dhl {
            return Err(Verdict::refused("says_no_hello"));
        }
        dhl::confirmation(subscription, proof, credentials, tracker.and_then(|tracker| tracker.url.as_deref()))
    }
}

/// That a yes is a yes, with the id at this path of its JSON.
pub(crate) fn done_as(answer: &Answer, pointer: &str) -> Verdict {
    let reference = read::json(answer).and_then(|body| read::word(body.pointer(pointer)?));
    Verdict::Done { reference, until: None }
}

/// That a yes to a poll holds something to read.
pub(crate) fn told(_: &About<'_>, answer: &Answer) -> Verdict {
    if read::json(answer).is_some_and(|body| body.is_object() || body.is_array()) { Verdict::done() } else { read::unreadable() }
}

/// The first element of a list in an answer, byte for byte.
pub(crate) fn first_of<'a>(list: &[&'a serde_json::value::RawValue]) -> Option<&'a str> {
    list.first().map(|raw| raw.get())
}
