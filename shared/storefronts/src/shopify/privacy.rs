//! The three requests about people's data that every app of Shopify must take. They come after the app was uninstalled, too.

use crate::{Parsed, StorefrontReport, contact};
use domain::privacy::{PrivacyRequest, PrivacyWish, REQUEST_ORDERS_MAX};
use serde::Deserialize;
use signatures::{BadDelivery, Field, List, Part, Verified};

#[derive(Default, Deserialize)]
#[serde(default)]
struct RequestBody {
    orders_requested: List<Field>,
    orders_to_redact: List<Field>,
    customer: Part<Customer>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Customer {
    email: Field,
}

/// A request of more orders than one may name is several: none may be forgotten.
pub(super) fn read(verified: &Verified<'_>, wish: PrivacyWish) -> Result<Parsed, BadDelivery> {
    let body: RequestBody = verified.json()?;
    let orders = match wish {
        PrivacyWish::CustomerData => &body.orders_requested,
        PrivacyWish::CustomerErasure => &body.orders_to_redact,
        PrivacyWish::ShopErasure => &List::default(),
    };
    let path = if wish == PrivacyWish::CustomerData { "orders_requested" } else { "orders_to_redact" };
    let orders: Vec<String> =
        orders.iter().enumerate().map(|(at, id)| crate::source_id(id, &format!("{path}[{at}]"))).collect::<Result<_, _>>()?;
    let request = |orders: &[String]| {
        StorefrontReport::Privacy(PrivacyRequest {
            source: "shopify".to_owned(),
            wish,
            orders: orders.to_vec(),
            email: contact::email([body.customer.get().and_then(|customer| customer.email.text())]),
            requested_at: verified.received_at(),
        })
    };
    let requests: Vec<_> = orders.chunks(REQUEST_ORDERS_MAX).map(request).collect();
    Ok(Parsed::Reports(if requests.is_empty() { vec![request(&[])] } else { requests }))
}
