"""The nodes of a rule as frozen values; which one a JSON object is, its key says."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Discriminator, Field, Tag

from shopbell.domain.rules.amounts import CountOp
from shopbell.domain.rules.behaviour import AggregateLeaf, EventLeaf, FirstLeaf, LastLeaf, RatioLeaf
from shopbell.domain.rules.model import Model
from shopbell.domain.rules.sequences import MessageLeaf, SequenceLeaf
from shopbell.domain.rules.standing import (
    AffinityLeaf,
    BucketLeaf,
    CartAgeLeaf,
    CartContainsLeaf,
    CartLeaf,
    NextOrderLeaf,
    RfmLeaf,
    ScoreLeaf,
    SegmentLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
)
from shopbell.domain.rules.traits import DATE_OPS, DateLeaf, ListLeaf, TraitLeaf

__all__ = [
    "NODE_KEYS",
    "AffinityLeaf",
    "AggregateLeaf",
    "And",
    "BucketLeaf",
    "CartAgeLeaf",
    "CartContainsLeaf",
    "CartLeaf",
    "CountOp",
    "DateLeaf",
    "EventLeaf",
    "FirstLeaf",
    "LastLeaf",
    "Leaf",
    "ListLeaf",
    "MessageLeaf",
    "NextOrderLeaf",
    "Not",
    "Or",
    "RatioLeaf",
    "RfmLeaf",
    "Rule",
    "ScoreLeaf",
    "SegmentLeaf",
    "SequenceLeaf",
    "SubscriptionAgeLeaf",
    "SubscriptionLeaf",
    "TraitLeaf",
]


class And(Model):
    all: Annotated[tuple["Rule", ...], Field(alias="and")]


class Or(Model):
    any: Annotated[tuple["Rule", ...], Field(alias="or")]


class Not(Model):
    child: "Rule" = Field(alias="not")


def _event(value: Mapping[str, Any]) -> str:
    plain = value.get("aggregate", "count") == "count" and "of" not in value
    return "<event>" if plain else "<aggregate>"


def _trait(value: Mapping[str, Any]) -> str:
    op = value.get("op")
    return "<date>" if isinstance(op, str) and op in DATE_OPS else "<trait>"


def _cart(value: Mapping[str, Any]) -> str:
    kind = value.get("cart")
    return {"age": "<cart_age>", "contains": "<contains>"}.get(kind, "<cart>") if isinstance(kind, str) else "<cart>"


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "event": _event,
    "trait": _trait,
    "cart": _cart,
    "subscription": lambda value: "<age>" if value.get("subscription") == "age" else "<subscription>",
    "score": lambda value: "<next_order>" if value.get("score") == "next_order_at" else "<score>",
}
NODE_KEYS: Final = frozenset(
    {
        "and",
        "or",
        "not",
        "event",
        "first",
        "last",
        "ratio",
        "sequence",
        "message",
        "trait",
        "list",
        "subscription",
        "cart",
        "affinity",
        "rfm",
        "score",
        "in_segment",
        "bucket",
    }
)


def _node_tag(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    key = next((key for key in value if key in NODE_KEYS), None)
    if key is None:
        return None
    return _KINDS[key](value) if key in _KINDS else f"<{key}>"


Leaf = (
    EventLeaf
    | AggregateLeaf
    | FirstLeaf
    | LastLeaf
    | RatioLeaf
    | SequenceLeaf
    | MessageLeaf
    | TraitLeaf
    | DateLeaf
    | ListLeaf
    | SubscriptionLeaf
    | SubscriptionAgeLeaf
    | CartLeaf
    | CartAgeLeaf
    | CartContainsLeaf
    | AffinityLeaf
    | RfmLeaf
    | ScoreLeaf
    | NextOrderLeaf
    | SegmentLeaf
    | BucketLeaf
)
Rule = Annotated[
    Annotated[And, Tag("<and>")]
    | Annotated[Or, Tag("<or>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[EventLeaf, Tag("<event>")]
    | Annotated[AggregateLeaf, Tag("<aggregate>")]
    | Annotated[FirstLeaf, Tag("<first>")]
    | Annotated[LastLeaf, Tag("<last>")]
    | Annotated[RatioLeaf, Tag("<ratio>")]
    | Annotated[SequenceLeaf, Tag("<sequence>")]
    | Annotated[MessageLeaf, Tag("<message>")]
    | Annotated[TraitLeaf, Tag("<trait>")]
    | Annotated[DateLeaf, Tag("<date>")]
    | Annotated[ListLeaf, Tag("<list>")]
    | Annotated[SubscriptionLeaf, Tag("<subscription>")]
    | Annotated[SubscriptionAgeLeaf, Tag("<age>")]
    | Annotated[CartLeaf, Tag("<cart>")]
    | Annotated[CartAgeLeaf, Tag("<cart_age>")]
    | Annotated[CartContainsLeaf, Tag("<contains>")]
    | Annotated[AffinityLeaf, Tag("<affinity>")]
    | Annotated[RfmLeaf, Tag("<rfm>")]
    | Annotated[ScoreLeaf, Tag("<score>")]
    | Annotated[NextOrderLeaf, Tag("<next_order>")]
    | Annotated[SegmentLeaf, Tag("<in_segment>")]
    | Annotated[BucketLeaf, Tag("<bucket>")],
    Discriminator(_node_tag),
]
for _model in (And, Or, Not):
    _model.model_rebuild()
