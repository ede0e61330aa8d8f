"""The findings of cdk-nag that stand: each with the constructs that it stands for, and why."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from aws_cdk import Acknowledgment, Stack, Validations


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, accepted for the constructs whose path below the stack matches `where`."""

    rule: str
    where: str
    reason: str


SECRET_PATH: Final = "IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/shopbell"


def findings(stage: str) -> tuple[Finding, ...]:
    """All of them; the paths of secrets name the stage."""
    secrets = [f"*/{kind}{rest}" for kind in ("message-token", "vapid", "identify", "webhook") for rest in ("", "/*")]
    return (
        *_PERMISSIONS,
        *(
            Finding(
                f"AwsSolutions::AwsSolutions-{SECRET_PATH}/{stage}/{path}]",
                "*Role/DefaultPolicy/Resource",
                "A store is made at run time, so its id cannot be in the policy; stage and kind of secret are.",
            )
            for path in secrets
        ),
        *_FUNCTIONS,
        *_QUEUES,
        *_EDGES,
    )


_PERMISSIONS: Final = (
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "*Role/DefaultPolicy/Resource",
        "X-Ray's PutTraceSegments and PutTelemetryRecords know no resource; nothing else has one of these.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::*]",
        "*Reads*/Resource",
        "dynamodb:ListStreams knows no resource, and Lambda demands it of whoever reads a stream.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::<Failures8A3E1A2F.Arn>/*]",
        "*Reads*/Resource",
        "Lambda chooses the names of the failed batches that it writes into this bucket.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:"
        "schedule/<SchedulesGroupC7F67308>/*]",
        "CampaignsRole/DefaultPolicy/Resource",
        "A store's own schedule is made at run time, so its name cannot be in the policy; the group is.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::<Files8E6940B8.Arn>/exports/*]",
        "*Role/DefaultPolicy/Resource",
        "Each export is a file of its own name, below this one folder.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-IAM5[Resource::<Files8E6940B8.Arn>/uploads/*]",
        "*Role/DefaultPolicy/Resource",
        "Each upload is a file of its own name, below this one folder.",
    ),
)

_FUNCTIONS: Final = (
    Finding(
        "AwsSolutions::AwsSolutions-L1",
        "*/Resource",
        "python3.13 is what the layer's wheels are pinned and tested for; both move together.",
    ),
    Finding(
        "Serverless::Serverless-LambdaLatestVersion",
        "*/Resource",
        "python3.13 is what the layer's wheels are pinned and tested for; both move together.",
    ),
    Finding(
        "Serverless::Serverless-LambdaDLQ",
        "*/Resource",
        "Streams and queues have their own destinations, the API waits for its answer, and what the scheduler "
        "invokes has an on-failure queue, which replaces the older dead-letter setting.",
    ),
    Finding(
        "Serverless::Serverless-LambdaEventSourceMappingDestination",
        "*To*/Resource",
        "A queue's failures go to its dead-letter queue; mappings of queues take no destination.",
    ),
)

_QUEUES: Final = (
    Finding(
        "AwsSolutions::AwsSolutions-SQS3",
        "Queues/*/Resource",
        "Only the ends of the line lack a dead-letter queue: what the scheduler gave up, and parked records.",
    ),
    Finding(
        "Serverless::Serverless-SQSRedrivePolicy",
        "Queues/*/Resource",
        "Only the ends of the line lack a dead-letter queue: dead letters themselves, and parked records.",
    ),
)

_EDGES: Final = (
    Finding(
        "AwsSolutions::AwsSolutions-S1",
        "Failures/Resource",
        "Lambda alone writes here and an operator reads; a second bucket for its access log would outweigh it.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-S1",
        "Files/Resource",
        "Exports that go within a week; who asked for which is in the job, which names the key that asked.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-APIG4",
        "Api/Http/*/Resource",
        "Tracking calls carry their own kinds of key, a beacon's in the query: the function checks them itself.",
    ),
    Finding(
        "AwsSolutions::AwsSolutions-APIG4",
        "Api/Unknown/Resource",
        "What no route takes is answered with a 404, which needs no authorization and reads nothing.",
    ),
)


def acknowledge(stack: Stack, stage: str) -> None:
    """Record every finding on exactly the constructs that it stands for."""
    prefix = f"{stack.node.path}/"
    places = [(construct, construct.node.path.removeprefix(prefix)) for construct in stack.node.find_all()]
    for finding in findings(stage):
        note = Acknowledgment(id=finding.rule, reason=finding.reason)
        for construct, path in places:
            if fnmatchcase(path, finding.where):
                Validations.of(construct).acknowledge(note)
