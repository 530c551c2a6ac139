//! What became of a shop's mails, day by day: by it the breaker judges.

use crate::{
    Vault, VaultError, key,
    row::{self, number, text},
};
use boot::queue::code_of;
use domain::{
    breaker::{MailCount, WINDOW_DAYS_MAX},
    id::ShopId,
};
use jiff::{Timestamp, civil::Date};

/// Seconds that a day's row is kept: twice as long as anybody looks back.
const KEPT_SECONDS: i64 = 2 * 14 * 24 * 3600;

impl Vault {
    /// Adds to what became of a shop's mails on a day. One write for a whole batch of feedback.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn add_mail_count(&self, shop: &ShopId, day: Date, more: MailCount) -> Result<(), VaultError> {
        let key = key::mail_count(shop, day);
        let begin = day.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MAX, |begin| begin.timestamp());
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row::key_item(&key)))
            .update_expression("ADD sent :sent, bounced :bounced, complained :complained SET expires_at = :expires")
            .expression_attribute_values(":sent", number(more.sent))
            .expression_attribute_values(":bounced", number(more.bounced))
            .expression_attribute_values(":complained", number(more.complained))
            .expression_attribute_values(":expires", number(begin.as_second().saturating_add(KEPT_SECONDS)))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| VaultError::Unreachable(code_of(&error)))
    }

    /// What became of a shop's mails on its last days with mail, the newest first. One Query, strongly consistent: whoever
    /// has just counted the mail that opens the breaker is told so.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub async fn mail_counts(&self, shop: &ShopId) -> Result<Vec<MailCount>, VaultError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND begins_with(sk, :mails)")
            .expression_attribute_values(":pk", text(key::settings_folder(shop)))
            .expression_attribute_values(":mails", text(key::MAILS_PREFIX))
            .scan_index_forward(false)
            .limit(i32::try_from(WINDOW_DAYS_MAX).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| VaultError::Unreachable(code_of(&error)))?;
        let count = |item: &row::Item, name: &str| {
            item.get(name).and_then(|count| count.as_n().ok()).and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        let day = |item: &row::Item| MailCount {
            sent: count(item, "sent"),
            bounced: count(item, "bounced"),
            complained: count(item, "complained"),
        };
        Ok(page.items().iter().map(day).collect())
    }
}
