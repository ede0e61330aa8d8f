"""From values of the domain to what the management calls answer."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from pydantic import JsonValue

from shopbell.app.management.segments.read import SegmentView
from shopbell.domain.clock import Instant, format_instant
from shopbell.domain.content import Content, Variant
from shopbell.domain.errors import Rejected
from shopbell.domain.events import Json
from shopbell.domain.membership import LogLine
from shopbell.domain.rules.parse import parse_rule
from shopbell.domain.rules.paths import leaf_at, negated
from shopbell.domain.rules.sentence import sentence
from shopbell.domain.segments.dips import Dip
from shopbell.runtime.http import management_answers as out


class Words(TypedDict):
    content: out.ContentOut | None
    variants: list[out.VariantOut] | None


def segment(view: SegmentView) -> out.SegmentOut:
    row = view.segment
    return out.SegmentOut(
        id=row.id,
        name=row.name,
        description=row.description,
        tags=list(row.tags),
        rule=json_of(row.rule),
        sentence=view.sentence,
        state=row.state,
        build=out.BuildOut(percent=row.build_percent or 0) if row.state == "building" else None,
        size=out.SizeOut(total=view.total, reachable=view.reachable),
        used_by=len(view.users),
        version=row.version,
        hidden=row.hidden,
        created_at=format_instant(row.created_at),
        last_changed_at=format_instant(row.last_changed_at),
        last_verified_at=instant(row.last_verified_at),
        created_by=row.created_by,
        warning=warning(view.warning, row.rule) if view.warning else None,
    )


def warning(row: Dip, rule: Json) -> out.WarningOut:
    most = f"; most of them by “{_leaf(rule, row.leaf)}”" if row.leaf else ""
    return out.WarningOut(
        day=row.day,
        fell=row.fell,
        share=round(row.share, 4),
        leaf=row.leaf,
        version=row.version,
        cause=row.cause,
        words=f"{row.fell} fewer members on {row.day}, {row.share:.0%} of them all{most}.",
    )


def _leaf(rule: Json, path: str) -> str:
    """In words; its path alone where an edit has taken it out of the rule since."""
    try:
        leaf = leaf_at(rule, path)
        return sentence(parse_rule({"not": leaf} if negated(path) else leaf), {}).rstrip(".")
    except (KeyError, Rejected):
        return path


def log_line(row: LogLine) -> out.LogLineOut:
    return out.LogLineOut(
        visitor_id=row.visitor,
        segment_id=row.flip.segment or None,
        change=row.flip.change,
        at=format_instant(row.flip.at),
        cause=row.flip.cause,
        leaf=row.flip.leaf,
        version=row.flip.version,
    )


def content(row: Content) -> out.ContentOut:
    return out.ContentOut(
        title=row.title,
        body=row.body,
        url=row.url,
        icon_url=row.icon_url,
        image_url=row.image_url,
        badge_url=row.badge_url,
        actions=[out.ActionOut(action=one.action, title=one.title, url=one.url) for one in row.actions],
        translations={language: dict(texts) for language, texts in row.translations.items()},
        language=row.language,
    )


def words(row: Content | None, several: Sequence[Variant]) -> Words:
    """One of both is None, or both where nothing is said."""
    if several:
        shown = [out.VariantOut(name=one.name, weight=one.weight, content=content(one.content)) for one in several]
        return {"content": None, "variants": shown}
    return {"content": content(row) if row else None, "variants": None}


def json_of(value: Json) -> JsonValue:
    """The same value as lists and dicts, which is what a stored one may not be any more."""
    if isinstance(value, Mapping):
        return {name: json_of(inside) for name, inside in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool | int | float):
        return value
    return [json_of(inside) for inside in value]


def instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)
