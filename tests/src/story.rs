//! Stories: the recorded deliveries of `events/` told for as many different customers as a test needs, as if this week.

use crate::repository;
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::Value as Json;

/// One delivery to a door, not yet signed.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// `storefront` or `carrier`.
    pub door: &'static str,
    /// `shopify`, `easypost`.
    pub source: &'static str,
    /// The topic header, for sources that have one.
    pub topic: String,
    /// The exact body.
    pub body: String,
}

impl Webhook {
    /// The same delivery with something in its body replaced; both must differ.
    #[must_use]
    #[track_caller]
    pub fn with(mut self, old: &str, new: &str) -> Self {
        assert!(self.body.contains(old), "{old} is not in the recorded body");
        self.body = self.body.replace(old, new);
        self
    }

    /// The same delivery with its JSON changed.
    #[must_use]
    pub fn edited(mut self, edit: impl FnOnce(&mut Json)) -> Self {
        let mut json: Json = serde_json::from_str(&self.body).unwrap();
        edit(&mut json);
        self.body = json.to_string();
        self
    }
}

/// One customer's story. The number makes it another customer, order and parcel.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    n: u32,
    days: i64,
}

/// Storefronts whose deliveries are recorded.
const STOREFRONTS: [&str; 7] = ["shopify", "woocommerce", "bigcommerce", "stripe", "medusa", "saleor", "standard"];
/// Carriers and aggregators whose deliveries are recorded.
const CARRIERS: [&str; 12] = [
    "easypost",
    "shippo",
    "aftership",
    "shipengine",
    "karrio",
    "seventeentrack",
    "ups",
    "fedex",
    "usps",
    "dhl",
    "sendcloud",
    "standard",
];

/// The day after which nothing happens in the recorded deliveries.
const LAST_DAY: Date = jiff::civil::date(2026, 11, 20);

impl Story {
    /// The story of customer `n` (below 100), with its last event yesterday.
    #[must_use]
    pub fn new(n: u32) -> Self {
        Self::ending_days_ago(n, 1)
    }

    /// The same, ending so many days ago.
    #[must_use]
    pub fn ending_days_ago(n: u32, days_ago: i64) -> Self {
        assert!(n < 100, "stories have two digits");
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let since = LAST_DAY.until(today).unwrap().get_days();
        Self { n, days: i64::from(since) - days_ago }
    }

    /// The number people say of the Shopify order.
    #[must_use]
    pub fn shopify_number(&self) -> String {
        format!("#1{:03}", 100 + self.n)
    }

    /// Its customer's address.
    #[must_use]
    pub fn shopify_email(&self) -> String {
        format!("maya.{}@example.com", self.n)
    }

    /// And phone, in E.164.
    #[must_use]
    pub fn shopify_phone(&self) -> String {
        format!("+1415555{:04}", 100 + self.n)
    }

    /// The number people say of the `WooCommerce` order.
    #[must_use]
    pub fn woo_number(&self) -> String {
        format!("20{:04}", self.n)
    }

    /// Its customer's address.
    #[must_use]
    pub fn woo_email(&self) -> String {
        format!("priya.{}@example.org", self.n)
    }

    /// And phone, in E.164.
    #[must_use]
    pub fn woo_phone(&self) -> String {
        format!("+1212555{:04}", 100 + self.n)
    }

    /// The number people say of the order in our own format.
    #[must_use]
    pub fn standard_number(&self) -> String {
        format!("D-{}", 4000 + self.n)
    }

    /// Its customer's address.
    #[must_use]
    pub fn standard_email(&self) -> String {
        format!("tomos.{}@example.net", self.n)
    }

    /// And phone, in E.164.
    #[must_use]
    pub fn standard_phone(&self) -> String {
        format!("+44292018{:04}", 100 + self.n)
    }

    /// The number of the UPS parcel of the Shopify order.
    #[must_use]
    pub fn ups(&self) -> String {
        format!("1Z4X82V7034160{:04}", 8300 + self.n)
    }

    /// The number of its USPS parcel, before it was changed.
    #[must_use]
    pub fn usps_before(&self) -> String {
        format!("94001118992238{:02}352065", self.n)
    }

    /// And after.
    #[must_use]
    pub fn usps(&self) -> String {
        format!("94001118992238{:02}352218", self.n)
    }

    /// The number of the `FedEx` parcel of the `WooCommerce` order.
    #[must_use]
    pub fn fedex(&self) -> String {
        format!("7948301662{:02}", self.n)
    }

    /// What makes this story another one: recorded text, own text.
    fn names(&self) -> Vec<(&'static str, String)> {
        let n = self.n;
        let usps = self.usps();
        let spaced: Vec<&str> = (0..usps.len()).step_by(4).map(|at| &usps[at..usps.len().min(at + 4)]).collect();
        vec![
            ("5820914736205127681", format!("58209147362051{n:02}681")),
            ("5820914736205193217", format!("58209147362052{n:02}217")),
            ("#1001", self.shopify_number()),
            ("#1002", format!("#2{:03}", 100 + n)),
            ("maya.okafor@example.com", self.shopify_email()),
            ("(415) 555-0132", format!("(415) 555-{:04}", 100 + n)),
            ("1Z4X82V70341608270", self.ups()),
            ("9400111899223817352065", self.usps_before()),
            ("9400111899223817352218", self.usps()),
            ("9400 1118 9922 3817 3522 18", spaced.join(" ")),
            ("9400111899223817352409", format!("94001118992238{n:02}352409")),
            ("3318", format!("33{n:02}")),
            ("2041", self.woo_number()),
            ("priya.raman@example.org", self.woo_email()),
            ("(212) 555-0187", format!("(212) 555-{:04}", 100 + n)),
            ("794830166254", self.fedex()),
            ("d3007", format!("d{}", 4000 + n)),
            ("D-3007", self.standard_number()),
            ("tomos.ellery@example.net", self.standard_email()),
            ("029 2018 0147", format!("029 2018 {:04}", 100 + n)),
            ("RN482130751GB", format!("RN4821307{n:02}GB")),
            ("3025187642", format!("30251876{n:02}")),
        ]
    }

    /// A text in which what belongs to this story alone is written as it was recorded, so that two stories can be compared.
    #[must_use]
    pub fn as_recorded(&self, text: &str) -> String {
        let mut names = self.names();
        names.push(("+14155550132", self.shopify_phone()));
        names.push(("+12125550187", self.woo_phone()));
        // The longest first: a short number may be a part of a long one.
        names.sort_by_key(|(_, own)| std::cmp::Reverse(own.len()));
        names.iter().fold(text.to_owned(), |text, (recorded, own)| text.replace(own.as_str(), recorded))
    }

    /// A recorded delivery, told of this customer and shifted to this story's days.
    #[must_use]
    pub fn event(&self, file: &str) -> Webhook {
        let (source, rest) = file.split_once('_').unwrap();
        let known = |sources: &[&'static str]| sources.iter().copied().find(|known| *known == source);
        let (door, source) = match (known(&STOREFRONTS), known(&CARRIERS)) {
            (Some(_), Some(both)) if rest.starts_with("parcel") => ("carrier", both),
            (Some(storefront), _) => ("storefront", storefront),
            (None, Some(carrier)) => ("carrier", carrier),
            (None, None) => panic!("{source} has no door"),
        };
        let text = repository::text(&format!("events/{door}_webhook/{file}.json"));
        let text = self.names().iter().fold(text, |text, (recorded, own)| text.replace(recorded, own));
        let mut json: Json = serde_json::from_str(&text).unwrap();
        shift(&mut json, self.days);
        let topic = match (source, rest) {
            ("shopify", rest) => rest.trim_end_matches("_second").trim_end_matches("_restock").replacen('_', "/", 1),
            ("woocommerce", rest) => rest.trim_end_matches("_refunded").replacen('_', ".", 1),
            _ => String::new(),
        };
        Webhook { door, source, topic, body: json.to_string() }
    }

    fn events(&self, files: &[&str]) -> Vec<Webhook> {
        files.iter().map(|file| self.event(file)).collect()
    }

    /// The whole Shopify story: paid, two parcels of which one number is changed, both delivered, one after trouble.
    #[must_use]
    pub fn shopify(&self) -> Vec<Webhook> {
        self.events(&[
            "shopify_orders_create",
            "shopify_orders_paid",
            "easypost_pre_transit",
            "shopify_fulfillments_create",
            "shopify_fulfillments_create_second",
            "easypost_in_transit",
            "shopify_fulfillments_update",
            "shopify_orders_updated",
            "shippo_pre_transit",
            "shippo_in_transit",
            "easypost_out_for_delivery",
            "easypost_delivered",
            "shippo_address_issue",
            "shippo_out_for_delivery",
            "shippo_delivery_attempted",
            "shippo_delivered",
        ])
    }

    /// The whole `WooCommerce` story: paid, one parcel, damaged on its way.
    #[must_use]
    pub fn woocommerce(&self) -> Vec<Webhook> {
        self.events(&[
            "woocommerce_order_created",
            "woocommerce_order_updated",
            "easypost_in_transit_fedex",
            "easypost_exception",
        ])
    }

    /// A Shopify order whose boots have arrived, so that they can be returned.
    #[must_use]
    pub fn delivered(&self) -> Vec<Webhook> {
        self.events(&["shopify_orders_paid", "shopify_fulfillments_create", "easypost_delivered"])
    }
}

/// Shifts every text that begins with a date, and every `date_shipped`, by whole days.
fn shift(json: &mut Json, days: i64) {
    match json {
        Json::String(text) => {
            let date = text.get(..10).and_then(|date| date.parse::<Date>().ok());
            if let Some(date) = date.filter(|_| matches!(text.as_bytes().get(10), None | Some(b'T'))) {
                let moved = date.checked_add(jiff::Span::new().days(days)).unwrap();
                *text = format!("{moved}{}", &text[10..]);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| shift(item, days)),
        Json::Object(fields) => {
            for (name, value) in fields {
                if let (true, Some(at)) = (name == "date_shipped", value.as_str().and_then(|text| text.parse::<i64>().ok())) {
                    *value = Json::String((at + SignedDuration::from_hours(24 * days).as_secs()).to_string());
                }
                shift(value, days);
            }
        }
        _ => {}
    }
}
