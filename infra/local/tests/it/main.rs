//! Drives the real binary with the real SDKs: what it emulates must look like AWS from outside.

mod faults;
mod functions;
mod mail;
mod queues;
mod stack;
mod starts;
mod streams;
