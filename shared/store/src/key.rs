//! The keys of every row. `#` parts them; no part can hold one (the domain's ids forbid it).

use domain::{
    id::{LetterId, OrderKey, ParcelKey, ReturnId, ShopId},
    lane::LaneKey,
    letter::Channel,
};
use jiff::{Timestamp, civil::Date};

/// A row's address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// The sort key of an order's own row; letters and errands sort before it, returns after.
pub(crate) const ORDER_SK: &str = "ORDER";
/// The sort key of a parcel's row.
pub(crate) const PARCEL_SK: &str = "PARCEL";
/// What a return's sort key begins with.
pub(crate) const RETURN_PREFIX: &str = "RETURN#";

pub(crate) fn folder(order: &OrderKey) -> String {
    format!("ORDER#{}#{}", order.shop, order.order)
}

pub(crate) fn order(order: &OrderKey) -> Key {
    Key { pk: folder(order), sk: ORDER_SK.to_owned() }
}

pub(crate) fn return_(order: &OrderKey, id: &ReturnId) -> Key {
    Key { pk: folder(order), sk: format!("{RETURN_PREFIX}{id}") }
}

/// What the sort key of a letter's row begins with.
pub(crate) const LETTER_PREFIX: &str = "LETTER#";

pub(crate) fn letter(order: &OrderKey, id: &LetterId, channel: Channel) -> Key {
    Key { pk: folder(order), sk: format!("{LETTER_PREFIX}{id}#{}", channel.code()) }
}

pub(crate) fn errand(order: &OrderKey, id: &LetterId) -> Key {
    Key { pk: folder(order), sk: format!("ERRAND#{id}") }
}

/// What the key of every parcel of a shop begins with.
pub(crate) fn parcels_of(shop: &ShopId) -> String {
    format!("PARCEL#{shop}#")
}

pub(crate) fn parcel(parcel: &ParcelKey) -> Key {
    Key { pk: format!("PARCEL#{}#{}#{}", parcel.shop, parcel.carrier, parcel.number), sk: PARCEL_SK.to_owned() }
}

/// Beside a parcel: what we asked about it.
pub(crate) fn inquiry(parcel_key: &ParcelKey) -> Key {
    Key { sk: "INQUIRY".to_owned(), ..parcel(parcel_key) }
}

/// What is known of a shop's sources themselves.
pub(crate) fn sources_folder(shop: &ShopId) -> String {
    format!("SOURCE#{shop}")
}

/// What the sort key of a row of a source begins with, by what it says.
pub(crate) const HEARD_PREFIX: &str = "HEARD#";
pub(crate) const RECONCILED_PREFIX: &str = "RECONCILED#";
pub(crate) const KEYS_PREFIX: &str = "KEYS#";
pub(crate) const PACE_PREFIX: &str = "PACE#";

pub(crate) fn of_source(shop: &ShopId, prefix: &str, source: &str) -> Key {
    Key { pk: sources_folder(shop), sk: format!("{prefix}{}", plain(source)) }
}

/// Deliveries of a day, in sixteen folders so that no busy shop makes one partition hot.
pub(crate) fn deliveries_folder(shop: &ShopId, day: Date, shard: u8) -> String {
    format!("DELIVERY#{shop}#{day}#{:x}", shard % DELIVERY_SHARDS)
}

/// Folders of a day's deliveries.
pub(crate) const DELIVERY_SHARDS: u8 = 16;

pub(crate) fn settings_folder(shop: &ShopId) -> String {
    format!("SHOP#{shop}")
}

/// Zero-padded, so that the newest version is the last row.
pub(crate) fn settings(shop: &ShopId, version: u32) -> Key {
    Key { pk: settings_folder(shop), sk: format!("SETTINGS#{version:010}") }
}

/// What the sort key of a day's mails begins with; settings sort after it.
pub(crate) const MAILS_PREFIX: &str = "MAILS#";

pub(crate) fn mail_count(shop: &ShopId, day: Date) -> Key {
    Key { pk: settings_folder(shop), sk: format!("{MAILS_PREFIX}{day}") }
}

pub(crate) fn customer(shop: &ShopId, hash: &str) -> Key {
    Key { pk: format!("CUSTOMER#{shop}#{hash}"), sk: "CUSTOMER".to_owned() }
}

pub(crate) fn lane(lane: &LaneKey) -> Key {
    Key { pk: format!("LANE#{}#{}#{}", lane.shop, lane.carrier, plain(&lane.country)), sk: "LANE".to_owned() }
}

/// What belongs to no one shop of the deployment: in the place of a shop's name, and no name a shop can have.
pub(crate) const EVERY_SHOP: &str = "*";

pub(crate) fn customer_of_every_shop(hash: &str) -> Key {
    Key { pk: format!("CUSTOMER#{EVERY_SHOP}#{hash}"), sk: "CUSTOMER".to_owned() }
}

pub(crate) fn privacy_folder(shop: &ShopId) -> String {
    format!("PRIVACY#{shop}")
}

pub(crate) fn privacy_request(shop: &ShopId, requested_at: Timestamp, hash: &str) -> Key {
    Key { pk: privacy_folder(shop), sk: format!("{requested_at}#{hash}") }
}

pub(crate) fn unread_folder(shop: &ShopId, source: &str) -> String {
    format!("PARKED#{shop}#{}", plain(source))
}

pub(crate) fn parked(shop: &ShopId, source: &str, topic: &str, hash: &str) -> Key {
    Key { pk: unread_folder(shop, source), sk: format!("{}#{hash}", plain(topic)) }
}

pub(crate) fn unknown_code(shop: &ShopId, source: &str, code: &str) -> Key {
    Key { pk: unread_folder(shop, source), sk: format!("CODE#{}", plain(code)) }
}

/// A part that came from outside: without `#` and of bounded length.
fn plain(part: &str) -> String {
    part.chars().map(|c| if c == '#' || c.is_control() { '_' } else { c }).take(100).collect()
}
