//! The template and the code say the same: functions, variables, queues, keys, rights.

use house::{
    repository::{self, Crates},
    stack, yaml,
};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

fn template() -> Json {
    yaml::read(&repository::text("template.yaml"))
}

fn resources<'a>(template: &'a Json, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    template["Resources"].as_object().unwrap().iter().filter(move |(_, resource)| resource["Type"] == kind)
}

/// The functions of the template, by the program they run.
fn functions(template: &Json) -> BTreeMap<&str, &Json> {
    let functions = resources(template, "AWS::Serverless::Function");
    functions
        .map(|(name, function)| (function["Metadata"]["BuildProperties"]["Binary"].as_str().unwrap_or(name), function))
        .collect()
}

fn list(value: &Json) -> Vec<&Json> {
    value.as_array().map_or_else(|| vec![value], |list| list.iter().collect())
}

fn events(function: &Json) -> impl Iterator<Item = (&str, &Json)> {
    function["Properties"]["Events"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .map(|event| (event["Type"].as_str().unwrap(), &event["Properties"]))
}

fn of_type<'a>(function: &'a Json, kind: &'a str) -> impl Iterator<Item = &'a Json> {
    events(function).filter(move |(own, _)| *own == kind).map(|(_, event)| event)
}

fn timeout_s(template: &Json, function: &Json) -> i64 {
    let own = &function["Properties"]["Timeout"];
    own.as_i64().or_else(|| template["Globals"]["Function"]["Timeout"].as_i64()).unwrap()
}

/// The logical name in `!GetAtt Name.Arn` or `!Ref Name`.
fn named(value: &Json) -> &str {
    let text = value["Fn::GetAtt"].as_str().or_else(|| value["Ref"].as_str()).unwrap_or_else(|| panic!("{value} names nothing"));
    text.split('.').next().unwrap()
}

#[test]
fn every_function_has_a_crate_and_every_crate_a_function() {
    let template = template();
    let rooms = Crates::read().rooms();
    let programs: BTreeSet<String> =
        rooms.values().filter(|room| room.wing == "functions").flat_map(|room| room.programs.clone()).collect();
    let deployed: BTreeSet<String> = functions(&template).into_keys().map(str::to_owned).collect();
    assert_eq!(programs, deployed);
    for (binary, function) in functions(&template) {
        assert_eq!(function["Metadata"]["BuildMethod"], "rust-cargolambda", "{binary}");
        assert!(rooms.contains_key(binary), "the program {binary} is not in a crate of its name");
    }
}

#[test]
fn every_function_is_given_exactly_the_variables_it_reads() {
    let template = template();
    for (binary, function) in functions(&template) {
        let given: BTreeSet<&str> = function["Properties"]["Environment"]["Variables"]
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let source = repository::text(&format!("functions/{binary}/src/lib.rs"));
        let read = env_of(&source).unwrap_or_else(|| panic!("functions/{binary}/src/lib.rs has no `pub const ENV`"));
        assert_eq!(read, given, "functions/{binary}: ENV against the template's variables");
    }
}

fn env_of(source: &str) -> Option<BTreeSet<&str>> {
    let (_, rest) = source.split_once("pub const ENV: &[&str] =")?;
    let (names, _) = rest.trim_start().strip_prefix("&[")?.split_once(']')?;
    Some(names.split('"').skip(1).step_by(2).collect())
}

#[test]
fn a_function_that_lacks_a_variable_names_it_and_does_not_start() {
    let template = template();
    for (binary, function) in functions(&template) {
        let variables = function["Properties"]["Environment"]["Variables"].as_object().unwrap();
        let source = repository::text(&format!("functions/{binary}/src/lib.rs"));
        for missing in variables.keys() {
            if source.contains(&format!("optional(get, \"{missing}\")")) {
                continue;
            }
            let others = variables.keys().filter(|name| *name != missing).map(|name| (name.as_str(), "x"));
            let said = stack::refused_start(binary, &others.collect::<Vec<_>>());
            assert!(said.contains(missing.as_str()), "{binary} without {missing} says: {said}");
        }
    }
}

#[test]
fn a_function_comes_up_though_nothing_it_prepares_answers() {
    let template = template();
    thread::scope(|scope| {
        for (binary, function) in functions(&template) {
            scope.spawn(move || {
                let variables = function["Properties"]["Environment"]["Variables"].as_object().unwrap();
                let variables: Vec<_> = variables.keys().map(|name| (name.as_str(), "x")).collect();
                let asked = stack::first_request(binary, &variables).unwrap_or_else(|| panic!("{binary} did not come up"));
                assert!(asked.starts_with("GET /2018-06-01/runtime/invocation/next "), "{binary} asked: {asked}");
            });
        }
    });
}

#[test]
fn every_route_is_there_once_and_none_catches_all() {
    let template = template();
    let mut routes = BTreeSet::new();
    for (binary, function) in functions(&template) {
        for event in of_type(function, "HttpApi") {
            let (method, path) = (event["Method"].as_str().unwrap(), event["Path"].as_str().unwrap());
            assert!(routes.insert((method.to_owned(), path.to_owned())), "{binary}: {method} {path} is there twice");
            assert!(
                method != "ANY" && !path.contains('+') && path != "$default",
                "{binary}: {method} {path} catches more than it names"
            );
        }
    }
    for door in ["/webhooks/{shop}/storefront/{source}", "/webhooks/{shop}/carrier/{source}", "/{shop}/track"] {
        assert!(routes.contains(&("POST".to_owned(), door.to_owned())), "POST {door} is missing");
    }
    for window in ["/o/{token}", "/{shop}/track", "/{shop}/returns", "/console"] {
        assert!(routes.contains(&("GET".to_owned(), window.to_owned())), "GET {window} is missing");
    }
}

#[test]
fn whatever_reads_a_queue_or_the_stream_answers_for_each_item() {
    let template = template();
    let mut readers = 0;
    for (binary, function) in functions(&template) {
        for event in of_type(function, "SQS").chain(of_type(function, "DynamoDB")) {
            readers += 1;
            assert_eq!(event["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{binary}");
        }
        for stream in of_type(function, "DynamoDB") {
            assert!(
                stream["MaximumRetryAttempts"].as_i64().is_some_and(|times| (1..=100).contains(&times)),
                "{binary}: the stream's tries are not bounded"
            );
            assert_eq!(stream["BisectBatchOnFunctionError"], true, "{binary}");
            let dead = named(&stream["DestinationConfig"]["OnFailure"]["Destination"]);
            assert!(template["Resources"][dead]["Type"] == "AWS::SQS::Queue", "{binary}: what cannot be announced goes nowhere");
        }
    }
    assert_eq!(readers, 8, "seven queues and the stream");
}

#[test]
fn a_message_is_hidden_six_times_as_long_as_its_reader_may_take() {
    let template = template();
    for (binary, function) in functions(&template) {
        let timeout_s = timeout_s(&template, function);
        for event in of_type(function, "SQS") {
            let queue = named(&event["Queue"]);
            let hidden_s = template["Resources"][queue]["Properties"]["VisibilityTimeout"].as_i64().unwrap();
            assert!(hidden_s >= 6 * timeout_s, "{queue} hides a message for {hidden_s} s, and {binary} may take {timeout_s} s");
        }
        for event in of_type(function, "HttpApi") {
            assert!(timeout_s < 30, "{binary}: the HTTP API waits 30 s at most, not {timeout_s} s for {}", event["Path"]);
        }
    }
}

#[test]
fn every_work_queue_has_a_dead_letter_queue_of_fourteen_days() {
    let template = template();
    let read: BTreeSet<&str> = functions(&template)
        .into_values()
        .flat_map(|function| of_type(function, "SQS").map(|event| named(&event["Queue"])))
        .collect();
    assert_eq!(read.len(), 7);
    let mut dead = BTreeSet::new();
    for queue in &read {
        let redrive = &template["Resources"][*queue]["Properties"]["RedrivePolicy"];
        assert_eq!(redrive["maxReceiveCount"], 5, "{queue}");
        let to = named(&redrive["deadLetterTargetArn"]);
        assert!(dead.insert(to), "{to} takes the dead letters of two queues");
    }
    for (name, queue) in resources(&template, "AWS::SQS::Queue").filter(|(name, _)| !read.contains(name.as_str())) {
        assert_eq!(queue["Properties"]["MessageRetentionPeriod"], 14 * 24 * 3600, "{name}");
        assert!(queue["Properties"].get("RedrivePolicy").is_none(), "{name} is a dead end and must stay one");
    }
    for (name, queue) in resources(&template, "AWS::SQS::Queue") {
        assert_eq!(queue["Properties"]["SqsManagedSseEnabled"], true, "{name}");
    }
}

#[test]
fn the_dead_letters_of_a_desk_go_where_sqs_sends_them_too() {
    let template = template();
    for (binary, function) in functions(&template) {
        for event in of_type(function, "SQS") {
            let redrive = &template["Resources"][named(&event["Queue"])]["Properties"]["RedrivePolicy"];
            let own = &function["Properties"]["Environment"]["Variables"]["DEAD_QUEUE_URL"];
            assert_eq!(named(own), named(&redrive["deadLetterTargetArn"]), "{binary}");
        }
    }
}

#[test]
fn the_table_is_the_one_the_store_expects() {
    let template = template();
    let tables: Vec<_> = resources(&template, "AWS::DynamoDB::Table").collect();
    let [(_, table)] = tables.as_slice() else { panic!("one table, not {}", tables.len()) };
    let table = &table["Properties"];
    assert_eq!(
        table["KeySchema"],
        json!([{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
    );
    assert_eq!(table["StreamSpecification"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
    assert_eq!(table["TimeToLiveSpecification"], json!({"AttributeName": "expires_at", "Enabled": true}));
    assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true);
    assert_eq!(table["DeletionProtectionEnabled"], true);
    assert_eq!(table["BillingMode"], "PAY_PER_REQUEST");
    let store: String = repository::rust_files("shared/store/src").into_values().collect();
    for attribute in ["pk", "sk", "expires_at", "worklist", "since"] {
        assert!(repository::words(&store).any(|word| word == attribute), "the store never names {attribute}");
    }
    let index = &table["GlobalSecondaryIndexes"][0];
    assert_eq!(index["IndexName"], "worklist");
    assert_eq!(
        index["KeySchema"],
        json!([{"AttributeName": "worklist", "KeyType": "HASH"}, {"AttributeName": "since", "KeyType": "RANGE"}])
    );
}

#[test]
fn the_stream_filter_lets_through_what_the_store_can_announce() {
    let template = template();
    let patterns: Vec<_> = functions(&template)
        .into_values()
        .flat_map(|f| of_type(f, "DynamoDB"))
        .map(|e| e["FilterCriteria"]["Filters"][0]["Pattern"].as_str().unwrap())
        .collect();
    let [pattern] = patterns.as_slice() else { panic!("one stream, not {}", patterns.len()) };
    let pattern: Json = serde_json::from_str(pattern).unwrap();
    let kept = list(&pattern["dynamodb"]["Keys"]["sk"]["S"])
        .into_iter()
        .map(|one| one.as_str().or_else(|| one["prefix"].as_str()).unwrap());
    let kept: BTreeSet<_> = kept.collect();
    let keys = repository::text("shared/store/src/key.rs");
    let constants: BTreeSet<_> = ["ORDER_SK", "PARCEL_SK", "RETURN_PREFIX"]
        .into_iter()
        .map(|name| {
            keys.split_once(&format!("{name}: &str = \""))
                .unwrap_or_else(|| panic!("store has no {name}"))
                .1
                .split('"')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(kept, constants);
}

/// What each service's actions are asked for by, in a function's own code or in the crate it uses for it.
#[test]
fn every_right_is_named_and_none_is_a_wildcard() {
    let template = template();
    for (binary, function) in functions(&template) {
        let variables = &function["Properties"]["Environment"]["Variables"];
        let mut actions = BTreeSet::new();
        for policy in list(&function["Properties"]["Policies"]) {
            for statement in list(&policy["Statement"]) {
                assert_eq!(statement["Effect"], "Allow", "{binary}");
                for action in list(&statement["Action"]) {
                    let action = action.as_str().unwrap();
                    assert!(!action.contains('*') && action.contains(':'), "{binary}: {action}");
                    actions.insert(action);
                    // Mail, text messages and the account's own suppression list have no resource of ours to name.
                    let anything = statement["Resource"] == "*";
                    let may = ["ses:SendEmail", "ses:ListSuppressedDestinations", "sns:Publish"];
                    assert!(!anything || may.contains(&action), "{binary}: {action} on everything");
                }
            }
        }
        let has = |prefix: &str| actions.iter().any(|action| action.starts_with(prefix));
        assert_eq!(has("dynamodb:"), variables.get("TABLE_NAME").is_some(), "{binary}: rights to the table against TABLE_NAME");
        assert_eq!(
            has("secretsmanager:"),
            variables.get("SECRET_ID").is_some(),
            "{binary}: rights to the secret against SECRET_ID"
        );
        let queues = variables.as_object().into_iter().flat_map(Map::keys).any(|name| name.ends_with("_QUEUE_URL"));
        assert_eq!(has("sqs:"), queues, "{binary}: rights to queues against *_QUEUE_URL");
        assert!(!actions.contains("dynamodb:Scan") && !actions.contains("dynamodb:DeleteTable"), "{binary}");
        assert_eq!(
            actions.contains("ses:SendEmail") || actions.contains("sns:Publish"),
            binary == "notify",
            "{binary}: only notify writes to customers"
        );
    }
}

#[test]
fn every_queue_a_function_is_told_of_is_one_it_may_send_to() {
    let template = template();
    for (binary, function) in functions(&template) {
        let told: BTreeSet<&str> = function["Properties"]["Environment"]["Variables"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, _)| name.ends_with("_QUEUE_URL"))
            .map(|(_, queue)| named(queue))
            .collect();
        let statements = list(&function["Properties"]["Policies"]).into_iter().flat_map(|policy| list(&policy["Statement"]));
        let mut may: BTreeSet<&str> = statements
            .filter(|statement| list(&statement["Action"]).contains(&&json!("sqs:SendMessage")))
            .flat_map(|statement| list(&statement["Resource"]))
            .map(named)
            .collect();
        for stream in of_type(function, "DynamoDB") {
            // Lambda itself sends there, with the function's rights.
            may.remove(named(&stream["DestinationConfig"]["OnFailure"]["Destination"]));
        }
        assert_eq!(told, may, "{binary}");
    }
}

#[test]
fn every_function_logs_to_a_group_that_forgets() {
    let template = template();
    let mut groups = BTreeSet::new();
    for (binary, function) in functions(&template) {
        let group = named(&function["Properties"]["LoggingConfig"]["LogGroup"]);
        assert!(groups.insert(group), "{group} is the log of two functions");
        let made = &template["Resources"][group];
        assert_eq!(made["Type"], "AWS::Logs::LogGroup", "{binary}");
        // The boundary lets functions write below this prefix only.
        let name = format!("/aws/lambda/${{AWS::StackName}}/{binary}");
        assert_eq!(made["Properties"]["LogGroupName"]["Fn::Sub"], name.as_str());
    }
    for (name, group) in resources(&template, "AWS::Logs::LogGroup") {
        assert_eq!(group["Properties"]["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{name}");
    }
}

#[test]
fn every_dead_letter_queue_has_an_alarm_that_tells_the_operator() {
    let template = template();
    // A queue that no function reads is one of dead letters.
    let read: BTreeSet<&str> = functions(&template)
        .into_values()
        .flat_map(|function| of_type(function, "SQS").map(|event| named(&event["Queue"])))
        .collect();
    let dead: BTreeSet<&str> =
        resources(&template, "AWS::SQS::Queue").map(|(name, _)| name.as_str()).filter(|name| !read.contains(name)).collect();
    assert_eq!(dead.len(), 8, "seven work queues and the stream");
    let mut watched = BTreeSet::new();
    for (name, alarm) in resources(&template, "AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["AlarmActions"], json!([{"Ref": "OperatorTopic"}]), "{name}");
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" {
            assert_eq!(
                (&alarm["Threshold"], &alarm["ComparisonOperator"]),
                (&json!(0), &json!("GreaterThanThreshold")),
                "{name}"
            );
            assert_eq!(alarm["Dimensions"][0]["Name"], "QueueName", "{name}");
            watched.insert(named(&alarm["Dimensions"][0]["Value"]));
        }
    }
    assert_eq!(dead, watched);
}

#[test]
fn every_route_has_a_throttle_of_its_own_and_every_throttle_a_route() {
    let template = template();
    let apis: Vec<_> = resources(&template, "AWS::Serverless::HttpApi").collect();
    let [(api, settings)] = apis.as_slice() else { panic!("one API, not {}", apis.len()) };
    let mut routes = BTreeSet::new();
    for (binary, function) in functions(&template) {
        for event in of_type(function, "HttpApi") {
            assert_eq!(named(&event["ApiId"]), api.as_str(), "{binary}: SAM makes an API of its own for an event without ours");
            routes.insert(format!("{} {}", event["Method"].as_str().unwrap(), event["Path"].as_str().unwrap()));
        }
    }
    let throttled = settings["Properties"]["RouteSettings"].as_object().unwrap();
    assert_eq!(routes, throttled.keys().cloned().collect());
    for (route, throttle) in throttled {
        let positive = |key: &str| throttle[key].as_i64().is_some_and(|n| n > 0);
        assert!(positive("ThrottlingRateLimit") && positive("ThrottlingBurstLimit"), "{route}: {throttle}");
    }
}

#[test]
fn the_functions_that_face_the_internet_and_no_others_have_a_reserve() {
    let template = template();
    let reserve = json!({"Fn::If": ["LimitPublic", {"Ref": "PublicConcurrency"}, {"Ref": "AWS::NoValue"}]});
    let mut public = BTreeSet::new();
    for (binary, function) in functions(&template) {
        let is_public = of_type(function, "HttpApi").next().is_some();
        let given = function["Properties"].get("ReservedConcurrentExecutions");
        assert_eq!(given, is_public.then_some(&reserve), "{binary}");
        if is_public {
            public.insert(binary);
        }
    }
    assert_eq!(public, BTreeSet::from(["carrier_webhook", "customer_pages", "merchant_console", "storefront_webhook"]));
}

/// What AWS publishes to our topics comes from this account's own mail and numbers, by TLS, and only from them to the queue.
#[test]
fn what_the_world_answers_reaches_the_queue_of_feedback_and_nothing_else_does() {
    let template = template();
    let publishers = [("MailEventsTopic", "ses.amazonaws.com"), ("InboundTextsTopic", "sms-voice.amazonaws.com")];
    for (topic, service) in publishers {
        let policies = resources(&template, "AWS::SNS::TopicPolicy").map(|(_, policy)| &policy["Properties"]);
        let policies: Vec<_> = policies.filter(|policy| policy["Topics"] == json!([{"Ref": topic}])).collect();
        let [policy] = policies.as_slice() else { panic!("{topic} has {} policies", policies.len()) };
        let [allow, deny] = policy["PolicyDocument"]["Statement"].as_array().unwrap().as_slice() else { panic!("{topic}") };
        assert_eq!((&allow["Effect"], &allow["Principal"]["Service"]), (&json!("Allow"), &json!(service)));
        assert_eq!(allow["Condition"]["StringEquals"]["aws:SourceAccount"], json!({"Ref": "AWS::AccountId"}), "{topic}");
        assert_eq!((&deny["Effect"], &deny["Condition"]["Bool"]["aws:SecureTransport"]), (&json!("Deny"), &json!(false)));
        let hears = |one: &Json| {
            let one = &one["Properties"];
            named(&one["TopicArn"]) == topic && one["Protocol"] == "sqs" && named(&one["Endpoint"]) == "FeedbackQueue"
        };
        assert!(resources(&template, "AWS::SNS::Subscription").any(|(_, one)| hears(one)), "FeedbackQueue does not hear {topic}");
    }
    let policy = &template["Resources"]["FeedbackQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"][0];
    assert_eq!(policy["Condition"]["ArnEquals"]["aws:SourceArn"], json!(publishers.map(|(topic, _)| json!({"Ref": topic}))));
}

/// cargo-lambda, which `sam build` calls, sets each of these four to its own wish when the manifest does not say it: then a
/// message that panics would end the whole function, and its batch with it.
#[test]
fn what_is_built_for_aws_is_said_in_the_manifest() {
    let manifest: toml::Table = repository::text("Cargo.toml").parse().unwrap();
    let release = manifest["profile"]["release"].as_table().unwrap();
    let said = ["codegen-units", "lto", "panic", "strip"].map(|key| release.get(key).map(ToString::to_string));
    assert_eq!(said, ["1", "\"fat\"", "\"unwind\"", "\"symbols\""].map(|value| Some(value.to_owned())));
}
