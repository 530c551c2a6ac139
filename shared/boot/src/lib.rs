//! What every function needs before its own story begins: environment, clients, secrets, batches, answers, log.
//!
//! No business here. A function's `main` turns these on; its `lib` tells the story.

pub mod ahead;
pub mod aws;
pub mod batch;
pub mod clock;
pub mod connector;
pub mod env;
pub mod http;
pub mod log;
pub mod queue;
pub mod secrets;

/// Why a function cannot start. It is said once, at INIT, and names what to mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A variable is missing or unreadable.
    #[error(transparent)]
    Env(#[from] env::EnvError),
    /// The TLS roots could not be read.
    #[error("the trusted roots cannot be read: {0}")]
    Roots(String),
}
