//! Shopify's export of orders: a row for each line of an order, of which the first has the order's own fields.
//!
//! It holds less than Shopify's webhooks do: no ids of lines and fulfilments, no tracking numbers, no time of a refund. What it
//! has no id for gets one that no webhook can have, and its time lies just before that of any webhook about the same facts:
//! when the storefront describes the order itself, that description takes the export's place.

use crate::{
    cells,
    table::{BadRow, Column, Row, Table},
    told::Told,
};
use domain::{
    address::{Address, Customer},
    id::{FulfilmentId, LineId},
    money::{Currency, Money},
    order::{FulfilmentReport, FulfilmentState, LINES_MAX, Line, Order, OrderReport, Payment, RefundReport, Totals},
};
use jiff::{SignedDuration, Timestamp};

/// The source of these reports: that of the webhooks, so that both are one order.
const SOURCE: &str = "shopify";
/// What every id begins with that this reader made up. Shopify's own are numbers.
const MADE_UP: &str = "export";
/// The longest name of a shipping method that is kept.
const METHOD_CHARS_MAX: usize = 80;
/// The longest number of an order that is kept.
const NUMBER_CHARS_MAX: usize = 64;

const fn column(name: &'static str, required: bool) -> Column {
    Column { name, also: &[], required }
}

/// The columns that are read; the export has some fifty more.
pub const COLUMNS: &[Column] = &[
    column("Name", true),
    column("Email", false),
    column("Financial Status", true),
    column("Paid at", false),
    column("Fulfillment Status", false),
    column("Fulfilled at", false),
    column("Currency", true),
    column("Subtotal", false),
    column("Shipping", false),
    column("Taxes", false),
    column("Total", true),
    column("Discount Amount", false),
    column("Shipping Method", false),
    column("Created at", true),
    column("Lineitem quantity", true),
    column("Lineitem name", true),
    column("Lineitem price", true),
    column("Lineitem sku", false),
    column("Lineitem requires shipping", false),
    column("Lineitem fulfillment status", false),
    column("Lineitem discount", false),
    column("Billing Name", false),
    column("Billing Country", false),
    column("Billing Phone", false),
    column("Shipping Name", false),
    column("Shipping Street", false),
    column("Shipping Address1", false),
    column("Shipping Address2", false),
    column("Shipping Company", false),
    column("Shipping City", false),
    column("Shipping Zip", false),
    column("Shipping Province", false),
    column("Shipping Country", false),
    column("Shipping Phone", false),
    column("Phone", false),
    column("Cancelled at", false),
    column("Refunded Amount", false),
    column("Id", true),
];

/// A line of an order, as far as a row tells it.
struct Item {
    line: Line,
    is_fulfilled: bool,
}

/// An order whose rows are being gathered.
struct Gathering {
    first: Row,
    items: Vec<Item>,
    /// Why it cannot be read, if it cannot: an order without one of its lines is not this order.
    bad: Option<BadRow>,
}

/// The orders of an export, one after the other, over any number of files: Shopify parts a large one in the middle of an order.
#[derive(Default)]
pub struct Orders {
    gathering: Option<Gathering>,
    /// The order whose first row could not be read: its further rows are lost with it.
    lost: Option<String>,
}

/// What one order's rows say, or why they say nothing.
pub type Said = Result<Vec<Told>, BadRow>;

impl Orders {
    /// Takes a file's next row. Gives the order before it when the row begins another one.
    pub fn take(&mut self, row: Result<Row, BadRow>) -> Vec<Said> {
        let row = match row {
            Ok(row) => row,
            Err(bad) => return self.lose(bad),
        };
        // A further line of an order repeats its name and leaves its own fields empty.
        let continues = row.filled("Id").is_none() && row.filled("Total").is_none() && row.filled("Financial Status").is_none();
        if continues {
            match &mut self.gathering {
                _ if self.lost.as_deref() == Some(row.cell("Name")) => {}
                Some(gathering) if gathering.first.cell("Name") == row.cell("Name") => gathering.add(&row),
                _ => return vec![Err(row.bad("Name", "goes on with an order whose first row is not before it"))],
            }
            return Vec::new();
        }
        let done = self.finish();
        self.lost = None;
        let mut gathering = Gathering { first: row.clone(), items: Vec::new(), bad: None };
        gathering.add(&row);
        self.gathering = Some(gathering);
        done
    }

    /// A row cannot be read. The order that it is one of is lost, and no other; of whose row nobody knows, the one that is being
    /// gathered may lack it.
    fn lose(&mut self, bad: BadRow) -> Vec<Said> {
        match &mut self.gathering {
            Some(gathering) if bad.of.as_deref().is_none_or(|of| of == gathering.first.cell("Name")) => {
                gathering.bad.get_or_insert(bad);
                Vec::new()
            }
            _ => {
                self.lost.clone_from(&bad.of);
                vec![Err(bad)]
            }
        }
    }

    /// The last order.
    pub fn finish(&mut self) -> Vec<Said> {
        self.gathering.take().map(Gathering::read).into_iter().collect()
    }
}

/// Every order of a file.
pub fn read(table: Table) -> Vec<Said> {
    let mut orders = Orders::default();
    let mut out: Vec<Said> = Vec::new();
    for row in table {
        out.extend(orders.take(row));
    }
    out.extend(orders.finish());
    out
}

/// What of these reports is still to be told of an order as it is known: nothing of one that its storefront has described or
/// told of by webhooks, for they know more than the export; and nothing of one whose customer was erased.
///
/// # Errors
/// When all of it is left alone, and why.
pub fn missing(order: &Order, told: Vec<Told>) -> Result<Vec<Told>, &'static str> {
    if order.redacted_at.is_some() {
        return Err("its customer's data was erased");
    }
    let described = order.report.as_ref().is_some_and(|report| !report.lines.iter().all(|line| is_made_up(line.id.as_str())));
    if described {
        return Err("its storefront's webhooks have described it");
    }
    let has_own_fulfilments = order.fulfilments.keys().any(|id| id.as_str() != MADE_UP && !crate::aftership::made(id));
    let has_own_refunds = order.refunds.keys().any(|id| id.as_str() != MADE_UP);
    let wanted = |told: &Told| match told {
        Told::Fulfilment(_) => !has_own_fulfilments,
        Told::Refund(_) => !has_own_refunds,
        Told::Order(_) | Told::Stage(_) | Told::Parcel(_) => true,
    };
    Ok(told.into_iter().filter(wanted).collect())
}

fn is_made_up(id: &str) -> bool {
    id.strip_prefix(MADE_UP).is_some_and(|rest| rest.starts_with('-'))
}

impl Gathering {
    fn add(&mut self, row: &Row) {
        // Some apps export orders without a line: the cells of the first row's are empty then.
        let is_empty = row.filled("Lineitem name").is_none() && row.filled("Lineitem quantity").is_none();
        if self.bad.is_some() || is_empty {
            return;
        }
        if self.items.len() >= LINES_MAX {
            self.bad = Some(row.bad("Lineitem name", format!("is one line more than the {LINES_MAX} that are kept of an order")));
            return;
        }
        match item(row, &self.first, self.items.len()) {
            Ok(item) => self.items.push(item),
            Err(bad) => self.bad = Some(bad),
        }
    }

    fn read(self) -> Said {
        let Self { first: row, mut items, bad } = self;
        if let Some(bad) = bad {
            return Err(bad);
        }
        let row = &row;
        let source_id = id(row)?;
        let currency = currency(row)?;
        let at = |column| Ok::<_, BadRow>(cells::moment(row, column)?.map(|moment| moment.at));
        let placed_at = at("Created at")?.ok_or_else(|| row.bad("Created at", "is empty"))?;
        let (paid_at, fulfilled_at, cancelled_at) = (at("Paid at")?, at("Fulfilled at")?, at("Cancelled at")?);
        let latest = [paid_at, fulfilled_at, cancelled_at].into_iter().flatten().fold(placed_at, Timestamp::max);
        let reported_at = before_any_webhook(latest);
        let money = |column| cells::money(row, column, currency);
        discount(&mut items, money("Subtotal")?);
        let totals = Totals {
            total: money("Total")?.ok_or_else(|| row.bad("Total", "is empty"))?,
            shipping: money("Shipping")?,
            tax: money("Taxes")?,
            discount: money("Discount Amount")?,
        };
        let number = cells::text(row, "Name").ok_or_else(|| row.bad("Name", "is empty"))?;
        let report = OrderReport {
            source: SOURCE.to_owned(),
            source_id: source_id.clone(),
            reported_at,
            placed_at,
            number: number.chars().take(NUMBER_CHARS_MAX).collect(),
            payment: payment(row.cell("Financial Status")),
            cancelled_at,
            customer: customer(row),
            ship_to: ship_to(row),
            lines: items.iter().map(|item| item.line.clone()).collect(),
            totals,
            shipping_method: cells::text(row, "Shipping Method").map(|name| name.chars().take(METHOD_CHARS_MAX).collect()),
            promised: None,
        };
        let mut told: Vec<Told> = confirmation(&report, paid_at, latest).map(Told::Order).into_iter().collect();
        told.push(Told::Order(report));
        if let Some(lines) = fulfilled(row, &items) {
            told.push(Told::Fulfilment(FulfilmentReport {
                source: SOURCE.to_owned(),
                order_source_id: source_id.clone(),
                id: made_up::<FulfilmentId>(row, "Id")?,
                reported_at,
                created_at: fulfilled_at.or(paid_at).unwrap_or(placed_at),
                state: FulfilmentState::Open,
                lines,
                parcels: Vec::new(),
            }));
        }
        if let Some(amount) = money("Refunded Amount")?.filter(|amount| amount.minor > 0) {
            told.push(Told::Refund(RefundReport {
                source: SOURCE.to_owned(),
                order_source_id: source_id,
                id: made_up(row, "Id")?,
                // The export does not say when; it was not before the last thing that it does tell.
                refunded_at: latest,
                amount,
                lines: Vec::new(),
            }));
        }
        Ok(told)
    }
}

/// The order as it was when it was paid for, where more happened since: an order is confirmed at the time of the first report
/// that says so, and one that was sent last week was not confirmed then.
fn confirmation(report: &OrderReport, paid_at: Option<Timestamp>, latest: Timestamp) -> Option<OrderReport> {
    let confirmed_at = paid_at.or(report.payment.confirms().then_some(report.placed_at)).filter(|at| *at < latest)?;
    let payment = if report.payment == Payment::Authorized { Payment::Authorized } else { Payment::Paid };
    Some(OrderReport { reported_at: before_any_webhook(confirmed_at), payment, cancelled_at: None, ..report.clone() })
}

/// A webhook's time is that of the last change, in whole seconds: never before what the export tells of.
fn before_any_webhook(latest: Timestamp) -> Timestamp {
    latest.checked_sub(SignedDuration::from_millis(1)).unwrap_or(latest)
}

/// The one fulfilment and the one refund that an order of an export has.
fn made_up<T: std::str::FromStr>(row: &Row, column: &'static str) -> Result<T, BadRow> {
    MADE_UP.parse().map_err(|_| row.bad(column, "has no name for what was done with it"))
}

fn id(row: &Row) -> Result<String, BadRow> {
    let id = row.required("Id")?;
    let id = id.strip_prefix('\'').unwrap_or(id);
    if id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(id.to_owned());
    }
    Err(row.bad("Id", "is not Shopify's number: a spreadsheet may have rounded it, so take the file as Shopify wrote it"))
}

fn currency(row: &Row) -> Result<Currency, BadRow> {
    row.required("Currency")?.parse().map_err(|error: domain::money::MoneyError| row.bad("Currency", error.to_string()))
}

fn item(row: &Row, first: &Row, index: usize) -> Result<Item, BadRow> {
    let currency = currency(first)?;
    let quantity: u32 =
        row.required("Lineitem quantity")?.parse().map_err(|_| row.bad("Lineitem quantity", "is no whole number"))?;
    let price = cells::money(row, "Lineitem price", currency)?.ok_or_else(|| row.bad("Lineitem price", "is empty"))?;
    let gross = price.times(quantity).map_err(|error| row.bad("Lineitem price", error.to_string()))?;
    let off = cells::money(row, "Lineitem discount", currency)?.map_or(0, |off| off.minor.max(0));
    let id: LineId = format!("{MADE_UP}-{}", index + 1).parse().map_err(|_| row.bad("Lineitem name", "has no id"))?;
    let line = Line {
        id,
        title: cells::text(row, "Lineitem name").ok_or_else(|| row.bad("Lineitem name", "is empty"))?,
        variant: None,
        sku: cells::text(row, "Lineitem sku"),
        quantity,
        paid: Money::of(gross.minor.saturating_sub(off).max(0), currency),
        ships: !row.cell("Lineitem requires shipping").eq_ignore_ascii_case("false"),
        final_sale: false,
    };
    Ok(Item { line, is_fulfilled: row.cell("Lineitem fulfillment status").eq_ignore_ascii_case("fulfilled") })
}

/// Takes off what the lines are worth beyond the subtotal, which has every discount in it: of each line its part, and what
/// does not divide from the first ones that have it.
fn discount(items: &mut [Item], subtotal: Option<Money>) {
    let sum: i64 = items.iter().fold(0, |sum, item| sum.saturating_add(item.line.paid.minor));
    let Some(off) = subtotal.map(|subtotal| sum.saturating_sub(subtotal.minor)).filter(|off| (1..=sum).contains(off)) else {
        return;
    };
    let mut left = off;
    for item in items.iter_mut() {
        let part = i128::from(item.line.paid.minor) * i128::from(off) / i128::from(sum);
        let part = i64::try_from(part).unwrap_or_default();
        item.line.paid.minor -= part;
        left -= part;
    }
    for item in items.iter_mut() {
        let part = left.min(item.line.paid.minor);
        item.line.paid.minor -= part;
        left -= part;
    }
}

/// Which lines are fulfilled: an empty list for all of them, nothing for none.
fn fulfilled(row: &Row, items: &[Item]) -> Option<Vec<(LineId, u32)>> {
    let all = || items.iter().filter(|item| item.is_fulfilled).map(|item| (item.line.id.clone(), item.line.quantity));
    match row.cell("Fulfillment Status").to_lowercase().as_str() {
        "fulfilled" => Some(Vec::new()),
        "partial" => Some(all().collect::<Vec<_>>()).filter(|lines| !lines.is_empty()),
        _ => None,
    }
}

/// As the webhooks' reader has it.
fn payment(status: &str) -> Payment {
    match status.to_lowercase().as_str() {
        "authorized" => Payment::Authorized,
        "partially_paid" => Payment::PartlyPaid,
        "paid" => Payment::Paid,
        "partially_refunded" => Payment::PartlyRefunded,
        "refunded" => Payment::Refunded,
        "voided" => Payment::Voided,
        _ => Payment::Pending,
    }
}

fn customer(row: &Row) -> Customer {
    let name = cells::text(row, "Billing Name").or_else(|| cells::text(row, "Shipping Name")).unwrap_or_default();
    let (first, last) = name.split_once(' ').unwrap_or((&name, ""));
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let home = cells::country(row, "Shipping Country").or_else(|| cells::country(row, "Billing Country"));
    Customer {
        first_name: filled(first),
        last_name: filled(last),
        email: cells::email(row, &["Email"]),
        phone: cells::phone(row, &["Phone", "Shipping Phone", "Billing Phone"], home.as_deref()),
        locale: None,
    }
}

fn ship_to(row: &Row) -> Option<Address> {
    let address = Address {
        name: cells::text(row, "Shipping Name"),
        company: cells::text(row, "Shipping Company"),
        street: cells::text(row, "Shipping Address1").or_else(|| cells::text(row, "Shipping Street")),
        street_more: cells::text(row, "Shipping Address2"),
        city: cells::text(row, "Shipping City"),
        region: cells::text(row, "Shipping Province"),
        postal_code: cells::unquoted(row, "Shipping Zip"),
        country: cells::country(row, "Shipping Country"),
    };
    (address != Address::default()).then_some(address)
}
