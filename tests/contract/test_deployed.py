"""A store is created in a deployed stack that is found by its outputs alone."""

import argparse
import json

import pytest
from shopbell.adapters.dynamo.keys import PK, SK
from shopbell.domain.errors import Rejected
from shopbell.local.deployed import NotDeployedError, find
from shopbell.local.storecommand import add_store
from shopbell.local.stores import create

from tests.engine import Account

pytestmark = pytest.mark.engine

TEMPLATE = {
    "Resources": {
        "Config": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": PK, "AttributeType": "S"},
                    {"AttributeName": SK, "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": PK, "KeyType": "HASH"},
                    {"AttributeName": SK, "KeyType": "RANGE"},
                ],
            },
        }
    },
    "Outputs": {
        "ApiUrl": {"Value": "https://api.example/"},
        "ConfigTableName": {"Value": {"Ref": "Config"}},
        "ParameterPrefix": {"Value": "/shopbell/dev"},
    },
}


@pytest.fixture(scope="module")
def stack(account: Account) -> Account:
    account.client("cloudformation").create_stack(StackName="Shopbell-dev", TemplateBody=json.dumps(TEMPLATE))
    return account


def _parameters(account: Account) -> list[str]:
    pages = account.client("ssm").get_paginator("describe_parameters").paginate()
    return sorted(one["Name"] for page in pages for one in page["Parameters"])


def test_a_store_is_founded_where_the_outputs_point(stack: Account) -> None:
    made = create(
        find("dev", stack.client), "Boots", origins=("https://shop.example",), contact="mailto:a@example.com"
    )
    told = made.to_json()
    assert told["api_url"] == "https://api.example"
    mine = [name for name in _parameters(stack) if told["store_id"] in name]
    assert mine == [
        f"/shopbell/dev/{told['store_id']}/message-token",
        f"/shopbell/dev/{told['store_id']}/vapid/k1",
    ]
    assert told["management_key"] not in repr(made)


def test_nothing_is_made_for_a_contact_that_reaches_nobody(stack: Account) -> None:
    before = _parameters(stack)
    with pytest.raises(Rejected):
        create(find("dev", stack.client), "Boots", contact="mailto:a@localhost")
    assert _parameters(stack) == before


def test_the_command_names_the_origin_that_is_none(stack: Account) -> None:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument("--stage", default="local")
    parser = argparse.ArgumentParser()
    add_store(parser, everywhere, lambda _: find("dev", stack.client))
    asked = parser.parse_args(["create", "Boots", "--origin", "https://shop.example", "--origin", "shop.example/x"])
    with pytest.raises(RuntimeError, match=r"^origins\.1: must be an origin"):
        asked.command(asked)


def test_a_stack_that_is_not_there_is_named(stack: Account) -> None:
    with pytest.raises(NotDeployedError, match="Shopbell-prod"):
        find("prod", stack.client)
