"""A small cloud assembly written by hand: HTTP API, table with stream, queue, schedule, and tiny handlers."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

HANDLERS = Path(__file__).with_name("handlers")
BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
STACK = "Small"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def write_assembly(folder: Path, *, visibility: int = 30, handlers: Path = HANDLERS) -> Path:
    """Write the assembly into `folder`; each handler file becomes one function's asset."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {one.stem: _asset(folder, one) for one in sorted(handlers.glob("*.py"))}
    resources = {**_data(visibility), **_mappings(), **_api(), **_schedule()}
    for name, key in keys.items():
        resources.update(_function(name, key))
    template = {
        "Resources": resources,
        "Outputs": {"TableName": {"Value": ref("Table")}, "QueueUrl": {"Value": ref("Queue")}},
    }
    (folder / f"{STACK}.template.json").write_text(json.dumps(template))
    _manifest(folder, keys)
    return folder


def _asset(folder: Path, handler: Path) -> str:
    digest = hashlib.sha256(handler.read_bytes()).hexdigest()
    home = folder / f"asset.{digest}"
    home.mkdir(exist_ok=True)
    shutil.copy(handler, home / "handler.py")
    return f"{digest}.zip"


def _manifest(folder: Path, keys: dict[str, str]) -> None:
    files = {
        key.removesuffix(".zip"): {
            "source": {"path": f"asset.{key.removesuffix('.zip')}", "packaging": "zip"},
            "destinations": {"current": {"bucketName": BUCKET, "objectKey": key}},
        }
        for key in keys.values()
    }
    (folder / f"{STACK}.assets.json").write_text(json.dumps({"version": "36.0.0", "files": files}))
    artifacts = {
        f"{STACK}.assets": {"type": "cdk:asset-manifest", "properties": {"file": f"{STACK}.assets.json"}},
        STACK: {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{STACK}.template.json", "stackName": STACK},
        },
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))


ALLOWED = {"track": ["dynamodb:PutItem", "dynamodb:GetItem"], "relay": ["sqs:SendMessage"]}


def _role(name: str) -> dict[str, Any]:
    allowed = {
        "Effect": "Allow",
        "Action": ALLOWED.get(name, ["dynamodb:PutItem"]),
        "Resource": [arn("Table"), arn("Queue")],
    }
    trusted = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]},
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusted]},
            "Policies": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}],
        },
    }


def _function(name: str, key: str) -> dict[str, Any]:
    logical = name.capitalize()
    variables = {"TABLE": ref("Table"), "QUEUE": ref("Queue"), "POWERTOOLS_SERVICE_NAME": name}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": key},
            "Handler": "handler.handler",
            "Runtime": "python3.11",
            "Role": arn(f"{logical}Role"),
            "Timeout": 3,
            "MemorySize": 128,
            "Environment": {"Variables": variables},
        },
    }
    return {f"{logical}Role": _role(name), logical: function}


def _data(visibility: int) -> dict[str, Any]:
    return {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
            },
        },
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": visibility,
                "RedrivePolicy": {"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3},
            },
        },
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Lost": {"Type": "AWS::S3::Bucket", "Properties": {}},
    }


def _mappings() -> dict[str, Any]:
    pattern = json.dumps({"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "order#"}]}}}})
    return {
        "FromTable": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
                "FunctionName": ref("Relay"),
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": 25,
                "BisectBatchOnFunctionError": True,
                "MaximumRetryAttempts": 1,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "DestinationConfig": {"OnFailure": {"Destination": arn("Lost")}},
                "FilterCriteria": {"Filters": [{"Pattern": pattern}]},
            },
        },
        "FromQueue": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": arn("Queue"),
                "FunctionName": ref("Fulfil"),
                "BatchSize": 10,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "ScalingConfig": {"MaximumConcurrency": 2},
            },
        },
    }


def _api() -> dict[str, Any]:
    door = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
    integration = {
        "ApiId": ref("Api"),
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": {"Fn::Sub": door + "/${Track.Arn}/invocations"},
        "PayloadFormatVersion": "2.0",
    }
    stage = {"ApiId": ref("Api"), "StageName": "$default", "AutoDeploy": True}
    return {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "api", "ProtocolType": "HTTP"}},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": stage},
        "Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": integration},
        "RouteOptions": _route("OPTIONS /{proxy+}"),
        "RouteAny": _route("ANY /v1/{proxy+}"),
    }


def _route(key: str) -> dict[str, Any]:
    target = {"Fn::Join": ["/", ["integrations", ref("Integration")]]}
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {"ApiId": ref("Api"), "RouteKey": key, "Target": target},
    }


def _schedule() -> dict[str, Any]:
    return {
        "EachMinute": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": "cron(* * * * ? *)",
                "ScheduleExpressionTimezone": "Europe/Berlin",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {
                    "Arn": arn("Clock"),
                    "RoleArn": arn("ClockRole"),
                    "Input": json.dumps({"scheduled_at": "<aws.scheduler.scheduled-time>"}),
                },
            },
        }
    }
