//! A storefront's webhooks: what is missing is made, what was put to sleep is woken, and the operator is told.

use crate::{NotNow, Room};
use domain::{id::ShopId, settings::StorefrontApi};
use inquiries::{AskedStorefront, Verdict, Wanted};

/// Webhooks put right in one go: more topics than any storefront has for us.
const MENDS_MAX: usize = 20;

/// Looks after them. Says in words for the operator what was put right, and what could not be.
///
/// # Errors
/// What the list of webhooks came to when there is none.
pub(crate) async fn looked_after(
    room: &Room,
    shop: &ShopId,
    source: AskedStorefront,
    api: &StorefrontApi,
    credentials: &str,
) -> Result<Result<Vec<String>, Verdict>, NotNow> {
    // On one machine no storefront can reach us, but one on this very machine.
    let is_here = |url: &str| url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
    let can_reach_us = room.public_url.starts_with("https://") || (is_here(&room.public_url) && is_here(&api.url));
    if !can_reach_us {
        return Ok(Ok(Vec::new()));
    }
    let list = match source.hooks(&api.url, credentials) {
        Ok(Some(request)) => room.outside.ask(&request).await?,
        Ok(None) => return Ok(Ok(Vec::new())),
        Err(verdict) => Err(verdict),
    };
    let keyring = room.keyring().await?;
    let address = format!("{}/webhooks/{shop}/storefront/{source}", room.public_url);
    let secret = keyring.storefront(shop, source.as_str()).first().map(String::as_str);
    let wanted = Wanted { address: &address, secret };
    let mends = match list.and_then(|answer| source.mends(&api.url, credentials, wanted, &answer)) {
        Ok(mends) => mends,
        Err(verdict) => return Ok(Err(verdict)),
    };
    let mut words = Vec::new();
    for mend in mends.into_iter().take(MENDS_MAX) {
        let verdict = match mend.request {
            Ok(request) => room.outside.yes_or_no(&request).await?,
            Err(verdict) => verdict,
        };
        let what = mend.what;
        words.push(match verdict {
            Verdict::Done { .. } | Verdict::AlreadyThere { .. } => {
                tracing::error!(shop = shop.as_str(), source = source.as_str(), what, "a webhook was put right");
                what
            }
            failed => {
                let why = failed.code();
                tracing::error!(shop = shop.as_str(), source = source.as_str(), what, why, "a webhook cannot be put right");
                format!("{what}, and cannot be put right ({why})")
            }
        });
    }
    Ok(Ok(words))
}
