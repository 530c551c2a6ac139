//! What exports say, by small files of invented orders.

use domain::{id::ShopId, order::Order, parcel::Parcel};
use proptest::prelude::*;
use replay::{
    aftership,
    shopify::{self, Orders, Said},
    table::{self, ROW_BYTES_MAX, Table},
    told::{Aggregate, Key, Message, Told},
};
use std::path::{Path, PathBuf};

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn orders(place: &str) -> Vec<Said> {
    let (mut orders, mut out) = (Orders::default(), Vec::new());
    for file in table::files(&fixture(place)).unwrap() {
        for row in Table::open(&file, shopify::COLUMNS).unwrap() {
            out.extend(orders.take(row));
        }
    }
    out.extend(orders.finish());
    out
}

fn shop() -> ShopId {
    "demo".parse().unwrap()
}

fn message(told: &Told) -> String {
    match told.clone().message(&shop()) {
        Message::Orders(message) => contracts::write(&message).unwrap(),
        Message::Tracking(message) => contracts::write(&message).unwrap(),
    }
}

fn text<'a>(said: impl IntoIterator<Item = &'a Said>) -> String {
    let line = |said: &Said| match said {
        Ok(told) => told.iter().map(message).collect::<Vec<_>>().join("\n"),
        Err(bad) => format!("! {bad}"),
    };
    said.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn of_text(csv: &str) -> Vec<Said> {
    shopify::read(Table::read("orders.csv", std::io::Cursor::new(csv.to_owned()), shopify::COLUMNS).unwrap())
}

const HEADER: &str = "Name,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Id\n";

#[test]
fn orders_are_read_over_rows_and_files_and_every_mistake_is_named() {
    insta::assert_snapshot!(text(&orders("shopify")));
}

#[test]
fn a_file_of_a_country_with_decimal_commas_is_read() {
    insta::assert_snapshot!(text(&orders("semicolons.csv")));
}

#[test]
fn a_file_without_the_columns_it_needs_is_refused_with_their_names() {
    let refused = |path: &str, columns| Table::open(&fixture(path), columns).err().unwrap().to_string();
    let want = "shipments.csv, line 1: has not the columns Name, Financial Status, Currency, Total, Lineitem quantity, \
                Lineitem name, Lineitem price, Id";
    assert_eq!(refused("aftership/shipments.csv", shopify::COLUMNS), want);
    let want = "semicolons.csv, line 1: has not the columns Tracking Number, Courier, Status";
    assert_eq!(refused("semicolons.csv", aftership::COLUMNS), want);
    let empty = Table::read("a.csv", std::io::empty(), shopify::COLUMNS).err().unwrap().to_string();
    assert_eq!(empty, "a.csv, line 1: is empty");
    let utf16 = Table::read("a.csv", &b"\xff\xfeN\0"[..], shopify::COLUMNS).err().unwrap().to_string();
    assert_eq!(utf16, "a.csv, line 1: is UTF-16: save it as UTF-8");
}

#[test]
fn a_quote_that_is_never_closed_ends_the_file_and_not_the_memory() {
    let good = "#1,paid,USD,1.00,2024-11-05 10:22:01 -0500,1,Pen,1.00,1\n";
    let endless = usize::try_from(ROW_BYTES_MAX * 3).unwrap();
    let said = of_text(&format!("{HEADER}{good}#2,\"{}", "x,\n".repeat(endless / 3)));
    assert_eq!(said.len(), 1, "the order before may lack a row");
    let bad = said[0].as_ref().unwrap_err().to_string();
    let want = "orders.csv, line 3: a row is longer than 1 MB: is a quote open?; what follows in this file was not read";
    assert_eq!(bad, want);
}

#[test]
fn a_row_that_is_not_utf_8_is_one_row() {
    let mut bytes = format!("{HEADER}#1,paid,USD,1.00,2024-11-05 10:22:01 -0500,1,Pen,1.00,1\n").into_bytes();
    bytes.extend(b"#2,paid,USD,1.00,2024-11-05 10:22:01 -0500,1,Caf\xe9,1.00,2\n#3,paid,USD,1.00,2024-11-05,1,Pen,1.00,3\n");
    let said = shopify::read(Table::read("orders.csv", std::io::Cursor::new(bytes), shopify::COLUMNS).unwrap());
    let bad: Vec<String> = said.iter().filter_map(|said| said.as_ref().err().map(ToString::to_string)).collect();
    assert_eq!(bad, ["orders.csv, line 3, column Lineitem name: is not UTF-8: save the file as UTF-8"]);
    assert_eq!(said.len(), 3);
}

#[test]
fn shipments_are_read_and_every_mistake_is_named() {
    let mut lines = Vec::new();
    for file in ["aftership/shipments.csv", "aftership_other.csv"] {
        for said in aftership::read(Table::open(&fixture(file), aftership::COLUMNS).unwrap()) {
            lines.push(match said {
                Ok(it) => {
                    let of = it.order_number.unwrap_or_default();
                    format!("{of} from {}: {}", it.label_at, message(&Told::Parcel(it.report)))
                }
                Err(bad) => format!("! {bad}"),
            });
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// The law of `carriers::reread`, for codes that a webhook of AfterShip's has too.
#[test]
fn what_a_shipment_means_is_what_the_webhooks_reader_says_once_there_is_one() {
    for said in aftership::read(Table::open(&fixture("aftership/shipments.csv"), aftership::COLUMNS).unwrap()).flatten() {
        for scan in said.report.scans {
            let again = carriers::reread("aftership", &scan.code, &scan.text);
            assert!(again.is_none() || again == Some((scan.status, scan.sub.clone())), "{}: {again:?}", scan.code);
        }
    }
}

#[test]
fn a_webhook_takes_the_place_of_what_an_export_said() {
    let body = include_str!("../fixtures/shopify_webhook.json");
    let headers = [("x-shopify-topic", "orders/updated")];
    let verified = signatures::kept(&headers, body.as_bytes(), "2024-11-07T00:00:00Z".parse().unwrap());
    let Ok(storefronts::Parsed::Reports(reports)) = storefronts::Storefront::Shopify.parse(&verified) else { panic!() };
    let Some(storefronts::StorefrontReport::Order(webhook)) = reports.into_iter().next() else { panic!() };
    let exported = orders("shopify").into_iter().next().unwrap().unwrap();
    let Key::Order(key) = exported[0].key(&shop()) else { panic!() };
    assert_eq!(Told::Order(webhook.clone()).key(&shop()), Key::Order(key.clone()), "both are one order");
    let new = Aggregate::Order(Order::new(key.shop, key.order));
    let fold = |told: &[Told]| match told.iter().fold(new.clone(), |kept, told| kept.told(told).unwrap()) {
        // What was told again of an older version is no change of what was ordered, and is not remembered as one.
        Aggregate::Order(order) => Aggregate::Order(Order { contents: Default::default(), ..order }),
        parcel => parcel,
    };
    // The webhook is of the very second of the last thing that the export tells.
    let both: Vec<Told> = exported.iter().cloned().chain([Told::Order(webhook.clone())]).collect();
    let turned: Vec<Told> = both.iter().rev().cloned().collect();
    assert_eq!(fold(&both), fold(&turned));
    let Aggregate::Order(order) = fold(&both) else { panic!() };
    assert_eq!(order.report.as_ref(), Some(&webhook));
    assert_eq!(shopify::missing(&order, exported), Err("its storefront's webhooks have described it"));
}

fn any_rows() -> impl Strategy<Value = String> {
    let cell =
        prop_oneof!["[ -~]{0,12}", "[0-9]{1,3}\\.[0-9]{2}", Just("2024-11-05 10:22:01 -0500".to_owned()), Just("USD".to_owned())];
    let quoted = cell.prop_map(|cell: String| format!("\"{}\"", cell.replace('"', "\"\"")));
    let row = prop::collection::vec(quoted, 8..11).prop_map(|cells| cells.join(","));
    let good = (1u32..9, 1u32..4, "[a-z]{1,5}", 0i64..5000).prop_map(|(id, n, name, cents)| {
        let price = format!("{}.{:02}", cents / 100, cents % 100);
        format!("#{id},paid,USD,{price},2024-11-0{id} 10:22:01 -0500,{n},{name},{price},{id}")
    });
    let more = (1u32..9, 1u32..4).prop_map(|(id, n)| format!("#{id},,,,,{n},more,1.00,"));
    prop::collection::vec(prop_oneof![1 => row, 4 => good, 2 => more], 0..12)
        .prop_map(|rows| format!("{HEADER}{}\n", rows.join("\n")))
}

proptest! {
    #[test]
    fn a_file_read_twice_says_the_same_and_told_twice_is_told_once(csv in any_rows()) {
        let said = of_text(&csv);
        prop_assert_eq!(&said, &of_text(&csv));
        let told: Vec<Told> = said.into_iter().flatten().flatten().collect();
        for first in &told {
            let Key::Order(key) = first.key(&shop()) else { panic!() };
            let new = Aggregate::Order(Order::new(key.shop.clone(), key.order.clone()));
            // Of one version a run tells one; that is what the folding of a replay stands on.
            let mut versions = std::collections::BTreeSet::new();
            let own: Vec<&Told> = told.iter().filter(|told| told.key(&shop()) == Key::Order(key.clone())).filter(|told| match told {
                Told::Order(report) => versions.insert(report.reported_at),
                _ => true,
            }).collect();
            let fold = |from: Aggregate, told: &[&Told]| told.iter().fold(from, |kept, told| kept.told(told).unwrap());
            let once = fold(new.clone(), &own);
            prop_assert_eq!(&once, &fold(once.clone(), &own));
            let turned: Vec<&Told> = own.iter().rev().copied().collect();
            prop_assert_eq!(&once, &fold(new, &turned));
        }
    }

    #[test]
    fn no_bytes_break_the_reading_of_a_file(bytes in prop::collection::vec(any::<u8>(), 0..300), csv in "[,;\"\n a#1-]{0,200}") {
        for bytes in [bytes, [HEADER.as_bytes(), csv.as_bytes()].concat()] {
            if let Ok(table) = Table::read("a.csv", std::io::Cursor::new(bytes), shopify::COLUMNS) {
                let _said = shopify::read(table);
            }
        }
    }
}

#[test]
fn shipments_told_twice_are_told_once() {
    for said in aftership::read(Table::open(&fixture("aftership/shipments.csv"), aftership::COLUMNS).unwrap()).flatten() {
        let new = Aggregate::Parcel(Parcel::new(said.key(&shop())));
        let told = Told::Parcel(said.report);
        let once = new.told(&told).unwrap();
        assert_eq!(once.told(&told).unwrap(), once);
    }
}
