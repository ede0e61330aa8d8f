"""Fill a message's templates for one visitor: Liquid in a closed box, and plain words when a template fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from shopbell.domain.content import Action, Content
from shopbell.domain.events import Json
from shopbell.domain.links import absolute
from shopbell.domain.naming import discounts
from shopbell.domain.templates import Template, parse

NOTHING: Final[Mapping[str, Json]] = {}


@dataclass(frozen=True, slots=True)
class Values:
    """What templates may name: `visitor` (traits), `store` (name, currency, language), `message` (source, run) …

    … `cart`, `event` (facts of the trigger), `products`, the first of them as `product`, their `discount`, and the
    `coupon`. What there is none of is nil, so that `{% if product %}` tells. Links and pictures see no code: it is
    never in an address.
    """

    visitor: Mapping[str, Json]
    store: Mapping[str, Json]
    message: Mapping[str, Json]
    cart: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    event: Mapping[str, Json] = field(default_factory=lambda: NOTHING)
    products: Sequence[Mapping[str, Json]] = ()
    coupon: Mapping[str, Json] | None = None

    def named(self) -> dict[str, object]:
        said: dict[str, object] = {
            "visitor": self.visitor,
            "store": self.store,
            "message": self.message,
            "cart": self.cart,
            "event": self.event,
            "products": self.products,
            "discount": discounts(self.products),
        }
        if self.coupon is not None:
            said["coupon"] = self.coupon
        return {**said, "product": self.products[0]} if self.products else said

    def public(self) -> dict[str, object]:
        """What an address may name: all but the code."""
        said = self.named()
        if self.coupon is not None:
            said["coupon"] = {name: value for name, value in self.coupon.items() if name != "code"}
        return said


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
    """One content, each of its texts parsed once for the whole run."""

    def __init__(self, content: Content, *, language: str, origin: str | None) -> None:
        """`language`: of texts whose content says none. `origin`: the shop's, for links that name none."""
        self._content = content
        self._language = content.language or language
        self._origin = origin
        self._texts: dict[str, Template] = {}
        self._said = _all_texts(content)

    def names(self, word: str) -> bool:
        """Whether any of its texts may name it; what none does need not be looked up."""
        return word in self._said

    def write(self, languages: Sequence[str | None], values: Values) -> Written | NoContent:
        """In the first of these languages that there is. Total: no template and no value makes it raise."""
        lang, own = self._translation(languages)
        faults = _Faults()
        said, public = values.named(), values.public()
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
        there = {name.lower(): name for name in self._content.translations}
        for wanted in languages:
            tag = (wanted or "").replace("_", "-").lower()
            for form in (tag, tag.partition("-")[0]):
                if form and form == self._language.lower().partition("-")[0]:
                    return self._language, {}
                if form in there:
                    return there[form], self._content.translations[there[form]]
        return self._language, {}

    def _words(self, name: str, source: str, said: Mapping[str, object], faults: _Faults) -> str:
        """Rendered; where that fails or leaves nothing, the words without their tags."""
        text = self._text(source)
        filled = text.fill(said)
        if filled is None:
            faults.add(name)
        return filled or text.plain

    def _link(self, name: str, source: str, said: Mapping[str, object], faults: _Faults) -> str | None:
        return absolute(self._words(name, source, said, faults), self._origin)

    def _picture(self, name: str, own: Mapping[str, str], said: Mapping[str, object], faults: _Faults) -> str | None:
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

    def _actions(
        self, said: Mapping[str, object], public: Mapping[str, object], faults: _Faults
    ) -> tuple[Action, ...]:
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
    texts = [content.title, content.body, content.url, content.icon_url, content.image_url, content.badge_url]
    texts += [text for action in content.actions for text in (action.title, action.url)]
    texts += [text for translated in content.translations.values() for text in translated.values()]
    return "\n".join(filter(None, texts))
