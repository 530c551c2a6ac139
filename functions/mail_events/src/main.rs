//! Lights on for `mail_events`.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    boot::log::init();
    let room = std::sync::Arc::new(mail_events::Room::open(boot::env::process)?);
    room.warm().await;
    lambda_runtime::run(lambda_runtime::service_fn(|event| mail_events::handle(&room, event))).await
}
