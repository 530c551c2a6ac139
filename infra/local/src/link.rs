//! Finds a customer's tracking link by the number of the order.

use crate::{house::House, own_vault::OwnVault};
use axum::http::StatusCode;
use domain::{id::ShopId, link::OrderLinks};
use store::Find;

/// The link, or a status and a sentence.
pub async fn tracking(house: &House, shop: &str, number: &str) -> Result<String, (StatusCode, String)> {
    let refused = |why: String| (StatusCode::BAD_REQUEST, why);
    let broken = |why: String| (StatusCode::BAD_GATEWAY, why);
    if number.is_empty() {
        return Err(refused("which order? ?order=NUMBER&shop=demo".to_owned()));
    }
    let shop: ShopId = shop.parse().map_err(|error| refused(format!("{shop}: {error}")))?;
    let own = house.own_vault().map_err(|error| broken(error.to_string()))?;
    let OwnVault { vault, secrets } = own;
    let keyring = secrets.keyring().await.map_err(|error| broken(error.to_string()))?;
    let vault = vault.with_find_key(keyring.find_key());
    let found = vault.find(&shop, &Find::Number(number.to_owned())).await.map_err(|error| broken(error.to_string()))?;
    let key = found.first().ok_or((StatusCode::NOT_FOUND, format!("{shop} has no order {number}")))?;
    let order = vault.order(key).await.map_err(|error| broken(error.to_string()))?.value;
    let signing = keyring.link_keys().first().ok_or_else(|| broken("there is no key for links".to_owned()))?;
    Ok(OrderLinks::seal(signing, &house.aws.base_url, &order, boot::clock::now()).page)
}
