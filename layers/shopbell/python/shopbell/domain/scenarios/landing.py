"""Where a message leads: to what it shows, or to a page of the shop's with a list picked for the visitor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.links import absolute, for_campaign
from shopbell.domain.scenarios.kinds import WrongInsideError
from shopbell.domain.scenarios.plan import Landing
from shopbell.domain.scenarios.words import either

_ANY_SHOP = "https://shop.invalid"


@dataclass(frozen=True, slots=True)
class ListPage:
    """`{"url": "/picks"}`, a page that shows the picks, or null."""

    name: str
    help: str
    default: Mapping[str, Json] | None = None

    def read(self, given: Json) -> Mapping[str, Json] | None:
        if given is None:
            return None
        if not isinstance(given, Mapping) or given.keys() != {"url"}:
            raise ValueError('must be {"url": …} or null')
        url = given["url"]
        if not isinstance(url, str) or not url or "{" in url or absolute(url, _ANY_SHOP) is None:
            raise WrongInsideError("url", "must be an http(s) URL or a path such as /picks")
        return {"url": url}

    @property
    def form(self) -> Mapping[str, Json]:
        return {"type": "page", "nullable": True}


def landed(content: Content, landing: Landing | None, source_id: str) -> Content:
    """The content with the list's page for its link, wherever there is a product to show."""
    if landing is None or landing.url is None:
        return content
    page = for_campaign(landing.url, source_id)
    translations = {
        language: {**texts, "url": either(page, texts["url"])} if "url" in texts else texts
        for language, texts in content.translations.items()
    }
    return replace(content, url=either(page, content.url), translations=translations)
