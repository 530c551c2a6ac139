//! BigCommerce: says only that something happened to an order. What the order is, its API is asked.

mod answer;

use crate::{Answers, Parsed, Reader, StorefrontReport, Topic, unknown};
use domain::order::{FulfilmentReport, FulfilmentState};
use serde::Deserialize;
use signatures::{BadDelivery, Delivery, Field, Key, Part, Refusal, Verified, standard};

pub(crate) const READER: Reader = Reader {
    verify,
    greeting: |_| false,
    parse,
    parse_answer: Some(answer::read),
    sign: |delivery, message_id, secret| sign(delivery, message_id, secret).into_iter().flatten().collect(),
    headers_read: &[],
    keys_path: None,
    answers: Answers::usual(None),
    proof: "Standard Webhooks under the app's client secret, or a secret header of yours: X-Doorstep-Token",
    topics: &[
        Topic { name: "store/order/created", used_for: "order is fetched" },
        Topic { name: "store/order/updated", used_for: "order is fetched" },
        Topic { name: "store/order/statusUpdated", used_for: "order is fetched" },
        Topic { name: "store/order/refund/created", used_for: "order and its refunds are fetched" },
        Topic { name: "store/order/transaction/created", used_for: "order is fetched" },
        Topic { name: "store/order/transaction/updated", used_for: "order is fetched" },
        Topic { name: "store/shipment/created", used_for: "order and its shipments are fetched" },
        Topic { name: "store/shipment/updated", used_for: "order and its shipments are fetched" },
        Topic { name: "store/shipment/deleted", used_for: "fulfilment taken back" },
        // Put out of sight, not cancelled.
        Topic { name: "store/order/archived", used_for: "" },
        Topic { name: "store/order/message/created", used_for: "" },
    ],
};

/// The header that an operator gives to BigCommerce when the webhook is made: its docs do not say which webhooks are signed.
const TOKEN: &str = "X-Doorstep-Token";
/// The longest id of an order that is asked for: the digits of 64 bits.
const ID_DIGITS_MAX: usize = 20;

/// Either proof will do, each under any of the secrets. A signature is of this time; a token is of none.
fn verify<'a>(delivery: Delivery<'a>, secrets: &[String]) -> Result<Verified<'a>, Refusal> {
    match signatures::password(delivery, TOKEN, secrets) {
        Err(_) if delivery.headers.get("webhook-signature").is_some() => standard::verify_with(delivery, secrets, key),
        decided => decided,
    }
}

fn sign(delivery: &Delivery<'_>, message_id: &str, secret: &str) -> Option<[(&'static str, String); 3]> {
    Some(standard::sign_with(&key(secret)?, message_id, delivery.now, delivery.body))
}

/// As Standard Webhooks, but the key is the secret's own bytes: it is no base64.
fn key(secret: &str) -> Option<Key> {
    Key::new(secret.trim().as_bytes().to_vec())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Hook {
    scope: Field,
    data: Part<HookData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct HookData {
    id: Field,
    #[serde(rename = "orderId")]
    shipment_order_id: Field,
    #[serde(rename = "order_id")]
    transaction_order_id: Field,
}

fn parse(verified: &Verified<'_>) -> Result<Parsed, BadDelivery> {
    let hook: Hook = verified.json()?;
    let scope = hook.scope.text().unwrap_or_default();
    let data = || hook.data.required("data");
    let fetch = |field: &Field, path: &str| Ok(Parsed::Thin { id: order_id(field, path)?.to_owned() });
    match scope {
        "store/order/created" | "store/order/updated" | "store/order/statusUpdated" | "store/order/refund/created" => {
            fetch(&data()?.id, "data.id")
        }
        "store/order/transaction/created" | "store/order/transaction/updated" => {
            fetch(&data()?.transaction_order_id, "data.order_id")
        }
        "store/shipment/created" | "store/shipment/updated" => fetch(&data()?.shipment_order_id, "data.orderId"),
        // The order that would be fetched no longer lists it.
        "store/shipment/deleted" => {
            let data = data()?;
            Ok(Parsed::Reports(vec![StorefrontReport::Fulfilment(FulfilmentReport {
                source: "bigcommerce".to_owned(),
                order_source_id: order_id(&data.shipment_order_id, "data.orderId")?.to_owned(),
                id: data.id.read("data.id")?,
                // Shipments have no clock of their own: what is fetched of them is of the time of our asking, and an id never
                // comes back.
                reported_at: verified.received_at(),
                created_at: verified.received_at(),
                state: FulfilmentState::Cancelled,
                lines: Vec::new(),
                parcels: Vec::new(),
            })]))
        }
        scope => Ok(unknown(scope)),
    }
}

/// The id of an order: it becomes a part of a URL, so it is a number or nothing.
fn order_id<'a>(field: &'a Field, path: &str) -> Result<&'a str, BadDelivery> {
    let id = field.required(path)?;
    let is_number = id.len() <= ID_DIGITS_MAX && id.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(id) } else { Err(BadDelivery::bad(path, "is not the number of an order")) }
}
