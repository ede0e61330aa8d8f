"""Least privilege: named actions on named resources, and no secret anywhere in the template."""

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest

from infra.services import SERVICES
from tests.infra.templates import Properties, Template, listed, variables

WITHOUT_RESOURCE: Final = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "dynamodb:ListStreams"}
"""Actions that know no resource, so that their statement can only say `*`."""

SECRET: Final = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|sb_(pub|srv|mgmt)_[a-z0-9]{10}_|AKIA[A-Z0-9]{16}")
SECRET_READERS: Final = {
    "track": {"message-token", "identify"},
    "send": {"vapid", "message-token"},
    "campaigns": {"identify"},
    "webhook": {"webhook"},
}
SECRET_WRITERS: Final = {"campaigns": {"identify", "vapid", "webhook"}}
SECRET_DROPPERS: Final = {"campaigns": {"webhook"}}
KINDS: Final = ("vapid", "message-token", "identify", "webhook")


def allowed(template: Template) -> Iterator[tuple[str, Properties]]:
    """Every statement that allows something to a role of ours."""
    for name, policy in template.of("IAM::Policy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


def test_every_action_is_named(any_stage: Template) -> None:
    for name, statement in allowed(any_stage):
        assert statement["Effect"] == "Allow", name
        assert not [action for action in listed(statement["Action"]) if "*" in action], name


def test_only_actions_that_know_no_resource_are_allowed_on_all(any_stage: Template) -> None:
    for name, statement in allowed(any_stage):
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE, name


def test_no_role_has_a_managed_policy(any_stage: Template) -> None:
    assert not [name for name, role in any_stage.of("IAM::Role").items() if "ManagedPolicyArns" in role]


def test_no_function_may_scan_or_change_a_table(any_stage: Template) -> None:
    forbidden = {"dynamodb:Scan", "dynamodb:UpdateTable", "dynamodb:DeleteTable", "dynamodb:PartiQLSelect"}
    for name, statement in allowed(any_stage):
        assert not forbidden & set(listed(statement["Action"])), name


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_function_may_touch_the_tables_that_it_is_told_of_and_no_other(any_stage: Template, name: str) -> None:
    told = {value["Ref"] for key, value in variables(any_stage.function(name)[1]).items() if key.endswith("_TABLE")}
    touched = {
        table
        for statement in any_stage.statements(name)
        if any(action.startswith("dynamodb:") for action in listed(statement["Action"]))
        for table in any_stage.of("DynamoDB::Table")
        if f'"{table}", "Arn"' in json.dumps(statement["Resource"])
    }
    assert touched == told


@pytest.mark.parametrize("name", sorted(SERVICES))
@pytest.mark.parametrize(
    ("action", "may"),
    [
        ("ssm:GetParameter", SECRET_READERS),
        ("ssm:PutParameter", SECRET_WRITERS),
        ("ssm:DeleteParameter", SECRET_DROPPERS),
    ],
    ids=["get", "put", "delete"],
)
def test_secrets_are_read_and_written_by_kind_below_the_stage(
    any_stage: Template, name: str, action: str, may: dict[str, set[str]]
) -> None:
    statements = [s for s in any_stage.statements(name) if action in listed(s["Action"])]
    paths = "".join(json.dumps(statement["Resource"]) for statement in statements)

    assert {kind for kind in KINDS if f"/*/{kind}" in paths} == may.get(name, set())
    assert paths.count("parameter/") == paths.count(f"parameter/shopbell/{any_stage.stage}/*/")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nothing_else_is_done_to_secrets(any_stage: Template, name: str) -> None:
    touching = [s for s in any_stage.statements(name) if "ssm:" in json.dumps(s["Action"])]
    assert {action for s in touching for action in listed(s["Action"])} <= {
        "ssm:GetParameter",
        "ssm:PutParameter",
        "ssm:DeleteParameter",
    }


def test_who_posts_to_addresses_of_strangers_may_do_nothing_else(any_stage: Template) -> None:
    """Whoever found a way through it could read webhooks and their secrets, note how they went, and tell them."""
    may = {action for statement in any_stage.statements("webhook") for action in listed(statement["Action"])}
    assert {action for action in may if action.startswith(("dynamodb:", "ssm:", "s3:", "scheduler:"))} == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "ssm:GetParameter",
    }
    (sends,) = [one for one in any_stage.statements("webhook") if "sqs:SendMessage" in listed(one["Action"])]
    assert sends["Resource"] == {"Fn::GetAtt": [any_stage.outputs["WebhookQueueUrl"]["Ref"], "Arn"]}


def test_events_are_put_on_the_own_bus_alone_and_by_the_function_that_is_told_its_name(any_stage: Template) -> None:
    (bus,) = any_stage.of("Events::EventBus")
    assert any_stage.of("Events::EventBus")[bus] == {"Name": f"shopbell-{any_stage.stage}"}
    may = {name: s for name in SERVICES for s in any_stage.statements(name) if "events:" in json.dumps(s["Action"])}
    assert {name: (s["Action"], s["Resource"]) for name, s in may.items()} == {
        "webhook": ("events:PutEvents", {"Fn::GetAtt": [bus, "Arn"]})
    }
    told = {name: variables(any_stage.function(name)[1]).get("EVENT_BUS_NAME") for name in SERVICES}
    assert {name: value for name, value in told.items() if value} == {"webhook": {"Ref": bus}}


def test_names_of_files_are_listed_by_the_erasure_alone_and_only_below_people(any_stage: Template) -> None:
    lists = {
        name: (statement["Action"], statement["Resource"], statement["Condition"])
        for name in SERVICES
        for statement in any_stage.statements(name)
        if "s3:ListBucket" in listed(statement["Action"]) and "Files" in json.dumps(statement["Resource"])
    }
    (bucket,) = [name for name in any_stage.of("S3::Bucket") if name.startswith("Files")]
    below = {"StringLike": {"s3:prefix": "exports/*/people/*"}}
    assert lists == {"rebuild": ("s3:ListBucket", {"Fn::GetAtt": [bucket, "Arn"]}, below)}


def test_no_secret_is_in_the_template(any_stage: Template) -> None:
    assert not SECRET.search(json.dumps(any_stage.body))


def test_services_are_trusted_only_on_behalf_of_this_account(any_stage: Template) -> None:
    statements = [
        statement
        for kind in ("SQS::QueuePolicy", "SNS::TopicPolicy")
        for policy in any_stage.of(kind).values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    statements += [
        statement
        for role in any_stage.of("IAM::Role").values()
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] != {"Service": "lambda.amazonaws.com"}
    ]
    for statement in (one for one in statements if one["Effect"] == "Allow"):
        assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_the_api_may_call_only_the_functions_behind_it(any_stage: Template) -> None:
    names = any_stage.function_names()
    invoked = set()
    for permission in any_stage.of("Lambda::Permission").values():
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]
        invoked.add(names[permission["FunctionName"]["Fn::GetAtt"][0]])
    assert invoked == {"track", "campaigns", "authorize"}
