//! Measures letters on one core: mails, text messages and WhatsApp messages a second, in every language, and a shop's own words.
//!
//! The order has three items and one parcel; the longest mail has thirty items. The first line of a language is what a new
//! process pays once: reading its catalogue. `cargo run --release -p bench --bin renders`, a few seconds.
#![allow(clippy::print_stdout, reason = "this program talks to a person at a terminal")]

use domain::{
    id::{LetterId, OrderId, ShopId},
    letter::{About, Letter, LetterKind},
    locale::Locale,
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, Line, Order, OrderReport, ParcelName, Payment, Totals},
    parcel::Parcel,
    settings::{KindRules, OwnWords, ShopSettings},
};
use jiff::Timestamp;
use letters::Facts;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::{
    alloc::System,
    hint::black_box,
    time::{Duration, Instant},
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How long each figure is measured.
const MEASURED_FOR: Duration = Duration::from_millis(500);
/// As long as a real one.
const LINK: &str = "https://post.demo.example/o/AQEBZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y";

/// Everything a letter needs, owned.
struct Case {
    settings: ShopSettings,
    order: Order,
    parcels: Vec<Parcel>,
    letter: Letter,
}

impl Case {
    fn of(kind: LetterKind, n_items: usize) -> Result<Self, String> {
        let shop: ShopId = "demo".parse().map_err(|error: domain::id::BadId| error.to_string())?;
        let id = OrderId::of(&shop, "shopify", "5001");
        let at = Timestamp::from_second(1_790_000_000).map_err(|error| error.to_string())?;
        let euro: Currency = "EUR".parse().map_err(|error: domain::money::MoneyError| error.to_string())?;
        let line = |n: usize| -> Result<Line, String> {
            Ok(Line {
                id: n.to_string().parse().map_err(|error: domain::id::BadId| error.to_string())?,
                title: "Wool socks for long walks in the hills".to_owned(),
                variant: Some("Forest green / M".to_owned()),
                sku: None,
                quantity: 2,
                paid: Money::of(2400, euro),
                ships: true,
                final_sale: false,
            })
        };
        let lines = (0..n_items).map(line).collect::<Result<Vec<_>, _>>()?;
        let total = Money::of(9540, euro);
        let report = serde_json::json!({
            "source": "shopify", "source_id": "5001", "reported_at": at, "placed_at": at, "number": "#5001",
            "payment": Payment::Paid, "customer": {"first_name": "Jon", "email": "jon@doe.example"}, "ship_to": null,
            "lines": lines, "totals": Totals { total, shipping: Some(Money::of(490, euro)), tax: None, discount: None },
        });
        let report: OrderReport = serde_json::from_value(report).map_err(|error| error.to_string())?;
        let fulfilment = FulfilmentReport {
            source: "shopify".to_owned(),
            order_source_id: "5001".to_owned(),
            id: "f1".parse().map_err(|error: domain::id::BadId| error.to_string())?,
            reported_at: at,
            created_at: at,
            state: FulfilmentState::Open,
            lines: Default::default(),
            parcels: vec![ParcelName::read(Some("UPS"), "1Z999AA10123456784").map_err(|error| error.to_string())?],
        };
        let order = Order::new(shop, id.clone()).told(report).map_err(|error| format!("{error:?}"))?;
        let order = order.fulfilled(fulfilment).map_err(|error| format!("{error:?}"))?;
        let parcels: Vec<Parcel> =
            order.parcels().into_iter().map(|(key, label_at)| Parcel::new(key).linked(id.clone(), label_at)).collect();
        let about = parcels
            .first()
            .filter(|_| kind != LetterKind::OrderConfirmed)
            .map_or(About::Order, |parcel| About::Parcel { parcel: parcel.key.clone(), detail: String::new() });
        let letter = Letter { id: LetterId::of("bench", kind.code(), ""), kind, order: order.key(), about, occurred_at: at };
        let settings = serde_json::json!({"brand": {"name": "Demo Shop", "support_email": "help@demo.example",
            "public_url": "https://post.demo.example"}});
        Ok(Self { settings: serde_json::from_value(settings).map_err(|error| error.to_string())?, order, parcels, letter })
    }

    fn facts(&self, locale: Locale) -> Facts<'_> {
        Facts {
            letter: &self.letter,
            settings: &self.settings,
            order: &self.order,
            parcel: self.parcels.first(),
            parcels: &self.parcels,
            return_: None,
            link: LINK,
            carries: &[],
            locale,
            preferences_link: Some("https://post.demo.example/p/AQICZGVtb0mJmQ0fZ3h1b2Jhcl9iYXotcXV4AAAAAH-0sZ2Y"),
            may_promote: false,
        }
    }
}

fn main() -> Result<(), String> {
    println!("| what, one core | language | bytes | per second | microseconds | allocations |");
    println!("|---|---|---|---|---|---|");
    let shipped = Case::of(LetterKind::Shipped, 3)?;
    let confirmed = Case::of(LetterKind::OrderConfirmed, 30)?;
    let mut own = Case::of(LetterKind::Shipped, 3)?;
    for locale in Locale::ALL {
        let started = Instant::now();
        black_box(letters::sms(&shipped.facts(locale)).map_err(|error| error.to_string())?);
        println!("| first message of a process | {} | | | {} | |", locale.code(), started.elapsed().as_micros());
        line("mail: shipped", locale, || letters::email(&shipped.facts(locale)).map(|it| it.html.len() + it.text.len()))?;
        line("mail: confirmed, 30 items", locale, || {
            letters::email(&confirmed.facts(locale)).map(|it| it.html.len() + it.text.len())
        })?;
        line("text message", locale, || letters::sms(&shipped.facts(locale)).map(|it| it.text.len()))?;
        line("WhatsApp", locale, || letters::whatsapp(&shipped.facts(locale)).map(|it| it.button.len()))?;
        let words = OwnWords {
            mail: Some(
                "Hello {{ customer_first_name }}, {% for item in items %}{{ item.title }} {% endfor %}{{ link }}".to_owned(),
            ),
            ..OwnWords::default()
        };
        let rules = KindRules { words: [(locale, words)].into(), ..KindRules::default() };
        own.settings.letters.kinds.insert(LetterKind::Shipped, rules);
        line("mail: shipped, own words", locale, || letters::email(&own.facts(locale)).map(|it| it.html.len() + it.text.len()))?;
    }
    Ok(())
}

fn line(what: &str, locale: Locale, once: impl Fn() -> Result<usize, letters::CannotRender>) -> Result<(), String> {
    for _ in 0..100 {
        black_box(once().map_err(|error| error.to_string())?);
    }
    let region = Region::new(ALLOCATOR);
    let bytes = once().map_err(|error| error.to_string())?;
    let allocations = region.change().allocations;
    let started = Instant::now();
    let mut rounds = 0_u128;
    while started.elapsed() < MEASURED_FOR {
        for _ in 0..20 {
            black_box(once().map_err(|error| error.to_string())?);
        }
        rounds += 20;
    }
    let nanoseconds = started.elapsed().as_nanos() / rounds;
    let per_second = 1_000_000_000 / nanoseconds.max(1);
    println!(
        "| {what} | {} | {bytes} | {per_second} | {}.{} | {allocations} |",
        locale.code(),
        nanoseconds / 1000,
        nanoseconds % 1000 / 100
    );
    Ok(())
}
