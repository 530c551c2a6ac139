"""Deploys template.yaml to a running ministack as an engineer would to AWS: package, create the stack, fill the secret,
put the demo shop in force, update the stack with its public address. Writes what journey.py needs to know."""

import io
import json
import os
import pathlib
import platform
import subprocess
import sys
import time
import tomllib
import zipfile

import boto3
from botocore.config import Config

import expand

ROOT = pathlib.Path(__file__).resolve().parents[2]
REGION = "us-east-1"
STACK = "doorstep"
BUCKET = "doorstep-artifacts"
SHOP = "demo"
# Values for this stack; a parameter the template does not have is left out.
PARAMETERS = {"Architecture": {"x86_64": "x86_64", "aarch64": "arm64"}[platform.machine()], "MailFrom": "doorstep@demo.example"}
STARTED = time.monotonic()


def say(text):
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


class Aws:
    """Clients that cannot reach anything but the emulator: address and credentials are never taken from outside."""

    def __init__(self, port):
        self.endpoint = f"http://127.0.0.1:{port}"

    def __call__(self, service):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )


class Packages:
    """Zips with one file, `bootstrap`, as Lambda's provided runtime wants them."""

    def __init__(self, aws, binaries, work):
        self.s3, self.binaries, self.work, self.bytes = aws("s3"), binaries, work, 0
        self.s3.create_bucket(Bucket=BUCKET)

    def code_of(self, binary):
        path = self.binaries / binary
        if not path.is_file():
            sys.exit(f"{path} is missing: `cargo build --workspace` makes it")
        zipped = io.BytesIO()
        # Fast rather than small, because it never leaves this machine: without symbols, not compressed.
        small = self.work / binary
        subprocess.run(["strip", "-o", small, path], check=True)
        with zipfile.ZipFile(zipped, "w") as archive:
            entry = zipfile.ZipInfo("bootstrap")
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, small.read_bytes())
        small.unlink()
        self.bytes += zipped.tell()
        self.s3.put_object(Bucket=BUCKET, Key=f"{binary}.zip", Body=zipped.getvalue())
        return {"Bucket": BUCKET, "Key": f"{binary}.zip"}


class Stack:
    """The stack and how it is waited for."""

    def __init__(self, aws):
        self.client = aws("cloudformation")

    def create(self, template_url, parameters):
        self.client.create_stack(
            StackName=STACK, TemplateURL=template_url, Parameters=pairs(parameters),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.wait("CREATE_COMPLETE")

    def update(self, parameters):
        self.client.update_stack(
            StackName=STACK, UsePreviousTemplate=True, Parameters=pairs(parameters),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.wait("UPDATE_COMPLETE")

    def wait(self, wanted):
        while True:
            status = self.client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
            if status == wanted:
                return
            if not status.endswith("IN_PROGRESS"):
                break
            time.sleep(0.2)
        for event in reversed(self.client.describe_stack_events(StackName=STACK)["StackEvents"]):
            if event.get("ResourceStatusReason"):
                print(f"{event['LogicalResourceId']} {event['ResourceStatus']}: {event['ResourceStatusReason']}")
        sys.exit(f"the stack is {status}, not {wanted}")

    def resources(self):
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=STACK)
        return [one for page in pages for one in page["StackResourceSummaries"]]


def pairs(parameters):
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]


def the_one(resources, kind):
    """The physical id of the only resource of its type, so that nothing here depends on its name in the template."""
    ids = [one["PhysicalResourceId"] for one in resources if one["ResourceType"] == kind]
    if len(ids) != 1:
        sys.exit(f"the template has {len(ids)} of {kind}, but this script knows what to do with one")
    return ids[0]


def feedback_topic(cloudformation, resources):
    """The topic to which SES tells what became of the mails."""
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    kind = "AWS::SES::ConfigurationSetEventDestination"
    [destination] = [one for one in cloudformation["Resources"].values() if one["Type"] == kind]
    return physical[destination["Properties"]["EventDestination"]["SnsDestination"]["TopicARN"]["Ref"]]


def inbound_topic(cloudformation, resources):
    """The topic to which AWS End User Messaging tells what people answer to texts."""
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    policies = [one["Properties"] for one in cloudformation["Resources"].values() if one["Type"] == "AWS::SNS::TopicPolicy"]
    [policy] = [one for one in policies if "sms-voice.amazonaws.com" in json.dumps(one["PolicyDocument"])]
    return physical[policy["Topics"][0]["Ref"]]


def turn_ttl_on(aws, cloudformation, resources):
    """ministack's CloudFormation forgets TimeToLiveSpecification (the table says DISABLED); its API does not."""
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    dynamodb = aws("dynamodb")
    for name, resource in cloudformation["Resources"].items():
        ttl = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] == "AWS::DynamoDB::Table" and ttl:
            table = physical[name]
            if dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED":
                dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=ttl)
                say(f"patch: {name}: time to live switched on through the API, because the template's is forgotten")


def set_boundaries(aws, cloudformation, resources):
    """ministack's CloudFormation forgets the PermissionsBoundary of a role; its API takes it, and calls are judged by it."""
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    count = 0
    for name, resource in cloudformation["Resources"].items():
        boundary = resource.get("Properties", {}).get("PermissionsBoundary")
        if resource["Type"] == "AWS::IAM::Role" and boundary and name in physical:
            arn = physical[boundary["Ref"]] if isinstance(boundary, dict) else boundary
            aws("iam").put_role_permissions_boundary(RoleName=physical[name], PermissionsBoundary=arn)
            count += 1
    if count:
        say(f"patch: {count} permissions boundaries set through the API, because the template's are forgotten")


def fill_secret(aws, secret_id):
    """What an operator does once by hand: the shop's webhook secrets go into the secret that the stack generated."""
    secrets = aws("secretsmanager")
    secret = json.loads(secrets.get_secret_value(SecretId=secret_id)["SecretString"])
    if len(secret.get("root_key", "")) < 32 or not isinstance(secret.get("shops"), dict):
        sys.exit("the secret was not generated as the template says (root_key, shops)")
    demo = demo_secrets()
    flat = ("console", "webhooks_out")  # a list of values, without a source
    secret["shops"][SHOP] = {
        part: [value for values in sources.values() for value in values] if part in flat else sources
        for part, sources in demo.items()
    }
    secrets.put_secret_value(SecretId=secret_id, SecretString=json.dumps(secret))


def demo_secrets():
    """infra/local/demo-secrets.toml as part -> source -> values, the signing one first."""
    file = tomllib.loads((ROOT / "infra/local/demo-secrets.toml").read_text())
    previous = file.pop("previous", {})

    def as_list(value):
        return value if isinstance(value, list) else [value]

    return {
        part: {source: as_list(value) + as_list(previous.get(part, {}).get(source, [])) for source, value in sources.items()}
        for part, sources in file.items()
    }


def main(port, binaries, out):
    binaries = pathlib.Path(binaries).resolve()
    aws = Aws(port)
    packages = Packages(aws, binaries, pathlib.Path(out).parent)
    text = pathlib.Path(os.environ.get("TEMPLATE") or ROOT / "template.yaml").read_text()
    try:
        sam, cloudformation, lines = expand.expand(text, REGION, PARAMETERS, packages.code_of)
    except expand.InvalidDocumentException as error:
        sys.exit("AWS's SAM translator refuses the template:\n" + "\n".join(f"  {cause.message}" for cause in error.causes))
    for line in lines:
        say(f"patch: {line}")
    say(f"packaged {packages.bytes // 1_000_000} MB of zips from {binaries}")

    parameters = {name: value for name, value in PARAMETERS.items() if name in sam["Parameters"]}
    packages.s3.put_object(Bucket=BUCKET, Key="template.json", Body=json.dumps(cloudformation))
    stack = Stack(aws)
    stack.create(f"{aws.endpoint}/{BUCKET}/template.json", parameters)
    resources = stack.resources()
    say(f"the stack is there: {len(resources)} resources")
    turn_ttl_on(aws, cloudformation, resources)
    set_boundaries(aws, cloudformation, resources)
    fill_secret(aws, the_one(resources, "AWS::SecretsManager::Secret"))

    # The sender's domain, as it is verified in SES before the first mail.
    settings = ROOT / f"infra/shops/{SHOP}.toml"
    sender = tomllib.loads(settings.read_text())["mail"]["from"]
    aws("sesv2").create_email_identity(EmailIdentity=sender.rpartition("@")[2].rstrip(">"))
    table = the_one(resources, "AWS::DynamoDB::Table")
    environment = os.environ | {
        "TABLE_NAME": table, "AWS_ENDPOINT_URL": aws.endpoint, "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
    }
    subprocess.run([binaries / "shop", "put", SHOP, settings], env=environment, check=True, timeout=30)

    # PublicUrl is empty at the first deployment and then set to the address that came out of it, as its description says.
    host = f"{the_one(resources, 'AWS::ApiGatewayV2::Api')}.execute-api.localhost:{port}"
    stack.update(parameters | {"PublicUrl": f"http://{host}"})
    say(f"the stack is updated with its public address http://{host}")

    known = {
        "feedback_topic": feedback_topic(cloudformation, resources),
        "inbound_topic": inbound_topic(cloudformation, resources), "port": int(port), "host": host,
        "shop": SHOP, "secrets": demo_secrets(),
    }
    pathlib.Path(out).write_text(json.dumps(known))


if __name__ == "__main__":
    main(*sys.argv[1:])
