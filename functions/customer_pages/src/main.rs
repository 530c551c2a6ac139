//! Lights on.

use customer_pages::{Room, handle};
use lambda_http::service_fn;
use std::sync::Arc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    boot::log::init();
    let room = Arc::new(Room::open(boot::env::process)?);
    room.warm().await;
    lambda_http::run(service_fn(|request| handle(&room, request))).await
}
