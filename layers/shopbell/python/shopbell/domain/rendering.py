"""Fill a message's templates for one visitor: Liquid in a closed box, and plain words when a template fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from shopbell.domain.content import Action, Content
from shopbell.domain.events import Json
from shopbell.domain.links import absolute
from shopbell.domain.naming import Values
from shopbell.domain.templates import Said, Template, parse

_OF_ALL: Final = frozenset({"store", "message"})
"""Values that all messages of a run name alike."""
NO_OTHERS: Final[Mapping[str, str]] = {}
_Shared = tuple[Mapping[str, Json], Mapping[str, Json]]
_FIELDS: Final = ("title", "body", "url", "icon_url", "image_url", "badge_url")


@dataclass(frozen=True, slots=True)
class Written:
    """A message for one visitor. `faults` name the texts whose template failed and the pictures that were dropped."""

    title: str
    body: str
    url: str
    lang: str
    icon_url: str | None = None
    image_url: str | None = None
    badge_url: str | None = None
    actions: tuple[Action, ...] = ()
    faults: tuple[str, ...] = ()
    variant: int = 0
    """The place of the variant whose words these are."""
    for_all: bool = False
    """Whether everybody who is written to in this language gets the very same."""


@dataclass(frozen=True, slots=True)
class NoContent:
    """Nothing that could be sent: `reason` says which part is missing."""

    reason: str


@dataclass(slots=True)
class _Faults:
    """Which parts went wrong, in order, each once."""

    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)


class Composer:
    """One content, each of its texts parsed once for the whole run.

    What names nothing but the store and the message is rendered once for each language, too (ruling 42).
    """

    def __init__(self, content: Content, *, language: str, origin: str | None) -> None:
        """`language`: of texts whose content says none. `origin`: the shop's, for links that name none."""
        self._content = content
        self._language = content.language or language
        self._origin = origin
        self._texts: dict[str, Template] = {}
        self._said = _all_texts(content)
        self._there = {name.lower(): name for name in content.translations}
        self._once: dict[str, tuple[_Shared, Written | NoContent] | None] = {}
        """By language what was rendered once, and from what; None: it names who it is for."""

    @property
    def translated(self) -> bool:
        """Whether it matters at all which languages somebody reads."""
        return bool(self._there)

    def names(self, word: str) -> bool:
        """Whether any of its texts may name it; what none does need not be looked up."""
        return word in self._said or "[" in self._said

    def write(self, languages: Sequence[str | None], values: Values) -> Written | NoContent:
        """In the first of these languages that there is. Total: no template and no value makes it raise."""
        lang, own = self._translation(languages)
        if lang not in self._once:
            self._once[lang] = (({}, {}), NoContent("url")) if self._is_for_all(own) else None
        known, shared = self._once[lang], (values.store, values.message)
        if known is None:
            return self._write(lang, own, values)
        if known[0] != shared:
            written = self._write(lang, own, values)
            if isinstance(written, Written):
                written = replace(written, for_all=True)
            known = self._once[lang] = shared, written
        return known[1]

    def _is_for_all(self, own: Mapping[str, str]) -> bool:
        """Whether nothing that it says in a language depends on whom it is for, or on when."""
        roots = [self._text(source).roots for source in _texts_of(self._content, own)]
        return all(one is not None and one <= _OF_ALL for one in roots)

    def _write(self, lang: str, own: Mapping[str, str], values: Values) -> Written | NoContent:
        faults, said = _Faults(), Said(values.named())
        public = said if values.coupon is None else Said(values.public())
        url = self._link("url", own.get("url", self._content.url), public, faults)
        if url is None:
            return NoContent("url")
        title = self._words("title", own.get("title", self._content.title), said, faults)
        return Written(
            title=title or str(values.store.get("name") or ""),
            body=self._words("body", own.get("body", self._content.body), said, faults),
            url=url,
            lang=lang,
            icon_url=self._picture("icon_url", own, public, faults),
            image_url=self._picture("image_url", own, public, faults),
            badge_url=self._picture("badge_url", own, public, faults),
            actions=self._actions(said, public, faults),
            faults=tuple(faults.names),
        )

    def _translation(self, languages: Sequence[str | None]) -> tuple[str, Mapping[str, str]]:
        for wanted in languages if self._there else ():
            tag = (wanted or "").replace("_", "-").lower()
            for form in (tag, tag.partition("-")[0]):
                if form and form == self._language.lower().partition("-")[0]:
                    return self._language, {}
                if form in self._there:
                    name = self._there[form]
                    return name, self._content.translations[name]
        return self._language, {}

    def _words(self, name: str, source: str, said: Said, faults: _Faults) -> str:
        """Rendered; where that fails or leaves nothing, the words without their tags."""
        text = self._text(source)
        filled = text.fill(said)
        if filled is None:
            faults.add(name)
        return filled or text.plain

    def _link(self, name: str, source: str, said: Said, faults: _Faults) -> str | None:
        return absolute(self._words(name, source, said, faults), self._origin)

    def _picture(self, name: str, own: Mapping[str, str], said: Said, faults: _Faults) -> str | None:
        given: Mapping[str, str | None] = {
            "icon_url": self._content.icon_url,
            "image_url": self._content.image_url,
            "badge_url": self._content.badge_url,
        }
        source = own.get(name, given[name])
        if not source:
            return None
        text = self._words(name, source, said, faults)
        if not text:
            return None  # such as the product's, where there is none
        link = absolute(text, self._origin)
        if link is None:
            faults.add(name)
        return link

    def _actions(self, said: Said, public: Said, faults: _Faults) -> tuple[Action, ...]:
        made: list[Action] = []
        for action in self._content.actions:
            title = self._words("actions", action.title, said, faults)
            url = self._link("actions", action.url, public, faults)
            if title and url:
                made.append(Action(action.action, title, url))
            else:
                faults.add("actions")
        return tuple(made)

    def _text(self, source: str) -> Template:
        known = self._texts.get(source)
        if known is None:
            known = self._texts[source] = parse(source)
        return known


def _all_texts(content: Content) -> str:
    translated = (text for texts in content.translations.values() for text in texts.values())
    return "\n".join([*_texts_of(content, NO_OTHERS), *translated])


def _texts_of(content: Content, own: Mapping[str, str]) -> list[str]:
    """Those that are shown in one language: `own` are the texts that differ in it."""
    fields = {name: own.get(name, getattr(content, name)) for name in _FIELDS}
    actions = [text for action in content.actions for text in (action.title, action.url)]
    return [text for text in (*fields.values(), *actions) if text]
