"""Reading a cloud assembly, what of its template changes for the engine, and settings of mappings."""

import json
from pathlib import Path
from typing import Any

import pytest
from shopbell.domain.clock import DAY, MINUTE, SECOND
from shopbell.local.assembly import AssemblyError, for_engine, read_assembly
from shopbell.local.mappings.settings import QueueSettings, StreamSettings, read

from tests.e2e.host.assembly import STACK, write_assembly


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return write_assembly(tmp_path)


def test_the_only_stack_is_found_with_its_assets(written: Path) -> None:
    assembly = read_assembly(written)
    assert assembly.stack == STACK
    key = assembly.template["Resources"]["Track"]["Properties"]["Code"]["S3Key"]
    assert (assembly.asset(key) / "handler.py").is_file()
    assert {asset.bucket for asset in assembly.assets} == {"cdk-hnb659fds-assets-000000000000-us-east-1"}


def test_another_stack_no_assembly_and_an_unknown_asset_are_named(written: Path, tmp_path: Path) -> None:
    with pytest.raises(AssemblyError, match="Other"):
        read_assembly(written, "Other")
    with pytest.raises(AssemblyError, match="no cloud assembly"):
        read_assembly(tmp_path / "nothing")
    with pytest.raises(AssemblyError, match="no asset"):
        read_assembly(written).asset("unknown.zip")


def test_the_engines_template_differs_in_nothing_but_mappings_and_functions(written: Path) -> None:
    before = read_assembly(written).template
    kept = json.dumps(before)
    after = for_engine(before, "http://door")
    assert json.dumps(before) == kept
    for name, resource in before["Resources"].items():
        changed = after["Resources"][name]
        match resource["Type"]:
            case "AWS::Lambda::EventSourceMapping":
                assert changed["Properties"] == {**resource["Properties"], "Enabled": False}
            case "AWS::Lambda::Function":
                variables = changed["Properties"]["Environment"]["Variables"]
                assert variables.pop("MINISTACK_LAMBDA_PROXY_URL") == f"http://door/{name}"
                assert changed["Properties"] == {**resource["Properties"], "Timeout": 900}
            case _:
                assert changed == resource


def test_a_function_that_is_not_python_from_an_asset_stays_with_the_engine() -> None:
    helper = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "x"}, "Runtime": "nodejs22.x"}}
    assert for_engine({"Resources": {"Helper": helper}}, "http://door") == {"Resources": {"Helper": helper}}


def _described(source: str, **more: Any) -> dict[str, Any]:
    return {"UUID": "u", "FunctionArn": "f", "EventSourceArn": source, **more}


STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:q"


def test_a_stream_mapping_without_settings_has_awss_defaults() -> None:
    settings = read(_described(STREAM, MaximumRetryAttempts=-1, MaximumRecordAgeInSeconds=-1))
    assert settings == StreamSettings("u", "f", STREAM, batch_size=100, retries=None, max_age=DAY)


def test_every_setting_of_a_stream_mapping_is_read() -> None:
    told = _described(
        STREAM,
        BatchSize=7,
        MaximumBatchingWindowInSeconds=2,
        StartingPosition="LATEST",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MaximumRetryAttempts=0,
        MaximumRecordAgeInSeconds=60,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::lost"}},
        FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
        ParallelizationFactor=4,
    )
    assert read(told) == StreamSettings(
        "u",
        "f",
        STREAM,
        batch_size=7,
        window=2 * SECOND,
        start="LATEST",
        partial=True,
        retries=0,
        max_age=MINUTE,
        bisect=True,
        destination="arn:aws:s3:::lost",
        filters=({"eventName": ["INSERT"]},),
        lanes=4,
    )


def test_a_queue_mapping_is_read() -> None:
    told = _described(QUEUE, BatchSize=5, ScalingConfig={"MaximumConcurrency": 8})
    assert read(told) == QueueSettings("u", "f", QUEUE, batch_size=5, concurrency=8)


def test_another_source_is_refused() -> None:
    with pytest.raises(ValueError, match="kinesis"):
        read(_described("arn:aws:kinesis:us-east-1:000000000000:stream/s"))
