"""Sentences about what a visitor is and has: traits, lists, subscriptions, cart, favourites and scores."""

from collections.abc import Mapping
from typing import Final, assert_never

from shopbell.domain.rules.conditions import Op
from shopbell.domain.rules.lengths import coming, duration, last
from shopbell.domain.rules.phrases import ALONE, OPPOSITE, age, compared, condition, quoted
from shopbell.domain.rules.standing import (
    AffinityLeaf,
    BucketLeaf,
    CartAgeLeaf,
    CartContainsLeaf,
    CartLeaf,
    NextOrderLeaf,
    RfmLeaf,
    ScoreLeaf,
    SubscriptionAgeLeaf,
    SubscriptionLeaf,
)
from shopbell.domain.rules.traits import DateLeaf, ListLeaf, TraitLeaf

TraitLeaves = TraitLeaf | DateLeaf | ListLeaf
SubscriptionLeaves = SubscriptionLeaf | SubscriptionAgeLeaf
CartLeaves = CartLeaf | CartAgeLeaf | CartContainsLeaf
ScoreLeaves = AffinityLeaf | RfmLeaf | ScoreLeaf | NextOrderLeaf
_OWN: Final = frozenset({"country", "city", "language", "gender", "age", "birthday", "time_zone", "signed_up_at"})
_NAMES: Final[Mapping[str, str]] = {"time_zone": "time zone", "signed_up_at": "sign-up date"}
_FAVOURITES: Final[Mapping[str, tuple[str, str]]] = {
    "category": ("favourite category", "favourite categories"),
    "brand": ("favourite brand", "favourite brands"),
}
_AMONG: Final[Mapping[Op, str]] = {
    "eq": "{} is among their {}",
    "in": "one of {} is among their {}",
    "under": "{} or one below it is among their {}",
    "ne": "{} is not among their {}",
    "not_in": "none of {} is among their {}",
}
_RFM: Final = (("recency", "r"), ("frequency", "f"), ("money", "m"))


def trait_words(leaf: TraitLeaves) -> str:
    """`whose country is “TR”`."""
    match leaf:
        case TraitLeaf():
            return f"whose {_name(leaf.trait)} {condition(leaf.op, leaf.value)}"
        case DateLeaf():
            return f"whose {_name(leaf.trait)} {_date(leaf)}"
        case ListLeaf(list=name):
            return f"who are on the list {quoted(name)}"


def subscription_words(leaf: SubscriptionLeaves) -> str:
    """`who have a push subscription whose browser is “firefox”`."""
    if isinstance(leaf, SubscriptionAgeLeaf):
        return f"who subscribed to push {age(leaf)} and still are subscribed"
    if leaf.subscription == "active":
        return "who cannot be reached by push" if leaf.value is False else "who can be reached by push"
    if leaf.op in OPPOSITE:
        said = condition(OPPOSITE[leaf.op], leaf.value)
        return f"who have no push subscription whose {leaf.subscription} {said}"
    return f"who have a push subscription whose {leaf.subscription} {condition(leaf.op, leaf.value)}"


def cart_words(leaf: CartLeaves) -> str:
    """`whose cart contains a product whose brand is “Keen”`."""
    match leaf:
        case CartLeaf(cart="value"):
            return f"whose cart has a worth that {compared(leaf.op, leaf.value)}"
        case CartLeaf():
            return f"whose cart has a number of pieces that {compared(leaf.op, leaf.value)}"
        case CartAgeLeaf():
            return f"whose cart was last changed {age(leaf)}"
        case CartContainsLeaf() if leaf.op in OPPOSITE:
            said = condition(OPPOSITE[leaf.op], leaf.value)
            return f"whose cart contains no product whose {leaf.field} {said}"
        case CartContainsLeaf():
            return f"whose cart contains a product whose {leaf.field} {condition(leaf.op, leaf.value)}"


def score_words(leaf: ScoreLeaves) -> str:
    """`whose recency score is between 4 and 5`."""
    match leaf:
        case AffinityLeaf():
            return _affinity(leaf)
        case RfmLeaf(rfm=str(group)):
            return f"whose purchases put them into the group {quoted(group)}"
        case RfmLeaf(rfm=scores):
            said = [(word, getattr(scores, key)) for word, key in _RFM]
            parts = [
                f"{word} score {compared('between' if isinstance(score, tuple) else 'eq', score)}"
                for word, score in said
                if score is not None
            ]
            return f"whose {' and '.join(parts)}"
        case ScoreLeaf():
            return f"whose risk not to buy within 90 days {compared(leaf.op, leaf.value)}"
        case NextOrderLeaf(op="within_next"):
            return f"whose next order is expected {coming(leaf.value)}"
        case NextOrderLeaf():
            return f"whose next order was expected {last(leaf.value)}"
        case _:
            assert_never(leaf)


def bucket_words(leaf: BucketLeaf) -> str:
    """A share of the visitors."""
    return f"who fall between {leaf.from_} % and {leaf.to} % of the split {quoted(leaf.bucket)}"


def _name(trait: str) -> str:
    """A custom trait that is called like one of ours says that it is custom."""
    if not trait.startswith("custom."):
        return _NAMES.get(trait, trait)
    bare = trait.removeprefix("custom.")
    return f"custom {bare}" if bare in _OWN else bare


def _date(leaf: DateLeaf) -> str:
    match leaf.op:
        case "within_last":
            return f"was {last(leaf.value)}"
        case "within_next":
            return f"is {coming(leaf.value)}" if leaf.value else "is today"
        case "anniversary_within":
            return f"has its anniversary {coming(leaf.value)}" if leaf.value else "has its anniversary today"
        case "anniversary_ago":
            return f"had its anniversary {duration(leaf.value)} ago" if leaf.value else "has its anniversary today"


def _affinity(leaf: AffinityLeaf) -> str:
    one, many = _FAVOURITES[leaf.affinity]
    if leaf.top == 1:
        return f"whose {one} {condition(leaf.op, leaf.value)}"
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    alone = len(set(values)) == 1
    among = _AMONG[ALONE.get(leaf.op, leaf.op) if alone else leaf.op]
    said = quoted(values[0]) if alone else ", ".join(map(quoted, values))
    return f"of whom {among.format(said, f'{leaf.top} {many}')}"
