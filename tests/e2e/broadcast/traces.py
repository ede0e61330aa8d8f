"""What is held of somebody anywhere on the machine: tables, queues, files and what functions have printed."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from shopbell.local.session import LocalSession

from tests.contract.raw import holds

Row = Mapping[str, Any]


def in_tables(session: LocalSession, marks: Collection[bytes]) -> list[tuple[str, str, str]]:
    """Table, partition and sort key of every row that holds a mark; a Scan, which only a test may do."""
    return sorted((name, row["pk"]["S"], row["sk"]["S"]) for name, row in rows(session) if holds(row, marks))


def rows(session: LocalSession) -> Iterator[tuple[str, Row]]:
    client = session.client("dynamodb")
    tables = {name[: -len("TableName")]: of for name, of in session.outputs.items() if name.endswith("TableName")}
    for name, table in tables.items():
        for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from ((name, row) for row in page["Items"])


def in_files(session: LocalSession, marks: Collection[bytes]) -> list[str]:
    """Bucket and name of each file that holds a mark, or is named by one."""
    client, found = session.client("s3"), list[str]()
    for bucket in client.list_buckets()["Buckets"]:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for one in page.get("Contents", ()):
                body = client.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read()
                if holds([one["Key"], body], marks):
                    found.append(f"{bucket['Name']}/{one['Key']}")
    return sorted(found)


def in_queues(session: LocalSession, marks: Collection[bytes]) -> list[str]:
    """Queues, dead letters among them, with a message in them that holds a mark; all stay where they are."""
    client, found = session.client("sqs"), set[str]()
    for url in client.list_queues()["QueueUrls"]:
        got = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=0)
        found.update(url for message in got.get("Messages", ()) if holds(message["Body"], marks))
    return sorted(found)


def in_logs(session: LocalSession, marks: Collection[bytes]) -> list[str]:
    """Lines that functions have printed with a mark in them, beginning with whose log it is."""
    return sorted(
        f"{file.stem}: {line.decode(errors='replace')[:200]}"
        for file in session.folder.logs.glob("*.log")
        for line in file.read_bytes().splitlines()
        if any(mark in line for mark in marks)
    )
