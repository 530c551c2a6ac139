//! What became of every letter of an order, in words for the staff or as JSON for a program.

use crate::{Dossier, masked, moment};
use domain::{
    calendar::Zone,
    dispatch::Recipient,
    id::LetterId,
    letter::{About, Channel, Letter, LetterKind, LetterState, Purpose},
    order::Order,
    preference::Preferences,
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::LedgerRow;

/// What the table says above its columns.
const TITLES: [&str; 6] = ["HAPPENED", "KIND", "ABOUT", "CHANNEL", "LETTER", "WHAT BECAME OF IT"];

/// A letter on a channel, and its row of the ledger if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The letter.
    pub letter: Letter,
    /// The channel.
    pub channel: Channel,
    /// None: the state of things calls for it, the shop sends its kind on this channel, and no postman has looked at it.
    pub row: Option<LedgerRow>,
}

/// Every row of the ledger, and what should have one and has not; sorted by when its reason happened.
#[must_use]
pub fn entries(dossier: &Dossier) -> Vec<Entry> {
    let kept = dossier.ledger.iter().map(|row| Entry {
        letter: row.record.letter.clone(),
        channel: row.record.channel,
        row: Some(row.clone()),
    });
    let mut entries: Vec<Entry> = kept.collect();
    for letter in dossier.called_for() {
        for channel in dossier.settings.channels(letter.kind) {
            if !entries.iter().any(|entry| entry.letter.id == letter.id && entry.channel == channel) {
                entries.push(Entry { letter: letter.clone(), channel, row: None });
            }
        }
    }
    entries.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    entries
}

fn sort_key(entry: &Entry) -> (Timestamp, LetterKind, &LetterId, Channel) {
    (entry.letter.occurred_at, entry.letter.kind, &entry.letter.id, entry.channel)
}

/// The whole account of an order.
#[must_use]
pub fn text(dossier: &Dossier, now: Timestamp) -> String {
    let zone = &dossier.settings.calendar.zone;
    let shop = &dossier.order.shop;
    let entries = entries(dossier);
    let mut out = format!("Order {} of {shop} ({}); times of {}\n", dossier.number(), dossier.order.id, moment::zone_name(zone));
    for line in recipient_lines(&dossier.order, &dossier.recipient, zone, now) {
        out += &format!("{line}\n");
    }
    if dossier.breaker_is_open {
        out += "shop   all its mail that is not urgent is held: too much of it bounces or is complained of\n";
    }
    out += "\n";
    out += &if entries.is_empty() { "No letter, and no reason for one so far.\n".to_owned() } else { table(&entries, zone, now) };
    out += "\n";
    for line in off_lines(dossier) {
        out += &format!("{line}\n");
    }
    out
}

/// The letters as a table.
#[must_use]
pub fn table(entries: &[Entry], zone: &Zone, now: Timestamp) -> String {
    let mut rows = vec![TITLES.map(str::to_owned)];
    rows.extend(entries.iter().map(|entry| {
        [
            moment::shown(entry.letter.occurred_at, zone),
            entry.letter.kind.code().to_owned(),
            about(&entry.letter.about),
            entry.channel.code().to_owned(),
            entry.letter.id.to_string(),
            became(entry, entries, zone, now),
        ]
    }));
    columns(&rows)
}

/// Rows of cells as lines, each column as wide as its widest cell.
fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; N]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// What a letter is about, in a few words.
fn about(about: &About) -> String {
    let (thing, detail) = match about {
        About::Order => ("order".to_owned(), ""),
        About::Parcel { parcel, detail } => (format!("{} {}", parcel.carrier, parcel.number), detail.as_str()),
        About::Return { return_, detail } => (format!("return {return_}"), detail.as_str()),
    };
    if detail.is_empty() { thing } else { format!("{thing}, {}", masked::on_one_line(detail)) }
}

/// What became of a letter, as a sentence. `entries` name the letters that it gave way to.
fn became(entry: &Entry, entries: &[Entry], zone: &Zone, now: Timestamp) -> String {
    let at = |at: Timestamp| moment::shown(at, zone);
    let named = |id: &LetterId| match entries.iter().find(|other| other.letter.id == *id) {
        Some(other) => format!("{} of {}", other.letter.kind.code(), at(other.letter.occurred_at)),
        None => id.to_string(),
    };
    let Some(row) = &entry.row else {
        return "nothing yet: it is still on its way, is a dead letter, or its channel was turned on only later".to_owned();
    };
    let words = match &row.record.state {
        LetterState::Claimed { lease_until, attempt, .. } if *lease_until > now => {
            format!("being sent now, attempt {attempt}, until {}", at(*lease_until))
        }
        LetterState::Claimed { lease_until, attempt: 0, .. } => format!("handed to `notify` {}", at(*lease_until)),
        LetterState::Claimed { lease_until, attempt, .. } => {
            format!("attempt {attempt} broke off before {}; it is tried again", at(*lease_until))
        }
        LetterState::Sent { at: sent_at, message_id } => format!("sent {}, {}", at(*sent_at), masked::on_one_line(message_id)),
        LetterState::Held { until, why, .. } => {
            let woken = if *until <= now { "; its time has come, it is looked at again within minutes" } else { "" };
            format!("held until {} because {}{woken}", at(*until), why.sentence())
        }
        LetterState::Merged { into, .. } => format!("merged into {}", named(into)),
        LetterState::Superseded { by, .. } => format!("superseded by {}", named(by)),
        LetterState::Suppressed { at: decided_at, why } => format!("suppressed {} because {}", at(*decided_at), why.sentence()),
        LetterState::Failed { at: failed_at, why } => {
            format!("failed {}: its provider refuses it ({})", at(*failed_at), masked::on_one_line(why))
        }
        LetterState::Unknown { at: lost_at, retry_at, attempt } => {
            format!(
                "unknown since {}: the answer to attempt {attempt} was lost; tried again after {}",
                at(*lost_at),
                at(*retry_at)
            )
        }
    };
    let is_open = matches!(row.record.state, LetterState::Claimed { .. } | LetterState::Unknown { .. });
    match row.taken.as_ref().filter(|_| is_open) {
        Some((id, taken_at)) => format!("{words}. Its provider took it {}, {}", at(*taken_at), masked::on_one_line(id)),
        None => words,
    }
}

/// What is known of the person written to.
fn recipient_lines(order: &Order, recipient: &Recipient, zone: &Zone, now: Timestamp) -> Vec<String> {
    let Some(customer) = order.report.as_ref().map(|report| &report.customer) else {
        return vec!["the storefront has not described the order: so far there is nobody to write to".to_owned()];
    };
    let today = |count: u32| if count == 0 { String::new() } else { format!("; {count} today") };
    let mail = match &customer.email {
        None => "none in the order".to_owned(),
        Some(address) if recipient.email_refuses => {
            format!("{}: it bounced for good, or its owner complained; nothing goes there any more", masked::email(address))
        }
        Some(address) => format!("{}: may be written to{}", masked::email(address), today(recipient.mails_today)),
    };
    let phone = match &customer.phone {
        None => "none in the order".to_owned(),
        Some(number) if recipient.phone_stopped => {
            format!("{}: its owner said stop; nothing goes there until they say start", masked::phone(number))
        }
        Some(number) => format!("{}: may be written to{}", masked::phone(number), today(recipient.texts_today)),
    };
    let chose = match &recipient.preferences {
        None => "nothing yet: order news on every channel of the shop, no marketing".to_owned(),
        Some(chosen) => choices(chosen, zone, now),
    };
    vec![format!("mail   {mail}"), format!("phone  {phone}"), format!("chose  {chose}")]
}

fn choices(chosen: &Preferences, zone: &Zone, now: Timestamp) -> String {
    let channels: Vec<&str> = chosen.order_news.iter().map(|channel| channel.code()).collect();
    let mut words = vec![
        if channels.is_empty() { "no order news".to_owned() } else { format!("order news by {}", channels.join(", ")) },
        if chosen.marketing { "marketing by email" } else { "no marketing" }.to_owned(),
    ];
    words.extend(chosen.language.map(|language| format!("in {}", language.code())));
    words.extend(
        chosen.quiet.map(|quiet| format!("quiet from {} to {}", quiet.from.strftime("%H:%M"), quiet.until.strftime("%H:%M"))),
    );
    let paused = chosen.paused_until.filter(|until| now < *until);
    words.extend(paused.map(|until| format!("paused until {}", moment::shown(until, zone))));
    format!("{}: {}", moment::shown(chosen.chosen_at, zone), words.join("; "))
}

/// The kinds that the shop does not send at all.
fn off(dossier: &Dossier) -> Vec<LetterKind> {
    LetterKind::ALL.iter().copied().filter(|kind| !dossier.settings.sends(*kind)).collect()
}

/// Those of them that this order had a reason for.
fn missed(dossier: &Dossier) -> Vec<LetterKind> {
    let called_for = dossier.called_for();
    off(dossier).into_iter().filter(|kind| called_for.iter().any(|letter| letter.kind == *kind)).collect()
}

fn off_lines(dossier: &Dossier) -> Vec<String> {
    let codes = |kinds: &[LetterKind]| kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ");
    let (off, missed, shop) = (off(dossier), missed(dossier), &dossier.order.shop);
    let is_by_channel = |kind: &&LetterKind| kind.purpose() != Purpose::Staff;
    let mut lines = Vec::new();
    if let Some(example) = missed.iter().find(is_by_channel).or(off.iter().find(is_by_channel)) {
        let how = format!("letters.kinds.{}.channels = [\"email\"]", example.code());
        lines.push(format!(
            "Not sent by {shop}: {}. To turn one on, write it like `{how}` into the settings and put them in force with \
             `cargo shop put {shop} FILE`.",
            codes(&off)
        ));
    }
    // What goes to the staff is off for want of an address, whatever its channels.
    if off.iter().any(|kind| kind.purpose() == Purpose::Staff) && dossier.settings.letters.staff_email.is_none() {
        lines.push("Letters to the staff need letters.staff_email.".to_owned());
    }
    if !missed.is_empty() {
        lines.push(format!("Of those that are not sent, this order had a reason for: {}.", codes(&missed)));
    }
    lines
}

/// The accounts of orders as JSON: moments in UTC, addresses masked as in the text.
///
/// # Errors
/// Never with what the vault holds.
pub fn json(dossiers: &[Dossier], now: Timestamp) -> Result<String, String> {
    let orders: Vec<Json> = dossiers.iter().map(|dossier| one_as_json(dossier, now)).collect();
    serde_json::to_string_pretty(&json!({ "orders": orders })).map_err(|error| error.to_string())
}

fn one_as_json(dossier: &Dossier, now: Timestamp) -> Json {
    let zone = Zone::utc();
    let entries = entries(dossier);
    let letters = entries.iter().map(|entry| {
        json!({
            "letter": entry.letter,
            "channel": entry.channel,
            "ledger": entry.row.as_ref().map(|row| &row.record.state),
            "became": became(entry, &entries, &zone, now),
        })
    });
    let customer = dossier.order.report.as_ref().map(|report| &report.customer);
    let codes = |kinds: Vec<LetterKind>| kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>();
    let known = &dossier.recipient;
    json!({
        "shop": dossier.order.shop,
        "order": dossier.order.id,
        "number": dossier.number(),
        "letters": letters.collect::<Vec<_>>(),
        "recipient": {
            "email": customer.and_then(|customer| customer.email.as_ref()).map(masked::email),
            "email_refuses": known.email_refuses,
            "mails_today": known.mails_today,
            "phone": customer.and_then(|customer| customer.phone.as_ref()).map(masked::phone),
            "phone_stopped": known.phone_stopped,
            "texts_today": known.texts_today,
            "preferences": known.preferences,
        },
        "breaker_is_open": dossier.breaker_is_open,
        "not_sent_by_the_shop": codes(off(dossier)),
        "not_sent_and_called_for": codes(missed(dossier)),
    })
}

#[cfg(test)]
mod tests;
