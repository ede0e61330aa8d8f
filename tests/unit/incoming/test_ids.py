"""An id that tracking takes can be named in a path of the API, unchanged by whoever carries the call."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.incoming.texts import PATH_ID, check_customer, check_visitor

REFUSED = (
    "a/b",
    "/",
    "a%2Fb",
    "%",
    "a\\b",
    "a?b",
    "a#b",
    "a b",
    "a\tb",
    "a\x00",
    "a\x7f",
    "a\u00a0b",
    "\ufffd",
    ".",
    "..",
)
TAKEN = ("ann", "c:17", "a.b", "...", ".a", "ann@shop.example", "a+b=c&d;e,f", "~a-b_c", "Zoë", "日本", "😀")


@pytest.mark.parametrize("check", [check_visitor, check_customer], ids=["visitor", "customer"])
@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_what_no_path_can_carry_is_no_id(check: Callable[[str], None], text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check(text)
    assert not re.search(PATH_ID, text)


@pytest.mark.parametrize("text", TAKEN, ids=ascii)
def test_the_ids_of_shops_are_taken(text: str) -> None:
    check_visitor(text)
    assert re.search(PATH_ID, text)


@given(st.text(max_size=130))
def test_an_id_that_is_taken_comes_back_from_a_path_as_it_was(text: str) -> None:
    try:
        check_visitor(text)
    except ValueError:
        return
    assert re.search(PATH_ID, text)
    url = urljoin("https://api.example/", f"/v1/visitors/{quote(text, safe='')}")
    assert unquote(url.rpartition("/")[2]) == text
