//! What a delivery left out: an order that was only named, a hello to be answered, public keys that we do not have.

use crate::{NotNow, Room};
use boot::{batch::Outcome, clock};
use carriers::CarrierSource;
use contracts::ToOrders;
use domain::id::ShopId;
use inquiries::{AskedStorefront, TrackerSource, Verdict, keys as public_keys};
use std::time::Duration;
use storefronts::{Parsed, Storefront};

/// Fetches an order that a webhook only named.
pub(crate) async fn order(room: &Room, shop: &ShopId, source: &str, id: &str) -> Result<Outcome, NotNow> {
    let (Ok(asked), Ok(reader)) = (source.parse::<AskedStorefront>(), source.parse::<Storefront>()) else {
        return Ok(Outcome::Never("no such storefront is asked".to_owned()));
    };
    let (settings, keyring) = (room.settings(shop).await?, room.keyring().await?);
    let api = settings.as_ref().and_then(|settings| settings.settings.sources.storefronts.get(source));
    let (Some(api), Some(credentials)) = (api, keyring.partner(shop, source)) else {
        tracing::error!(shop = shop.as_str(), source, "an order cannot be fetched: the storefront's API is not set up");
        return Ok(Outcome::Never("the storefront's API is not set up".to_owned()));
    };
    let fetched = match asked.fetch(&api.url, credentials, id) {
        Ok(parts) => {
            let mut answers = Vec::with_capacity(parts.len());
            let mut failed = None;
            for part in &parts {
                match room.outside.ask(&part.request).await? {
                    Ok(answer) if answer.is_yes() => answers.push(answer),
                    // The rest would be asked in vain.
                    Ok(answer) => {
                        failed = Some(asked.assemble(std::slice::from_ref(part), &[answer]));
                        break;
                    }
                    Err(verdict) => {
                        failed = Some(Err(verdict));
                        break;
                    }
                }
            }
            failed.unwrap_or_else(|| asked.assemble(&parts, &answers))
        }
        Err(verdict) => Err(verdict),
    };
    let body = match fetched {
        Ok(body) => body,
        Err(verdict) => return not_fetched(shop, source, &verdict),
    };
    let read = reader.parse_answer(&signatures::answered(&body, clock::now()));
    match read {
        Ok(Parsed::Reports(reports)) => {
            let messages: Vec<ToOrders> = reports.into_iter().map(|report| ToOrders::reported(shop.clone(), report)).collect();
            room.put(&room.orders_queue_url, &messages).await?;
            tracing::info!(shop = shop.as_str(), source, count = messages.len(), "an order was fetched");
            Ok(Outcome::Done)
        }
        Ok(Parsed::Thin { .. } | Parsed::Unknown { .. }) => Ok(Outcome::Never("what was fetched is no order".to_owned())),
        Err(unreadable) => Ok(Outcome::Never(unreadable.to_string())),
    }
}

/// What becomes of an order that was not fetched. Most of it passes: the message comes again, and is then kept aside where
/// somebody can put it back.
fn not_fetched(shop: &ShopId, source: &str, verdict: &Verdict) -> Result<Outcome, NotNow> {
    match verdict {
        Verdict::Refused { why } => Ok(Outcome::Never(why.clone())),
        Verdict::BadCredentials => {
            tracing::error!(shop = shop.as_str(), source, "the credentials do not open the storefront's API");
            Err(NotNow::Source(verdict.code().to_owned()))
        }
        _ => Err(NotNow::Source(verdict.code().to_owned())),
    }
}

/// Answers the hello of a subscription.
pub(crate) async fn confirm(
    room: &Room,
    shop: &ShopId,
    source: &str,
    subscription: &str,
    proof: &str,
) -> Result<Outcome, NotNow> {
    let Ok(tracker) = source.parse::<TrackerSource>() else {
        return Ok(Outcome::Never("no such source says hello".to_owned()));
    };
    let (settings, keyring) = (room.settings(shop).await?, room.keyring().await?);
    let credentials = keyring.partner(shop, source).unwrap_or_default();
    let rules = settings.as_ref().map(|settings| settings.settings.sources.trackers.as_slice()).unwrap_or_default();
    let rules = rules.iter().find(|rules| rules.source == source);
    let verdict = match tracker.confirmation(subscription, proof, credentials, rules) {
        Ok(request) => room.outside.yes_or_no(&request).await?,
        Err(verdict) => verdict,
    };
    Ok(match verdict {
        Verdict::Done { .. } | Verdict::AlreadyThere { .. } => {
            tracing::info!(shop = shop.as_str(), source, "a subscription was confirmed");
            Outcome::Done
        }
        Verdict::Refused { why } => Outcome::Never(why),
        Verdict::BadCredentials => {
            tracing::error!(shop = shop.as_str(), source, "the credentials do not open the source's API");
            Outcome::Again("credentials".to_owned())
        }
        other => Outcome::Again(other.code().to_owned()),
    })
}

/// Reads a source's public keys.
pub(crate) async fn keys(room: &Room, shop: &ShopId, source: &str) -> Result<Outcome, NotNow> {
    let Some(url) = keys_url(room, shop, source).await? else {
        return Ok(Outcome::Never("no such source has public keys, or its address is not set".to_owned()));
    };
    let now = clock::now();
    let read_at = room.vault.public_keys(shop, source).await?.map(|(_, at)| at);
    let every = Duration::try_from(public_keys::EVERY).unwrap_or_default();
    if !public_keys::is_due(read_at, now) || !room.outside.may_ask_for_keys(shop, source, every).await {
        return Ok(Outcome::Done);
    }
    let answer = room.outside.ask(&public_keys::request(&url)).await?;
    match answer.as_ref().map_err(Clone::clone).and_then(public_keys::set) {
        Ok(set) => {
            room.vault.keep_public_keys(shop, source, set, now).await?;
            tracing::info!(shop = shop.as_str(), source, "public keys were read");
        }
        // The next delivery asks again.
        Err(verdict) => {
            let why = verdict.code();
            tracing::error!(shop = shop.as_str(), source, why, "public keys cannot be read: deliveries are turned away");
        }
    }
    Ok(Outcome::Done)
}

/// Where a source's keys are: at its own address, or below that of the shop's own server.
async fn keys_url(room: &Room, shop: &ShopId, source: &str) -> Result<Option<String>, NotNow> {
    if let Some(url) = source.parse::<CarrierSource>().ok().and_then(CarrierSource::keys_url) {
        let settings = room.settings(shop).await?;
        // A sandbox or a test has them below its own address.
        let own = settings.as_ref().and_then(|settings| {
            let trackers = &settings.settings.sources.trackers;
            trackers.iter().find(|tracker| tracker.source == source)?.url.clone()
        });
        let path = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).map(|(_, path)| path.to_owned());
        return Ok(Some(match (own, path) {
            (Some(own), Some(path)) => format!("{own}/{path}"),
            _ => url.to_owned(),
        }));
    }
    let Some(path) = source.parse::<Storefront>().ok().and_then(Storefront::keys_path) else { return Ok(None) };
    let settings = room.settings(shop).await?;
    let api = settings.as_ref().and_then(|settings| settings.settings.sources.storefronts.get(source));
    Ok(api.map(|api| format!("{}/{}", api.url, path.trim_start_matches('/'))))
}
