//! Lights on for `sources`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    boot::log::init();
    let room = std::sync::Arc::new(sources::Room::open(boot::env::process)?);
    room.warm().await;
    lambda_runtime::run(lambda_runtime::service_fn(|event| sources::handle(&room, event))).await
}
