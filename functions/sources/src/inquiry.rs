//! One look at one parcel: whether its source is asked, what that brings, and when to look again.

use crate::{NotNow, Room};
use boot::{
    batch::{Outcome, pause},
    clock,
};
use carriers::{CarrierParsed, CarrierSource};
use contracts::ToTracking;
use domain::{
    id::{ParcelKey, ShopId},
    inquiry::{Ask, Inquiry},
    parcel::{Parcel, ParcelReport},
    settings::Tracker,
};
use inquiries::{About, Answer, Push, TrackerSource, Verdict, plan};
use jiff::{SignedDuration, Timestamp};
use store::{CommitError, TimerAbout, Versioned, Write};

/// How often keeping what came of a question is tried while others write: nobody else writes inquiries but another look.
const KEEPING_TRIES: u32 = 4;
/// How long a source is left alone that says that we ask too often and not how long to wait, in seconds.
const PAUSE_S: u32 = 60;
/// How long a source is left alone whose credentials are wrong: it counts them, and may close the account.
const CREDENTIALS_PAUSE_S: u32 = 3600;

/// Looks at a parcel whose inquiry is due.
pub(crate) async fn look(room: &Room, parcel: &ParcelKey, due_at: Timestamp) -> Result<Outcome, NotNow> {
    let settings = room.settings(&parcel.shop).await?;
    let tracker = settings.as_ref().and_then(|settings| settings.settings.sources.tracker(&parcel.carrier));
    let inquiry = room.vault.inquiry(parcel).await?;
    let Some(tracker) = tracker else { return keep(room, inquiry.clone(), inquiry.value, None, due_at).await };
    let known = room.vault.parcel(parcel).await?.value;
    let now = clock::now();
    let next = plan::next(&inquiry.value, &known, tracker, now);
    let (Some(ask), Ok(source)) = (next.ask, tracker.source.parse::<TrackerSource>()) else {
        return keep(room, inquiry.clone(), inquiry.value, next.look_again_at, due_at).await;
    };
    if let Some(not_before) = room.vault.not_before(&parcel.shop, &pace_name(source)).await?.filter(|at| *at > now) {
        let again_at = plan::after_pause(&known, not_before);
        return keep(room, inquiry.clone(), inquiry.value, Some(again_at), due_at).await;
    }
    let (verdict, answer) = asked(room, source, ask, tracker, &inquiry.value, now).await?;
    tell_operator(room, &parcel.shop, source, ask, &verdict, now).await?;
    if let Some(answer) = answer.filter(|_| ask == Ask::Poll && matches!(verdict, Verdict::Done { .. })) {
        pass_on(room, source, parcel, &answer).await?;
    }
    let after = plan::answered(inquiry.value.clone(), source, ask, &verdict, now);
    let again_at = again_at(room, &after, &known, tracker, source, now).await?;
    keep(room, inquiry, after, again_at, due_at).await
}

/// When the parcel is looked at after an answer. What is due at once has to wait for the least distance, or for the source.
async fn again_at(
    room: &Room,
    after: &Inquiry,
    parcel: &Parcel,
    tracker: &Tracker,
    source: TrackerSource,
    now: Timestamp,
) -> Result<Option<Timestamp>, NotNow> {
    let Some(again_at) = plan::next(after, parcel, tracker, now).look_again_at else { return Ok(None) };
    let not_before = room.vault.not_before(&parcel.key.shop, &pace_name(source)).await?;
    Ok(Some(not_before.filter(|at| *at > again_at).map_or(again_at, |at| plan::after_pause(parcel, at))))
}

/// The name by which the console knows a source.
fn pace_name(source: TrackerSource) -> String {
    format!("carrier/{source}")
}

async fn asked(
    room: &Room,
    source: TrackerSource,
    ask: Ask,
    tracker: &Tracker,
    inquiry: &Inquiry,
    now: Timestamp,
) -> Result<(Verdict, Option<Answer>), NotNow> {
    let (keyring, shop) = (room.keyring().await?, &inquiry.parcel.shop);
    let Some(credentials) = keyring.partner(shop, source.as_str()) else { return Ok((Verdict::BadCredentials, None)) };
    let url = format!("{}/webhooks/{shop}/carrier/{source}", room.public_url);
    let secret = keyring.carrier(shop, source.as_str()).first().map(String::as_str);
    let registered = inquiry.registered.as_ref().filter(|registered| registered.source == source.as_str());
    // The same when the message comes again.
    let request_id = format!("{}-{}-{}", inquiry.parcel.number, ask.code(), inquiry.failures);
    let about = About {
        parcel: &inquiry.parcel,
        tracker,
        credentials,
        reference: registered.and_then(|registered| registered.reference.as_deref()),
        push: Push { url: &url, secret },
        request_id: &request_id,
        now,
    };
    room.outside.inquire(source, ask, &about).await
}

/// Slows a source down that wants it, and says what only a person can put right. A source whose credentials are wrong is left
/// alone for an hour, so that there is one line an hour and not one for each parcel.
async fn tell_operator(
    room: &Room,
    shop: &ShopId,
    source: TrackerSource,
    ask: Ask,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<(), NotNow> {
    let (asked, ask) = (source.as_str(), ask.code());
    let pause_s = match verdict {
        Verdict::BadCredentials => {
            tracing::error!(shop = shop.as_str(), source = asked, ask, "the credentials do not open the source's API");
            CREDENTIALS_PAUSE_S
        }
        Verdict::TooOften { retry_after_s } => {
            tracing::warn!(shop = shop.as_str(), source = asked, ask, retry_after_s, "the source wants to be asked less often");
            retry_after_s.unwrap_or(PAUSE_S).max(PAUSE_S)
        }
        Verdict::Refused { why } => {
            tracing::warn!(shop = shop.as_str(), source = asked, ask, why, "the source refused");
            return Ok(());
        }
        Verdict::Again { why } => {
            tracing::warn!(shop = shop.as_str(), source = asked, ask, why, "the source did not answer");
            return Ok(());
        }
        Verdict::Done { .. } | Verdict::AlreadyThere { .. } | Verdict::NotKnownYet => {
            tracing::info!(shop = shop.as_str(), source = asked, ask, verdict = verdict.code(), "a source was asked");
            return Ok(());
        }
    };
    let not_before = now.saturating_add(SignedDuration::from_secs(pause_s.into())).unwrap_or(now);
    room.vault.slow_down(shop, &pace_name(source), not_before).await?;
    Ok(())
}

/// Puts what a poll brought on the queue of the desk, as a door does.
async fn pass_on(room: &Room, source: TrackerSource, parcel: &ParcelKey, answer: &Answer) -> Result<(), NotNow> {
    let Ok(reader) = source.as_str().parse::<CarrierSource>() else { return Ok(()) };
    let Some(body) = source.parcel_in(answer) else { return Ok(()) };
    let now = clock::now();
    let read = reader.parse_answer(&signatures::answered(&body, now));
    let reports = match read {
        Ok(CarrierParsed::Reports(reports)) => reports,
        Ok(CarrierParsed::Handshake { .. } | CarrierParsed::Unknown { .. }) => Vec::new(),
        Err(unreadable) => {
            // It will be as unreadable tomorrow: the operator is told, and the chain goes on.
            tracing::warn!(shop = parcel.shop.as_str(), source = source.as_str(), %unreadable, "an answer cannot be read");
            Vec::new()
        }
    };
    let message = |report: ParcelReport| {
        // We know whose number it is that we asked for; a source may call the carrier by another name, or not know it.
        let carrier = if report.number == parcel.number { parcel.carrier.clone() } else { report.carrier.clone() };
        let report = ParcelReport { received_at: Some(now), carrier, ..report };
        ToTracking::ParcelReported { shop: parcel.shop.clone(), report }
    };
    let messages: Vec<ToTracking> = reports.into_iter().map(message).collect();
    room.put(&room.tracking_queue_url, &messages).await
}

/// Keeps what came of a look, and arms the next one.
///
/// The timer goes first: without what is kept it does no harm. When the message is that of the armed timer, that one has
/// fired, and is armed again even for the same moment.
async fn keep(
    room: &Room,
    before: Versioned<Inquiry>,
    mut after: Inquiry,
    again_at: Option<Timestamp>,
    due_at: Timestamp,
) -> Result<Outcome, NotNow> {
    let armed = before.value.timer_due_at.filter(|armed| *armed != due_at);
    after.timer_due_at = again_at;
    let about = TimerAbout::Inquiry(after.parcel.clone());
    room.vault.commit(Write::newly_armed(about, armed, again_at, clock::now()).into_iter().collect()).await?;
    if after == before.value {
        return Ok(Outcome::Done);
    }
    let mut version = before.version;
    for attempt in 0..KEEPING_TRIES {
        match room.vault.keep_inquiry(&Versioned { value: after.clone(), version }).await {
            Ok(()) => return Ok(Outcome::Done),
            Err(CommitError::Raced) => {
                // Another look at the same parcel, of a repeated message: it asked the same. The later question counts.
                pause(attempt).await;
                let other = room.vault.inquiry(&after.parcel).await?;
                if other.value.asked_at > after.asked_at {
                    return Ok(Outcome::Done);
                }
                version = other.version;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(CommitError::Raced.into())
}
