//! What people see: every kind as a snapshot, and what strangers may not do to it.

mod hostile;
mod sample;
mod snapshots;
mod wording;
