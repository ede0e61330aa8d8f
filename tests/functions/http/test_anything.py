"""Whatever is sent, nothing breaks: no body, header or path makes an answer of 500."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shopbell.runtime.http.openapi import OPERATIONS
from shopbell.runtime.http.operation import Managed

from tests.functions.http.office import Office
from tests.functions.http.test_campaigns import CONTENT
from tests.functions.http.test_events import GOOD_EVENTS
from tests.functions.http.test_keys import PRODUCT
from tests.functions.http.test_subscriptions import body as subscription
from tests.functions.http.world import MGMT, PUB, SRV

NAMES = sorted(
    {name for raw in GOOD_EVENTS for name in (*raw, *raw["properties"])}
    | {*PRODUCT, *CONTENT, *subscription()}
    | {"events", "backfill", "traits", "custom", "products", "rule", "and", "or", "not", "event", "window", "last"}
    | {"in_segment", "trait", "op", "value", "audience", "include", "content", "enabled", "parameters", "origins"}
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["ann", "purchase", "page_view", "P30D", "2026-03-02T12:00:00Z", "gte", "https://a.example/", "c:1"]
    )
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=25,
)
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRITING = [operation for operation in OPERATIONS if operation.body is not None]


def call(office: Office, operation: Any, body: Any, headers: dict[str, str] | None = None, part: str = "ann") -> int:
    path = operation.path
    for name in ("visitor_id", "product_id", "segment_id", "campaign_id", "name"):
        path = path.replace(f"{{{name}}}", "we_missed_you" if name == "name" else part)
    if isinstance(operation.access, Managed):
        return office.manage(operation.method, path, body, key=MGMT, headers=headers).status
    key = SRV if operation.path.startswith("/v1/products") else PUB
    return office.call(operation.method, path, body, key=key, headers=headers).status


@QUIET
@given(operation=st.sampled_from(WRITING), body=BODIES)
def test_any_json_is_answered(operation: Any, body: Any) -> None:
    office = Office()
    assert call(office, operation, json.dumps(body)) < 500
    assert office.watch.failures == []


@QUIET
@given(operation=st.sampled_from(WRITING), body=st.binary(max_size=60) | st.text(max_size=60))
def test_any_bytes_are_answered(operation: Any, body: bytes | str) -> None:
    office = Office()
    sent = body if isinstance(body, bytes) else body.encode(errors="surrogatepass")
    assert call(office, operation, sent) < 500


@QUIET
@given(
    events=st.lists(
        st.builds(
            lambda raw, name, value: {**raw, "properties": {**raw["properties"], name: value}},
            st.sampled_from(GOOD_EVENTS),
            st.sampled_from(NAMES),
            BODIES,
        ),
        max_size=5,
    )
)
def test_any_events_are_either_accepted_or_rejected(events: list[Any]) -> None:
    office = Office()
    answer = office.call("POST", "/v1/events", {"events": events}, key=PUB)
    assert answer.status == 202
    assert answer.json["accepted"] + len(answer.json["rejected"]) == len(events)
    assert len({one.id for one in office.stored}) == min(1, answer.json["accepted"])


@QUIET
@given(operation=st.sampled_from(OPERATIONS), part=st.text(min_size=1, max_size=12), header=st.text(max_size=12))
def test_any_path_and_header_is_answered(operation: Any, part: str, header: str) -> None:
    office = Office()
    headers = {"if-match": header, "idempotency-key": header, "user-agent": header, "if-none-match": header}
    assert call(office, operation, "{}", headers, part) < 500
    assert office.watch.failures == []
