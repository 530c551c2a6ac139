//! The model against figures worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test says what failed by failing")]

use cost::{
    counted::{Counted, Each, Played},
    month::{self, Habits, Line},
    prices, table,
};
use serde_json::{Value as Json, json};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    process::Command,
};

/// Ten webhooks of a storefront, twenty of a carrier, eight letters, two looks, one return.
fn requests() -> Json {
    json!({
        "storefront_webhook": {"sqs:SendMessageBatch": 10, "secretsmanager:GetSecretValue": 1},
        "orders": {"dynamodb:read_units_x1000": 12_000, "dynamodb:write_units_x1000": 40_000, "dynamodb:GetItem": 10},
        "carrier_webhook": {"sqs:SendMessageBatch": 20},
        "tracking": {"dynamodb:read_units_x1000": 20_500, "dynamodb:write_units_x1000": 30_000},
        "notify": {"ses:SendEmail": 6, "sns:Publish": 2, "dynamodb:read_units_x1000": 40_000, "dynamodb:write_units_x1000": 16_000},
        "mail_events": {"dynamodb:write_units_x1000": 6_000},
        "customer_pages": {"dynamodb:BatchGetItem": 2, "dynamodb:read_units_x1000": 5_000, "sqs:SendMessage": 1},
        "returns": {"dynamodb:read_units_x1000": 3_000, "dynamodb:write_units_x1000": 6_000},
        "announce": {"sqs:SendMessageBatch": 8, "dynamodb:read_units_x1000": 500},
        "outside": {"dynamodb:write_units_x1000": 1_000_000},
    })
}

fn counted() -> Counted {
    Counted::read(&requests(), Played::default()).unwrap()
}

fn line<'a>(bill: &'a [Line], what: &str) -> &'a Line {
    bill.iter().find(|line| line.what.starts_with(what)).unwrap()
}

#[test]
fn what_was_counted_is_divided_by_what_was_played() {
    let counted = counted();
    assert_eq!(counted.hook, Each { reads: 1200, writes: 4000, sends: 1000 });
    assert_eq!(counted.event, Each { reads: 1025, writes: 1500, sends: 1000 });
    assert_eq!(counted.message, Each { reads: 5000, writes: 2000, sends: 0 });
    assert_eq!(counted.told, Each { reads: 0, writes: 1000, sends: 0 });
    assert_eq!(counted.page, Each { reads: 2500, writes: 0, sends: 0 });
    assert_eq!(counted.step, Each { reads: 3000, writes: 6000, sends: 1000 });
    assert_eq!(counted.change, Each { reads: 16, writes: 0, sends: 258 });
}

#[test]
fn the_number_played_may_be_told() {
    let told = Counted::read(&requests(), Played { hooks: Some(20), events: Some(40) }).unwrap();
    assert_eq!((told.hook.writes, told.event.writes, told.event.sends), (2000, 750, 500));
}

#[test]
fn nothing_played_is_said_and_not_divided_by() {
    let why = Counted::read(&json!({"storefront_webhook": {"sqs:SendMessageBatch": 1}}), Played::default()).unwrap_err();
    assert_eq!(why, "the stack has not seen a carrier's webhook; play a journey first");
}

#[test]
fn a_house_without_orders_pays_for_polling_the_clock_alarms_and_its_secret() {
    let bill = month::bill(0, &Habits::default(), &counted());
    let paid: Vec<_> = bill.iter().filter(|line| line.listed() > 0).map(|line| line.what).collect();
    assert_eq!(
        paid,
        [
            "Lambda: calls",
            "Lambda: GB-seconds, 256 MB",
            "SQS: requests, polling included",
            "DynamoDB: write units",
            "DynamoDB: read units",
            "Scheduler: runs",
            "CloudWatch: KB of log",
            "CloudWatch: metrics of alarms",
            "X-Ray: traces, at most",
            "Secrets Manager: secrets",
        ]
    );
    // 7 queues x 5 pollers x 3 a minute x 43,200 minutes = 4,536,000 requests at 0.40 USD a million.
    assert_eq!(line(&bill, "SQS").listed(), 1_814_400);
    assert_eq!(line(&bill, "CloudWatch: metrics").listed(), 3_400_000);
    assert_eq!(line(&bill, "Secrets Manager: secrets").listed(), 400_000);
}

#[test]
fn a_million_orders_are_the_formulas_worked_out() {
    let bill = month::bill(1_000_000, &Habits { batch: 10, traced: false, ..Habits::default() }, &counted());
    // 4 x 1.01 M webhooks of storefronts, 1.15 x 12 x 1.01 M of carriers, 4 M looks, 0.17 x 5 M steps.
    let (hooks, events, pages, steps) = (4_040_000, 13_938_000, 4_000_000, 850_000);
    assert_eq!(line(&bill, "HTTP").units, hooks + events + pages + steps);
    assert_eq!(line(&bill, "HTTP").listed(), 22_828_000);
    let writes = hooks * 4 + events * 3 / 2 + 4_000_000 * (2 + 1) + steps * 6 + 43_200;
    assert_eq!(line(&bill, "DynamoDB: write").units, writes);
    assert_eq!(line(&bill, "DynamoDB: write").listed(), writes * 625_000 / 1_000_000);
    assert_eq!(line(&bill, "SES: mails").listed(), 400_000_000);
    assert_eq!(line(&bill, "X-Ray").units, 0);
    let total = month::total(&bill, Line::listed);
    assert_eq!(total.all - total.ours, 400_000_000);
}

#[test]
fn a_bill_grows_with_orders_and_shrinks_with_batches() {
    let ours =
        |orders, batch| month::total(&month::bill(orders, &Habits { batch, ..Habits::default() }, &counted()), Line::listed).ours;
    assert!(ours(0, 1) < ours(1_000, 1) && ours(1_000, 1) < ours(1_000_000, 1));
    assert!(ours(1_000_000, 10) < ours(1_000_000, 1));
}

#[test]
fn the_free_allowance_is_taken_off_once() {
    assert_eq!(prices::CALL.of(3_000_000), 600_000);
    assert_eq!(prices::CALL.after_free(3_000_000), 400_000);
    assert_eq!(prices::CALL.after_free(1), 0);
    // The smallest price of all keeps its digits: 1,000,000 GB-seconds are 13.3334 USD.
    assert_eq!(prices::GIGABYTE_SECOND.of(1_000_000), 13_333_400);
}

#[test]
fn money_is_shown_in_dollars_and_cents() {
    for (micro, shown) in [(0, "0.00"), (4_999, "0.00"), (5_000, "0.01"), (1_555_200, "1.56"), (400_000_000, "400.00")] {
        assert_eq!(table::dollars(micro), shown);
    }
}

#[test]
fn the_alarms_of_the_template_have_as_many_metrics_as_are_counted() {
    let template = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml")).unwrap();
    let alarms = template.split("Type: AWS::CloudWatch::Alarm").skip(1).map(|rest| rest.split("AlarmActions").next().unwrap());
    let metrics: usize = alarms.map(|alarm| alarm.matches("MetricName:").count()).sum();
    let bill = month::bill(0, &Habits::default(), &counted());
    assert_eq!(line(&bill, "CloudWatch: metrics").units, metrics as u128);
}

#[test]
fn a_running_stack_is_asked() {
    let stack = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", stack.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut connection, _) = stack.accept().unwrap();
        let mut asked = BufReader::new(connection.try_clone().unwrap()).lines().map_while(Result::ok);
        assert_eq!(asked.next().unwrap(), "GET /_local/requests HTTP/1.0");
        asked.find(|line| line.is_empty()).unwrap();
        let body = requests().to_string();
        write!(connection, "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            .unwrap();
    });
    let program =
        Command::new(env!("CARGO_BIN_EXE_cost")).args(["--from", &url, "--batch", "10", "--traced", "no"]).output().unwrap();
    served.join().unwrap();
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    let expected = table::show(&Habits { batch: 10, traced: false, ..Habits::default() }, &counted());
    assert_eq!(String::from_utf8(program.stdout).unwrap().trim_end(), expected.trim_end());
}

#[test]
fn a_wrong_flag_is_named() {
    for (flags, says) in [
        (&["--batch"][..], "--batch needs a value"),
        (&["--batch", "ten"], "--batch ten: this is not a whole number"),
        (&["--colour", "red"], "--colour is no flag of this program"),
        (&["--from", "http://127.0.0.1:1"], "http://127.0.0.1:1: "),
    ] {
        let program = Command::new(env!("CARGO_BIN_EXE_cost")).args(flags).output().unwrap();
        let said = String::from_utf8_lossy(&program.stderr).into_owned();
        assert!(!program.status.success() && said.starts_with(says), "{flags:?}: {said}");
    }
}
