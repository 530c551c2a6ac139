//! Orders in the states people meet them in, all at one moment: Thursday 26 November 2026, 13:00 in Berlin.

#![allow(dead_code, reason = "each test binary plays some of the scenes")]

pub mod choosers;

use customer_pages::{
    answer_form::AnswerDraft,
    facts::Facts,
    nonce::Nonces,
    order_page::{Look, OrderPage},
    returns::Draft,
};
use domain::{
    answer::{CustomerAnswer, Wish},
    id::{LineId, OrderId, OrderKey, ParcelKey, ShopId},
    link::LinkKey,
    money::Money,
    order::{FulfilmentReport, Order, OrderReport, ParcelName, RefundReport},
    parcel::{Episode, EpisodeKind, Parcel, ParcelReport},
    policy::{Outcome, ReturnReason},
    return_::{AnsweredBy, DeclineReason, HoldReason, Return, ReturnLine, ReturnRequest, ReturnState},
    scan::Scan,
    settings::ShopSettings,
    status::{Status, SubStatus},
};
use jiff::Timestamp;
use serde_json::json;

pub const NOW: &str = "2026-11-26T12:00:00Z";
pub const TOKEN: &str = "AQEBBGRlbW8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The address of the preference page.
pub const PREFERENCES: &str = "/p/AQECBGRlbW8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn shop() -> ShopId {
    "demo".parse().unwrap()
}

pub fn order_key() -> OrderKey {
    OrderKey { shop: shop(), order: OrderId::of(&shop(), "shopify", "1") }
}

pub fn keys() -> Vec<LinkKey> {
    vec![LinkKey { id: 1, secret: vec![7; 32] }]
}

pub fn settings() -> ShopSettings {
    serde_json::from_value(json!({
        "brand": {
            "name": "Aster & Oak", "colour": "#2f5d50", "shop_url": "https://asteroak.example",
            "support_email": "help@asteroak.example", "support_phone": "+49 30 555 0100", "support_hours": "Monday to Friday, 9 to 17"
        },
        "calendar": { "zone": "Europe/Berlin" },
        "returns": { "window_days": 30, "final_sale_skus": ["CANDLE-S"], "how_to_send_back": "Put the things into any box.\nSend it to: Aster & Oak, Returns, Hafenstr. 1, 20459 Hamburg." }
    }))
    .unwrap()
}

/// A paid order of three lines.
pub fn report() -> OrderReport {
    serde_json::from_value(json!({
        "source": "shopify", "source_id": "1", "reported_at": "2026-11-20T09:12:00Z", "placed_at": "2026-11-20T09:12:00Z",
        "number": "#1001", "payment": "paid",
        "customer": { "first_name": "Ines", "email": "ines@doe.example" },
        "ship_to": { "name": "Ines Doe", "street": "Lindenallee 12", "street_more": "3rd floor", "city": "Leipzig", "postal_code": "04107", "country": "DE" },
        "lines": [
            { "id": "11", "title": "Linen duvet cover", "variant": "Oat, 200 × 200 cm", "sku": "LIN-1", "quantity": 1, "paid": { "minor": 12900, "currency": "EUR" }, "ships": true },
            { "id": "12", "title": "Stoneware mug", "variant": "Moss", "sku": "MUG-M", "quantity": 4, "paid": { "minor": 6800, "currency": "EUR" }, "ships": true },
            { "id": "13", "title": "Beeswax candle", "sku": "CANDLE-S", "quantity": 2, "paid": { "minor": 2400, "currency": "EUR" }, "ships": true }
        ],
        "totals": { "total": { "minor": 22590, "currency": "EUR" }, "shipping": { "minor": 490, "currency": "EUR" }, "tax": { "minor": 3607, "currency": "EUR" } }
    }))
    .unwrap()
}

pub fn new_order() -> Order {
    let key = order_key();
    Order::new(key.shop, key.order)
}

pub fn fulfilment(id: &str, number: &str, lines: &[(&str, u32)]) -> FulfilmentReport {
    serde_json::from_value(json!({
        "source": "shopify", "order_source_id": "1", "id": id, "reported_at": "2026-11-21T15:00:00Z", "created_at": "2026-11-21T15:00:00Z",
        "state": "open", "lines": lines, "parcels": [{ "carrier": "ups", "number": number }]
    }))
    .unwrap()
}

pub fn scan(at_text: &str, status: Status, sub: &str, text: &str, place: &str) -> Scan {
    Scan { text: text.into(), place: place.into(), ..Scan::new(at(at_text), status, SubStatus::new(sub)) }
}

pub fn parcel(number: &str, scans: Vec<Scan>, expected: &[(&str, &str)]) -> Parcel {
    let key = ParcelKey { shop: shop(), carrier: "ups".parse().unwrap(), number: number.parse().unwrap() };
    let mut parcel = Parcel::new(key.clone()).linked(order_key().order, at("2026-11-21T15:00:00Z"));
    let mut tell = |reported_at: &str, scans: Vec<Scan>, expected: Option<&str>| {
        let report = ParcelReport {
            expected: expected.map(|day| day.parse().unwrap()),
            // Whenever the source says it spoke: all of it was heard by now.
            received_at: Some(at(NOW)),
            ..ParcelReport::new("easypost", &key, at(reported_at), scans)
        };
        parcel = parcel.clone().told(&report);
    };
    tell("2026-11-22T08:00:00Z", scans, None);
    for (said_at, day) in expected {
        tell(said_at, Vec::new(), Some(day));
    }
    parcel
}

pub fn on_the_way() -> Vec<Scan> {
    vec![
        scan("2026-11-22T17:40:00Z", Status::InTransit, "accepted", "Origin Scan", "Hamburg, DE"),
        scan("2026-11-23T02:10:00Z", Status::InTransit, "departed", "Departed from Facility", "Hamburg, DE"),
        scan("2026-11-24T05:55:00Z", Status::InTransit, "arrived", "Arrived at Facility", "Leipzig, DE"),
    ]
}

pub fn delivered(day: &str) -> Vec<Scan> {
    let mut scans = on_the_way();
    scans.push(scan(&format!("{day}T07:20:00Z"), Status::OutForDelivery, "on_vehicle", "Out For Delivery Today", "Leipzig, DE"));
    scans.push(scan(&format!("{day}T11:05:00Z"), Status::Delivered, "at_door", "DELIVERED", "Leipzig, DE"));
    scans
}

pub fn facts(order: Order, parcels: &[Parcel]) -> Facts {
    Facts {
        parcels: customer_pages::facts::own_parcels(&order, parcels),
        order,
        returns: Vec::new(),
        settings: settings(),
        now: at(NOW),
    }
}

/// Paid a moment ago.
pub fn fresh() -> Facts {
    facts(new_order().told(report()).unwrap(), &[])
}

fn packed_in_two() -> Order {
    let order = new_order().told(report()).unwrap();
    let order = order.fulfilled(fulfilment("f1", "1Z999AA10123456784", &[("11", 1), ("13", 2)])).unwrap();
    order.fulfilled(fulfilment("f2", "1Z999AA10123456785", &[("12", 4)])).unwrap()
}

fn packed_in_one() -> Order {
    new_order()
        .told(report())
        .unwrap()
        .fulfilled(fulfilment("f1", "1Z999AA10123456784", &[("11", 1), ("12", 4), ("13", 2)]))
        .unwrap()
}

/// Two parcels; one moves and was promised for another day at first, one waits for its first scan.
pub fn in_transit() -> Facts {
    let moving = parcel(
        "1Z999AA10123456784",
        on_the_way(),
        &[("2026-11-22T18:00:00Z", "2026-11-25"), ("2026-11-24T06:00:00Z", "2026-11-27")],
    );
    facts(packed_in_two(), &[moving])
}

/// One parcel whose address cannot be found.
pub fn problem() -> Facts {
    let mut scans = on_the_way();
    let text = "The street number is incorrect. This may delay delivery.";
    scans.push(scan("2026-11-25T09:30:00Z", Status::Exception, "address_incorrect", text, "Leipzig, DE"));
    facts(packed_in_one(), &[parcel("1Z999AA10123456784", scans, &[("2026-11-22T18:00:00Z", "2026-11-25")])])
}

/// One parcel that nobody was there to take.
pub fn attempt_failed() -> Facts {
    let mut scans = on_the_way();
    scans.push(scan("2026-11-26T09:30:00Z", Status::AttemptFailed, "notice_left", "Notice left", "Leipzig, DE"));
    facts(packed_in_one(), &[parcel("1Z999AA10123456784", scans, &[])])
}

/// The same with answers: one seen to, one not yet.
pub fn answered() -> Facts {
    let mut facts = attempt_failed();
    let about = Some(facts.parcels[0].key.clone());
    let private = "PRIVATE behind the blue door".to_owned();
    let given = |id: &str, at_text: &str, wish, done_at: Option<&str>| CustomerAnswer {
        id: id.parse().unwrap(),
        parcel: about.clone(),
        wish,
        answered_at: at(at_text),
        done_at: done_at.map(at),
    };
    facts.order.answers = vec![
        given(
            "aaaaaaaaa",
            "2026-11-26T10:00:00Z",
            Wish::AnotherDay { day: "2026-11-28".parse().unwrap() },
            Some("2026-11-26T11:00:00Z"),
        ),
        given("abbbbbbbb", "2026-11-26T11:30:00Z", Wish::Neighbour { note: private }, None),
    ];
    facts
}

/// Arrived as the carrier says, not as its customer says.
pub fn disputed() -> Facts {
    let mut facts = arrived();
    let at = at("2026-11-25T19:00:00Z");
    facts.parcels[0] = facts.parcels[0].clone().disputed(at);
    let (parcel, wish) = (Some(facts.parcels[0].key.clone()), Wish::NotReceived { note: "Not at the neighbours'.".into() });
    facts.order.answers.push(CustomerAnswer { id: "acccccccc".parse().unwrap(), parcel, wish, answered_at: at, done_at: None });
    facts
}

/// A parcel that was handed to another carrier, whose number the shop names too; it stood still for a while.
pub fn handed_over() -> Facts {
    let leg = ParcelName { carrier: "royal_mail".parse().unwrap(), number: "RN482130751GB".parse().unwrap() };
    let mut second = fulfilment("f2", leg.number.as_str(), &[("12", 4)]);
    second.parcels = vec![leg.clone()];
    let order = new_order().told(report()).unwrap();
    let order = order.fulfilled(fulfilment("f1", "1Z999AA10123456784", &[("11", 1), ("13", 2)])).unwrap();
    let order = order.fulfilled(second).unwrap();
    let mut main = parcel("1Z999AA10123456784", on_the_way(), &[]);
    main.last_mile = Some(leg.clone());
    let episode =
        |kind, from: &str, to: Option<&str>| Episode { kind, since: at(from), opened_at: at(from), closed_at: to.map(at) };
    main.episodes = vec![
        episode(EpisodeKind::NoMovement, "2026-11-22T17:40:00Z", Some("2026-11-23T02:10:00Z")),
        episode(EpisodeKind::OverduePromise, "2026-11-25T23:00:00Z", None),
    ];
    let key = ParcelKey { shop: shop(), carrier: leg.carrier, number: leg.number };
    let main_name = ParcelName { carrier: main.key.carrier.clone(), number: main.key.number.clone() };
    let leg = Parcel::new(key).linked(order_key().order, at("2026-11-21T15:00:00Z")).as_leg_of(main_name);
    facts(order, &[main, leg])
}

/// Two parcels, one arrived, one damaged.
pub fn half_damaged() -> Facts {
    let mut scans = on_the_way();
    scans.push(scan("2026-11-25T09:30:00Z", Status::Exception, "damaged", "Merchandise is damaged", "Leipzig, DE"));
    facts(
        packed_in_two(),
        &[parcel("1Z999AA10123456784", delivered("2026-11-24"), &[]), parcel("1Z999AA10123456785", scans, &[])],
    )
}

/// Arrived; a candle of it is sold as final.
pub fn arrived() -> Facts {
    facts(packed_in_one(), &[parcel("1Z999AA10123456784", delivered("2026-11-24"), &[])])
}

/// Arrived long ago.
pub fn too_late() -> Facts {
    Facts { now: at("2027-02-01T12:00:00Z"), ..arrived() }
}

pub fn asked(id: &str, lines: &[(&str, u32)], state: ReturnState, note: Option<&str>) -> Return {
    let line = |(line, quantity): &(&str, u32)| ReturnLine {
        line: line.parse::<LineId>().unwrap(),
        quantity: *quantity,
        reason: ReturnReason::TooLarge,
    };
    Return {
        shop: shop(),
        order: order_key().order,
        request: ReturnRequest {
            id: id.parse().unwrap(),
            lines: lines.iter().map(line).collect(),
            outcome: Outcome::Refund,
            note: note.map(str::to_owned),
            requested_at: at("2026-11-25T18:00:00Z"),
        },
        settings_version: 1,
        state,
    }
}

/// Arrived, with a return in each state.
pub fn with_returns() -> Facts {
    let mut facts = arrived();
    facts.order.returning.insert("12".parse().unwrap(), 2);
    facts.returns = vec![
        asked("raaaaaaaaa", &[("12", 1)], ReturnState::Approved { at: at(NOW), by: AnsweredBy::Policy }, None),
        asked("rbbbbbbbbb", &[("12", 1)], ReturnState::Held { why: HoldReason::ReasonNeedsPerson }, Some("It wobbles.")),
        asked(
            "rcccccccccc",
            &[("13", 2)],
            ReturnState::Declined {
                at: at(NOW),
                by: AnsweredBy::Policy,
                reasons: vec![DeclineReason::FinalSale { title: "Beeswax candle".into() }],
            },
            None,
        ),
    ];
    facts
}

/// Cancelled before it was packed, and paid back.
pub fn cancelled() -> Facts {
    let mut last = report();
    last.reported_at = at("2026-11-21T10:00:00Z");
    last.cancelled_at = Some(last.reported_at);
    last.payment = domain::order::Payment::Refunded;
    facts(new_order().told(report()).unwrap().told(last).unwrap(), &[])
}

/// Arrived; some of its money went back, twice, and a candle was taken back without any.
pub fn refunded() -> Facts {
    let mut facts = arrived();
    for (id, at_text, minor) in
        [("r1", "2026-11-26T08:00:00Z", 1200), ("r2", "2026-11-25T23:30:00Z", 490), ("r3", "2026-11-26T08:00:00Z", 0)]
    {
        let report = RefundReport {
            source: "shopify".into(),
            order_source_id: "1".into(),
            id: id.parse().unwrap(),
            refunded_at: at(at_text),
            amount: Money::of(minor, "EUR".parse().unwrap()),
            lines: Vec::new(),
        };
        facts.order = facts.order.refunded(report).unwrap();
    }
    facts
}

/// Nobody was there to take it, and then its customer was forgotten.
pub fn erased() -> Facts {
    let mut facts = attempt_failed();
    facts.order = facts.order.redacted(at("2026-11-25T23:30:00Z"));
    facts
}

/// A parcel is known, its order is not.
pub fn undescribed() -> Facts {
    facts(new_order().fulfilled(fulfilment("f1", "1Z999AA10123456784", &[("11", 1)])).unwrap(), &[])
}

/// Not paid yet.
pub fn unpaid() -> Facts {
    let mut report = report();
    report.payment = domain::order::Payment::Pending;
    facts(new_order().told(report).unwrap(), &[])
}

/// Two parcels of fifteen scans each: what the budget of the page is measured with.
pub fn busy() -> Facts {
    let scans = |day: u8, hour: u8| {
        let towns = ["Hamburg", "Hannover", "Magdeburg", "Kassel", "Leipzig"];
        let texts =
            ["Arrived at Facility", "Departed from Facility", "Processing at UPS Facility", "Import Scan", "Warehouse Scan"];
        let mut out: Vec<Scan> = (0..13u8)
            .map(|n| {
                let place = format!("{}, DE", towns[usize::from(n * 3 % 5)]);
                let sub = if n % 2 == 0 { "arrived" } else { "departed" };
                let when = format!("2026-11-{:02}T{:02}:{:02}:00Z", day + n / 4, (hour + n * 5) % 24, (n * 17 + hour) % 60);
                scan(&when, Status::InTransit, sub, texts[usize::from(n * 2 % 5)], &place)
            })
            .collect();
        out.push(scan(
            &format!("2026-11-26T06:{hour:02}:00Z"),
            Status::OutForDelivery,
            "on_vehicle",
            "Out For Delivery Today",
            "Leipzig, DE",
        ));
        out.push(scan(&format!("2026-11-26T11:{hour:02}:00Z"), Status::Delivered, "at_door", "DELIVERED", "Leipzig, DE"));
        out
    };
    let one = parcel("1Z999AA10123456784", scans(22, 3), &[("2026-11-22T18:00:00Z", "2026-11-25")]);
    let other = parcel("1Z999AA10123456785", scans(22, 8), &[("2026-11-22T18:00:00Z", "2026-11-26")]);
    facts(packed_in_two(), &[one, other])
}

pub fn nonces(facts: &Facts) -> Nonces {
    Nonces::new(&keys(), order_key(), 0, facts.returns.len())
}

/// The page of a scene as HTML.
pub fn html(facts: &Facts) -> String {
    html_after(facts, None, &Draft::default())
}

/// The page of a scene after an answer, or with one that has to be mended.
pub fn html_answered(facts: &Facts, just_answered: Option<&str>, answer_draft: Option<&AnswerDraft>) -> String {
    rendered(facts, &Look { just_answered, answer_draft, ..look(&nonces(facts), &Draft::default()) })
}

/// The page of a scene for somebody with something in hand.
pub fn html_after(facts: &Facts, just_asked: Option<&str>, draft: &Draft) -> String {
    rendered(facts, &Look { just_asked, ..look(&nonces(facts), draft) })
}

fn look<'a>(nonces: &'a Nonces, draft: &'a Draft) -> Look<'a> {
    Look {
        token: TOKEN,
        nonces,
        just_asked: None,
        just_answered: None,
        draft,
        answer_draft: None,
        preferences: Some(PREFERENCES),
    }
}

fn rendered(facts: &Facts, look: &Look<'_>) -> String {
    use askama::Template as _;
    OrderPage::of(facts, look).render().unwrap()
}
