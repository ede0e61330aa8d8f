"""Payloads: the declarative form, always small enough, never broken, the link always whole."""

import json
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.content import Action
from shopbell.domain.push.payload import MAX_PLAINTEXT, Oversized, Payload, Rendered, landing_url, payload

TOKEN: Final = "A" * 150
SMALL: Final = Rendered(
    title="Your cart is waiting",
    body="Two pairs of boots",
    url="https://shop.example/cart?utm_source=push#top",
    tag="0123456789abcdef",
    message=TOKEN,
    lang="en",
    icon_url="https://shop.example/icon.png",
    image_url="https://shop.example/boots.jpg",
    badge_url="https://shop.example/badge.png",
    actions=(Action("buy", "Buy", "https://shop.example/buy"), Action("later", "Later", "https://shop.example/")),
)
LANDING: Final = f"https://shop.example/cart?utm_source=push&sb_m={TOKEN}#top"


def test_a_small_message_says_everything_in_the_declared_form() -> None:
    made = payload(SMALL)
    assert isinstance(made, Payload)
    assert made.trimmed == ()
    assert json.loads(made.plaintext) == {
        "web_push": 8030,
        "notification": {
            "title": "Your cart is waiting",
            "body": "Two pairs of boots",
            "navigate": LANDING,
            "lang": "en",
            "tag": "0123456789abcdef",
            "icon": "https://shop.example/icon.png",
            "image": "https://shop.example/boots.jpg",
            "badge": "https://shop.example/badge.png",
            "actions": [
                {"action": "buy", "title": "Buy", "navigate": f"https://shop.example/buy?sb_m={TOKEN}"},
                {"action": "later", "title": "Later", "navigate": f"https://shop.example/?sb_m={TOKEN}"},
            ],
            "data": {"message": TOKEN},
        },
        "mutable": True,
    }


def test_what_is_not_given_is_not_said() -> None:
    made = payload(Rendered("Hi", "", "https://shop.example/", "t", "m"))
    assert isinstance(made, Payload)
    assert set(json.loads(made.plaintext)["notification"]) == {"title", "body", "navigate", "tag", "data"}


def _url(length: int) -> str:
    return "https://cdn.example/".ljust(length, "x")


TRIMS: Final = [
    ("image first", replace(SMALL, image_url=_url(3_800)), ("image_url",)),
    ("image before body", replace(SMALL, body="b" * 2_000, image_url=_url(1_500)), ("image_url",)),
    ("then actions", replace(SMALL, body="b" * 3_300), ("image_url", "actions")),
    ("then the body", replace(SMALL, body="b" * 9_000), ("image_url", "actions", "body")),
    (
        "badge and icon when no body is left",
        replace(SMALL, body="b" * 99, icon_url=_url(2_000), badge_url=_url(2_000)),
        ("image_url", "actions", "badge_url"),
    ),
    (
        "the title last",
        replace(SMALL, title="t" * 9_000),
        ("image_url", "actions", "body", "badge_url", "icon_url", "title"),
    ),
]


@pytest.mark.parametrize(("rendered", "trimmed"), [row[1:] for row in TRIMS], ids=[row[0] for row in TRIMS])
def test_it_is_trimmed_in_the_order_of_what_is_missed_least(rendered: Rendered, trimmed: tuple[str, ...]) -> None:
    made = payload(rendered)
    assert isinstance(made, Payload)
    assert made.trimmed == trimmed
    assert len(made.plaintext) <= MAX_PLAINTEXT


def test_only_as_many_actions_go_as_must() -> None:
    made = payload(replace(SMALL, body="b" * 3_000))
    assert isinstance(made, Payload)
    assert [action["action"] for action in json.loads(made.plaintext)["notification"]["actions"]] == ["buy"]


def test_a_cut_body_uses_all_the_room_and_ends_in_an_ellipsis() -> None:
    made = payload(replace(SMALL, body="b" * 9_000))
    assert isinstance(made, Payload)
    assert len(made.plaintext) == MAX_PLAINTEXT
    assert json.loads(made.plaintext)["notification"]["body"].endswith("b…")


@pytest.mark.parametrize("character", ["é", "👩‍👩‍👧", "👍🏽", "❤️", "\N{HANGUL SYLLABLE GAG}"])
def test_no_character_is_cut_in_half(character: str) -> None:
    for shift in range(8):
        made = payload(replace(SMALL, body="x" * shift + character * 2_000))
        assert isinstance(made, Payload)
        body = json.loads(made.plaintext)["notification"]["body"]
        kept = body.removesuffix("…")[shift:]
        assert kept == character * (len(kept) // len(character))
        assert kept


def test_a_link_that_cannot_fit_is_not_sent_broken() -> None:
    made = payload(replace(SMALL, url=_url(3_900)))
    assert isinstance(made, Oversized)
    assert made.excess > 0


@pytest.mark.parametrize(
    ("url", "landing"),
    [
        ("https://s.example/", "https://s.example/?sb_m=T"),
        ("https://s.example/?a=1", "https://s.example/?a=1&sb_m=T"),
        ("https://s.example/?sb_m=old&a=1", "https://s.example/?a=1&sb_m=T"),
        ("https://s.example/?", "https://s.example/?sb_m=T"),
        ("https://s.example/#x?y", "https://s.example/?sb_m=T#x?y"),
        ("https://s.example/?xsb_m=1&sb_m", "https://s.example/?xsb_m=1&sb_m=T"),
        ("https://s.example/ü?q=a%26b", "https://s.example/ü?q=a%26b&sb_m=T"),
        ("https://[", "https://[?sb_m=T"),
    ],
)
def test_the_token_rides_in_the_landing_url_once(url: str, landing: str) -> None:
    assert landing_url(url, "T") == landing
    assert landing_url(landing, "T") == landing


TEXTS: Final = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=60).map(lambda text: text * 100),
    st.sampled_from(['"', "\\", "\x00", "\ud83d", "😀", "e\u0301"]).map(lambda text: text * 1_500),
)
URLS: Final = st.integers(20, 2_048).map(_url)


@given(
    st.builds(
        Rendered,
        title=TEXTS.filter(bool),
        body=TEXTS,
        url=URLS,
        tag=st.text("0123456789abcdef", min_size=1, max_size=32),
        message=st.text("Ab-_", min_size=1, max_size=160),
        lang=st.none() | st.sampled_from(["de", "zh-Hant"]),
        icon_url=st.none() | URLS,
        image_url=st.none() | URLS,
        badge_url=st.none() | URLS,
        actions=st.lists(st.builds(Action, action=st.just("a"), title=TEXTS, url=URLS), max_size=3).map(tuple),
    )
)
def test_any_message_fits_is_json_and_keeps_its_title_and_link(rendered: Rendered) -> None:
    made = payload(rendered)
    assert isinstance(made, Payload)
    assert len(made.plaintext) <= MAX_PLAINTEXT
    notification = json.loads(made.plaintext.decode("utf-8"))["notification"]
    assert notification["title"]
    assert notification["navigate"] == landing_url(rendered.url, rendered.message)
    assert notification["data"] == {"message": rendered.message}
    for field, key in (("image_url", "image"), ("badge_url", "badge"), ("icon_url", "icon")):
        assert (field in made.trimmed) == (getattr(rendered, field) != notification.get(key))
    if "title" not in made.trimmed:
        assert notification["title"] == rendered.title.encode("utf-8", "replace").decode()
