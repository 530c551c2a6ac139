//! Drives the real binary with the real SDKs: what it emulates must look like AWS from outside.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod clock;
mod faults;
mod functions;
mod mail;
mod post_office;
mod queues;
mod stack;
mod starts;
mod streams;
mod whatsapp;
