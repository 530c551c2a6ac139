//! Lights on for `errands`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    boot::log::init();
    let room = std::sync::Arc::new(errands::Room::open(boot::env::process)?);
    room.warm().await;
    lambda_runtime::run(lambda_runtime::service_fn(|event| errands::handle(&room, event))).await
}
