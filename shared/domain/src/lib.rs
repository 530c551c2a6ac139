//! The pure middle of the house: what orders, parcels, returns and letters are, and every decision about them.
//!
//! Nothing here knows AWS, HTTP, async or a clock. Time and ids are arguments; the same facts always give the same answer.
//! Types derive serde because they are stored and queued as they are; their JSON is held by the golden files in `events/`
//! (infra/decisions/0003).

pub mod address;
pub mod announce;
pub mod answer;
pub mod breaker;
pub mod calendar;
pub mod carrier;
pub mod correction;
pub mod dial;
pub mod dispatch;
pub mod errand;
pub mod holidays;
pub mod id;
pub mod inquiry;
pub mod journey;
pub mod lane;
pub mod letter;
pub mod link;
pub mod linking;
pub mod locale;
pub mod money;
pub mod opt_out;
pub mod order;
pub mod parcel;
pub mod place;
pub mod policy;
pub mod preference;
pub mod privacy;
pub mod promise;
pub mod quiet;
pub mod return_;
pub mod scan;
pub mod settings;
pub mod status;
