//! Sums that must come out, source by source, and payloads recorded by others, which must be read or refused by name.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use domain::order::OrderReport;
use serde_json::Value;
use storefronts::{Parsed, Storefront};
use support::{answer, event, events, order, read, read_as, source, tree};

fn paid(order: &OrderReport) -> i64 {
    order.lines.iter().map(|line| line.paid.minor).sum::<i64>() + order.totals.shipping.map_or(0, |money| money.minor)
}

/// Minor units of a field of the body, for what a storefront adds to the total beside lines and shipping.
fn minor(body: &Value, path: &str, order: &OrderReport) -> i64 {
    let text = body.pointer(path).unwrap().as_str().unwrap();
    domain::money::Money::parse_major(text, order.totals.total.currency).unwrap().minor
}

/// Lines and shipping, each as it is paid, with tax and after discounts, are the total; with the fees where a storefront has
/// some: `fee_lines` (WooCommerce), handling and wrapping (BigCommerce). It holds to the last unit.
#[test]
fn lines_and_shipping_are_the_total() {
    let mut held = 0;
    for (file, _) in events() {
        let body = event(&file);
        let Ok(Parsed::Reports(reports)) = read_as(&file, &body) else { continue };
        if !reports.iter().any(|report| matches!(report, storefronts::StorefrontReport::Order(_))) {
            continue;
        }
        let report = order(Parsed::Reports(reports));
        let told = tree(&file);
        let fees = match source(&file) {
            Storefront::WooCommerce => {
                let fees = told["fee_lines"].as_array().unwrap().iter();
                fees.map(|fee| minor(fee, "/total", &report) + minor(fee, "/total_tax", &report)).sum()
            }
            Storefront::BigCommerce => {
                minor(&told, "/order/handling_cost_inc_tax", &report) + minor(&told, "/order/wrapping_cost_inc_tax", &report)
            }
            _ => 0,
        };
        // Our own format leaves it to its sender; that example has its tax on top.
        if source(&file) == Storefront::Standard {
            continue;
        }
        assert_eq!(paid(&report) + fees, report.totals.total.minor, "{file}");
        held += 1;
    }
    assert!(held >= 18, "{held}");
}

/// A customer never gets more back than was paid, and what each refund says is counted once however often it is told.
#[test]
fn refunds_are_told_once_and_never_more_than_the_total() {
    for (file, _) in events() {
        let Ok(Parsed::Reports(reports)) = read_as(&file, &event(&file)) else { continue };
        let parsed = || Parsed::Reports(reports.clone());
        let refunds = support::refunds(parsed());
        let mut ids: Vec<_> = refunds.iter().map(|refund| refund.id.clone()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), refunds.len(), "{file}");
        if reports.len() > refunds.len() && !refunds.is_empty() {
            let report = order(parsed());
            let back: i64 = refunds.iter().map(|refund| refund.amount.minor).sum();
            assert!(back > 0 && back <= report.totals.total.minor, "{file}: {back}");
            for refund in &refunds {
                assert_eq!(refund.order_source_id, report.source_id, "{file}");
                for (id, quantity) in &refund.lines {
                    let line = report.lines.iter().find(|line| line.id == *id).unwrap();
                    assert!(*quantity <= line.quantity, "{file}");
                }
            }
        }
    }
}

/// Everything that is told of one order names it alike, and by the source that told it.
#[test]
fn every_report_names_its_source_and_its_order() {
    for (file, _) in events() {
        let Ok(Parsed::Reports(reports)) = read_as(&file, &event(&file)) else { continue };
        let told = support::written(Parsed::Reports(reports));
        for report in told.as_array().unwrap() {
            let (kind, report) = report.as_object().unwrap().iter().next().unwrap();
            assert_eq!(report["source"], source(&file).as_str(), "{file} {kind}");
        }
    }
}

fn topics(storefront: Storefront) -> Vec<&'static str> {
    storefront.topics().iter().map(|topic| topic.name).collect()
}

#[test]
fn recorded_deliveries_are_read_or_refused_by_name() {
    let mut read_of = [0; 4];
    for (at, name) in ["shopify", "woocommerce", "bigcommerce", "stripe"].into_iter().enumerate() {
        let storefront: Storefront = name.parse().unwrap();
        for (file, body) in support::recorded::files(name) {
            for topic in topics(storefront) {
                match read(storefront, topic, &body) {
                    Ok(Parsed::Reports(_) | Parsed::Thin { .. }) => read_of[at] += 1,
                    Ok(Parsed::Unknown { .. }) => {}
                    Err(error) => println!("{name}/{file} as {topic}: {error}"),
                }
            }
            if let Err(error) = answer(storefront, &body) {
                println!("{name}/{file} as an answer: {error}");
            }
        }
    }
    assert!(support::recorded::folder().is_none() || read_of.iter().all(|count| *count >= 1), "{read_of:?}");
}

/// What each recorded delivery is, read under its own topic: these must not be refused.
#[test]
fn recorded_deliveries_say_what_they_say() {
    let files: [(&str, &str, &str, &str); 15] = [
        ("shopify", "orders_cancelled_rest_order.json", "orders/cancelled", "order"),
        ("shopify", "orders_list_first.json", "orders/updated", "order"),
        ("shopify", "fulfillments_create_rest.json", "fulfillments/create", "fulfilment"),
        ("shopify", "fulfillments_create_webhook_sample.json", "fulfillments/create", "fulfilment"),
        ("shopify", "refunds_create_minimal_sample.json", "refunds/create", ""),
        ("shopify", "customers_data_request.json", "customers/data_request", "privacy"),
        ("shopify", "customers_redact.json", "customers/redact", "privacy"),
        ("shopify", "shop_redact.json", "shop/redact", "privacy"),
        ("shopify", "orders_delete_webhook_sample.json", "orders/delete", "unknown"),
        ("woocommerce", "order_created.json", "order.created", "order"),
        ("woocommerce", "order_updated_completed.json", "order.updated", "order"),
        ("woocommerce", "order_list_second.json", "order.restored", "order"),
        ("woocommerce", "order_deleted.json", "order.deleted", "unknown"),
        ("bigcommerce", "order_status_updated.json", "", "thin"),
        ("stripe", "checkout_session_completed.derived.json", "", "thin"),
    ];
    for (name, file, topic, want) in files {
        let Some((_, body)) = support::recorded::files(name).into_iter().find(|(known, _)| known == file) else { continue };
        let got = match read(name.parse().unwrap(), topic, &body).unwrap_or_else(|error| panic!("{name}/{file}: {error}")) {
            Parsed::Thin { .. } => "thin".to_owned(),
            Parsed::Unknown { .. } => "unknown".to_owned(),
            parsed => {
                let told = support::written(parsed);
                told.get(0).and_then(Value::as_object).and_then(|one| one.keys().next().cloned()).unwrap_or_default()
            }
        };
        assert_eq!(got, want, "{name}/{file}");
    }
}
