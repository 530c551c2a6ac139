//! Lights on for `carrier_webhook`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    boot::log::init();
    let room = carrier_webhook::Room::open(boot::env::process)?;
    room.warm().await;
    lambda_http::run(lambda_http::service_fn(|request| carrier_webhook::handle(&room, request))).await
}
