//! What keeps the stack from starting is said in one sentence.

use crate::stack::{Stack, command, new_folder};

async fn complaint(change: impl FnOnce(&mut tokio::process::Command)) -> String {
    let data = new_folder();
    let mut command = command(&data);
    change(&mut command);
    let output = command.output().await.unwrap();
    let _never_made = std::fs::remove_dir_all(&data);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap().trim_end().to_owned()
}

#[tokio::test]
async fn a_port_or_a_folder_in_use_is_named() {
    let stack = Stack::start().await;
    let port = stack.url.rsplit(':').next().unwrap().to_owned();
    let said = complaint(|command| {
        command.args(["--port", &port]);
    })
    .await;
    assert!(said.contains(&format!("port {port} is in use")) && said.lines().count() == 1, "{said}");
    let said = complaint(|command| {
        command.arg("--data").arg(&stack.data);
    })
    .await;
    assert!(said.contains("is in use by another stack") && said.lines().count() == 1, "{said}");
}

#[tokio::test]
async fn a_missing_binary_or_a_broken_template_is_named() {
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let said = complaint(|command| {
        command.arg("--functions-dir").arg(&folder);
    })
    .await;
    assert!(said.contains("`echo_function` is missing") && said.contains("cargo build --workspace"), "{said}");
    let template = folder.join("template.yaml");
    std::fs::write(&template, "Resources:\n  A: { Type: AWS::EC2::Instance }\n").unwrap();
    let said = complaint(|command| {
        command.arg("--template").arg(&template);
    })
    .await;
    assert!(said.ends_with("Resources.A.Type: AWS::EC2::Instance is not known to the local stack"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn fresh_empties_what_the_last_life_left() {
    let mut stack = Stack::start().await;
    stack.sqs().send_message().queue_url(stack.queue("plain")).message_body("old").send().await.unwrap();
    stack.kill_and_restart().await;
    stack.post("/_local/clock", r#"{"advance_s": 60}"#).await;
    assert_eq!(stack.get("/_local/queues").await["plain"]["visible"], 1);
    crate::stack::signal("TERM", stack.pid());
    assert!(stack.ended().await.success());
    let mut again = command(&stack.data).arg("--fresh").stdout(std::process::Stdio::piped()).spawn().unwrap();
    stack.url = crate::stack::ready(&mut again).await;
    assert_eq!(stack.get("/_local/queues").await["plain"]["visible"], 0);
    assert_eq!(stack.get("/_local/clock").await["shift_s"], 0);
    again.kill().await.unwrap();
}
