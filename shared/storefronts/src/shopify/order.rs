//! An order of Shopify: in the currency that its customer pays in, and with the pieces that are still of it.

use super::body::{Allocation, LineItem, OrderBody, Person, Place, PriceSet, TaxLine};
use crate::{
    Parsed, StorefrontReport,
    amounts::{self, less, share, sum, sum_of, unreadable},
    contact::{self, TEXT_CHARS_MAX},
    number, source_id,
};
use domain::{
    address::{Address, Customer},
    money::{Currency, Money},
    order::{Line, OrderReport, Payment, Totals},
};
use signatures::{BadDelivery, Field, List, Part};
use std::collections::BTreeMap;

/// Shopify writes each amount for the shop and, beside it, as its customer sees and pays it. Refunds are told in the latter.
#[derive(Clone, Copy)]
enum Side {
    Shop(Currency),
    Customer(Currency),
}

/// What a total is made of: an amount, and the same as a set of both sides.
type Told<'a> = (&'a Field, &'a Part<PriceSet>);

impl Side {
    fn currency(self) -> Currency {
        match self {
            Self::Shop(currency) | Self::Customer(currency) => currency,
        }
    }

    /// The amount of this side. A customer's side that is missing beside a shop's cannot be guessed.
    fn read(self, (plain, set): Told<'_>, path: &str) -> Result<Option<Money>, BadDelivery> {
        let none = PriceSet::default();
        let set = set.get().unwrap_or(&none);
        let amount = |part: &Part<super::body::Amount>| part.get().map(|amount| amount.amount.clone()).unwrap_or_default();
        let (shop, customer) = (amount(&set.shop_money), amount(&set.presentment_money));
        match self {
            Self::Shop(currency) => plain.or(&shop).money(path, currency),
            Self::Customer(currency) => match customer.money(path, currency)? {
                None if plain.or(&shop).text().is_some() => Err(BadDelivery::missing(format!("{path}_set.presentment_money"))),
                amount => Ok(amount),
            },
        }
    }

    fn required(self, told: Told<'_>, path: &str) -> Result<Money, BadDelivery> {
        self.read(told, path)?.ok_or_else(|| BadDelivery::missing(path))
    }

    fn discounts(self, list: &List<Part<Allocation>>, path: &str) -> Result<Option<Money>, BadDelivery> {
        let path = |at| format!("{path}.discount_allocations[{at}].amount");
        list.rows().try_fold(None, |all, (at, row)| {
            sum_of([all, Some(self.required((&row.amount, &row.amount_set), &path(at))?)], &path(at))
        })
    }

    /// The tax on top of a price; none when prices have it in them, or when it is not said whether they have: a price is then
    /// all that is known to be paid.
    fn tax_on_top(self, list: &List<Part<TaxLine>>, body: &OrderBody, path: &str) -> Result<Money, BadDelivery> {
        let nothing = Money::of(0, self.currency());
        if body.taxes_included.text() != Some("false") {
            return Ok(nothing);
        }
        let path = |at| format!("{path}.tax_lines[{at}].price");
        list.rows()
            .try_fold(nothing, |all, (at, row)| sum(all, self.required((&row.price, &row.price_set), &path(at))?, &path(at)))
    }
}

pub(super) fn read(body: &OrderBody) -> Result<Parsed, BadDelivery> {
    let shop = Side::Shop(body.currency.read("currency")?);
    let customer = body.presentment_currency.text().and_then(|code| code.parse().ok()).filter(|code| *code != shop.currency());
    // A subscription may have left some of the customer's amounts out: then all of them are the shop's.
    let report = match customer.map(|currency| order(body, Side::Customer(currency))) {
        Some(Ok(report)) => report,
        _ => order(body, shop)?,
    };
    let (id, reported_at) = (report.source_id.clone(), report.reported_at);
    let mut reports = vec![StorefrontReport::Order(report)];
    for (at, embedded) in body.fulfillments.rows() {
        let report = super::fulfilment(embedded, &id, Some(reported_at), &format!("fulfillments[{at}]."))?;
        reports.push(StorefrontReport::Fulfilment(report));
    }
    let currency = body.presentment_currency.or(&body.currency);
    for (at, embedded) in body.refunds.rows() {
        let report = super::refund::report(embedded, &id, Some(reported_at), currency, &format!("refunds[{at}]."))?;
        reports.extend(report.map(StorefrontReport::Refund));
    }
    Ok(Parsed::Reports(reports))
}

fn order(body: &OrderBody, side: Side) -> Result<OrderReport, BadDelivery> {
    // An order always has a name; a subscription may leave it out and keep the bare number.
    let bare = body.order_number.text().map(|number| Field::of(&format!("#{number}"))).unwrap_or_default();
    let cancelled_at = body.cancelled_at.time("cancelled_at")?;
    let kept = if cancelled_at.is_some() { BTreeMap::new() } else { removed(body)? };
    let rows = body.line_items.required_rows("line_items")?;
    let lines: Vec<Line> = rows.map(|(at, item)| line(item, at, body, side, &kept)).collect::<Result<_, _>>()?;
    let shipping_line = body.shipping_lines.rows().map(|(_, line)| line).find(|line| !line.is_removed.is_true());
    Ok(OrderReport {
        source: "shopify".to_owned(),
        source_id: source_id(&body.id, "id")?,
        reported_at: body.updated_at.required_time("updated_at")?,
        placed_at: body.created_at.required_time("created_at")?,
        number: number(body.name.or(&bare), "name")?,
        payment: payment(body.financial_status.text()),
        cancelled_at,
        customer: customer(body),
        ship_to: body.shipping_address.get().and_then(address),
        // A line of which every piece was removed before it was sent is no line any more.
        lines: lines.into_iter().filter(|line| line.quantity > 0).collect(),
        totals: totals(body, side, !kept.is_empty())?,
        shipping_method: shipping_line.and_then(|line| line.title.cut(crate::METHOD_CHARS_MAX)),
        promised: None,
    })
}

/// Of each line of which pieces were removed before they were sent, what is left. Shopify counts pieces that were sent and then
/// refunded in the same way, but those were bought and are in a parcel. When nothing would be left, the order is as it was
/// bought: it was paid back, and its page still says what it was.
fn removed(body: &OrderBody) -> Result<BTreeMap<usize, u32>, BadDelivery> {
    let mut sent: BTreeMap<&str, u32> = BTreeMap::new();
    for (n, fulfilment) in body.fulfillments.rows().filter(|(_, fulfilment)| fulfilment.stands()) {
        for (at, item) in fulfilment.line_items.rows() {
            let pieces = amounts::pieces(&item.quantity, &format!("fulfillments[{n}].line_items[{at}].quantity"))?;
            let sum = sent.entry(item.id.text().unwrap_or_default()).or_default();
            *sum = sum.saturating_add(pieces);
        }
    }
    let mut out = BTreeMap::new();
    let mut any_left = false;
    for (at, item) in body.line_items.rows() {
        let path = |name: &str| format!("line_items[{at}].{name}");
        let bought = amounts::pieces(&item.quantity, &path("quantity"))?;
        let current = if item.current_quantity.text().is_some() {
            amounts::pieces(&item.current_quantity, &path("current_quantity"))?
        } else {
            bought
        };
        let sent = match item.fulfillment_status.text() {
            _ if body.fulfillments.is_given() => sent.get(item.id.text().unwrap_or_default()).copied().unwrap_or(0),
            Some("fulfilled") => bought,
            Some("partial") => bought.saturating_sub(amounts::pieces(&item.fulfillable_quantity, &path("fulfillable_quantity"))?),
            _ => 0,
        };
        let left = current.max(sent).min(bought);
        any_left |= left > 0;
        if left < bought {
            out.insert(at, left);
        }
    }
    Ok(if any_left { out } else { BTreeMap::new() })
}

fn line(item: &LineItem, at: usize, body: &OrderBody, side: Side, kept: &BTreeMap<usize, u32>) -> Result<Line, BadDelivery> {
    let root = format!("line_items[{at}]");
    let path = |name: &str| format!("{root}.{name}");
    let bought = amounts::pieces(&item.quantity, &path("quantity"))?;
    let quantity = kept.get(&at).copied().unwrap_or(bought);
    let price = side.required((&item.price, &item.price_set), &path("price"))?;
    let price = price.times(bought).map_err(|error| unreadable(&path("price"), error))?;
    let off = match side.discounts(&item.discount_allocations, &root)? {
        Some(off) => off,
        None => side
            .read((&item.total_discount, &item.total_discount_set), &path("total_discount"))?
            .unwrap_or(Money::of(0, side.currency())),
    };
    // Discounts and taxes are of all pieces that were bought.
    let paid = sum(less(price, off), side.tax_on_top(&item.tax_lines, body, &root)?, &path("price"))?;
    Ok(Line {
        id: item.id.read(&path("id"))?,
        title: item.title.or(&item.name).cut(TEXT_CHARS_MAX).ok_or_else(|| BadDelivery::missing(path("title")))?,
        variant: item.variant_title.cut(TEXT_CHARS_MAX).filter(|variant| variant != "Default Title"),
        sku: item.sku.cut(TEXT_CHARS_MAX),
        quantity,
        paid: share(paid, quantity, bought),
        ships: item.requires_shipping.text() != Some("false"),
        final_sale: false, // Shopify's lines carry no tags; a shop lists such SKUs in its return policy.
    })
}

/// The sums as they were, or as they are now when pieces were removed and no money went back for them: then that is what is
/// paid. What went back is told by refunds, and stays in the total.
fn totals(body: &OrderBody, side: Side, is_edited: bool) -> Result<Totals, BadDelivery> {
    let went_back = body.refunds.rows().any(|(_, refund)| refund.transactions.rows().any(|(_, one)| one.went_back()));
    let now = |current: (Told<'_>, &str), first: (Told<'_>, &str)| {
        let current = if is_edited && !went_back { side.read(current.0, current.1)? } else { None };
        current.map_or_else(|| side.read(first.0, first.1), |amount| Ok(Some(amount)))
    };
    let total = now(
        ((&body.current_total_price, &body.current_total_price_set), "current_total_price"),
        ((&body.total_price, &body.total_price_set), "total_price"),
    )?;
    Ok(Totals {
        total: total.ok_or_else(|| BadDelivery::missing("total_price"))?,
        shipping: shipping(body, side)?,
        tax: now(
            ((&body.current_total_tax, &body.current_total_tax_set), "current_total_tax"),
            ((&body.total_tax, &body.total_tax_set), "total_tax"),
        )?,
        discount: now(
            ((&body.current_total_discounts, &body.current_total_discounts_set), "current_total_discounts"),
            ((&body.total_discounts, &body.total_discounts_set), "total_discounts"),
        )?,
    })
}

/// What is paid for shipping: of every line its price, less discounts, with tax. Without lines, the sum that Shopify tells.
fn shipping(body: &OrderBody, side: Side) -> Result<Option<Money>, BadDelivery> {
    let nothing = Money::of(0, side.currency());
    let mut all = None;
    for (at, line) in body.shipping_lines.rows().filter(|(_, line)| !line.is_removed.is_true()) {
        let root = format!("shipping_lines[{at}]");
        let path = format!("{root}.price");
        let Some(price) = side.read((&line.price, &line.price_set), &path)? else { continue };
        let off = side.discounts(&line.discount_allocations, &root)?.unwrap_or(nothing);
        let paid = sum(less(price, off), side.tax_on_top(&line.tax_lines, body, &root)?, &path)?;
        all = sum_of([all, Some(paid)], &path)?;
    }
    match all {
        Some(all) => Ok(Some(all)),
        None => side.read((&Field::default(), &body.total_shipping_price_set), "total_shipping_price"),
    }
}

fn payment(status: Option<&str>) -> Payment {
    match status {
        Some("authorized") => Payment::Authorized,
        Some("partially_paid") => Payment::PartlyPaid,
        Some("paid") => Payment::Paid,
        Some("partially_refunded") => Payment::PartlyRefunded,
        Some("refunded") => Payment::Refunded,
        Some("voided") => Payment::Voided,
        _ => Payment::Pending,
    }
}

fn customer(body: &OrderBody) -> Customer {
    let none = Person::default();
    let nowhere = Place::default();
    let person = body.customer.get().unwrap_or(&none);
    let billing = body.billing_address.get().unwrap_or(&nowhere);
    let to = body.shipping_address.get().unwrap_or(&nowhere);
    Customer {
        first_name: person.first_name.or(&billing.first_name).cut(TEXT_CHARS_MAX),
        last_name: person.last_name.or(&billing.last_name).cut(TEXT_CHARS_MAX),
        email: contact::email([body.email.text(), body.contact_email.text(), person.email.text()]),
        phone: contact::phone(
            [body.phone.text(), to.phone.text(), person.phone.text(), billing.phone.text()],
            to.country_code.or(&billing.country_code).text(),
        ),
        locale: contact::locale(body.customer_locale.text()),
    }
}

fn address(place: &Place) -> Option<Address> {
    let joined = contact::name(&place.first_name, &place.last_name);
    let address = Address {
        name: place.name.or(&joined).cut(TEXT_CHARS_MAX),
        company: place.company.cut(TEXT_CHARS_MAX),
        street: place.address1.cut(TEXT_CHARS_MAX),
        street_more: place.address2.cut(TEXT_CHARS_MAX),
        city: place.city.cut(TEXT_CHARS_MAX),
        region: place.province_code.or(&place.province).cut(TEXT_CHARS_MAX),
        postal_code: place.zip.cut(TEXT_CHARS_MAX),
        country: contact::country(place.country_code.text()),
    };
    (address != Address::default()).then_some(address)
}
