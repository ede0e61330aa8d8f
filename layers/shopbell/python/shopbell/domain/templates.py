"""Liquid in a closed box: bounded, reading nothing but what it is given, and never raising."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liquid import BoundTemplate, Environment, RenderContext
from liquid.builtin.content import ContentNode
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError, OutputStreamLimitError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

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


class Said:
    """What the templates of one message may name; Liquid is made ready for it once, when one of them asks."""

    __slots__ = ("_context", "values")

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self._context: RenderContext | None = None

    def context(self, template: BoundTemplate) -> RenderContext:
        """For expressions alone: tags write into it what another text may not find there."""
        if self._context is None:
            self._context = RenderContext(template, globals=self.values)
        return self._context


@dataclass(frozen=True, slots=True)
class Template:
    """One text: compiled, or None when it does not parse; `plain` is what remains without its tags.

    A text without tags is the same for everybody: it is `fixed`, and nothing is rendered.
    """

    compiled: BoundTemplate | None
    plain: str
    fixed: str | None = None
    roots: frozenset[str] | None = frozenset()
    """The values that it may name; None: any."""
    pieces: tuple[str | Expression, ...] | None = None
    """Words and what is filled in between them, of a text without tags of logic."""

    def fill(self, said: Said) -> str | None:
        """The text for these values; None when it cannot be rendered."""
        if self.fixed is not None:
            return self.fixed
        try:
            return None if self.compiled is None else self._rendered(self.compiled, said).strip()
        except _FAULTS:
            return None

    def _rendered(self, compiled: BoundTemplate, said: Said) -> str:
        """As Liquid renders it, at a fraction of the time where there is no logic in it."""
        if self.pieces is None:
            return compiled.render(said.values)
        context = said.context(compiled)
        text = "".join(
            [
                one if isinstance(one, str) else to_liquid_string(one.evaluate(context), autoescape=False)
                for one in self.pieces
            ]
        )
        if len(text.encode()) > _ClosedBox.output_stream_limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        return text


def parse(source: str) -> Template:
    try:
        compiled = _BOX.from_string(source) if len(source) <= MAX_TEMPLATE else None
    except _FAULTS:
        compiled = None
    if compiled is None:
        return Template(None, untemplated(source))
    if not _TAG.search(source):
        return Template(compiled, untemplated(source), source.strip())
    return Template(compiled, untemplated(source), roots=_roots(source, compiled), pieces=_pieces(compiled))


def _roots(source: str, compiled: BoundTemplate) -> frozenset[str] | None:
    """Of an index in brackets it is not known what it names; `now` is named by the word, too."""
    if "[" in source:
        return None
    try:
        found = compiled.analyze()
    except _FAULTS:
        return None
    return frozenset(found.globals) | (frozenset({"now"}) if "date" in found.filters else frozenset())


def _pieces(compiled: BoundTemplate) -> tuple[str | Expression, ...] | None:
    found: list[str | Expression] = []
    for node in compiled.nodes:
        if type(node) is ContentNode:
            found.append(node.text)
        elif type(node) is OutputNode:
            found.append(node.expression)
        else:
            return None
    return tuple(found)


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
