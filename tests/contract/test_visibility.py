"""Giving a message back: hidden for as long as was asked, received once more, and false where that cannot be said."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws
from shopbell.adapters.visibility import SqsDeferral

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def sqs() -> Iterator["SQSClient"]:
    with mock_aws():
        yield boto3.client(
            "sqs", region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )


def received(sqs: "SQSClient", url: str) -> list[str]:
    """Receipt handles of what is visible now."""
    answer = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
    return [message["ReceiptHandle"] for message in answer.get("Messages", [])]


def test_a_message_comes_back_when_it_was_asked_to(sqs: "SQSClient") -> None:
    url = sqs.create_queue(QueueName="work")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    (receipt,) = received(sqs, url)
    assert SqsDeferral(sqs).defer(arn, receipt, 900)
    assert received(sqs, url) == []
    assert SqsDeferral(sqs).defer(arn, receipt, 0)
    assert len(received(sqs, url)) == 1


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param("arn:aws:sqs:eu-central-1:123456789012:work", id="a receipt of nothing"),
        pytest.param("arn:aws:sqs:eu-central-1:123456789012:absent", id="no such queue"),
    ],
)
def test_what_cannot_be_said_is_answered_and_not_raised(sqs: "SQSClient", arn: str) -> None:
    sqs.create_queue(QueueName="work")
    assert not SqsDeferral(sqs).defer(arn, "no receipt of ours", 60)
