//! Lights on for `merchant_console`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    boot::log::init();
    let room = merchant_console::Room::open(boot::env::process)?;
    room.warm().await;
    lambda_http::run(lambda_http::service_fn(|request| merchant_console::handle(&room, request))).await
}
