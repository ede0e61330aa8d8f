"""The eight tables: split where stream, expiry and backup differ; the package's `keys.py` maps their keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.config import Stage

KEYS_ONLY: Final = dynamodb.ProjectionType.KEYS_ONLY
ALL: Final = dynamodb.ProjectionType.ALL


@dataclass(frozen=True, slots=True)
class IndexShape:
    """A global secondary index: its two key attributes and what it projects."""

    partition: str
    sort: str
    projection: dynamodb.ProjectionType


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """What sets one table apart from the others."""

    stream: dynamodb.StreamViewType | None = None
    expires: bool = False
    indexes: Mapping[str, IndexShape] = field(default_factory=lambda: MappingProxyType({}))


SHAPES: Final[Mapping[str, TableShape]] = {
    "events": TableShape(stream=dynamodb.StreamViewType.NEW_IMAGE, expires=True),
    "visitors": TableShape(
        expires=True,
        indexes={
            "due": IndexShape("due_pk", "due_sk", KEYS_ONLY),
            "walk": IndexShape("walk_pk", "walk_sk", KEYS_ONLY),
        },
    ),
    "members": TableShape(stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES),
    "log": TableShape(
        stream=dynamodb.StreamViewType.NEW_IMAGE,
        expires=True,
        indexes={"by_visitor": IndexShape("who_pk", "who_sk", ALL)},
    ),
    "config": TableShape(indexes={"enabled": IndexShape("scen_pk", "scen_sk", KEYS_ONLY)}),
    "catalogue": TableShape(
        stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        expires=True,
        indexes={"listed": IndexShape("list_pk", "list_sk", KEYS_ONLY)},
    ),
    "runs": TableShape(expires=True),
    "watch": TableShape(expires=True),
}


class Tables(Construct):
    """All tables of one stage, on demand; in a protected stage they outlive the stack and can be wound back."""

    def __init__(self, scope: Construct, id_: str, *, stage: Stage) -> None:
        super().__init__(scope, id_)
        self.by_name = {name: self._table(name, shape, stage) for name, shape in SHAPES.items()}

    def _table(self, name: str, shape: TableShape, stage: Stage) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            name.title(),
            partition_key=_string("pk"),
            sort_key=_string("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=shape.stream,
            time_to_live_attribute="ttl" if shape.expires else None,
            deletion_protection=stage.protect,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=stage.protect
            ),
            removal_policy=RemovalPolicy.RETAIN if stage.protect else RemovalPolicy.DESTROY,
        )
        for index, keys in shape.indexes.items():
            table.add_global_secondary_index(
                index_name=index,
                partition_key=_string(keys.partition),
                sort_key=_string(keys.sort),
                projection_type=keys.projection,
            )
        return table

    def grant(self, grantee: iam.IGrantable, path: str, *actions: str) -> None:
        """Allow the actions on `table` or on `table/index`, and on nothing beside it."""
        name, _, index = path.partition("/")
        arn = self.by_name[name].table_arn
        if index and index not in SHAPES[name].indexes:
            raise LookupError(f"table {name} has no index {index}")
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[f"dynamodb:{action}" for action in actions],
            resource_arns=[f"{arn}/index/{index}" if index else arn],
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
