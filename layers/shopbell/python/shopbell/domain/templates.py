"""Liquid in a closed box: bounded, reading nothing but what it is given, and never raising."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

MAX_TEMPLATE: Final = 4_000
"""Characters of one text; four times what the largest message can show."""

_PLACES: Final = {"BIF": 0, "CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "PYG": 0, "UGX": 0, "VND": 0, "KWD": 3, "TND": 3}
"""Digits after the point of currencies that have not two (ISO 4217)."""
_TAG: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{%.*|\{\{.*", re.DOTALL)
_LONELY: Final = re.compile(r"\s+([,.!?;:])")
# Besides Liquid's own errors: what filters do with values of the wrong kind, and what runs out
_FAULTS: Final = (LiquidError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class _ClosedBox(Environment):
    """Bounded in loops, memory and output; reads nothing but the values that it is given."""

    block_nesting_limit = 10
    context_depth_limit = 10
    loop_iteration_limit = 500
    local_namespace_limit = 20_000
    output_stream_limit = 20_000


def _money(value: object, currency: object = None) -> str:
    """Minor units written out, `4900 | money: "EUR"` as `49.00 EUR`; nothing for what is no amount."""
    if not isinstance(value, int) or isinstance(value, bool):
        return ""
    name = currency if isinstance(currency, str) else ""
    places = _PLACES.get(name, 2)
    whole, rest = divmod(abs(value), 10**places)
    digits = f"{whole}.{rest:0{places}d}" if places else str(whole)
    return f"{'-' if value < 0 else ''}{digits} {name}".rstrip()


def _closed_box() -> Environment:
    box = _ClosedBox()
    for tag in ("include", "render"):
        del box.tags[tag]
    box.add_filter("money", _money)
    return box


_BOX: Final = _closed_box()


@dataclass(frozen=True, slots=True)
class Template:
    """One text: compiled, or None when it does not parse; `plain` is what remains without its tags.

    A text without tags is the same for everybody: it is `fixed`, and nothing is rendered.
    """

    compiled: BoundTemplate | None
    plain: str
    fixed: str | None = None

    def fill(self, said: Mapping[str, object]) -> str | None:
        """The text for these values; None when it cannot be rendered."""
        if self.fixed is not None:
            return self.fixed
        try:
            return None if self.compiled is None else self.compiled.render(said).strip()
        except _FAULTS:
            return None


def parse(source: str) -> Template:
    try:
        compiled = _BOX.from_string(source) if len(source) <= MAX_TEMPLATE else None
    except _FAULTS:
        compiled = None
    fixed = source.strip() if compiled is not None and not _TAG.search(source) else None
    return Template(compiled, untemplated(source), fixed)


def check_template(source: str) -> str | None:
    """What is wrong with a template, for the one who writes it; None: nothing."""
    if len(source) > MAX_TEMPLATE:
        return f"must be at most {MAX_TEMPLATE} characters"
    try:
        asked = _BOX.from_string(source).analyze().filters
    except _FAULTS as exc:
        # the lines that follow repeat the source
        fault, *_ = str(exc).splitlines() or ["it cannot be read"]
        return f"is no Liquid template: {fault}"
    unknown = [name for name in asked if name not in _BOX.filters]
    return f"names filters that there are not: {', '.join(unknown)}" if unknown else None


def untemplated(source: str) -> str:
    """The words around the tags, without the gaps that the tags leave."""
    return _LONELY.sub(r"\1", " ".join(_TAG.sub(" ", source).split()))
