//! What an order is by its storefront's reports: the newest version by the storefront's own clock.

use super::{LINES_MAX, Order, OrderRefusal, OrderReport, earliest, supersedes};
use jiff::{SignedDuration, Timestamp};

impl OrderReport {
    /// What tells two versions apart: the source's clock, then the content, and what tells a person at last, so that of two
    /// versions of one second the same one is kept before and after its customer is forgotten.
    fn version(&self) -> (Timestamp, (Self, Self)) {
        (self.reported_at, (self.without_person(), self.clone()))
    }

    fn supersedes(&self, kept: &Self) -> bool {
        let (new, kept) = (self.version(), kept.version());
        supersedes((new.0, &new.1), (kept.0, &kept.1))
    }
}

/// What happened up to so long before an order was found is still news to its customer: a webhook that was lost at noon is
/// made up for in the afternoon, and nobody is told on Tuesday what they know since Monday.
pub const NEWS_BEFORE_FOUND: SignedDuration = SignedDuration::from_hours(12);

impl Order {
    /// The order after a comparison found a report that no webhook had brought. Of an order already described it is a report
    /// like any other.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn found(self, report: OrderReport, found_at: Timestamp) -> Result<Self, OrderRefusal> {
        let is_new = self.report.is_none();
        let mut order = self.told(report)?;
        if is_new {
            order.found_at = Some(found_at);
        }
        Ok(order)
    }

    /// Whether what happened at a moment was over long before we knew of the order.
    #[must_use]
    pub fn knew_too_late(&self, happened_at: Timestamp) -> bool {
        self.found_at.is_some_and(|found_at| found_at.duration_since(happened_at) > NEWS_BEFORE_FOUND)
    }

    /// The order after a report. Reports may come in any order and any number of times: the end is the same.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn told(self, report: OrderReport) -> Result<Self, OrderRefusal> {
        let (mut order, report) = self.noted(report)?;
        order.remember_content(&report);
        if order.report.as_ref().is_none_or(|kept| report.supersedes(kept)) {
            order.keep(report);
        }
        Ok(order.settled())
    }

    /// The order after a delivery was read again with better tables. Of the version that is kept, the new reading holds, and it
    /// is no change of what was ordered; of an older one, only what every report adds. A version that was never read is news.
    ///
    /// # Errors
    /// When a bound is passed; the order is then unchanged.
    pub fn reread(self, report: OrderReport) -> Result<Self, OrderRefusal> {
        let Some(kept_at) = self.report.as_ref().map(|kept| kept.reported_at).filter(|at| *at >= report.reported_at) else {
            return self.told(report);
        };
        let (mut order, report) = self.noted(report)?;
        if kept_at == report.reported_at {
            order.reread_content(&report);
            order.keep(report);
        }
        Ok(order.settled())
    }

    /// The order with what every report adds, whichever version it is of, and the report as far as it may be kept.
    fn noted(mut self, report: OrderReport) -> Result<(Self, OrderReport), OrderRefusal> {
        if report.lines.len() > LINES_MAX {
            return Err(OrderRefusal::TooMany { what: "lines", max: LINES_MAX });
        }
        let report = if self.is_redacted() { report.without_person() } else { report };
        if report.payment.confirms() {
            self.confirmed_at = earliest(self.confirmed_at, report.reported_at);
        }
        if let Some(at) = report.cancelled_at {
            self.cancelled_at = earliest(self.cancelled_at, at);
        }
        Ok((self, report))
    }

    /// Keeps a version as the one that holds. Another address is another mailbox.
    fn keep(&mut self, report: OrderReport) {
        if self.report.as_ref().is_some_and(|kept| kept.customer.email != report.customer.email) {
            self.mail_bounced_at = None;
        }
        self.report = Some(report);
    }
}
