//! What every recorded event in `events/storefront_webhook` says, word for word.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing unwrap is a test's report")]

mod support;

use storefronts::Storefront::{Shopify, Standard, WooCommerce};

macro_rules! says {
    ($($name:ident: $storefront:expr, $topic:literal;)*) => {$(
        #[test]
        fn $name() {
            let body = support::event(concat!(stringify!($name), ".json"));
            insta::assert_json_snapshot!(stringify!($name), support::reports($storefront, $topic, &body));
        }
    )*};
}

says! {
    shopify_orders_create: Shopify, "orders/create";
    shopify_orders_paid: Shopify, "orders/paid";
    shopify_orders_updated: Shopify, "orders/updated";
    shopify_orders_cancelled: Shopify, "orders/cancelled";
    shopify_fulfillments_create: Shopify, "fulfillments/create";
    shopify_fulfillments_create_second: Shopify, "fulfillments/create";
    shopify_fulfillments_update: Shopify, "fulfillments/update";
    woocommerce_order_created: WooCommerce, "order.created";
    woocommerce_order_updated: WooCommerce, "order.updated";
    standard_order_reported: Standard, "";
    standard_fulfilment_reported: Standard, "";
    standard_order_stage_reached: Standard, "";
}
