//! Lights on for `storefront_webhook`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    boot::log::init();
    let room = storefront_webhook::Room::open(boot::env::process)?;
    room.warm().await;
    lambda_http::run(lambda_http::service_fn(|request| storefront_webhook::handle(&room, request))).await
}
