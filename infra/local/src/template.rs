//! Reads template.yaml into a plan; what it does not know it refuses by name.

use crate::{
    graph,
    intrinsics::{ACCOUNT, Names, REGION, Wrong, check, plain},
    plan::{self, MailRoutes, Plan, Queue, Redrive, Secret, Subscription, Table, last_part},
    triggers,
    trouble::Trouble,
    yaml::{self, Node},
};
use serde_json::{Map, Value as Json, json};
use std::{collections::HashMap, path::Path};

/// The stack's name on this machine.
pub const STACK: &str = "doorstep";

/// Types that mean something in an account of AWS and nothing here.
const ACCEPTED_NOTHING_TO_DO: [&str; 27] = [
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApplicationInsights::Application",
    "AWS::Budgets::Budget",
    "AWS::CertificateManager::Certificate",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::AnomalyDetector",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::QueryDefinition",
    "AWS::Route53::RecordSet",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::SQS::QueuePolicy",
    "AWS::Synthetics::Canary",
    "AWS::WAFv2::WebACL",
    "AWS::XRay::Group",
];

/// Reads the file; `base_url` is where the stack will answer.
pub fn read(path: &Path, base_url: &str) -> Result<Plan, Trouble> {
    let text = std::fs::read_to_string(path).map_err(|source| Trouble::file(path, source))?;
    let file = path.display().to_string();
    let whatsapp_url = format!("{base_url}{}", graph::PATH);
    let overrides = HashMap::from([("PublicUrl", base_url), ("WhatsappUrl", whatsapp_url.as_str())]);
    parse(&text, base_url, &overrides).map_err(|Wrong { place, why }| Trouble::Template { file, place, why })
}

fn wrong<T>(place: impl Into<String>, why: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { place: place.into(), why: why.into() })
}

fn parse(text: &str, base_url: &str, overrides: &HashMap<&str, &str>) -> Result<Plan, Wrong> {
    let tree = yaml::read(text).or_else(|why| wrong("not YAML", why))?;
    let Some(resources) = tree.get("Resources") else { return wrong("Resources", "the template has none") };
    let mut names = Names::default();
    for (name, value) in [
        ("AWS::AccountId", ACCOUNT),
        ("AWS::Partition", "aws"),
        ("AWS::Region", REGION),
        ("AWS::StackName", STACK),
        ("AWS::URLSuffix", "amazonaws.com"),
    ] {
        names.parameters.insert(name.to_owned(), value.to_owned());
    }
    for (name, parameter) in tree.get("Parameters").map(Node::entries).unwrap_or_default() {
        let place = format!("Parameters.{name}");
        let value = match (overrides.get(name.as_str()), parameter.get("Default")) {
            (Some(value), _) => (*value).to_owned(),
            (None, Some(default)) => names.resolve(default, &place)?.map(|v| plain(&v)).unwrap_or_default(),
            (None, None) => return wrong(place, "a parameter needs a default to be used on one machine"),
        };
        names.parameters.insert(name.clone(), value);
    }
    for (name, condition) in tree.get("Conditions").map(Node::entries).unwrap_or_default() {
        names.conditions.insert(name.clone(), condition.clone());
    }

    let mut wanted = Vec::new();
    for (logical, resource) in resources.entries() {
        let place = format!("Resources.{logical}");
        let Some(kind) = resource.get("Type").and_then(Node::text) else {
            return wrong(format!("{place} (line {})", resource.line), "a resource needs a Type");
        };
        name_resource(&mut names, logical, kind, resource, &place, base_url)?;
        let made = match resource.get("Condition").and_then(Node::text) {
            Some(condition) => names.holds(condition, &place)?,
            None => true,
        };
        if made {
            wanted.push((logical.as_str(), kind, resource, place));
        }
    }
    for section in ["Globals", "Conditions", "Resources", "Outputs"] {
        if let Some(node) = tree.get(section) {
            check(&names, node, section)?;
        }
    }

    let globals = match tree.get("Globals").and_then(|globals| globals.get("Function")) {
        Some(node) => names.resolve(node, "Globals.Function")?.unwrap_or_default(),
        None => json!({}),
    };
    let mut plan = Plan::default();
    for (logical, kind, resource, place) in wanted {
        if ACCEPTED_NOTHING_TO_DO.contains(&kind) || kind == "AWS::Serverless::HttpApi" {
            continue;
        }
        let place = format!("{place}.Properties");
        let properties = match resource.get("Properties") {
            Some(node) => names.resolve(node, &place)?.unwrap_or_default(),
            None => json!({}),
        };
        let asked = Asked { names: &names, logical, properties: &properties, place: &place };
        match kind {
            "AWS::DynamoDB::Table" => plan.tables.push(asked.table()?),
            "AWS::SQS::Queue" => plan.queues.push(asked.queue()?),
            "AWS::SES::ConfigurationSet" => {
                let name = asked.own_name();
                if !plan.mail.iter().any(|set| set.name == name) {
                    plan.mail.push(MailRoutes { name, destinations: Vec::new() });
                }
            }
            "AWS::SES::ConfigurationSetEventDestination" => asked.mail_destination(&mut plan)?,
            "AWS::SNS::Topic" => plan.topics.push(asked.own_name()),
            "AWS::SNS::Subscription" => plan.subscriptions.extend(asked.subscription()?),
            "AWS::SNS::TopicPolicy" => {
                plan.inbound_texts = plan.inbound_texts.take().or_else(|| open_to(&properties, "sms-voice.amazonaws.com"));
            }
            "AWS::SecretsManager::Secret" => plan.secrets.push(asked.secret()?),
            "AWS::Serverless::Function" => {
                plan.functions.push(triggers::function(logical, resource, &globals, &properties, &place)?);
            }
            other => return wrong(format!("Resources.{logical}.Type"), format!("{other} is not known to the local stack")),
        }
    }
    links_lead_somewhere(&plan)?;
    Ok(plan)
}

/// The topic that a topic's policy lets a service of AWS publish to; nobody else's rights mean anything here.
fn open_to(policy: &Json, service: &str) -> Option<String> {
    let statements = policy["PolicyDocument"]["Statement"].as_array()?;
    let open = statements.iter().find(|one| one["Effect"] == "Allow" && one["Principal"]["Service"] == service)?;
    open["Resource"].as_str().map(str::to_owned)
}

/// Decides what `Ref` and `GetAtt` of a resource give, before anything refers to it.
fn name_resource(
    names: &mut Names,
    logical: &str,
    kind: &str,
    resource: &Node,
    place: &str,
    base_url: &str,
) -> Result<(), Wrong> {
    let chosen = |names: &Names, key: &str| -> Result<String, Wrong> {
        match resource.get("Properties").and_then(|properties| properties.get(key)) {
            Some(node) => Ok(names.resolve(node, &format!("{place}.Properties.{key}"))?.map(|v| plain(&v)).unwrap_or_default()),
            None => Ok(format!("{STACK}-{logical}")),
        }
    };
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    let (reference, attributes) = match kind {
        "AWS::SQS::Queue" => {
            let name = chosen(names, "QueueName")?;
            let url = format!("{base_url}/{ACCOUNT}/{name}");
            (url.clone(), vec![("Arn", arn("sqs", &name)), ("QueueName", name), ("QueueUrl", url)])
        }
        "AWS::DynamoDB::Table" => {
            let name = chosen(names, "TableName")?;
            let arn = arn("dynamodb", &format!("table/{name}"));
            (name, vec![("StreamArn", format!("{arn}/stream/local")), ("Arn", arn)])
        }
        "AWS::SNS::Topic" => {
            let name = chosen(names, "TopicName")?;
            let arn = arn("sns", &name);
            (arn.clone(), vec![("TopicArn", arn), ("TopicName", name)])
        }
        "AWS::SecretsManager::Secret" => {
            let arn = arn("secretsmanager", &format!("secret:{}-local0", chosen(names, "Name")?));
            (arn.clone(), vec![("Id", arn)])
        }
        "AWS::Serverless::HttpApi" => {
            ("local".to_owned(), vec![("ApiEndpoint", base_url.to_owned()), ("Arn", arn("apigateway", "local"))])
        }
        "AWS::Serverless::Function" => {
            let name = chosen(names, "FunctionName")?;
            (name.clone(), vec![("Arn", arn("lambda", &format!("function:{name}")))])
        }
        "AWS::SES::ConfigurationSet" | "AWS::SES::EmailIdentity" => (chosen(names, "Name")?, vec![]),
        "AWS::Logs::LogGroup" => (chosen(names, "LogGroupName")?, vec![]),
        _ => (format!("{STACK}-{logical}"), vec![]),
    };
    names.refs.insert(logical.to_owned(), reference);
    for (attribute, value) in attributes {
        names.attributes.insert(format!("{logical}.{attribute}"), value);
    }
    names.attributes.entry(format!("{logical}.Arn")).or_insert_with(|| arn("local", logical));
    Ok(())
}

struct Asked<'a> {
    names: &'a Names,
    logical: &'a str,
    properties: &'a Json,
    place: &'a str,
}

impl Asked<'_> {
    fn own_name(&self) -> String {
        self.names.refs.get(self.logical).cloned().unwrap_or_default()
    }

    fn number(&self, key: &str, otherwise: i64) -> Result<i64, Wrong> {
        triggers::number(self.properties, key, self.place).map(|n| n.unwrap_or(otherwise))
    }

    fn table(&self) -> Result<Table, Wrong> {
        let mut create = Map::from_iter([("TableName".to_owned(), Json::String(self.own_name()))]);
        for key in [
            "AttributeDefinitions",
            "KeySchema",
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "BillingMode",
            "ProvisionedThroughput",
        ] {
            if let Some(value) = self.properties.get(key) {
                create.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(stream) = self.properties.get("StreamSpecification") {
            create.insert(
                "StreamSpecification".to_owned(),
                json!({"StreamEnabled": true, "StreamViewType": stream["StreamViewType"]}),
            );
        }
        let ttl = &self.properties["TimeToLiveSpecification"];
        let ttl_attribute = (ttl["Enabled"] == Json::Bool(true)).then(|| plain(&ttl["AttributeName"]));
        Ok(Table { name: self.own_name(), create: Json::Object(create), ttl_attribute })
    }

    fn queue(&self) -> Result<Queue, Wrong> {
        if self.properties["FifoQueue"] == Json::Bool(true) {
            return wrong(format!("{}.FifoQueue", self.place), "FIFO queues are not known to the local stack");
        }
        let redrive = match self.properties.get("RedrivePolicy") {
            Some(policy) => Some(Redrive {
                dead_queue: last_part(policy["deadLetterTargetArn"].as_str().unwrap_or_default()).to_owned(),
                receives_max: triggers::number(policy, "maxReceiveCount", &format!("{}.RedrivePolicy", self.place))?
                    .unwrap_or(10),
            }),
            None => None,
        };
        Ok(Queue {
            name: self.names.attributes.get(&format!("{}.QueueName", self.logical)).cloned().unwrap_or_default(),
            visibility_s: self.number("VisibilityTimeout", 30)?,
            retention_s: self.number("MessageRetentionPeriod", 345_600)?,
            delay_s: self.number("DelaySeconds", 0)?,
            redrive,
        })
    }

    fn mail_destination(&self, plan: &mut Plan) -> Result<(), Wrong> {
        let destination = &self.properties["EventDestination"];
        let place = format!("{}.EventDestination", self.place);
        let Some(topic) = destination["SnsDestination"]["TopicARN"].as_str() else {
            return wrong(place, "only an SnsDestination is known to the local stack");
        };
        if destination["Enabled"] != Json::Bool(true) {
            return Ok(());
        }
        let types =
            destination["MatchingEventTypes"].as_array().into_iter().flatten().map(|kind| plain(kind).to_lowercase()).collect();
        let name = plain(&self.properties["ConfigurationSetName"]);
        let at = plan.mail.iter().position(|set| set.name == name).unwrap_or_else(|| {
            plan.mail.push(MailRoutes { name, destinations: Vec::new() });
            plan.mail.len() - 1
        });
        plan.mail[at].destinations.push((types, topic.to_owned()));
        Ok(())
    }

    fn subscription(&self) -> Result<Option<Subscription>, Wrong> {
        match self.properties["Protocol"].as_str() {
            Some("sqs") => Ok(Some(Subscription {
                topic: plain(&self.properties["TopicArn"]),
                queue: last_part(&plain(&self.properties["Endpoint"])).to_owned(),
                raw: self.properties["RawMessageDelivery"] == Json::Bool(true),
            })),
            Some("email" | "email-json" | "sms") => Ok(None), // a person hears it; nobody does here
            other => wrong(
                format!("{}.Protocol", self.place),
                format!("{} is not known to the local stack", other.unwrap_or("nothing")),
            ),
        }
    }

    fn secret(&self) -> Result<Secret, Wrong> {
        let generate = &self.properties["GenerateSecretString"];
        let template = generate["SecretStringTemplate"].as_str().unwrap_or("{}");
        let place = format!("{}.GenerateSecretString", self.place);
        let Ok(template @ Json::Object(_)) = serde_json::from_str(template) else {
            return wrong(format!("{place}.SecretStringTemplate"), "this is not a JSON object");
        };
        let length = triggers::number(generate, "PasswordLength", &place)?.unwrap_or(32);
        Ok(Secret {
            name: self.properties["Name"].as_str().map_or_else(|| format!("{STACK}-{}", self.logical), str::to_owned),
            arn: self.own_name(),
            template,
            key: generate["GenerateStringKey"].as_str().unwrap_or("password").to_owned(),
            length: usize::try_from(length).unwrap_or(32),
        })
    }
}

/// Every ARN that one thing holds of another must be the ARN of something in the plan.
fn links_lead_somewhere(plan: &Plan) -> Result<(), Wrong> {
    let queue = |name: &str, place: String| match plan.queues.iter().any(|queue| queue.name == name) {
        true => Ok(()),
        false => wrong(place, format!("{name} is no queue of this template")),
    };
    for each in &plan.queues {
        if let Some(redrive) = &each.redrive {
            queue(&redrive.dead_queue, format!("RedrivePolicy of {}", each.name))?;
        }
    }
    for each in &plan.subscriptions {
        queue(&each.queue, format!("subscription of {}", each.topic))?;
        if !plan.topics.contains(&each.topic) {
            return wrong(format!("subscription of {}", each.queue), format!("{} is no topic of this template", each.topic));
        }
    }
    for function in &plan.functions {
        for trigger in &function.triggers {
            let place = format!("Resources.{}.Properties.Events", function.logical);
            match trigger {
                plan::Trigger::Queue { queue: name, .. } => queue(name, place)?,
                plan::Trigger::Stream(stream) => {
                    if let Some(name) = &stream.on_failure {
                        queue(name, place.clone())?;
                    }
                    let made = plan.tables.iter().find(|table| table.name == stream.table);
                    if made.is_none_or(|table| table.create.get("StreamSpecification").is_none()) {
                        return wrong(place, format!("{} is no table with a stream", stream.table));
                    }
                }
                plan::Trigger::Http { .. } | plan::Trigger::Schedule { .. } => {}
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(resources: &str, then: &str) {
        let found = parse(&format!("Resources:\n{resources}"), "http://here", &HashMap::new()).unwrap_err();
        assert_eq!(format!("{}: {}", found.place, found.why), then);
    }

    #[test]
    fn the_template_of_the_house_is_understood() {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml")).unwrap();
        let plan = parse(&text, "http://here:1", &HashMap::from([("PublicUrl", "http://here:1")])).unwrap();
        let notify = plan.functions.iter().find(|function| function.binary == "notify").unwrap();
        assert_eq!(notify.environment["PUBLIC_URL"], "http://here:1");
        assert_eq!(notify.environment["MAIL_CONFIGURATION_SET"], "doorstep-mail");
        let orders = plan.queues.iter().find(|queue| queue.name == "doorstep-orders").unwrap();
        assert_eq!((orders.visibility_s, orders.redrive.as_ref().unwrap().dead_queue.as_str()), (60, "doorstep-orders-dead"));
        assert_eq!(plan.subscriptions[0].queue, "doorstep-feedback");
        assert_eq!(plan.inbound_texts.as_deref(), Some("arn:aws:sns:us-east-1:000000000000:doorstep-inbound-texts"));
        assert_eq!(plan.secrets[0].arn, "arn:aws:secretsmanager:us-east-1:000000000000:secret:doorstep/secrets-local0");
    }

    #[test]
    fn what_is_wrong_is_one_sentence_with_its_place() {
        check_refused(
            "  A: { Type: AWS::EC2::Instance }",
            "Resources.A.Type: AWS::EC2::Instance is not known to the local stack",
        );
        check_refused(
            "  A: { Type: AWS::CloudWatch::Alarm, Properties: { X: !Ref Nowhere } }",
            "Resources.A.Properties.X: Nowhere is neither a parameter nor a resource of this template",
        );
        check_refused("  A: { Kind: AWS::SQS::Queue }", "Resources.A (line 2): a resource needs a Type");
        check_refused(
            "  A: { Type: AWS::Serverless::Function, Metadata: { BuildProperties: { Binary: a } }, Properties: { Events: { E: { Type: S3 } } } }",
            "Resources.A.Properties.Events.E.Type: S3 is not known to the local stack",
        );
    }

    #[test]
    fn the_list_of_accepted_types_is_in_order() {
        assert!(ACCEPTED_NOTHING_TO_DO.is_sorted());
    }
}
