//! What a merchant's system is told about an order, a parcel or a return: keys and codes, nothing of a person.

use domain::{
    errand::Errand,
    id::{LineId, OrderId, ParcelKey, ReturnId, ShopId},
    parcel::Parcel,
    policy::{Outcome, ReturnReason},
    return_::{Return, ReturnState},
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use serde::Serialize;
use store::{Folder, Vault, VaultError};

/// The `data` of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Telling {
    shop: ShopId,
    order: ToldOrder,
    #[serde(skip_serializing_if = "Option::is_none")]
    parcel: Option<ToldParcel>,
    #[serde(rename = "return", skip_serializing_if = "Option::is_none")]
    return_: Option<ToldReturn>,
}

/// An order by its names. The storefront's are absent until it has described the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ToldOrder {
    id: OrderId,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ToldParcel {
    carrier: String,
    number: String,
    status: Status,
    sub_status: SubStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ToldReturn {
    id: ReturnId,
    state: &'static str,
    outcome: Outcome,
    lines: Vec<ToldLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ToldLine {
    line: LineId,
    quantity: u32,
    reason: ReturnReason,
}

/// What an errand is about, beside its order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    Order,
    Parcel(ParcelKey),
    Return(ReturnId),
}

impl Telling {
    /// Looks up what there is to tell, or `None` when nobody can tell what the errand is about. One Query, and one read for
    /// a parcel.
    pub(crate) async fn about(vault: &Vault, errand: &Errand, about: Option<&str>) -> Result<Option<Self>, VaultError> {
        let Some(about) = read_about(&errand.order.shop, about) else { return Ok(None) };
        let folder = vault.folder(&errand.order).await?;
        let parcel = match &about {
            About::Parcel(key) => Some(vault.parcel(key).await?.value),
            About::Order | About::Return(_) => None,
        };
        let return_ = match &about {
            About::Return(id) => folder.as_ref().and_then(|folder| folder.returns.iter().find(|r| r.value.request.id == *id)),
            About::Order | About::Parcel(_) => None,
        };
        Ok(Some(Self {
            shop: errand.order.shop.clone(),
            order: told_order(&errand.order.order, folder.as_ref()),
            parcel: parcel.as_ref().map(told_parcel),
            return_: return_.map(|return_| told_return(&return_.value)),
        }))
    }
}

/// `carrier/number` names a parcel; a return's id has no slash.
fn read_about(shop: &ShopId, about: Option<&str>) -> Option<About> {
    let Some(text) = about else { return Some(About::Order) };
    Some(match text.split_once('/') {
        Some((carrier, number)) => {
            About::Parcel(ParcelKey { shop: shop.clone(), carrier: carrier.parse().ok()?, number: number.parse().ok()? })
        }
        None => About::Return(text.parse().ok()?),
    })
}

fn told_order(id: &OrderId, folder: Option<&Folder>) -> ToldOrder {
    let report = folder.and_then(|folder| folder.order.value.report.as_ref());
    ToldOrder {
        id: id.clone(),
        number: report.map(|report| report.number.clone()),
        source: report.map(|report| report.source.clone()),
        source_id: report.map(|report| report.source_id.clone()),
    }
}

fn told_parcel(parcel: &Parcel) -> ToldParcel {
    let folded = parcel.folded();
    ToldParcel {
        carrier: parcel.key.carrier.to_string(),
        number: parcel.key.number.to_string(),
        status: folded.status,
        sub_status: folded.sub,
        since: folded.since,
        delivered_at: folded.delivered_at,
    }
}

fn told_return(return_: &Return) -> ToldReturn {
    let state = match return_.state {
        ReturnState::Held { .. } => "held",
        ReturnState::Approved { .. } => "approved",
        ReturnState::Declined { .. } => "declined",
    };
    let line =
        |line: &domain::return_::ReturnLine| ToldLine { line: line.line.clone(), quantity: line.quantity, reason: line.reason };
    ToldReturn {
        id: return_.request.id.clone(),
        state,
        outcome: return_.request.outcome,
        lines: return_.request.lines.iter().map(line).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_errand_is_about_is_read_as_announce_writes_it() {
        let shop: ShopId = "demo".parse().unwrap();
        let parcel =
            ParcelKey { shop: shop.clone(), carrier: "dhl_express".parse().unwrap(), number: "1234567890".parse().unwrap() };
        assert_eq!(read_about(&shop, None), Some(About::Order));
        assert_eq!(read_about(&shop, Some("dhl_express/1234567890")), Some(About::Parcel(parcel)));
        assert_eq!(read_about(&shop, Some("abcd1234")), Some(About::Return("abcd1234".parse().unwrap())));
        assert_eq!(read_about(&shop, Some("DHL/#")), None);
        assert_eq!(read_about(&shop, Some("")), None);
    }
}
