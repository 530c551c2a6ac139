//! What customers choose on the page of their preferences, and the one click by which a mail program ends marketing.

use crate::Room;
use boot::{batch::Outcome, queue};
use contracts::ToNotify;
use domain::{
    address::Customer,
    id::{LetterId, OrderKey},
    letter::{About, Letter, LetterKind},
    preference::Preferences,
};
use jiff::Timestamp;
use store::Vault;

/// Remembers what a customer chose, and has it confirmed to them: nobody's preferences change behind their back.
pub async fn chosen(room: &Room, vault: &Vault, order: OrderKey, preferences: &Preferences) -> Outcome {
    let customer = match customer_of(vault, &order).await {
        Ok(customer) => customer,
        Err(outcome) => return outcome,
    };
    let again = |error: &dyn std::fmt::Display| Outcome::Again(error.to_string());
    if let Err(error) = vault.choose(&order.shop, customer.email.as_ref(), customer.phone.as_ref(), preferences).await {
        return again(&error);
    }
    let message = match contracts::write(&ToNotify::LetterDue { letter: confirmation(order, preferences.chosen_at) }) {
        Ok(message) => message,
        Err(error) => return again(&error),
    };
    let sent = queue::send(&room.sqs, &room.letters_queue_url, message).await;
    sent.map_or_else(|error| again(&error), |()| Outcome::Done)
}

/// Remembers that marketing was ended. Nothing is written to the customer: one click asks for silence (RFC 8058).
pub async fn marketing_ended(vault: &Vault, order: &OrderKey, ended_at: Timestamp) -> Outcome {
    let customer = match customer_of(vault, order).await {
        Ok(customer) => customer,
        Err(outcome) => return outcome,
    };
    let ended = vault.end_marketing(&order.shop, customer.email.as_ref(), customer.phone.as_ref(), ended_at).await;
    ended.map_or_else(|error| Outcome::Again(error.to_string()), |()| Outcome::Done)
}

/// The letter that tells of a choice: one for each, however often the choice is delivered.
fn confirmation(order: OrderKey, chosen_at: Timestamp) -> Letter {
    let kind = LetterKind::PreferencesChanged;
    let id = LetterId::of(&format!("order/{order}"), kind.code(), &chosen_at.to_string());
    Letter { id, kind, order, about: About::Order, occurred_at: chosen_at }
}

/// Whose choice it is: choices stand with a customer's addresses, and the link on which they chose knows only the order.
async fn customer_of(vault: &Vault, order: &OrderKey) -> Result<Customer, Outcome> {
    let order = vault.order(order).await.map_err(|error| Outcome::Again(error.to_string()))?.value;
    let report =
        order.report.ok_or_else(|| Outcome::Never("a choice by the link of an order that nobody described".to_owned()))?;
    if report.customer.email.is_none() && report.customer.phone.is_none() {
        return Err(Outcome::Never("a choice by the link of an order without addresses".to_owned()));
    }
    Ok(report.customer)
}
