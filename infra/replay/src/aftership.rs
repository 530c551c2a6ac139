//! AfterShip's export of shipments: a row for each parcel, with where it was last and when it arrived.
//!
//! The columns differ from export to export and with the account's settings, so that they are known by several names. Of a
//! history there are the last scan and the milestones; the rest stays with AfterShip.

use crate::{
    cells::{self, Moment},
    table::{BadRow, Column, Row, Table},
};
use domain::{
    carrier,
    id::{CarrierCode, FulfilmentId, ParcelKey, ShopId, TrackingNumber},
    order::{FulfilmentReport, FulfilmentState, Order, ParcelName},
    parcel::ParcelReport,
    scan::Scan,
    status::{Status, SubStatus},
};
use jiff::Timestamp;

/// The source of these reports: that of AfterShip's webhooks.
const SOURCE: &str = "aftership";
/// What the id of a fulfilment begins with that ties a parcel of the export to its order.
const TIED: &str = "aftership-";

const fn column(name: &'static str, required: bool, also: &'static [&'static str]) -> Column {
    Column { name, also, required }
}

/// The columns that are read, and the spellings under which they are known.
pub const COLUMNS: &[Column] = &[
    column("Tracking Number", true, &["Tracking No", "Tracking Code", "Tracking ID", "Number"]),
    column("Courier", true, &["Courier Slug", "Slug", "Carrier", "Carrier Slug", "Courier Code", "Courier Name", "Carrier Name"]),
    column("Status", true, &["Tag", "Delivery Status", "Shipment Status", "Current Status", "Tracking Status", "Main Status"]),
    column("Subtag", false, &["Sub Status", "Substatus", "Subtag Code", "Sub-status Code", "Delivery Sub-status"]),
    column("Order Number", false, &["Order No", "Order", "Order Name", "Order Id", "Order Title"]),
    column(
        "Created At",
        false,
        &["Created", "Created Time", "Tracking Created At", "Import Date", "Date Added", "Creation Date"],
    ),
    column(
        "Last Checkpoint Time",
        false,
        &["Last Checkpoint Date", "Latest Checkpoint Time", "Checkpoint Time", "Last Update", "Last Updated At", "Updated At"],
    ),
    column("Last Checkpoint Message", false, &["Latest Checkpoint Message", "Checkpoint Message", "Last Checkpoint", "Message"]),
    column("Pickup Date", false, &["Shipment Pickup Date", "Picked Up At", "Pickup Time", "Shipped Date", "Ship Date"]),
    column(
        "Delivery Date",
        false,
        &["Shipment Delivery Date", "Delivered At", "Delivered Date", "Delivery Time", "Actual Delivery Date"],
    ),
    column(
        "Expected Delivery",
        false,
        &["Expected Delivery Date", "Estimated Delivery Date", "EDD", "Courier Estimated Delivery Date"],
    ),
];

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// What it says of its parcel.
    pub report: ParcelReport,
    /// The number of its order, as people say it.
    pub order_number: Option<String>,
    /// When it was first known: about when its label was made.
    pub label_at: Timestamp,
}

/// Every shipment of a file.
pub fn read(table: Table) -> impl Iterator<Item = Result<Shipment, BadRow>> {
    table.map(|row| shipment(&row?))
}

fn shipment(row: &Row) -> Result<Shipment, BadRow> {
    let number = TrackingNumber::read(row.required("Tracking Number")?)
        .map_err(|error| row.bad("Tracking Number", format!("is not readable: {error}")))?;
    let named = row.filled("Courier").map(carrier::code).filter(|code| !matches!(code.as_str(), "unknown" | "other"));
    let carrier = named.unwrap_or_else(|| carrier::guess(&number));
    let tag = row.required("Status")?;
    let subtag = row.filled("Subtag");
    let (general, meaning) = meaning(tag, subtag).ok_or_else(|| row.bad("Status", "is no status of AfterShip's"))?;
    let (created, last) = (cells::moment(row, "Created At")?, cells::moment(row, "Last Checkpoint Time")?);
    let (picked_up, delivered) = (cells::moment(row, "Pickup Date")?, cells::moment(row, "Delivery Date")?);
    let expected = cells::moment(row, "Expected Delivery")?.map(|moment| domain::calendar::Zone::utc().date_of(moment.at));
    // As the webhooks write the two words.
    let finer = subtag.map(folded_subtag).filter(|finer| finer.len() == 3);
    let code = finer.map_or_else(|| general.to_owned(), |finer| format!("{general}/{general}_{finer}"));
    let message = cells::text(row, "Last Checkpoint Message").unwrap_or_default();
    let scan = |moment: Moment, (status, sub): (Status, &str), code: &str, text: String| {
        let (code, zone_known) = (code.to_owned(), moment.zone_known);
        let sub = SubStatus::new(sub);
        Scan { at: moment.at, status, sub, code, text, place: String::new(), zone_known, source: String::new(), is_early: false }
            .bounded()
    };

    let mut scans = Vec::new();
    if let Some(at) = picked_up.filter(|at| last.is_none_or(|last| at.at < last.at)) {
        scans.push(scan(at, (Status::InTransit, "picked_up"), "pickup_date", String::new()));
    }
    let is_delivered = meaning.0 == Status::Delivered;
    // A delivery is as old as its own date, unless that is only a day and the last scan lies on it.
    let lies_on =
        |day: Moment| last.filter(|last| day.is_day && (0..86_400).contains(&(last.at.as_second() - day.at.as_second())));
    match (is_delivered, delivered) {
        (true, Some(at)) => scans.push(scan(lies_on(at).unwrap_or(at), meaning, &code, message)),
        (true, None) => {
            let at = last.ok_or_else(|| row.bad("Delivery Date", "is empty, and there is no last checkpoint either"))?;
            scans.push(scan(at, meaning, &code, message));
        }
        (false, delivered) => {
            // Delivered once, and on its way back since, or in trouble.
            if let Some(at) = delivered.filter(|at| last.is_some_and(|last| at.at < last.at)) {
                scans.push(scan(at, (Status::Delivered, "other"), "delivery_date", String::new()));
            }
            // Nothing was ever scanned: what there is to say is that it is known.
            let at = last.or(created);
            let at = at.ok_or_else(|| row.bad("Last Checkpoint Time", "is empty, and so is Created At"))?;
            scans.push(scan(at, meaning, &code, message));
        }
    }
    let times = || scans.iter().map(|scan| scan.at);
    let newest = times().max().unwrap_or_default();
    let first = times().chain(created.map(|created| created.at)).min().unwrap_or(newest);
    let report = ParcelReport {
        source: SOURCE.to_owned(),
        carrier,
        number,
        reported_at: newest,
        received_at: None,
        scans,
        // What was scanned between is not in the export: it takes nothing back.
        is_full_history: false,
        expected,
        service: None,
        last_mile: None,
        unknown_codes: Vec::new(),
    };
    let order_number = row.filled("Order Number").filter(|text| text.chars().any(char::is_alphanumeric)).map(str::to_owned);
    Ok(Shipment { report, order_number, label_at: first })
}

/// `InTransit_003` and `003` as `InTransit_003`'s last part: what is told apart within a tag.
fn folded_subtag(subtag: &str) -> String {
    let last = subtag.rsplit('_').next().unwrap_or(subtag);
    last.chars().filter(char::is_ascii_alphanumeric).take(12).collect()
}

/// AfterShip's tag and what it means; the finer word where its subtag is one that is documented.
fn meaning(tag: &str, subtag: Option<&str>) -> Option<(&'static str, (Status, &'static str))> {
    let folded: String = tag.chars().filter(char::is_ascii_alphabetic).flat_map(char::to_lowercase).collect();
    let sub = subtag.map(folded_subtag).unwrap_or_default();
    let (tag, status) = match folded.as_str() {
        "pending" | "notfound" => ("Pending", Status::Pending),
        "inforeceived" | "informationreceived" => ("InfoReceived", Status::InfoReceived),
        "intransit" => ("InTransit", Status::InTransit),
        "outfordelivery" => ("OutForDelivery", Status::OutForDelivery),
        "attemptfail" | "failedattempt" | "attemptfailed" | "failedattempts" => ("AttemptFail", Status::AttemptFailed),
        "delivered" => ("Delivered", Status::Delivered),
        "availableforpickup" | "readyforpickup" => ("AvailableForPickup", Status::AvailableForPickup),
        "exception" => ("Exception", Status::Exception),
        "expired" => ("Expired", Status::Expired),
        _ => return None,
    };
    let finer = match (status, sub.as_str()) {
        (Status::InfoReceived, _) => (status, "label_created"),
        (Status::InTransit, "002") => (status, "accepted"),
        (Status::InTransit, "003") => (status, "arrived"),
        (Status::InTransit, "004") => (status, "arrived_destination_country"),
        (Status::InTransit, "005") => (status, "customs_cleared"),
        (Status::InTransit, "006") => (status, "customs_started"),
        (Status::InTransit, "007") => (status, "departed"),
        (Status::InTransit, "008") => (status, "problem_resolved"),
        (Status::InTransit, "009") => (status, "forwarded"),
        // The second one was a pickup point before that had a tag of its own.
        (Status::OutForDelivery, "002") => (Status::AvailableForPickup, "pickup_point"),
        (Status::OutForDelivery, "003") => (status, "customer_contacted"),
        (Status::OutForDelivery, "004") => (status, "appointment_scheduled"),
        (Status::OutForDelivery, _) => (status, "on_vehicle"),
        (Status::AvailableForPickup, _) => (status, "pickup_point"),
        (Status::AttemptFailed, "002") => (status, "recipient_unavailable"),
        (Status::AttemptFailed, "003") => (status, "business_closed"),
        (Status::Delivered, "002") => (status, "collected"),
        (Status::Delivered, "003") => (status, "signed"),
        (Status::Delivered, "004") => (status, "cod_paid"),
        (Status::Delivered, "005") => (status, "to_neighbour"),
        (Status::Delivered, _) => (status, "at_door"),
        (Status::Exception, "002") => (status, "customer_moved"),
        (Status::Exception, "003") => (status, "refused"),
        (Status::Exception, "004") => (status, "delayed_customs"),
        (Status::Exception, "005" | "019") => (status, "delayed_external"),
        (Status::Exception, "006") => (status, "duties_unpaid"),
        (Status::Exception, "007") => (status, "address_incorrect"),
        (Status::Exception, "008") => (status, "unclaimed"),
        (Status::Exception, "009") => (status, "rejected_by_carrier"),
        (Status::Exception, "010") => (Status::Returning, "in_transit"),
        (Status::Exception, "011") => (Status::Returned, "to_sender"),
        (Status::Exception, "012") => (status, "damaged"),
        (Status::Exception, "013") => (status, "lost"),
        (Status::Exception, "016") => (status, "delayed_carrier"),
        (Status::Exception, "017") => (status, "delayed_weather"),
        (Status::Exception, "018") => (status, "customs_info_required"),
        (Status::Exception, "020") => (Status::Cancelled, "voided"),
        (Status::Exception, "021") => (status, "destroyed"),
        _ => (status, "other"),
    };
    Some((tag, finer))
}

/// Whether a fulfilment is one that [`Shipment::tied`] made.
#[must_use]
pub fn made(id: &FulfilmentId) -> bool {
    id.as_str().starts_with(TIED)
}

impl Shipment {
    /// The same under the name by which its order knows the parcel, and what ties the two together where they are not yet:
    /// carriers have several names, and the storefront's was there first.
    #[must_use]
    pub fn tied(mut self, order: &Order) -> (Self, Option<FulfilmentReport>) {
        let named = order.parcels().into_keys().filter(|parcel| parcel.number == self.report.number);
        let known: Vec<ParcelKey> = named.collect();
        if let Some(own) = known.iter().find(|parcel| parcel.carrier == self.report.carrier).or_else(|| known.first()) {
            self.report.carrier = own.carrier.clone();
            return (self, None);
        }
        let Some(described) = &order.report else { return (self, None) };
        let Ok(id) = format!("{TIED}{}", self.report.number).parse::<FulfilmentId>() else { return (self, None) };
        let tie = FulfilmentReport {
            source: described.source.clone(),
            order_source_id: described.source_id.clone(),
            id,
            reported_at: self.label_at,
            created_at: self.label_at,
            state: FulfilmentState::Open,
            lines: Vec::new(),
            parcels: vec![ParcelName { carrier: self.report.carrier.clone(), number: self.report.number.clone() }],
        };
        (self, Some(tie))
    }

    /// Where its parcel is kept.
    #[must_use]
    pub fn key(&self, shop: &ShopId) -> ParcelKey {
        let carrier: CarrierCode = self.report.carrier.clone();
        ParcelKey { shop: shop.clone(), carrier, number: self.report.number.clone() }
    }
}
