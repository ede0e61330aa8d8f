"""What is rendered once for a run says the same as what is rendered for each person."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid.exceptions import LiquidError
from shopbell.domain.content import Action, Content
from shopbell.domain.naming import Values
from shopbell.domain.rendering import Composer, Written
from shopbell.domain.templates import Said, parse

SHOP = "https://shop.example.com"
STORE = {"name": "Boot Shop", "currency": "EUR", "language": "en"}
RUN = {"source": "campaign", "name": "c1", "run": "r1", "step": 1}
OF_ALL = (
    "Sale",
    "{{ store.name | upcase }} has a sale",
    "{% if store.currency == 'EUR' %}Euro{% else %}other{% endif %} {{ message.step }}",
    "{% assign x = store.name %}{{ x }}{% for i in (1..3) %}{{ i }}{% endfor %}",
    "{{ 'a,b' | split: ',' | join: ' and ' }}",
    "{{ nothing_of_that_name_is_a_value",
)
OF_EACH = (
    "{{ visitor.custom.first_name | default: 'you' }}!",
    "{% if visitor.country == 'DE' %}Hallo{% else %}Hi{% endif %}",
    "{{ visitor.custom.size | times: 2 }} {{ visitor.custom.first_name | upcase | append: '?' }}",
    "{{ visitor | size }}{{ visitor.custom.cut | slice: 0, 3 }}",
    "{{ store['name'] }}",
    "{{ [message.name].first_name }}",
    "{{ coupon.code }}",
    "{{ cart.count }} {{ product.title }} {{ discount.max }} {{ event.type }}",
    "{{ unknown }}",
    "{% capture x %}{{ visitor.country }}{% endcapture %}{{ x }}",
    "{{ visitor.custom.first_name | nofilter }}",
    "{{ visitor.custom.size | divided_by: 0 }}",
    "{{ visitor.custom.long }}",
    "{{ visitor.country.size }} {{ visitor.custom.list | join: '+' }} {{ visitor.custom.list.first }}",
    "{{ visitor.custom.list }} {{ visitor.custom.no }} {{ true }} {{ (1..3) }} {{ nil }}",
    "{{ visitor.custom.half }}",
)
OF_NOW = ("{{ 'now' | date: '%Y' }}", "{{ now }}", "{{ today | date: '%d' }}")
CUSTOM = {"first_name": "Ana", "size": 41, "cut": "abcdef", "list": ["a", 1], "no": False}
PEOPLE = (
    {"country": "DE", "custom": CUSTOM},
    {"country": "FR", "custom": {"long": "ä" * 10_001, "half": "\ud83d", "size": "x"}},
    {"custom": {"first_name": "  "}},
)


def values(visitor: int = 0) -> Values:
    return Values(PEOPLE[visitor], STORE, RUN)  # type: ignore[arg-type]


@pytest.mark.parametrize("source", [*OF_ALL, *OF_EACH])
@pytest.mark.parametrize("visitor", range(len(PEOPLE)))
def test_a_text_says_what_liquid_says(source: str, visitor: int) -> None:
    template, said = parse(source), values(visitor).named()
    try:
        expected = None if template.compiled is None else template.compiled.render(said).strip()
    except (LiquidError, ValueError, TypeError, ArithmeticError):
        expected = None

    assert template.fill(Said(said)) == expected


@pytest.mark.parametrize("source", OF_ALL)
def test_what_names_the_store_and_the_message_alone_is_rendered_once(source: str) -> None:
    composer = Composer(Content(source, "x", "/"), language="en", origin=SHOP)

    first, second = composer.write(["en"], values(0)), composer.write([None], values(1))

    assert first is second
    assert first == Composer(Content(source, "x", "/"), language="en", origin=SHOP).write([], values(2))


@pytest.mark.parametrize("source", [*OF_EACH, *OF_NOW])
def test_what_names_anything_else_is_rendered_for_each(source: str) -> None:
    for content in (
        Content(source, "x", "/"),
        Content("x", source, "/"),
        Content("x", "y", "/", image_url=f"/{source}"),
        Content("x", "y", "/", actions=(Action("a", "go", f"/{source}"),)),
    ):
        composer = Composer(content, language="en", origin=SHOP)
        assert composer.write([], values(0)) is not composer.write([], values(0))


def test_a_language_of_its_own_is_looked_at_by_itself() -> None:
    content = Content("Sale", "x", "/", translations={"de": {"title": "{{ visitor.custom.first_name }}"}})
    composer = Composer(content, language="en", origin=SHOP)

    assert composer.translated
    assert composer.write(["en"], values(0)) is composer.write(["fr"], values(1))
    assert _title(composer, "de", values(0)) == "Ana"
    assert _title(composer, "de", values(2)) == "Boot Shop"


def test_a_store_that_takes_another_name_is_named_so_at_once() -> None:
    composer = Composer(Content("{{ store.name }}", "x", "/"), language="en", origin=SHOP)
    renamed = replace(values(0), store={**STORE, "name": "Shoe Shop"})

    assert [_title(composer, "en", one) for one in (values(0), renamed, values(1))] == [
        "Boot Shop",
        "Shoe Shop",
        "Boot Shop",
    ]


@given(
    st.tuples(*[st.sampled_from([*OF_ALL, *OF_EACH])] * 3),
    st.lists(st.integers(0, len(PEOPLE) - 1), min_size=1, max_size=6),
)
def test_nobody_s_words_depend_on_who_came_before(texts: tuple[str, str, str], visitors: list[int]) -> None:
    content = Content(texts[0], texts[1], "/a", actions=(Action("a", texts[2], "/b"),))
    composer = Composer(content, language="en", origin=SHOP)
    for visitor in visitors:
        alone = Composer(content, language="en", origin=SHOP)
        assert composer.write([], values(visitor)) == alone.write([], values(visitor))


def _title(composer: Composer, language: str, given: Values) -> str:
    written = composer.write([language], given)
    assert isinstance(written, Written)
    return written.title
