"""Turns template.yaml into plain CloudFormation, then changes only what ministack 1.5.33 cannot do.

The file itself stays as it is. Each change is one function below; its docstring says why it is needed. What AWS does
with the SAM types happens here offline, by AWS's own translator.
"""

import copy
import os
import re

from samtranslator.model.exceptions import InvalidDocumentException  # noqa: F401, deploy.py catches it
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def expand(text, region, parameters, code_of):
    """Answers the SAM template as read, the CloudFormation to create, and a line for each change.

    `parameters` are the stack's own; `code_of(binary)` answers where the zip of a binary lies as a SAM CodeUri.
    """
    sam = yaml_parse(text)
    lines = [code_location(sam, code_of)]
    cloudformation = translate(copy.deepcopy(sam), region, parameters)
    lines += [line for patch in PATCHES for line in [patch(cloudformation)] if line]
    return sam, cloudformation, lines


def translate(sam, region, parameters):
    """Not a change: the expansion that CloudFormation does in AWS, by the same code, with no account at hand."""
    os.environ["AWS_DEFAULT_REGION"] = region

    class Session:
        region_name = region

    known = {name: str(p["Default"]) for name, p in sam.get("Parameters", {}).items() if "Default" in p}
    known |= parameters | {"AWS::Region": region}
    return Translator({}, Parser(), boto_session=Session()).translate(sam, known)


def code_location(sam, code_of):
    """CodeUri points at the zips of the binaries that cargo built. `sam build` and `sam package` would do the same, but
    build with cargo-lambda for Amazon Linux; here the host runs the functions, so the host's binaries are right."""
    count = 0
    for name, resource in sam["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        # `Binary` is what `sam build` builds for this function.
        binary = resource["Metadata"]["BuildProperties"]["Binary"]
        resource["Properties"]["CodeUri"] = code_of(binary)
        count += 1
    return f"code location: {count} functions run the binaries of this host"


def http_api_routes(cloudformation):
    """The HTTP API's OpenAPI Body becomes routes and integrations. SAM emits an OpenAPI document; ministack takes it
    without a word and makes an API with no routes (every path 404)."""
    resources = cloudformation["Resources"]
    count = 0
    for api, resource in list(resources.items()):
        if resource["Type"] != "AWS::ApiGatewayV2::Api" or "Body" not in resource["Properties"]:
            continue
        body = without_ifs(resource["Properties"].pop("Body"))
        resource["Properties"] |= {"Name": {"Ref": "AWS::StackName"}, "ProtocolType": "HTTP"}
        resource["Properties"].pop("FailOnWarnings", None)  # it is about the import of the Body
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                count += 1
                word = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                key = "$default" if path == "/$default" else f"{word} {path}"
                integration = operation["x-amazon-apigateway-integration"]
                # arn:…/functions/${Name.Arn}/invocations: what is between is the function or its alias.
                function = re.search(r"functions/(\$\{(\w+).*)/invocations", integration["uri"]["Fn::Sub"])
                made = {
                    "Integration": {
                        "ApiId": {"Ref": api}, "IntegrationType": "AWS_PROXY", "IntegrationUri": {"Fn::Sub": function[1]},
                        "PayloadFormatVersion": integration["payloadFormatVersion"],
                    },
                    "Route": {
                        "ApiId": {"Ref": api}, "RouteKey": key,
                        "Target": {"Fn::Sub": f"integrations/${{{api}Integration{count}}}"},
                    },
                }
                # A route is there if its function is.
                condition = {k: v for k, v in resources[function[2]].items() if k == "Condition"}
                for kind, properties in made.items():
                    one = {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}
                    resources[f"{api}{kind}{count}"] = one | condition
    return f"HTTP API: {count} routes written out, because the OpenAPI Body is not read" if count else None


def without_ifs(node):
    """SAM wraps what belongs to a conditional function into Fn::If [condition, it, nothing], several times over."""
    if isinstance(node, dict):
        return without_ifs(node["Fn::If"][1]) if list(node) == ["Fn::If"] else {k: without_ifs(v) for k, v in node.items()}
    return [without_ifs(one) for one in node] if isinstance(node, list) else node


def secret_by_arn(cloudformation):
    """A Ref to a secret becomes GetAtt Id. Both are the ARN in AWS; in ministack Ref is the name when there is one, and
    then no policy that names the secret by ARN allows anything."""
    secrets = {name for name, one in cloudformation["Resources"].items() if one["Type"] == "AWS::SecretsManager::Secret"}
    count = 0

    def changed(node, in_sub=False):
        nonlocal count
        if isinstance(node, dict):
            if len(node) == 1 and node.get("Ref") in secrets:
                count += 1
                return {"Fn::GetAtt": [node["Ref"], "Id"]}
            return {key: changed(value, key == "Fn::Sub") for key, value in node.items()}
        if isinstance(node, list):
            return [changed(one, in_sub) for one in node]
        if in_sub and isinstance(node, str):
            for name in secrets:
                count += node.count(f"${{{name}}}")
                node = node.replace(f"${{{name}}}", f"${{{name}.Id}}")
        return node

    for section in ("Resources", "Outputs"):
        cloudformation[section] = changed(cloudformation.get(section, {}))
    return f"secret: {count} references by ARN, because Ref answers its name" if count else None


def batches_are_messages(cloudformation):
    """Who may sqs:SendMessage may also sqs:SendMessageBatch. AWS has no such action, the first one covers batches
    (Service Authorization Reference, SQS); ministack asks for the name of the call."""
    count = 0
    for statement in statements(cloudformation):
        actions = statement.get("Action", [])
        actions = [actions] if isinstance(actions, str) else actions
        if statement["Effect"] == "Allow" and "sqs:SendMessage" in actions:
            statement["Action"] = [*actions, "sqs:SendMessageBatch"]
            count += 1
    return f"policies: {count} statements that allow sqs:SendMessage also name its batch form" if count else None


def mail_has_no_resource(cloudformation):
    """Who may ses:SendEmail as certain senders or through certain sets may as any. AWS judges the sender's identity and
    the set by their ARNs; ministack judges every mail as `*`, which no ARN matches."""
    count = 0
    for statement in statements(cloudformation):
        if statement.get("Action") in ("ses:SendEmail", ["ses:SendEmail"]) and statement.get("Resource", "*") != "*":
            statement["Resource"] = "*"
            count += 1
    return f"mail: {count} statements that allow ses:SendEmail do so for every sender" if count else None


def statements(cloudformation):
    """What the roles of the functions and the managed policies of the template say."""
    for resource in cloudformation["Resources"].values():
        properties = resource.get("Properties", {})
        policies = properties.get("Policies", []) if resource["Type"] == "AWS::IAM::Role" else []
        policies = [*policies, properties] if resource["Type"] == "AWS::IAM::ManagedPolicy" else policies
        for policy in policies:
            yield from policy["PolicyDocument"]["Statement"]


def plain_http_is_let_in(cloudformation):
    """Resource policies lose the statement that denies what does not come by TLS. ministack obeys it, and the functions
    reach it by plain HTTP: they trust Amazon's roots only, so no certificate of a local address would do."""
    resources = cloudformation["Resources"]
    count = 0
    for name, resource in list(resources.items()):
        document = resource.get("Properties", {}).get("PolicyDocument", {})
        told = document.get("Statement", [])
        kept = [one for one in told if not (one["Effect"] == "Deny" and "aws:SecureTransport" in str(one.get("Condition")))]
        if len(kept) < len(told):
            document["Statement"] = kept
            count += len(told) - len(kept)
            if not kept:  # a policy that says nothing is none
                del resources[name]
    return f"TLS: {count} statements that deny plain HTTP left out" if count else None


def alarms_over_formulas(cloudformation):
    """Alarms over a formula of several metrics are left out: ministack refuses them and rolls the whole stack back.
    Alarms over one metric stay."""
    resources = cloudformation["Resources"]
    alarms = {name: one for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    refused = [name for name, one in alarms.items() if "Metrics" in one["Properties"]]
    for name in refused:
        del resources[name]
    return f"alarms: {len(refused)} over formulas left out ({', '.join(refused)})" if refused else None


PATCHES = [
    http_api_routes, secret_by_arn, batches_are_messages, mail_has_no_resource, plain_http_is_let_in, alarms_over_formulas,
]
