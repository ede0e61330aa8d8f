"""What the calls about one visitor answer."""

from pydantic import BaseModel, JsonValue

from shopbell.runtime.http.store_answers import SuppressionOut


class MomentOut(BaseModel):
    """`kind` says what `said` holds.

    `event` and `receipt`: type, id, properties; `segment`: segment_id, change, cause, leaf, version; `merge`: the
    visitor_id that turned out to be this customer; `message`: source, step, outcome (`sent`, or `skipped:` and why);
    `coupon`: source, pool, code.
    """

    at: str
    kind: str
    said: dict[str, JsonValue]


class SuppressedOut(BaseModel):
    """`suppression` null: they may be sent to."""

    visitor_id: str
    suppression: SuppressionOut | None
