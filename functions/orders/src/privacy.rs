//! Requests about a person's data: kept for the shop's staff to answer, and an erasure is done at once.

use crate::{Room, change};
use boot::batch::Outcome;
use domain::{
    id::{OrderKey, ShopId},
    privacy::{PrivacyRequest, PrivacyWish, REQUEST_ORDERS_MAX},
};
use store::Vault;

/// A storefront asks about a person's data.
pub(crate) async fn requested(room: &Room, vault: &Vault, shop: &ShopId, request: &PrivacyRequest) -> Outcome {
    let (source, wish, orders) = (request.source.as_str(), request.wish.code(), request.orders.len());
    tracing::warn!(shop = shop.as_str(), source, wish, orders, "somebody asks about a person's data");
    if let Err(error) = vault.keep_privacy_request(shop, request).await {
        return Outcome::Again(error.to_string());
    }
    if request.wish != PrivacyWish::CustomerErasure {
        return Outcome::Done;
    }
    for source_id in request.orders.iter().take(REQUEST_ORDERS_MAX) {
        let key = OrderKey::of(shop.clone(), source, source_id);
        // Also one that nobody has told us of yet: its report may still be on its way, and then it is stripped.
        let erase = |order: domain::order::Order| Ok(Some(order.redacted(request.requested_at)));
        match change(room, vault, &key, erase).await {
            Outcome::Done => {}
            other => return other,
        }
    }
    Outcome::Done
}
