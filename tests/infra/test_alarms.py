"""Whatever can fail has an alarm from the first deployment, and every alarm reaches somebody."""

from typing import Any

from tests.infra.templates import Template, template


def watched(stage: Template, metric: str, dimension: str) -> set[str]:
    """Logical ids of what has an alarm on that metric."""
    found = set()
    for alarm in stage.of("CloudWatch::Alarm").values():
        if alarm.get("MetricName") == metric:
            found |= {_logical(d["Value"]) for d in alarm["Dimensions"] if d["Name"] == dimension}
    return found


def _logical(value: dict[str, Any]) -> str:
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def test_every_function_has_alarms_on_errors_throttles_and_slowness(any_stage: Template) -> None:
    functions = set(any_stage.of("Lambda::Function"))
    for metric in ("Errors", "Throttles", "Duration"):
        assert watched(any_stage, metric, "FunctionName") == functions, metric


def test_slow_means_four_fifths_of_the_timeout_at_the_99th_percentile(any_stage: Template) -> None:
    for alarm in any_stage.of("CloudWatch::Alarm").values():
        if alarm.get("MetricName") == "Duration":
            function = any_stage.of("Lambda::Function")[_logical(alarm["Dimensions"][0]["Value"])]
            assert alarm["ExtendedStatistic"] == "p99"
            assert alarm["Threshold"] == 800 * function["Timeout"]


def test_readers_of_streams_have_an_alarm_on_lag(any_stage: Template) -> None:
    names = any_stage.function_names()
    assert {names[name] for name in watched(any_stage, "IteratorAge", "FunctionName")} == {
        "evaluate",
        "tally",
        "scenario_runner",
    }


def test_every_queue_is_watched_for_age_if_it_is_consumed_and_for_depth_if_it_is_an_end(any_stage: Template) -> None:
    queues = any_stage.of("SQS::Queue")
    consumed = {name for name, queue in queues.items() if "RedrivePolicy" in queue}

    assert watched(any_stage, "ApproximateAgeOfOldestMessage", "QueueName") == consumed
    assert watched(any_stage, "ApproximateNumberOfMessagesVisible", "QueueName") == set(queues) - consumed


def test_drift_that_the_night_finds_is_an_alarm(any_stage: Template) -> None:
    drifts = {
        alarm["MetricName"]: (alarm["Namespace"], alarm["Dimensions"], alarm["Statistic"], alarm["Threshold"])
        for alarm in any_stage.of("CloudWatch::Alarm").values()
        if str(alarm.get("MetricName", "")).endswith("_drift")
    }
    told = ("Shopbell", [{"Name": "service", "Value": "nightly"}], "Sum", 0)

    assert drifts == {"audit_drift": told, "size_drift": told}


def test_a_key_that_push_services_do_not_take_is_an_alarm(any_stage: Template) -> None:
    (alarm,) = (
        alarm for alarm in any_stage.of("CloudWatch::Alarm").values() if alarm.get("MetricName") == "key_mismatch"
    )
    assert (alarm["Namespace"], alarm["Dimensions"]) == ("Shopbell", [{"Name": "service", "Value": "send"}])
    assert (alarm["Statistic"], alarm["Threshold"], alarm["Period"]) == ("Sum", 0, 300)


def test_silence_is_no_alarm_and_every_alarm_goes_to_the_topic(any_stage: Template) -> None:
    (topic,) = any_stage.of("SNS::Topic")
    for name, alarm in any_stage.of("CloudWatch::Alarm").items():
        assert alarm["TreatMissingData"] == "notBreaching", name
        assert alarm["AlarmActions"] == [{"Ref": topic}], name


def test_cloudwatch_may_publish_although_the_topic_has_a_policy_of_its_own(any_stage: Template) -> None:
    (policy,) = any_stage.of("SNS::TopicPolicy").values()
    allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]

    assert [(s["Principal"], s["Action"]) for s in allowed] == [
        ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    ]


def test_an_address_gets_the_alarms_when_the_owner_names_one(prod: Template) -> None:
    named = template("prod", alarm_email="shop@example.com")

    assert not prod.of("SNS::Subscription")
    (subscription,) = named.of("SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "shop@example.com")


def test_one_dashboard_shows_the_stage(any_stage: Template) -> None:
    assert len(any_stage.of("CloudWatch::Dashboard")) == 1
