//! Tests of this program: what exports say, and a replay over a real DynamoDB.
#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod exports;
mod house;
