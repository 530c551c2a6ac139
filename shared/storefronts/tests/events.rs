//! What every recorded event in `events/storefront_webhook` says, word for word.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use storefronts::{
    Parsed,
    Storefront::{self, BigCommerce, Medusa, Saleor, Shopify, Standard, Stripe, WooCommerce},
};

/// What becomes of each file: reports of a delivery, reports of an answer, something to fetch, or nothing but a topic.
macro_rules! files {
    (
        says { $($said:ident: $storefront:expr, $topic:literal;)* }
        answers { $($answer:ident: $asked:expr;)* }
        fetches { $($thin:ident: $hint:expr, $id:literal;)* }
        keeps_aside { $($kept:ident: $keeper:expr, $kept_topic:literal;)* }
        refuses { $($refused:ident;)* }
    ) => {
        const FILES: &[&str] = &[
            $(stringify!($said),)* $(stringify!($answer),)* $(stringify!($thin),)* $(stringify!($kept),)* $(stringify!($refused),)*
        ];
        $(
            #[test]
            fn $said() {
                let body = support::event(concat!(stringify!($said), ".json"));
                insta::assert_json_snapshot!(stringify!($said), support::reports($storefront, $topic, &body));
            }
        )*
        $(
            #[test]
            fn $answer() {
                let body = support::event(concat!(stringify!($answer), ".json"));
                let parsed = support::answer($asked, &body).unwrap();
                insta::assert_json_snapshot!(stringify!($answer), support::written(parsed));
            }
        )*
        #[test]
        fn what_is_thin_names_what_to_fetch() {
            $(
                let body = support::event(concat!(stringify!($thin), ".json"));
                assert_eq!(support::read($hint, "", &body).unwrap(), Parsed::Thin { id: $id.to_owned() }, stringify!($thin));
            )*
        }
        #[test]
        fn what_is_kept_aside_keeps_its_topic() {
            $(
                let body = support::event(concat!(stringify!($kept), ".json"));
                let want = Parsed::Unknown { topic: $kept_topic.to_owned() };
                assert_eq!(support::read($keeper, $kept_topic, &body).unwrap(), want, stringify!($kept));
                assert!(told_of($keeper, $kept_topic).is_none_or(str::is_empty), stringify!($kept));
            )*
        }
    };
}

files! {
    says {
        shopify_orders_create: Shopify, "orders/create";
        shopify_orders_paid: Shopify, "orders/paid";
        shopify_orders_updated: Shopify, "orders/updated";
        shopify_orders_updated_edited: Shopify, "orders/updated";
        shopify_orders_cancelled: Shopify, "orders/cancelled";
        shopify_orders_fulfilled: Shopify, "orders/fulfilled";
        shopify_fulfillments_create: Shopify, "fulfillments/create";
        shopify_fulfillments_create_second: Shopify, "fulfillments/create";
        shopify_fulfillments_update: Shopify, "fulfillments/update";
        shopify_refunds_create: Shopify, "refunds/create";
        shopify_refunds_create_restock: Shopify, "refunds/create";
        shopify_customers_data_request: Shopify, "customers/data_request";
        shopify_customers_redact: Shopify, "customers/redact";
        shopify_shop_redact: Shopify, "shop/redact";
        woocommerce_order_created: WooCommerce, "order.created";
        woocommerce_order_updated: WooCommerce, "order.updated";
        woocommerce_order_updated_refunded: WooCommerce, "order.updated";
        woocommerce_order_restored: WooCommerce, "order.restored";
        bigcommerce_shipment_deleted: BigCommerce, "";
        stripe_refund_created: Stripe, "";
        stripe_refund_created_pending: Stripe, "";
        stripe_refund_failed: Stripe, "";
        stripe_charge_refunded_listed: Stripe, "";
        medusa_order_placed: Medusa, "";
        medusa_shipment_created: Medusa, "";
        medusa_order_canceled: Medusa, "";
        saleor_order_created: Saleor, "";
        saleor_fulfillment_tracking_number_updated: Saleor, "";
        saleor_order_cancelled: Saleor, "";
        standard_order_reported: Standard, "";
        standard_fulfilment_reported: Standard, "";
        standard_order_stage_reached: Standard, "";
        standard_order_refunded: Standard, "";
    }
    answers {
        bigcommerce_answer: BigCommerce;
        bigcommerce_answer_refunded: BigCommerce;
        stripe_answer: Stripe;
        stripe_answer_refunded: Stripe;
        stripe_answer_yen_unpaid: Stripe;
        stripe_answer_free: Stripe;
    }
    fetches {
        bigcommerce_order_created: BigCommerce, "4107";
        bigcommerce_order_status_updated: BigCommerce, "4107";
        bigcommerce_order_refund_created: BigCommerce, "4107";
        bigcommerce_order_transaction_created: BigCommerce, "4107";
        bigcommerce_shipment_created: BigCommerce, "4107";
        stripe_checkout_session_completed: Stripe, "cs_live_a1FernFell0000000000000000000000000000000000000000000000A1";
        stripe_checkout_session_async_payment_failed: Stripe, "cs_live_a1FernFell0000000000000000000000000000000000000000000000A1";
    }
    keeps_aside {
        shopify_orders_edited: Shopify, "orders/edited";
        shopify_orders_delete: Shopify, "orders/delete";
        woocommerce_order_deleted: WooCommerce, "order.deleted";
        bigcommerce_order_archived: BigCommerce, "store/order/archived";
        stripe_charge_refunded: Stripe, "charge.refunded";
    }
    refuses {
        woocommerce_rest_error;
    }
}

fn told_of(storefront: Storefront, topic: &str) -> Option<&'static str> {
    // What `charge.refunded` is used for depends on what is in it.
    let told = storefront.topics().iter().find(|told| told.name == topic)?.used_for;
    Some(if topic == "charge.refunded" { "" } else { told })
}

#[test]
fn every_recorded_event_is_held_to_something() {
    for (file, _) in support::events() {
        assert!(FILES.contains(&file.trim_end_matches(".json")), "{file}");
    }
}

/// An order that was fetched or listed is read as one that was told.
#[test]
fn an_order_of_a_list_is_the_order_that_was_told() {
    for (file, topic, storefront) in [
        ("shopify_orders_updated.json", "orders/updated", Shopify),
        ("shopify_orders_fulfilled.json", "orders/updated", Shopify),
        ("woocommerce_order_updated_refunded.json", "order.updated", WooCommerce),
    ] {
        let body = support::event(file);
        assert_eq!(support::answer(storefront, &body), support::read(storefront, topic, &body), "{file}");
    }
    for storefront in [Medusa, Saleor, Standard] {
        let error = support::answer(storefront, b"{}").unwrap_err();
        assert_eq!(error.to_string(), "`source` is not asked for orders", "{storefront}");
    }
}

/// Topics are what the docs are made of: each once, and each that is used is read.
#[test]
fn every_topic_is_told_once_and_read_when_it_is_used() {
    for storefront in Storefront::ALL {
        let names: Vec<_> = storefront.topics().iter().map(|topic| topic.name).collect();
        let mut once = names.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), names.len(), "{storefront}");
        for topic in storefront.topics() {
            let body = serde_json::json!({
                "type": topic.name, "scope": topic.name, "__typename": topic.name, "created": 1,
                "timestamp": "2026-11-16T17:12:04Z", "data": { "object": { "id": 1 } },
            });
            let parsed = support::read(*storefront, topic.name, body.to_string().as_bytes());
            let is_unknown = matches!(parsed, Ok(Parsed::Unknown { .. }));
            assert_eq!(is_unknown, topic.used_for.is_empty() || topic.name == "charge.refunded", "{storefront} {}", topic.name);
        }
    }
}
