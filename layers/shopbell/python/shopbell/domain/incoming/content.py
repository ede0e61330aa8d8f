"""What a message is to say, as a marketer writes it: texts are Liquid templates, links may be the shop's own."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from shopbell.domain.content import Action, Content
from shopbell.domain.incoming.faults import Incoming, checked
from shopbell.domain.incoming.texts import LanguageText, Many, Short
from shopbell.domain.links import absolute
from shopbell.domain.templates import check_template

MAX_ACTIONS: Final = 2
"""What every browser that shows buttons shows."""
MAX_TRANSLATIONS: Final = 40
_ANY_SHOP: Final = "https://shop.invalid"


def _check_text(text: str) -> None:
    if (fault := check_template(text)) is not None:
        raise ValueError(fault)


def check_link(text: str) -> None:
    """A template is judged once it is filled in; anything else must be http(s), or a path of the shop."""
    _check_text(text)
    if "{{" not in text and "{%" not in text and absolute(text, _ANY_SHOP) is None:
        raise ValueError("must be an http(s) URL or a path such as /sale")


Words = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(checked(_check_text))]
Link = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(checked(check_link))]


class ActionIn(Incoming):
    """A button; `action` is the word that comes back in the receipt."""

    action: Short
    title: Words
    url: Link


class TranslationIn(Incoming):
    """What differs in one language."""

    title: Words | None = None
    body: Words | None = None
    url: Link | None = None
    icon_url: Link | None = None
    image_url: Link | None = None
    badge_url: Link | None = None

    @property
    def texts(self) -> Mapping[str, str]:
        return {name: text for name, text in self.model_dump().items() if text is not None}


class ContentIn(Incoming):
    """api.md, content."""

    title: Words
    body: Words
    url: Link
    icon_url: Link | None = None
    image_url: Link | None = None
    badge_url: Link | None = None
    actions: Annotated[Many[ActionIn], Field(max_length=MAX_ACTIONS)] = ()
    translations: Annotated[dict[LanguageText, TranslationIn], Field(max_length=MAX_TRANSLATIONS)] = Field(
        default_factory=dict
    )
    language: LanguageText | None = None
    """Of the texts that are not translated; left out: the store's."""

    @property
    def content(self) -> Content:
        return Content(
            title=self.title,
            body=self.body,
            url=self.url,
            icon_url=self.icon_url,
            image_url=self.image_url,
            badge_url=self.badge_url,
            actions=tuple(Action(one.action, one.title, one.url) for one in self.actions),
            translations={language: one.texts for language, one in self.translations.items()},
            language=self.language,
        )
