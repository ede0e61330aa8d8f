"""Streams and queues: nothing is retried for ever, nothing is lost, and each consumer has the time it needs."""

import json
from collections.abc import Mapping
from typing import Any, Final

from tests.infra.templates import Properties, Template, variables

FOURTEEN_DAYS: Final = 14 * 24 * 3600
SEND_QUEUES: Final = {"SendNow", "SendFcm", "SendMozilla", "SendApple", "SendWns", "SendOther"}
GIVE_BACK: Final = {*SEND_QUEUES, "Plan", "Audience", "Webhook"}
"""Queues whose consumers may give work back to wait: a build, a paused run, a busy push service."""
KEPT: Final = {"Webhook": (2 * 24 * 3600, 3 * 24 * 3600)}
"""What names visitors and is given up after a day is not kept for long, nor are its dead letters."""
CONSUMERS: Final = {
    "Due": "evaluate",
    "Plan": "scenario_runner",
    "Audience": "audience",
    "Rebuild": "rebuild",
    "Nightly": "nightly",
    "Webhook": "webhook",
    **dict.fromkeys(SEND_QUEUES, "send"),
}


def arn_of(value: Mapping[str, Any]) -> str:
    return str(value["Fn::GetAtt"][0])


def mappings(template: Template, service: str) -> list[tuple[str, str, Properties]]:
    """(source's logical id, function's folder, mapping) of one kind of source."""
    kind = {"stream": "StreamArn", "queue": "Arn"}[service]
    names = template.function_names()
    return [
        (
            arn_of(mapping["EventSourceArn"]),
            names[mapping["FunctionName"]["Fn::GetAtt"][0]]
            if isinstance(mapping["FunctionName"], dict) and "Fn::GetAtt" in mapping["FunctionName"]
            else names[mapping["FunctionName"]["Ref"]],
            mapping,
        )
        for mapping in template.of("Lambda::EventSourceMapping").values()
        if mapping["EventSourceArn"]["Fn::GetAtt"][1] == kind
    ]


def queues(template: Template) -> dict[str, str]:
    """Logical id by the name that the outputs give a queue."""
    return {
        name.removesuffix("QueueUrl"): value["Ref"]
        for name, value in template.outputs.items()
        if name.endswith("QueueUrl")
    }


def test_each_stream_feeds_those_who_follow_it(any_stage: Template) -> None:
    tables = {value["Ref"]: name for name, value in any_stage.outputs.items() if name.endswith("TableName")}
    read = {(tables[source], function) for source, function, _ in mappings(any_stage, "stream")}

    assert read == {
        ("EventsTableName", "evaluate"),
        ("EventsTableName", "tally"),
        ("MembersTableName", "tally"),
        ("LogTableName", "tally"),
        ("CatalogueTableName", "scenario_runner"),
    }


def test_a_stream_has_at_most_two_readers(any_stage: Template) -> None:
    sources = [source for source, _, _ in mappings(any_stage, "stream")]
    assert all(sources.count(source) <= 2 for source in sources)


def test_a_stream_mapping_gives_up_in_time_and_keeps_what_failed(any_stage: Template) -> None:
    buckets = set(any_stage.of("S3::Bucket"))
    for source, _, mapping in mappings(any_stage, "stream"):
        assert mapping["StartingPosition"] == "TRIM_HORIZON", source
        assert mapping["BatchSize"] == 100, source
        assert mapping["MaximumBatchingWindowInSeconds"] <= 1, source
        assert mapping["BisectBatchOnFunctionError"], source
        assert mapping["MaximumRetryAttempts"] == 5, source
        assert mapping["MaximumRecordAgeInSeconds"] == 6 * 3600, source
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], source
        assert arn_of(mapping["DestinationConfig"]["OnFailure"]["Destination"]) in buckets, source


def test_evaluate_sees_every_new_item_of_events_and_tally_those_that_it_counts(any_stage: Template) -> None:
    events = any_stage.outputs["EventsTableName"]["Ref"]
    seen = {
        function: [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]]
        for source, function, mapping in mappings(any_stage, "stream")
        if source == events
    }
    counted = [{"NewImage": {name: {"BOOL": [True]}}} for name in ("receipts", "demand")]

    assert seen == {
        "evaluate": [{"eventName": ["INSERT"]}],
        "tally": [{"eventName": ["INSERT"], "dynamodb": image} for image in counted],
    }


def test_of_the_catalogue_only_news_are_told(any_stage: Template) -> None:
    catalogue = any_stage.outputs["CatalogueTableName"]["Ref"]
    (mapping,) = [one for source, _, one in mappings(any_stage, "stream") if source == catalogue]
    assert [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]] == [
        {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"news": {"BOOL": [True]}}}}
    ]


def test_every_queue_has_its_consumer(any_stage: Template) -> None:
    names = {logical: name for name, logical in queues(any_stage).items()}
    fed = {names[source]: function for source, function, _ in mappings(any_stage, "queue")}

    assert fed == CONSUMERS


def test_a_queue_mapping_reports_single_failures_and_is_bounded(any_stage: Template) -> None:
    for source, _, mapping in mappings(any_stage, "queue"):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], source
        assert mapping["ScalingConfig"]["MaximumConcurrency"] >= 2, source


def test_a_message_stays_hidden_for_six_times_its_consumers_timeout(any_stage: Template) -> None:
    for source, function, _ in mappings(any_stage, "queue"):
        visibility = any_stage.of("SQS::Queue")[source]["VisibilityTimeout"]
        assert visibility >= 6 * any_stage.function(function)[1]["Timeout"], source


def test_every_consumed_queue_has_a_dead_letter_queue_that_keeps_for_14_days(any_stage: Template) -> None:
    for name, logical in queues(any_stage).items():
        queue = any_stage.of("SQS::Queue")[logical]
        kept, dead_kept = KEPT.get(name, (FOURTEEN_DAYS, FOURTEEN_DAYS))
        assert queue["MessageRetentionPeriod"] == kept, name
        if name == "Parked":
            assert "RedrivePolicy" not in queue
            continue
        policy = queue["RedrivePolicy"]
        assert policy["maxReceiveCount"] == (1000 if name in GIVE_BACK else 5), name
        dead = any_stage.of("SQS::Queue")[arn_of(policy["deadLetterTargetArn"])]
        assert dead["MessageRetentionPeriod"] == dead_kept, name


def test_queues_and_buckets_are_encrypted_and_private(any_stage: Template) -> None:
    for logical, queue in any_stage.of("SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"], logical
    for logical, bucket in any_stage.of("S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), logical
        assert bucket["BucketEncryption"], logical
        kept = 7 if logical.startswith("Files") else 30
        assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == kept, logical


def test_on_aws_queues_bucket_and_topic_refuse_plain_http(dev: Template, prod: Template) -> None:
    for stage in (dev, prod):
        refusing = [
            json.dumps(policy.get("Queues") or policy.get("Topics") or [policy.get("Bucket")])
            for kind in ("SQS::QueuePolicy", "S3::BucketPolicy", "SNS::TopicPolicy")
            for policy in stage.of(kind).values()
            if _refuses_plain_http(policy)
        ]
        guarded = [*stage.of("SQS::Queue"), *stage.of("S3::Bucket"), *stage.of("SNS::Topic")]
        assert sorted(refusing) == sorted(json.dumps([{"Ref": logical}]) for logical in guarded)


def test_the_address_of_each_queue_is_in_the_environment_of_who_may_send_to_it(any_stage: Template) -> None:
    logicals = set(queues(any_stage).values())
    for name in any_stage.function_names().values():
        given = variables(any_stage.function(name)[1])
        addressed = {value["Ref"] for key, value in given.items() if key.endswith("_QUEUE_URL")}
        allowed = {
            arn_of(resource)
            for statement in any_stage.statements(name)
            if "sqs:SendMessage" in statement["Action"]
            for resource in (
                statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            )
        }
        assert addressed <= logicals
        assert allowed & logicals == addressed, name


def _refuses_plain_http(policy: Properties) -> bool:
    return any(
        statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in policy["PolicyDocument"]["Statement"]
    )
