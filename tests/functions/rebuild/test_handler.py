"""The function `rebuild`: one message for each shard of a store."""

import pytest
from shopbell.domain.clock import DAY
from shopbell.domain.ids import SegmentId

from functions.rebuild.handler import handler
from tests.functions.lambda_events import consumer, context, counted, sqs_event
from tests.unit.app.shop import NOON, STORE, Shop


def test_a_new_segment_is_built_over_those_who_were_there(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop()
    shop.visit("ann", NOON - DAY)
    shop.segment("visited", {"event": "page_view"}, state="building")
    answer = handler(sqs_event(shop.rebuild_queue.take()), context(), shop.rebuild, consumer(shop))
    assert answer == {"batchItemFailures": []}
    row = shop.segments.get(STORE, SegmentId("visited"))
    assert row is not None
    assert (row.state, shop.profile("ann")) == ("active", {"visited"})
    counts = counted(capsys.readouterr().out)
    assert {"visitors_built": 1, "segments_built": 1, "entered_by_definition": 1}.items() <= counts.items()
