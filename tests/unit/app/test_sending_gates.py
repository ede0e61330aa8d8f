"""Whom nothing is posted to, and by which name that is recorded."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from shopbell.app.ends import Done
from shopbell.domain.content import Content
from shopbell.domain.ids import SegmentId
from shopbell.domain.runs import Audience, Run
from shopbell.domain.subscriptions import Subscription

from tests.unit.app.chunks import ends, one_chunk, send
from tests.unit.app.shop import HELLO, NOON, STORE, Shop

VISITED = SegmentId("visited")
Breaks = Callable[[Shop, Run, Subscription], None]


def change(**fields: Any) -> Breaks:
    return lambda shop, _, row: shop.subscriptions.put(replace(row, **fields), None)


def retire(shop: Shop, _: Run, row: Subscription) -> None:
    shop.subscriptions.retire(row, NOON, "left")


def cancel(shop: Shop, run: Run, _: Subscription) -> None:
    shop.runs.set_state(STORE, run.id, "cancelled")


def wait(shop: Shop, run: Run, _: Subscription) -> None:
    shop.clock.now = run.ends_at


def visit(shop: Shop, _: Run, row: Subscription) -> None:
    shop.visit(row.visitor)


def nothing(*_: object) -> None:
    """The run itself is what closes the gate."""


@pytest.mark.parametrize(
    ("breaks", "audience", "content", "outcome"),
    [
        pytest.param(retire, None, HELLO, "skipped:unsubscribed", id="unsubscribed"),
        pytest.param(change(state="parked"), None, HELLO, "skipped:unsubscribed", id="parked"),
        pytest.param(nothing, Audience(include=(VISITED,)), HELLO, "skipped:audience_left", id="left"),
        pytest.param(visit, Audience(exclude=(VISITED,)), HELLO, "skipped:audience_left", id="excluded"),
        pytest.param(
            nothing, Audience(include=(VISITED,), candidates="we_missed_you"), HELLO, "skipped:exited", id="came back"
        ),
        pytest.param(cancel, None, HELLO, "skipped:cancelled", id="cancelled"),
        pytest.param(wait, None, HELLO, "skipped:expired", id="expired"),
        pytest.param(nothing, None, replace(HELLO, url="javascript:x"), "skipped:no_content", id="no link"),
        pytest.param(
            change(endpoint="https://169.254.169.254/x"), None, HELLO, "skipped:endpoint_refused", id="foreign host"
        ),
        pytest.param(change(state="key_mismatch"), None, HELLO, "failed:key_mismatch", id="known mismatch"),
        pytest.param(change(auth=b""), None, HELLO, "failed:bad_subscription", id="bad keys"),
    ],
)
def test_nothing_is_posted_when_a_gate_is_closed(
    breaks: Breaks, audience: Audience | None, content: Content, outcome: str
) -> None:
    shop = Shop()
    shop.segment(VISITED, {"event": "page_view"})
    run, chunk = one_chunk(shop, audience=audience, content=content)
    row = shop.subscriptions.find(STORE, chunk.recipients[0].subscription)
    assert row is not None
    breaks(shop, run, row)
    assert isinstance(send(shop, chunk), Done)
    assert ends(shop, run, chunk) == [outcome]
    assert shop.push.posts == []


@pytest.mark.parametrize(
    ("breaks", "audience"),
    [(nothing, Audience(include=(VISITED,))), (visit, Audience(exclude=(VISITED,)))],
    ids=["left", "excluded"],
)
def test_a_frozen_audience_gets_it_wherever_it_is_by_then(breaks: Breaks, audience: Audience) -> None:
    shop = Shop()
    shop.segment(VISITED, {"event": "page_view"})
    run, chunk = one_chunk(shop, audience=audience)
    shop.world.runs[STORE, run.id] = replace(run, terms=replace(run.terms, recheck_audience=False))
    row = shop.subscriptions.find(STORE, chunk.recipients[0].subscription)
    assert row is not None
    breaks(shop, run, row)
    assert isinstance(send(shop, chunk), Done)
    assert ends(shop, run, chunk) == ["accepted"]
