//! Whether, when and with what a letter goes out on a channel: consent, truth, age, night, siblings. Every answer is recorded.

use crate::{
    calendar::Zone,
    id::LetterId,
    letter::{Channel, HeldBecause, Letter, LetterKind, LetterRecord, LetterState, Purpose, Suppressed, is_still_true},
    locale::Locale,
    order::Order,
    parcel::{Milestone, Parcel},
    preference::Preferences,
    quiet::{self, QuietHours},
    settings::ShopSettings,
    status::Status,
};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// Days before the end of the time for returns at which it is told that it ends.
const WINDOW_CLOSING_DAYS: u32 = 3;
/// How long a question waits before it is looked again whether everything arrived; its age bounds how often.
const ALL_ARRIVED_PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// For how long a letter waits for the breaker to close before it is asked again.
const BREAKER_PATIENCE: SignedDuration = SignedDuration::from_hours(1);

/// What is known of the person written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Whether the mailbox bounced for good or its owner complained.
    pub email_refuses: bool,
    /// Whether the owner of the phone said stop.
    pub phone_stopped: bool,
    /// Mails that were taken for them today (UTC).
    pub mails_today: u32,
    /// Texts that were sent to them today (UTC).
    pub texts_today: u32,
    /// What they chose; none: they never did.
    pub preferences: Option<Preferences>,
}

/// Everything that decides about a letter on one channel.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// The letter.
    pub letter: &'a Letter,
    /// The channel.
    pub channel: Channel,
    /// What the shop decided.
    pub settings: &'a ShopSettings,
    /// The order it is about.
    pub order: &'a Order,
    /// All parcels of the order, and the one it is about.
    pub parcels: &'a [Parcel],
    /// Who is written to.
    pub recipient: &'a Recipient,
    /// Whether the shop's breaker is open.
    pub breaker_is_open: bool,
}

/// What to do with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatch {
    /// Send it now.
    Send,
    /// Look again then.
    Hold {
        /// When.
        until: Timestamp,
        /// What for.
        why: HeldBecause,
    },
    /// Do not send it.
    Suppress(Suppressed),
}

/// What held letters of one order and channel amount to, once one of them is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gathered {
    /// It goes out, and these go with it.
    Lead {
        /// Held letters that the same message tells of.
        carries: Vec<LetterId>,
    },
    /// Another held letter goes out and takes this one with it.
    Follow {
        /// Which.
        lead: LetterId,
    },
    /// Newer news made it stale.
    Stale {
        /// Which.
        by: LetterId,
    },
}

impl<'a> Standing<'a> {
    /// The parcel the letter is about.
    #[must_use]
    pub fn parcel(&self) -> Option<&'a Parcel> {
        parcel_of(self.letter, self.parcels)
    }

    /// What to do at `now`. `is_first` says that it is looked at for the first time: only then does it wait for siblings.
    #[must_use]
    pub fn dispatch(&self, now: Timestamp, is_first: bool) -> Dispatch {
        if let Some(why) = self.suppressed(now) {
            return Dispatch::Suppress(why);
        }
        if let Some(until) = self.scheduled(now) {
            return Dispatch::Hold { until, why: HeldBecause::Scheduled };
        }
        let rules = &self.settings.letters;
        let is_urgent = rules.is_urgent(self.letter.kind);
        if !is_urgent && self.breaker_is_open && self.channel == Channel::Email {
            return Dispatch::Hold { until: now + BREAKER_PATIENCE, why: HeldBecause::Breaker };
        }
        let today = if self.channel == Channel::Email { self.recipient.mails_today } else { self.recipient.texts_today };
        if !is_urgent && today >= rules.per_day_max {
            let tomorrow = Zone::utc().end_of(Zone::utc().date_of(now));
            return Dispatch::Hold { until: tomorrow, why: HeldBecause::RateCap };
        }
        if !is_urgent && let Some(until) = self.quiet_until(now) {
            return Dispatch::Hold { until, why: HeldBecause::QuietHours };
        }
        if is_first && rules.merge_minutes > 0 && self.expects_siblings() {
            let until = now + SignedDuration::from_mins(rules.merge_minutes.into());
            return Dispatch::Hold { until, why: HeldBecause::Siblings };
        }
        Dispatch::Send
    }

    /// Why it must not go out at all, if it must not. Asked again after the claim, right before sending.
    #[must_use]
    pub fn suppressed(&self, now: Timestamp) -> Option<Suppressed> {
        let customer = self.order.report.as_ref().map(|report| &report.customer);
        let purpose = self.letter.kind.purpose();
        let has_address = match (purpose, self.channel) {
            (Purpose::Staff, Channel::Email) => self.settings.letters.staff_email.is_some(),
            (Purpose::Staff, Channel::Sms | Channel::Whatsapp) => false,
            (_, Channel::Email) => customer.is_some_and(|customer| customer.email.is_some()),
            (_, Channel::Sms | Channel::Whatsapp) => customer.is_some_and(|customer| customer.phone.is_some()),
        };
        if !has_address {
            return Some(Suppressed::NoAddress);
        }
        if purpose != Purpose::Staff {
            match self.channel {
                Channel::Email if self.recipient.email_refuses => return Some(Suppressed::AddressRefuses),
                Channel::Sms | Channel::Whatsapp if self.recipient.phone_stopped => return Some(Suppressed::OptedOut),
                _ => {}
            }
            if let Some(why) = self.unwanted(purpose, now) {
                return Some(why);
            }
        }
        if !is_still_true(self.letter, self.order, self.parcel()) {
            return Some(Suppressed::NoLongerTrue);
        }
        if purpose != Purpose::Staff && self.order.knew_too_late(self.letter.occurred_at) {
            return Some(Suppressed::TooOld);
        }
        let age_max = SignedDuration::from_hours(self.settings.letters.max_age_hours(self.letter.kind).into());
        let due_at = self.due_at().unwrap_or(self.letter.occurred_at);
        (now.duration_since(due_at) > age_max).then_some(Suppressed::TooOld)
    }

    /// When a reminder or a question is to go out; `None` for news, which does not wait for a time.
    fn due_at(&self) -> Option<Timestamp> {
        let happened_at = self.letter.occurred_at;
        let zone = self.settings.calendar.zone.time_zone();
        let due_at = match self.letter.kind {
            // The morning before the day it is expected on.
            LetterKind::ArrivingSoon => {
                let eve = self.letter.about.detail().parse::<Date>().ok().and_then(|day| day.yesterday().ok());
                eve.and_then(|eve| eve.at(9, 0, 0, 0).to_zoned(zone.clone()).ok()).map(|at| at.timestamp())
            }
            LetterKind::ReturnWindowClosing => {
                let days = self.settings.returns.window_days.saturating_sub(WINDOW_CLOSING_DAYS);
                Some(happened_at + SignedDuration::from_hours(24 * i64::from(days)))
            }
            kind => self.settings.letters.delay_hours(kind).map(|hours| happened_at + SignedDuration::from_hours(hours.into())),
        };
        due_at.map(|due_at| due_at.max(happened_at))
    }

    /// Until when it waits for its time, if it does. What asks something once everything arrived waits for that, too.
    fn scheduled(&self, now: Timestamp) -> Option<Timestamp> {
        if let Some(due_at) = self.due_at().filter(|due_at| *due_at > now) {
            return Some(due_at);
        }
        let is_settled =
            |parcel: &Parcel| parcel.leg_of.is_some() || (parcel.folded().delivered_at.is_some() && parcel.problem().is_none());
        let all_arrived = self.order.is_all_packed() && self.parcels.iter().all(is_settled);
        (self.letter.kind.is_after_all() && !all_arrived).then(|| now + ALL_ARRIVED_PATIENCE)
    }

    fn unwanted(&self, purpose: Purpose, now: Timestamp) -> Option<Suppressed> {
        let untouched = Preferences::untouched();
        let chosen = self.recipient.preferences.as_ref().unwrap_or(&untouched);
        if !chosen.allow(purpose, self.channel) {
            return Some(if purpose == Purpose::Marketing { Suppressed::NoConsent } else { Suppressed::TurnedOff });
        }
        let is_paused = purpose != Purpose::Account && chosen.paused_until.is_some_and(|until| now < until);
        is_paused.then_some(Suppressed::Paused)
    }

    /// When it stops being night for the recipient, if it is night for them: by the shop's hours where those hold, and by the
    /// recipient's own.
    fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let rules = &self.settings.letters;
        let shop = rules.quiet_channels.contains(&self.channel).then_some(rules.quiet);
        let own = self.recipient.preferences.as_ref().and_then(|chosen| chosen.quiet);
        let zones = quiet::zones_of(self.order, &self.settings.calendar.zone);
        let both: Vec<QuietHours> = shop.into_iter().chain(own).collect();
        // The end of one may lie within the other; two of them settle after a few turns or cover the whole day.
        let mut at = now;
        for _ in 0..4 {
            match both.iter().filter_map(|hours| hours.opens_at(at, &zones)).max() {
                Some(later) => at = later,
                None => break,
            }
        }
        (at > now).then_some(at)
    }

    /// Whether the mail of the letter carries something that needs consent, and so the way to end it with one click.
    #[must_use]
    pub fn promotes(&self) -> bool {
        match self.letter.kind.purpose() {
            Purpose::Marketing => true,
            Purpose::OrderNews => {
                let agreed = self.recipient.preferences.as_ref().is_some_and(|chosen| chosen.marketing);
                self.settings.promotion.is_some() && agreed
            }
            Purpose::Account | Purpose::Staff => false,
        }
    }

    /// The language it is written in: what its reader chose, else what was bought in, else the shop's; to staff, the shop's.
    #[must_use]
    pub fn locale(&self) -> Locale {
        let shop = self.settings.brand.language;
        if self.letter.kind.purpose() == Purpose::Staff {
            return shop;
        }
        let chosen = self.recipient.preferences.as_ref().and_then(|chosen| chosen.language);
        let bought_in = self.order.report.as_ref().and_then(|report| report.customer.locale.as_deref());
        Locale::of(chosen, bought_in, shop)
    }

    /// Whether other parcels of the order are about to have the same news.
    fn expects_siblings(&self) -> bool {
        let kind = self.letter.kind;
        let Some(this) = self.letter.about.parcel().filter(|_| kind.merges()) else { return false };
        let of_order = self.order.parcels();
        let mut others = self.parcels.iter().filter(|parcel| parcel.key != *this && of_order.contains_key(&parcel.key));
        match kind {
            // Every parcel that is packed will be shipped, and most shops pack an order at once.
            LetterKind::LabelMade | LetterKind::Shipped => {
                others.any(|parcel| {
                    !parcel.milestones().contains_key(&Milestone::Shipped) && parcel.folded().delivered_at.is_none()
                }) || (self.order.is_live() && !self.order.is_all_packed())
            }
            // Parcels of one carrier that travel together are loaded and handed over together.
            LetterKind::OutForDelivery => {
                others.any(|parcel| parcel.key.carrier == this.carrier && parcel.folded().status == Status::InTransit)
            }
            _ => others.any(|parcel| parcel.key.carrier == this.carrier && parcel.folded().status == Status::OutForDelivery),
        }
    }

    /// Whether held letters of the same order have to be looked at before this one goes out.
    #[must_use]
    pub fn may_have_company(&self) -> bool {
        self.letter.kind.merges() && self.order.parcels().len() > 1
    }

    /// What this letter, which is held and due, and the other held ones of the same order and channel amount to. `ledger` are
    /// the rows of that channel.
    #[must_use]
    pub fn gather(&self, ledger: &[LetterRecord], now: Timestamp) -> Gathered {
        if let Some(by) = stale_by(self.letter, ledger) {
            return Gathered::Stale { by };
        }
        let carries = self.company(ledger, now);
        // Whoever looks sees the same lead, so that two that look at once do not take each other's letters.
        match carries.first().filter(|first| **first < self.letter.id) {
            Some(lead) => Gathered::Follow { lead: lead.clone() },
            None => Gathered::Lead { carries },
        }
    }

    /// Held letters of the same order and channel that the message of this one tells of as well, by id.
    #[must_use]
    pub fn company(&self, ledger: &[LetterRecord], now: Timestamp) -> Vec<LetterId> {
        let mine = self.letter;
        if !mine.kind.merges() {
            return Vec::new();
        }
        let goes_along = |record: &&LetterRecord| {
            let other = Standing { letter: &record.letter, ..*self };
            matches!(record.state, LetterState::Held { .. })
                && record.letter.id != mine.id
                && record.letter.kind == mine.kind
                && other.suppressed(now).is_none()
                && stale_by(&record.letter, ledger).is_none()
        };
        let mut carries: Vec<LetterId> = ledger.iter().filter(goes_along).map(|record| record.letter.id.clone()).collect();
        carries.sort_unstable();
        carries
    }
}

/// The parcel a letter is about.
#[must_use]
pub fn parcel_of<'a>(letter: &Letter, parcels: &'a [Parcel]) -> Option<&'a Parcel> {
    let about = letter.about.parcel()?;
    parcels.iter().find(|parcel| parcel.key == *about)
}

/// The letter about the same parcel that is further on its way and newer, if one waits as well or is out.
fn stale_by(letter: &Letter, ledger: &[LetterRecord]) -> Option<LetterId> {
    let (parcel, stage) = (letter.about.parcel()?, letter.kind.stage()?);
    let overtakes = |record: &&LetterRecord| {
        let other = &record.letter;
        let counts = match record.state {
            LetterState::Held { .. }
            | LetterState::Claimed { .. }
            | LetterState::Sent { .. }
            | LetterState::Unknown { .. }
            | LetterState::Merged { .. } => true,
            LetterState::Superseded { .. } | LetterState::Suppressed { .. } | LetterState::Failed { .. } => false,
        };
        counts
            && other.about.parcel() == Some(parcel)
            && other.kind.stage().is_some_and(|its| its > stage)
            && other.occurred_at >= letter.occurred_at
    };
    let newest = ledger.iter().filter(overtakes).max_by_key(|record| (record.letter.kind.stage(), record.letter.occurred_at));
    newest.map(|record| record.letter.id.clone())
}

#[cfg(test)]
mod tests;
