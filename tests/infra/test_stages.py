"""What the stages have in common and where they may differ; outputs; settings of the owner."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from shopbell.adapters.dynamo import keys
from shopbell.domain.push.rates import WORKERS

from infra.config import PUSH_TESTS, WEBHOOK_TESTS, stage
from infra.constructs.queues import SHAPES
from infra.services import SEND_QUEUES
from tests.infra.templates import PUSH_TESTS as GIVEN
from tests.infra.templates import Template, template, variables

OUTPUTS: Final = {
    "ApiUrl",
    "StageName",
    "ParameterPrefix",
    "EventBusName",
    *(f"{table.name.title()}TableName" for table in keys.TABLES),
    *(f"{name}QueueUrl" for name in ("Due", "Plan", "Audience", "Rebuild", "Nightly", "Parked", "SendNow")),
    *(f"Send{name}QueueUrl" for name in ("Fcm", "Mozilla", "Apple", "Wns", "Other")),
    "WebhookQueueUrl",
}

LAYER_AND_MACHINE: Final = {
    "Lambda::Function.Architectures.0",
    "Lambda::Function.Runtime",
    "Lambda::LayerVersion.CompatibleArchitectures.0",
    "Lambda::LayerVersion.CompatibleRuntimes.0",
    "Lambda::LayerVersion.Content.S3Key",
}
NAMES: Final = {
    "Lambda::Function.Environment.Variables.STAGE",
    "Lambda::Function.Environment.Variables.PARAMETER_PREFIX",
    "IAM::Policy.parameter path",
    "Outputs.StageName.Value",
    "Outputs.ParameterPrefix.Value",
    "Events::EventBus.Name",
}
TEST_PUSH_SERVICES: Final = {f"Lambda::Function.Environment.Variables.{name}" for name in PUSH_TESTS}
PACE: Final = {
    "Lambda::Function.Environment.Variables.SHOPBELL_PUSH_RATES",
    "Lambda::Function.Environment.Variables.SHOPBELL_CALLS_PER_MINUTE",
}
"""One's own machine, and its push services, take more than strangers are given."""
LOOPBACK_WEBHOOKS: Final = {f"Lambda::Function.Environment.Variables.{name}" for name in WEBHOOK_TESTS}
SIZES: Final = {
    "ApiGatewayV2::Stage.DefaultRouteSettings.ThrottlingRateLimit",
    "ApiGatewayV2::Stage.DefaultRouteSettings.ThrottlingBurstLimit",
    "Lambda::Function.Environment.Variables.SHOPBELL_REQUESTS_PER_SECOND",
}
RETENTION: Final = {
    "DynamoDB::Table.DeletionPolicy",
    "DynamoDB::Table.UpdateReplacePolicy",
    "DynamoDB::Table.DeletionProtectionEnabled",
    "DynamoDB::Table.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled",
    "Logs::LogGroup.DeletionPolicy",
    "Logs::LogGroup.UpdateReplacePolicy",
    "Logs::LogGroup.RetentionInDays",
    "S3::Bucket.DeletionPolicy",
    "S3::Bucket.UpdateReplacePolicy",
}
ENGINE: Final = {
    "IAM::Policy.sqs:SendMessageBatch",
    "IAM::Policy.schedules of the group default",
    "SQS::QueuePolicy.refuses plain HTTP",
    "S3::BucketPolicy.refuses plain HTTP",
    "SNS::TopicPolicy.refuses plain HTTP",
}
"""The engine checks an action that AWS does not have (ruling 38), takes every schedule for one of the group `default`
when it asks who may change it, and speaks plain HTTP on loopback."""
BATCH: Final = "sqs:SendMessageBatch"
IN_DEFAULT: Final = ":schedule/default/*"


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}.{place}")
    else:
        yield path, value


def without_engine(value: Any) -> Any:
    """The same without what the engine needs otherwise; a list of one action is written as that action."""
    if isinstance(value, list):
        kept = [without_engine(one) for one in value if not of_engine(one)]
        return kept[0] if len(kept) == 1 and any(one == BATCH or in_default_group(one) for one in value) else kept
    if isinstance(value, dict):
        return {name: without_engine(one) for name, one in value.items()}
    return value


def of_engine(one: Any) -> bool:
    return one == BATCH or in_default_group(one) or refuses_plain_http(one)


def in_default_group(resource: Any) -> bool:
    return isinstance(resource, dict) and [*resource] == ["Fn::Join"] and IN_DEFAULT in str(resource)


def refuses_plain_http(statement: Any) -> bool:
    return isinstance(statement, dict) and "aws:SecureTransport" in str(statement.get("Condition"))


def flat(stage: Template) -> dict[tuple[str, str], Any]:
    """(logical id, property path) to value."""
    found: dict[tuple[str, str], Any] = {}
    for logical, resource in stage.resources.items():
        kind = str(resource["Type"]).removeprefix("AWS::")
        # CDK writes the stack's name into the logical id of a permission
        name = str(resource["Properties"]["FunctionName"]) if kind == "Lambda::Permission" else logical
        body = {**resource.get("Properties", {}), **{key: resource.get(key) for key in KEPT if key in resource}}
        if kind == "IAM::Policy" and BATCH in str(body):
            found[name, "IAM::Policy.sqs:SendMessageBatch"] = True
        if kind == "IAM::Policy" and IN_DEFAULT in str(body):
            found[name, "IAM::Policy.schedules of the group default"] = True
        if "aws:SecureTransport" in str(body):
            found[name, f"{kind}.refuses plain HTTP"] = True
            if not without_engine(body["PolicyDocument"]["Statement"]):
                continue  # it says nothing else, and local lacks it as a whole
        found |= {(name, path): value for path, value in leaves(without_engine(body), kind)}
    return found | {("Outputs", path): value for path, value in leaves(stage.body["Outputs"], "Outputs")}


KEPT: Final = ("DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Type")


def kinds_of_difference(one: Template, other: Template) -> set[str]:
    left, right = flat(one), flat(other)
    differing = {place for place in left.keys() | right.keys() if left.get(place) != right.get(place)}
    return {
        "IAM::Policy.parameter path"
        if path.startswith("IAM::Policy.") and ":parameter/shopbell/" in str(left.get((name, path)))
        else path
        for name, path in differing
    }


def test_local_differs_from_prod_in_these_properties_and_no_other(prod: Template, local: Template) -> None:
    allowed = LAYER_AND_MACHINE | NAMES | PACE | TEST_PUSH_SERVICES | LOOPBACK_WEBHOOKS | SIZES | RETENTION | ENGINE

    assert kinds_of_difference(prod, local) == allowed


def test_dev_differs_from_prod_in_sizes_retention_and_names_alone(prod: Template, dev: Template) -> None:
    assert kinds_of_difference(prod, dev) == NAMES | SIZES | RETENTION


def test_test_push_services_are_known_to_no_function_in_dev_and_prod(dev: Template, prod: Template) -> None:
    for deployed in (dev, prod):
        assert not [word for word in (*PUSH_TESTS, *GIVEN.values()) if word in str(deployed.body)]


def test_webhooks_of_this_machine_are_admitted_in_local_alone_where_they_are_checked_and_posted_to(
    dev: Template, prod: Template, local: Template
) -> None:
    for deployed in (dev, prod):
        assert not [word for word in WEBHOOK_TESTS if word in str(deployed.body)]
    told = {
        name
        for name in local.function_names().values()
        if WEBHOOK_TESTS.items() <= variables(local.function(name)[1]).items()
    }
    assert told == {"campaigns", "webhook"}


def test_test_push_services_reach_the_functions_that_post_and_admit_in_local(local: Template) -> None:
    told = {
        name
        for name in local.function_names().values()
        if GIVEN.items() <= variables(local.function(name)[1]).items()
    }
    assert told == {"track", "send", "rebuild"}


def test_the_outputs_are_those_that_the_command_reads(any_stage: Template) -> None:
    assert set(any_stage.outputs) == OUTPUTS


def test_nothing_has_a_physical_name(any_stage: Template) -> None:
    named = ("TableName", "QueueName", "FunctionName", "BucketName", "TopicName", "RoleName", "LogGroupName")
    kinds = ("DynamoDB::Table", "SQS::Queue", "Lambda::Function", "S3::Bucket", "SNS::Topic", "IAM::Role")
    for kind in (*kinds, "Logs::LogGroup"):
        for logical, properties in any_stage.of(kind).items():
            assert not set(named) & set(properties), logical


def test_an_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="staging"):
        stage("staging", environment={}, given={})


def test_a_domain_name_without_its_certificate_is_refused() -> None:
    with pytest.raises(SystemExit, match="certificate_arn"):
        stage("prod", environment={}, given={"domain_name": "push.shop.example"})


def test_the_api_lies_on_the_shops_sub_domain_when_the_owner_gives_one() -> None:
    named = template(
        "prod",
        domain_name="push.shop.example",
        certificate_arn="arn:aws:acm:eu-central-1:111122223333:certificate/0f0f0f0f",
    )
    (domain,) = named.of("ApiGatewayV2::DomainName").values()

    assert domain["DomainName"] == "push.shop.example"
    assert len(named.of("ApiGatewayV2::ApiMapping")) == 1
    assert named.outputs["ApiUrl"] == "https://push.shop.example"


def test_the_owner_s_pace_reaches_who_sends_and_who_tells_how_long_it_takes(prod: Template) -> None:
    paced = template("prod", push_rates="fcm=40000")
    told = {
        name
        for name in paced.function_names().values()
        if variables(paced.function(name)[1]).get("SHOPBELL_PUSH_RATES") == "fcm=40000"
    }
    assert told == {"send", "campaigns"}
    assert "SHOPBELL_PUSH_RATES" not in str(prod.body)


def test_the_owner_s_limit_reaches_who_counts_and_the_gateway_s_who_tells_of_it(prod: Template) -> None:
    held = template("prod", calls_per_minute="90")
    told = {name: variables(held.function(name)[1]) for name in held.function_names().values()}
    assert {name for name, said in told.items() if said.get("SHOPBELL_CALLS_PER_MINUTE") == "90"} == {"campaigns"}
    assert {name for name, said in told.items() if said.get("SHOPBELL_REQUESTS_PER_SECOND") == "2000"} == {"track"}
    assert "SHOPBELL_CALLS_PER_MINUTE" not in str(prod.body)


@pytest.mark.parametrize("given", ["0", "-1", "many", ""])
def test_a_limit_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(SystemExit, match="calls_per_minute must be a whole number above 0"):
        stage("prod", environment={}, given={"calls_per_minute": given})


def test_every_queue_of_a_push_service_has_as_many_workers_as_share_its_pace() -> None:
    assert {SHAPES[name].concurrency for name in (*SEND_QUEUES, "send-now")} == {WORKERS}
