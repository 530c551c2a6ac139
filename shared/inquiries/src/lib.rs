//! What is asked of storefronts and carriers, and when: requests as plain data, answers read, decisions without a clock.
//!
//! Nothing here speaks to anybody. The room `sources` sends a [`Request`], brings the [`Answer`] back and keeps what
//! [`plan::answered`] makes of it. Every source is one file and one row of a table, as in `carriers` and `storefronts`.
//!
//! # What opens an API
//!
//! The text of a secret stands in the deployment's secret under `partner`, by the name of the source:
//!
//! | source | its secret | told of a number | asked for a parcel |
//! |---|---|---|---|
//! | `easypost` | API key | yes | yes |
//! | `shippo` | API token | yes, of carriers it knows | yes |
//! | `aftership` | API key | yes | yes |
//! | `shipengine` | API key | yes, of carriers it knows; one of the account's own | yes |
//! | `karrio` | API key; `url` in the settings names the server | yes, of carriers it knows | yes |
//! | `seventeentrack` | API key | yes | yes |
//! | `ups` | `client_id:client_secret` | for 14 days; the address it pushes to is set in its portal | yes |
//! | `fedex` | `client_id:client_secret` | no: its webhooks are set in its portal | yes |
//! | `usps` | `client_id:client_secret` | yes, when `carrier.usps` holds a secret of 32 characters or more | yes |
//! | `dhl` | API key | yes, when `carrier.dhl` holds a secret | yes |
//! | `shopify` | Admin API access token | | orders, webhooks |
//! | `woocommerce` | `ck_…:cs_…` with the right to write, for the webhooks | | orders, webhooks |
//! | `bigcommerce` | API account's access token | | one order |
//! | `stripe` | secret or restricted key | | one session |

mod call;
mod credentials;
mod hooks;
pub mod keys;
mod oauth;
pub mod plan;
mod read;
mod shops;
mod trackers;

pub use call::{Answer, Method, Request, Verdict};
pub use hooks::{Hook, HookState, Mend, Wanted};
pub use oauth::Token;
pub use shops::{AskedStorefront, OrdersPage, Part, is_news};
pub use trackers::{About, CONFIRMED_BY, DHL_TOKEN_HEADER, Push, Step, TrackerSource};
