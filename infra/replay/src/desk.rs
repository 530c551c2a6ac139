//! The outside of this program: reads aggregates, finds orders, and puts messages on the desks' queues.

use crate::told::{Aggregate, Key, Message};
use boot::{aws::Aws, env, queue, secrets::Secrets};
use contracts::KeptDelivery;
use domain::{
    id::{OrderKey, ParcelKey, ShopId},
    order::Order,
    parcel::Parcel,
    settings::ShopSettings,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use store::{Find, Vault, Versioned};
use storefronts::Storefront;
use tokio::task::JoinSet;

/// Reads of the vault at once.
const READS_AT_ONCE: usize = 24;

/// What is kept of one key.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Of which aggregate: of a last leg's number, the whole parcel.
    pub key: Key,
    /// As it is kept; none: it is not.
    pub kept: Option<Aggregate>,
}

impl Loaded {
    /// The aggregate as it is before anything is known of it.
    #[must_use]
    pub fn unknown(&self) -> Aggregate {
        match &self.key {
            Key::Order(key) => Aggregate::Order(Order::new(key.shop.clone(), key.order.clone())),
            Key::Parcel(key) => Aggregate::Parcel(Parcel::new(key.clone())),
        }
    }
}

/// What this program has in reach.
pub struct Desk {
    aws: Aws,
    vault: Vault,
    /// Whose.
    pub shop: ShopId,
    /// Its rules, if it has any.
    pub settings: Option<ShopSettings>,
    orders_queue: Option<String>,
    tracking_queue: Option<String>,
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

impl Desk {
    /// Reads the environment; with `writes`, the queues must be in it, and with `finds`, the deployment's secret.
    ///
    /// # Errors
    /// Names what is missing.
    pub async fn open(
        get: impl Fn(&str) -> Option<String> + Copy,
        shop: ShopId,
        writes: bool,
        finds: bool,
    ) -> Result<Self, String> {
        let aws = Aws::from_env(get).map_err(said)?;
        let mut vault = Vault::new(aws.dynamodb(), env::required(get, "TABLE_NAME").map_err(said)?);
        if finds {
            let secrets = Secrets::new(aws.secrets(), env::required(get, "SECRET_ID").map_err(said)?);
            vault = vault.with_find_key(secrets.keyring().await.map_err(said)?.find_key());
        }
        let queue = |name| match writes {
            true => env::required(get, name).map(Some).map_err(said),
            false => Ok(None),
        };
        let (orders_queue, tracking_queue) = (queue("ORDERS_QUEUE_URL")?, queue("TRACKING_QUEUE_URL")?);
        let settings = vault.settings(&shop).await.map_err(said)?.map(|known| known.settings);
        Ok(Self { aws, vault, shop, settings, orders_queue, tracking_queue })
    }

    /// What was kept of a day.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn deliveries(&self, day: Date) -> Result<Vec<KeptDelivery>, String> {
        self.vault.deliveries_of(&self.shop, day).await.map_err(|error| format!("{day}: {error}"))
    }

    /// The one order with a number, or with a storefront's own id, which some exports have in its place; `Err` counts the others.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn order_of(&self, number: &str) -> Result<Result<Order, usize>, String> {
        let found = self.vault.find(&self.shop, &Find::Number(number.to_owned())).await.map_err(said)?;
        match found.as_slice() {
            [key] => return Ok(Ok(self.vault.order(key).await.map_err(said)?.value)),
            [] => {}
            others => return Ok(Err(others.len())),
        }
        for storefront in Storefront::ALL {
            let key = OrderKey::of(self.shop.clone(), storefront.as_str(), number);
            let order = self.vault.order(&key).await.map_err(said)?;
            if order.version > 0 {
                return Ok(Ok(order.value));
            }
        }
        Ok(Err(0))
    }

    /// What is kept of these aggregates.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn load(&self, keys: &[Key]) -> Result<BTreeMap<Key, Loaded>, String> {
        let mut out = BTreeMap::new();
        let orders: Vec<&OrderKey> =
            keys.iter().filter_map(|key| if let Key::Order(key) = key { Some(key) } else { None }).collect();
        for some in orders.chunks(READS_AT_ONCE) {
            let mut reads = JoinSet::new();
            for key in some {
                let (vault, key) = (self.vault.clone(), (*key).clone());
                reads.spawn(async move { vault.order(&key).await.map(|order| (key, order)) });
            }
            while let Some(read) = reads.join_next().await {
                let (key, order) = read.map_err(said)?.map_err(said)?;
                let kept = (order.version > 0).then_some(Aggregate::Order(order.value));
                out.insert(Key::Order(key.clone()), Loaded { key: Key::Order(key), kept });
            }
        }
        let parcels: Vec<ParcelKey> =
            keys.iter().filter_map(|key| if let Key::Parcel(key) = key { Some(key.clone()) } else { None }).collect();
        for (key, parcel) in parcels.iter().zip(self.vault.parcels(&parcels).await.map_err(said)?) {
            let (whole, parcel) = self.whole(key, parcel).await?;
            let kept = (parcel.version > 0).then_some(Aggregate::Parcel(parcel.value));
            out.insert(Key::Parcel(key.clone()), Loaded { key: Key::Parcel(whole), kept });
        }
        Ok(out)
    }

    /// As the desk `tracking` does: what is told of a last leg belongs to the whole parcel.
    async fn whole(&self, key: &ParcelKey, parcel: Versioned<Parcel>) -> Result<(ParcelKey, Versioned<Parcel>), String> {
        let Some(main) = parcel.value.leg_of.clone() else { return Ok((key.clone(), parcel)) };
        let main = ParcelKey { shop: key.shop.clone(), carrier: main.carrier, number: main.number };
        let parcel = self.vault.parcel(&main).await.map_err(said)?;
        Ok((main, parcel))
    }

    /// Puts messages on their queues.
    ///
    /// # Errors
    /// When some may not be there; to be told again does no harm.
    pub async fn send(&self, messages: Vec<Message>) -> Result<usize, String> {
        let (mut to_orders, mut to_tracking) = (Vec::new(), Vec::new());
        for message in messages {
            match message {
                Message::Orders(message) => to_orders.push(contracts::write(&message).map_err(said)?),
                Message::Tracking(message) => to_tracking.push(contracts::write(&message).map_err(said)?),
            }
        }
        let count = to_orders.len() + to_tracking.len();
        for (queue_url, bodies) in [(&self.orders_queue, to_orders), (&self.tracking_queue, to_tracking)] {
            let Some(queue_url) = queue_url else { return Err("this was not opened for writing".to_owned()) };
            queue::send_all(&self.aws.sqs(), queue_url, bodies).await.map_err(said)?;
        }
        Ok(count)
    }
}
