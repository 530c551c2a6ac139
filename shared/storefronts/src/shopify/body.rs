//! The fields of Shopify's bodies that are looked at.

use serde::Deserialize;
use signatures::{Field, List, Part};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderBody {
    pub(super) id: Field,
    pub(super) name: Field,
    pub(super) order_number: Field,
    pub(super) created_at: Field,
    pub(super) updated_at: Field,
    pub(super) cancelled_at: Field,
    pub(super) financial_status: Field,
    pub(super) currency: Field,
    pub(super) presentment_currency: Field,
    pub(super) taxes_included: Field,
    pub(super) email: Field,
    pub(super) contact_email: Field,
    pub(super) phone: Field,
    pub(super) customer_locale: Field,
    pub(super) total_price: Field,
    pub(super) total_price_set: Part<PriceSet>,
    pub(super) current_total_price: Field,
    pub(super) current_total_price_set: Part<PriceSet>,
    pub(super) total_tax: Field,
    pub(super) total_tax_set: Part<PriceSet>,
    pub(super) current_total_tax: Field,
    pub(super) current_total_tax_set: Part<PriceSet>,
    pub(super) total_discounts: Field,
    pub(super) total_discounts_set: Part<PriceSet>,
    pub(super) current_total_discounts: Field,
    pub(super) current_total_discounts_set: Part<PriceSet>,
    pub(super) total_shipping_price_set: Part<PriceSet>,
    pub(super) shipping_lines: List<Part<ShippingLine>>,
    pub(super) customer: Part<Person>,
    pub(super) billing_address: Part<Place>,
    pub(super) shipping_address: Part<Place>,
    pub(super) line_items: List<Part<LineItem>>,
    pub(super) fulfillments: List<Part<FulfillmentBody>>,
    pub(super) refunds: List<Part<RefundBody>>,
}

/// One amount in the shop's currency and in the one that the customer was shown and pays in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PriceSet {
    pub(super) shop_money: Part<Amount>,
    pub(super) presentment_money: Part<Amount>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Amount {
    pub(super) amount: Field,
}

/// A discount's share in a line.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Allocation {
    pub(super) amount: Field,
    pub(super) amount_set: Part<PriceSet>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct TaxLine {
    pub(super) price: Field,
    pub(super) price_set: Part<PriceSet>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ShippingLine {
    pub(super) title: Field,
    pub(super) price: Field,
    pub(super) price_set: Part<PriceSet>,
    pub(super) discount_allocations: List<Part<Allocation>>,
    pub(super) tax_lines: List<Part<TaxLine>>,
    pub(super) is_removed: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Person {
    pub(super) first_name: Field,
    pub(super) last_name: Field,
    pub(super) email: Field,
    pub(super) phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub(super) name: Field,
    pub(super) first_name: Field,
    pub(super) last_name: Field,
    pub(super) company: Field,
    pub(super) address1: Field,
    pub(super) address2: Field,
    pub(super) city: Field,
    pub(super) province: Field,
    pub(super) province_code: Field,
    pub(super) zip: Field,
    pub(super) country_code: Field,
    pub(super) phone: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct LineItem {
    pub(super) id: Field,
    pub(super) title: Field,
    pub(super) name: Field,
    pub(super) variant_title: Field,
    pub(super) sku: Field,
    /// As it was bought, and added to since: what was removed or refunded is still in it.
    pub(super) quantity: Field,
    /// Without what was removed or refunded.
    pub(super) current_quantity: Field,
    /// What can still be sent.
    pub(super) fulfillable_quantity: Field,
    pub(super) fulfillment_status: Field,
    pub(super) price: Field,
    pub(super) price_set: Part<PriceSet>,
    pub(super) total_discount: Field,
    pub(super) total_discount_set: Part<PriceSet>,
    pub(super) discount_allocations: List<Part<Allocation>>,
    pub(super) tax_lines: List<Part<TaxLine>>,
    pub(super) requires_shipping: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FulfillmentBody {
    pub(super) id: Field,
    pub(super) order_id: Field,
    pub(super) status: Field,
    pub(super) created_at: Field,
    pub(super) updated_at: Field,
    pub(super) tracking_company: Field,
    pub(super) tracking_number: Field,
    pub(super) tracking_numbers: List<Field>,
    pub(super) line_items: List<Part<FulfilledItem>>,
}

impl FulfillmentBody {
    /// Whether it was not taken back.
    pub(super) fn stands(&self) -> bool {
        !matches!(self.status.text(), Some("cancelled" | "error" | "failure"))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct FulfilledItem {
    pub(super) id: Field,
    pub(super) quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RefundBody {
    pub(super) id: Field,
    pub(super) order_id: Field,
    pub(super) created_at: Field,
    pub(super) refund_line_items: List<Part<RefundedItem>>,
    pub(super) transactions: List<Part<Transaction>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct RefundedItem {
    pub(super) line_item_id: Field,
    pub(super) quantity: Field,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Transaction {
    pub(super) kind: Field,
    pub(super) status: Field,
    pub(super) amount: Field,
    pub(super) currency: Field,
}

impl Transaction {
    /// Whether money really went back: one that is pending or failed moved none.
    pub(super) fn went_back(&self) -> bool {
        self.kind.text() == Some("refund") && self.status.text() == Some("success")
    }
}
