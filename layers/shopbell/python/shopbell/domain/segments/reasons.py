"""Why a visitor is in a segment, and until when: the parts of its rule that make it so, at one instant."""

from collections.abc import Iterator, Mapping
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.domain.profile import Profile
from shopbell.domain.rules.graph import ROOT
from shopbell.domain.rules.nodes import And, Not, Or, Rule
from shopbell.domain.segments.compiled import LiveSegment
from shopbell.domain.segments.truth import FOREVER

MAX_STEPS: Final = 64
"""Breakpoints that are looked at for the end of a membership; with more, none is named."""
Part = tuple[str, Rule]
"""Path of a leaf, and what holds: the leaf, or that it is not so."""


def reasons(rule: Rule, segment: LiveSegment, profile: Profile, now: Instant) -> tuple[Part, ...]:
    """The leaves that make the rule true, and those that are rightly false. Empty: it does not hold."""
    truths = {path: test(profile, now)[0] for path, test in segment.leaves}
    return tuple(_parts(rule, "", truths, wanted=True)) if _holds(rule, "", truths) else ()


def ends_at(segment: LiveSegment, profile: Profile, now: Instant) -> Instant | None:
    """When time alone would end the membership; None: never, or it does not hold now, or that is too far to see."""
    at = now
    for _ in range(MAX_STEPS):
        truth, until = segment.test(profile, at)
        if not truth:
            return at if at > now else None
        if until == FOREVER:
            return None
        at = until
    return None


def _parts(rule: Rule, path: str, truths: Mapping[str, bool], *, wanted: bool) -> Iterator[Part]:
    match rule:
        case And(all=children):
            yield from _chosen(children, f"{path}.and", truths, wanted=wanted)
        case Or(any=children):
            yield from _chosen(children, f"{path}.or", truths, wanted=wanted)
        case Not(child=child):
            yield from _parts(child, f"{path}.not", truths, wanted=not wanted)
        case _:
            leaf = path.removeprefix(".") or ROOT
            yield leaf, rule if wanted else Not.model_construct(child=rule)


def _chosen(children: tuple[Rule, ...], path: str, truths: Mapping[str, bool], *, wanted: bool) -> Iterator[Part]:
    """Those of the children that are as wanted: all of them where all must be."""
    for place, child in enumerate(children):
        below = f"{path}.{place}"
        if _holds(child, below, truths) is wanted:
            yield from _parts(child, below, truths, wanted=wanted)


def _holds(rule: Rule, path: str, truths: Mapping[str, bool]) -> bool:
    match rule:
        case And(all=children):
            return all(_holds(child, f"{path}.and.{place}", truths) for place, child in enumerate(children))
        case Or(any=children):
            return any(_holds(child, f"{path}.or.{place}", truths) for place, child in enumerate(children))
        case Not(child=child):
            return not _holds(child, f"{path}.not", truths)
        case _:
            return truths[path.removeprefix(".") or ROOT]
