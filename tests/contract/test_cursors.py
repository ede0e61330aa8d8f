"""Cursors: ours come back, anything else is the caller's fault, and none leads anywhere else."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.adapters import cursors
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId

from tests.contract.samples import VIP
from tests.contract.worlds import Ports

BAD = {
    "empty": "",
    "no base64": "%%%",
    "no JSON": base64.urlsafe_b64encode(b"[").decode(),
    "no list": base64.urlsafe_b64encode(b'{"a":1}').decode(),
    "no text": base64.urlsafe_b64encode(b"[1]").decode(),
    "empty text": base64.urlsafe_b64encode(b'[""]').decode(),
    "too many": cursors.encode("a", "b"),
    "too long": cursors.encode("a" * 1025),
    "endless": "A" * 5000,
    "letters": "ä",
}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_a_position_comes_back(position: str) -> None:
    assert cursors.position(cursors.encode(position)) == position


@pytest.mark.parametrize("cursor", BAD.values(), ids=BAD.keys())
def test_every_list_refuses_what_is_no_cursor(ports: Ports, store: StoreId, cursor: str) -> None:
    lists = (
        lambda: ports.visitors.walk(store, 0, cursor, 5),
        lambda: ports.subscriptions.page(store, 0, cursor, 5),
        lambda: ports.memberships.page(store, VIP, 0, cursor, 5),
        lambda: ports.memberships.log_of_segment(store, VIP, cursor, 5),
        lambda: ports.campaigns.page(store, cursor, 5),
        lambda: ports.candidates.page("churn", store, 0, 5, cursor, 5),
    )
    for read in lists:
        with pytest.raises(Rejected) as refused:
            read()
        assert refused.value.problems[0].path == "cursor"


@given(st.text(max_size=40))
def test_any_text_is_a_position_or_refused(cursor: str) -> None:
    with contextlib.suppress(Rejected):
        assert cursors.position(cursor)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_sealed_cursor_opens_its_own_list_alone(cursor: str, ours: str, theirs: str) -> None:
    given = cursors.sealed(cursor, ours)
    assert cursors.opened(given, ours) == cursor
    for mistake, of in ((given, f"{ours}{theirs}x"), (f"{given}x", ours), (given[:-1], ours), (cursor, ours)):
        with pytest.raises(Rejected):
            cursors.opened(mistake, of)
