//! Lights on for `customer_pages`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    boot::log::init();
    let room = customer_pages::Room::open(boot::env::process)?;
    room.warm().await;
    lambda_http::run(lambda_http::service_fn(|request| customer_pages::handle(&room, request))).await
}
