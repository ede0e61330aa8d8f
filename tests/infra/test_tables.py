"""The template's tables are the tables of keys.py, and prod's outlive everything."""

from typing import Any

from shopbell.adapters.dynamo import keys

from tests.infra.templates import Properties, Template


def declared(template: Template) -> dict[str, tuple[str, Properties]]:
    """Logical id and properties by the name that the outputs give a table."""
    found = {}
    for name, value in template.outputs.items():
        if name.endswith("TableName"):
            logical = value["Ref"]
            found[name.removesuffix("TableName").lower()] = (logical, template.of("DynamoDB::Table")[logical])
    return found


def schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def indexes(table: Properties) -> dict[str, Any]:
    return {
        index["IndexName"]: (index["KeySchema"], index["Projection"])
        for index in table.get("GlobalSecondaryIndexes", [])
    }


def test_every_table_of_the_map_is_declared_and_no_other(any_stage: Template) -> None:
    assert set(declared(any_stage)) == {table.name for table in keys.TABLES}
    assert len(any_stage.of("DynamoDB::Table")) == len(keys.TABLES)


def test_keys_indexes_streams_and_expiry_are_those_of_the_map(any_stage: Template) -> None:
    tables = declared(any_stage)
    for table in keys.TABLES:
        _, found = tables[table.name]
        assert found["KeySchema"] == schema(keys.PK, keys.SK), table.name
        assert found.get("StreamSpecification", {}).get("StreamViewType") == table.stream, table.name
        expiry = {"AttributeName": keys.TTL, "Enabled": True} if table.ttl else None
        assert found.get("TimeToLiveSpecification") == expiry, table.name
        assert indexes(found) == {
            name: (schema(index.partition, index.sort), {"ProjectionType": index.projection})
            for name, index in (table.indexes or {}).items()
        }, table.name


def test_every_key_is_text_and_every_table_is_paid_by_request(any_stage: Template) -> None:
    for table in any_stage.of("DynamoDB::Table").values():
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert {attribute["AttributeType"] for attribute in table["AttributeDefinitions"]} == {"S"}


def test_prod_keeps_its_tables_whatever_happens_to_the_stack(prod: Template) -> None:
    for logical, table in prod.of("DynamoDB::Table").items():
        resource = prod.resources[logical]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), logical
        assert table["DeletionProtectionEnabled"], logical
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], logical


def test_dev_leaves_nothing_behind(dev: Template) -> None:
    kept = [name for name, resource in dev.resources.items() if resource.get("DeletionPolicy") == "Retain"]
    assert kept == []
