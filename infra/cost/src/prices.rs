//! AWS's public prices for us-east-1, on demand, without any discount.
//!
//! As known on the date below; the page that says it is named at each price, and on that date only X-Ray's was read again
//! there. Read the others before you rely on them. A price is micro-dollars for a million units: whole numbers, as small as
//! AWS's smallest price needs.

/// The date of the table.
pub const AS_OF: &str = "2026-11-21";

/// One thing AWS charges for.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    /// Micro-dollars for a million units.
    pub micro_dollars_per_million: u128,
    /// Units that every account has for nothing each month, for ever (not AWS's offers to new accounts).
    pub free_units: u128,
}

const fn price(micro_dollars_per_million: u128, free_units: u128) -> Price {
    Price { micro_dollars_per_million, free_units }
}

/// A request to the HTTP API, up to 512 KB. aws.amazon.com/api-gateway/pricing: $1.00 a million.
pub const HTTP_REQUEST: Price = price(1_000_000, 0);
/// A call of a function. aws.amazon.com/lambda/pricing: $0.20 a million, the first million free.
pub const CALL: Price = price(200_000, 1_000_000);
/// A second of a gigabyte on arm64. aws.amazon.com/lambda/pricing: $0.0000133334, the first 400,000 free.
pub const GIGABYTE_SECOND: Price = price(13_333_400, 400_000);
/// A request to SQS, up to 64 KB. aws.amazon.com/sqs/pricing: $0.40 a million, the first million free.
pub const SQS_REQUEST: Price = price(400_000, 1_000_000);
/// A message to an SNS topic (what SES tells us); from there to SQS costs nothing. aws.amazon.com/sns/pricing: $0.50 a million.
pub const SNS_PUBLISH: Price = price(500_000, 1_000_000);
/// A write unit of DynamoDB on demand. aws.amazon.com/dynamodb/pricing/on-demand: $0.625 a million.
pub const WRITE_UNIT: Price = price(625_000, 0);
/// A read unit of DynamoDB on demand. aws.amazon.com/dynamodb/pricing/on-demand: $0.125 a million.
pub const READ_UNIT: Price = price(125_000, 0);
/// A megabyte kept a month, restorable: $0.25 a GB and $0.20 a GB for point-in-time recovery (on-demand page, as above); the
/// first 25 GB of the former are free, which is left out.
pub const KEPT_MEGABYTE: Price = price(450_000_000, 0);
/// A run of a schedule. aws.amazon.com/eventbridge/pricing: $1.00 a million, the first 14 million free.
pub const SCHEDULE: Price = price(1_000_000, 14_000_000);
/// A kilobyte of log. aws.amazon.com/cloudwatch/pricing: $0.50 a GB, the first 5 GB free.
pub const LOG_KILOBYTE: Price = price(500_000, 5_000_000);
/// A metric of an alarm for a month. aws.amazon.com/cloudwatch/pricing: $0.10, the first ten free.
pub const ALARM_METRIC: Price = price(100_000_000_000, 10);
/// A recorded trace. aws.amazon.com/xray/pricing: $5.00 a million, the first 100,000 free.
pub const TRACE: Price = price(5_000_000, 100_000);
/// A secret for a month. aws.amazon.com/secrets-manager/pricing: $0.40.
pub const SECRET: Price = price(400_000_000_000, 0);
/// A read of a secret. aws.amazon.com/secrets-manager/pricing: $0.05 for ten thousand.
pub const SECRET_READ: Price = price(5_000_000, 0);
/// A kilobyte to the internet. aws.amazon.com/ec2/pricing/on-demand: $0.09 a GB, the first 100 GB free.
pub const SENT_KILOBYTE: Price = price(90_000, 100_000_000);
/// A mail. aws.amazon.com/ses/pricing: $0.10 a thousand.
pub const MAIL: Price = price(100_000_000, 0);
/// A text of one part to a number in the United States, carrier's fee included. aws.amazon.com/sns/sms-pricing: about $0.0105;
/// other countries cost from a third to ten times as much.
pub const TEXT: Price = price(10_500_000_000, 0);

impl Price {
    /// Micro-dollars for so many units.
    #[must_use]
    pub fn of(&self, units: u128) -> u128 {
        units * self.micro_dollars_per_million / 1_000_000
    }

    /// The same, less what is free.
    #[must_use]
    pub fn after_free(&self, units: u128) -> u128 {
        self.of(units.saturating_sub(self.free_units))
    }
}
