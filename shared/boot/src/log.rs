//! The log: one JSON line a happening, ids and counts only. Nothing personal is ever a field.

/// Turns the log on: JSON to standard output at level INFO, as CloudWatch reads it.
pub fn init() {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO);
    // A second call happens only in tests of several functions in one process; the first subscriber stays.
    if subscriber.try_init().is_err() {
        tracing::debug!("the log was on already");
    }
}
