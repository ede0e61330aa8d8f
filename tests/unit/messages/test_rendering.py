"""Words for one visitor: filled in, translated, harmless, and never empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.content import Action, Content
from shopbell.domain.events import Json
from shopbell.domain.links import MAX_URL, absolute, for_campaign
from shopbell.domain.naming import Values, discounts
from shopbell.domain.rendering import Composer, NoContent, Written
from shopbell.domain.scenarios.table import SCENARIOS
from shopbell.domain.templates import MAX_TEMPLATE, check_template, untemplated

SHOP = "https://shop.example.com"
PLAIN = Content("Hello", "World", "/sale")


def values(**visitor: Json) -> Values:
    return Values({"custom": {}, **visitor}, {"name": "Boot Shop", "currency": "EUR"}, {"run": "r1"})


def write(content: Content, *languages: str | None, **visitor: Json) -> Written | NoContent:
    return Composer(content, language="en", origin=SHOP).write(languages, values(**visitor))


def written(content: Content, *languages: str | None, **visitor: Json) -> Written:
    made = write(content, *languages, **visitor)
    assert isinstance(made, Written)
    return made


def with_title(title: str) -> Content:
    return Content(title, "World", "/sale")


def test_traits_store_and_message_can_be_named() -> None:
    title = "{{ visitor.city | upcase }} {{ store.name }} {{ message.run }}"
    assert written(with_title(title), city="Berlin").title == "BERLIN Boot Shop r1"


def test_what_is_not_known_leaves_no_trace_but_its_gap() -> None:
    assert written(with_title("Hi {{ visitor.city }}!")).title == "Hi !"


@pytest.mark.parametrize(
    ("languages", "lang", "title"),
    [
        pytest.param(("de",), "de", "Hallo", id="translated"),
        pytest.param(("de-AT",), "de", "Hallo", id="by its language alone"),
        pytest.param(("pt-BR",), "pt-BR", "Olá BR", id="by the whole tag"),
        pytest.param(("pt_BR",), "pt-BR", "Olá BR", id="spelled otherwise"),
        pytest.param(("fr", "de"), "de", "Hallo", id="the second wish"),
        pytest.param((None, "de"), "de", "Hallo", id="nothing said first"),
        pytest.param(("en-GB", "de"), "en", "Hello", id="the store's own comes first"),
        pytest.param(("fr",), "en", "Hello", id="none of them"),
        pytest.param((), "en", "Hello", id="no wish"),
    ],
)
def test_the_first_language_that_there_is(languages: tuple[str | None, ...], lang: str, title: str) -> None:
    content = Content("Hello", "World", "/", translations={"de": {"title": "Hallo"}, "pt-BR": {"title": "Olá BR"}})
    made = written(content, *languages)
    assert (made.lang, made.title, made.body) == (lang, title, "World")


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        pytest.param("{{ 1 | divided_by: 0 }}Sale", "Sale", id="arithmetic"),
        pytest.param("{% if %}Sale{% endif %}", "Sale", id="does not parse"),
        pytest.param("Hi {{ visitor.city | nonsense }}, come", "Hi, come", id="no such filter"),
        pytest.param("{% include 'etc' %}Sale", "Sale", id="includes a file"),
        pytest.param("{% render 'etc' %}Sale", "Sale", id="renders a file"),
        pytest.param("{% for i in (1..100000000) %}x{% endfor %} Sale", "x Sale", id="runs for ever"),
        pytest.param("{{ 'x' | append: 'Sale", "Boot Shop", id="nothing is left"),
        pytest.param("", "Boot Shop", id="empty"),
        pytest.param("x" * (MAX_TEMPLATE + 1), "x" * (MAX_TEMPLATE + 1), id="too long"),
        pytest.param(
            "{% assign a = 'aaaaaaaaaa' %}{% for i in (1..400) %}{% assign a = a | append: a %}{% endfor %}Sale",
            "Sale",
            id="takes all memory",
        ),
    ],
)
def test_a_template_that_fails_still_says_something(template: str, shown: str) -> None:
    assert written(with_title(template)).title == shown


def test_faults_are_named_once_each() -> None:
    content = Content("{{ x", "World", "/", image_url="ftp://x/y", actions=(Action("a", "{{ x", "data:x"),))
    assert written(content).faults == ("title", "image_url", "actions")


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3))
def test_no_template_and_no_trait_makes_it_raise_or_say_nothing(template: str, traits: dict[str, Json]) -> None:
    assert written(with_title(template), **{f"t{name}": value for name, value in traits.items()}).title


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "https://user@evil.example/", "ftp://a.b/c"]
)
def test_a_link_that_is_none_leaves_no_content(url: str) -> None:
    assert write(Content("Hello", "World", url)) == NoContent("url")


@pytest.mark.parametrize(
    ("link", "made"),
    [
        ("/sale", f"{SHOP}/sale"),
        ("sale?a=1#b", f"{SHOP}/sale?a=1#b"),
        ("https://other.example/x", "https://other.example/x"),
        ("https://other.example/a b?q=ü", "https://other.example/a%20b?q=%C3%BC"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http:///nohost", None),
        ("https://[::1", None),
        ("/" + "x" * MAX_URL, None),
    ],
)
def test_links_are_absolute_and_encoded(link: str, made: str | None) -> None:
    assert absolute(link, SHOP) == made


def test_a_relative_link_needs_an_origin() -> None:
    assert absolute("/sale", None) is None


def test_pictures_and_actions_are_made_absolute_too() -> None:
    content = Content(
        "Hello",
        "World",
        "/",
        icon_url="/i.png",
        badge_url="/b.png",
        actions=(Action("go", "Go {{ visitor.city }}", "/g"),),
    )
    made = written(content, city="there")
    assert (made.icon_url, made.badge_url, made.image_url) == (f"{SHOP}/i.png", f"{SHOP}/b.png", None)
    assert made.actions == (Action("go", "Go there", f"{SHOP}/g"),)


@pytest.mark.parametrize(("language", "word"), [("en", "missed"), ("de", "vermissen")])
def test_the_shipped_words_are_there_in_both_languages_with_and_without_a_name(language: str, word: str) -> None:
    row = SCENARIOS["we_missed_you"].row
    assert row is not None
    words = row.steps[0].content
    named, unnamed = written(words, language, custom={"first_name": "Ann"}), written(words, language)
    assert (word in named.title, ", Ann!" in named.title, named.faults) == (True, True, ())
    assert (word in unnamed.title, "," in unnamed.title) == (True, False)


def test_a_template_is_checked_for_the_one_who_writes_it() -> None:
    assert check_template("Hi {{ visitor.city | default: 'you' }}") is None
    assert "Liquid" in str(check_template("{% if %}"))
    assert "characters" in str(check_template("x" * (MAX_TEMPLATE + 1)))
    assert check_template("{{ product.price | money: 'EUR' | upcase }}") is None
    assert "titlecase" in str(check_template("{% if x %}{{ visitor.city | titlecase }}{% endif %}"))


def test_without_tags_the_gaps_are_closed() -> None:
    assert untemplated("Hi {{ name }}, we {% if x %}really{% endif %} missed you !") == "Hi, we really missed you!"


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        pytest.param("{{ 4900 | money: 'EUR' }}", "49.00 EUR", id="euro"),
        pytest.param("{{ 4900 | money: 'JPY' }}", "4900 JPY", id="no minor unit"),
        pytest.param("{{ 4900 | money: 'KWD' }}", "4.900 KWD", id="three digits"),
        pytest.param("{{ 5 | money }}", "0.05", id="no currency"),
        pytest.param("{{ -150 | money: 'EUR' }}", "-1.50 EUR", id="less than nothing"),
        pytest.param("x{{ visitor.city | money: 'EUR' }}", "x", id="no amount"),
    ],
)
def test_money_is_written_out(template: str, shown: str) -> None:
    assert written(with_title(template)).title == shown


def test_discounts_are_those_of_the_products_that_are_reduced() -> None:
    assert discounts([{"discount": 0}, {"discount": 12}, {"discount": 40}]) == {"min": 12, "max": 40}
    assert discounts([]) == {"min": 0, "max": 0}


@pytest.mark.parametrize(
    ("link", "made"),
    [
        ("https://a.b/c", "https://a.b/c?utm_source=shopbell&utm_medium=push&utm_campaign=fly_mode%3At1"),
        ("https://a.b/c?d=1#e", "https://a.b/c?d=1&utm_source=shopbell&utm_medium=push&utm_campaign=fly_mode%3At1#e"),
        ("https://a.b/c?utm_source=mail", "https://a.b/c?utm_source=mail"),
    ],
)
def test_a_products_link_says_where_it_was_clicked(link: str, made: str) -> None:
    assert for_campaign(link, "fly_mode:t1") == made


def test_only_what_a_text_names_has_to_be_looked_up() -> None:
    content = Content("Hi", "x", "/", translations={"de": {"body": "{{ cart.count }}"}})
    composer = Composer(content, language="en", origin=SHOP)
    assert (composer.names("cart"), composer.names("event")) == (True, False)
