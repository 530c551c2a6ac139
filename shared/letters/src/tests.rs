//! Every kind in every language as its reader gets it, and what others make of it.

mod catalogue;
mod channels;
mod documents;
mod hostile;
mod icu;
mod own_words;
mod sample;
mod situations;
mod snapshots;
mod wording;
