"""The shipped words: in both languages, with a product and without one, with a name and without, they read well."""

import re
from collections.abc import Mapping

import pytest
from shopbell.domain.clock import format_duration
from shopbell.domain.content import Content
from shopbell.domain.events import Json
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.content import ContentIn
from shopbell.domain.naming import Values
from shopbell.domain.rendering import Composer, Written
from shopbell.domain.scenarios.settings import ScenarioSettings
from shopbell.domain.scenarios.table import SCENARIOS

SHOP = "https://shop.example"
PRODUCT: Mapping[str, Json] = {
    "title": "Alpine Boots",
    "url": f"{SHOP}/p/boots",
    "image_url": f"{SHOP}/boots.jpg",
    "price": 9_900,
}
WORDS = {
    f"{name} {format_duration(step.delay)}": step.content
    for name, scenario in SCENARIOS.items()
    if scenario.row is not None
    for step in scenario.plan(ScenarioSettings(StoreId("s"), name, True)).steps
}
every_message = pytest.mark.parametrize("content", WORDS.values(), ids=WORDS.keys())
each_language = pytest.mark.parametrize("language", ["en", "de"])
with_and_without = pytest.mark.parametrize("shown", [True, False], ids=["with a product", "without one"])


def written(content: Content, language: str, *, shown: bool, name: str | None = "Ann") -> Written:
    values = Values(
        visitor={"custom": {"first_name": name} if name else {}},
        store={"name": "Boot Shop", "currency": "EUR", "language": "en"},
        message={},
        products=(PRODUCT,) if shown else (),
    )
    made = Composer(content, language="en", origin=SHOP).write([language], values)
    assert isinstance(made, Written)
    return made


@every_message
@each_language
@with_and_without
def test_it_is_whole(content: Content, language: str, shown: bool) -> None:
    made = written(content, language, shown=shown)
    assert (made.lang, made.faults) == (language, ())
    for text in (made.title, made.body):
        assert text
        assert text == " ".join(text.split())
        assert not re.search(r"[{}]|\s[,.!?]|,\s*$|None|nil", text)
        assert len(text) <= 150
    assert made.body.endswith((".", "!", "?"))


@every_message
@each_language
def test_with_a_product_it_names_shows_and_leads_to_it(content: Content, language: str) -> None:
    made = written(content, language, shown=True)
    assert "Alpine Boots" in made.title + made.body
    assert (made.url, made.image_url) == (PRODUCT["url"], PRODUCT["image_url"])


@every_message
@each_language
def test_without_one_it_leads_to_the_shop_and_shows_no_picture(content: Content, language: str) -> None:
    made = written(content, language, shown=False)
    assert (made.url, made.image_url) == (f"{SHOP}/", None)
    assert "Boots" not in made.title + made.body


@every_message
@with_and_without
def test_the_two_languages_differ(content: Content, shown: bool) -> None:
    english, german = written(content, "en", shown=shown), written(content, "de", shown=shown)
    assert english.title != german.title
    assert english.body != german.body


@every_message
@each_language
def test_a_visitor_without_a_name_misses_nothing(content: Content, language: str) -> None:
    made = written(content, language, shown=False, name=None)
    assert not re.search(r"^,|\s[,!]|Ann", made.title)


@every_message
def test_it_may_be_written_by_a_marketer_as_well(content: Content) -> None:
    given = {
        "title": content.title,
        "body": content.body,
        "url": content.url,
        "image_url": content.image_url,
        "translations": {language: dict(texts) for language, texts in content.translations.items()},
        "language": content.language,
    }
    assert ContentIn.model_validate(given).content == content


def test_no_two_messages_of_a_series_say_the_same() -> None:
    titles = [content.title for content in WORDS.values()]
    assert len(titles) == len(set(titles))
