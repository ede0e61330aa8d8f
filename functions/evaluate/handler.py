"""Events stream and queue `due`: keep profiles and memberships in step with what happened and with the time."""

from collections.abc import Mapping
from typing import Any

from shopbell.app.ends import End
from shopbell.app.evaluate import Evaluate
from shopbell.app.newswork import NewsWork, is_news, read_news
from shopbell.app.work import DueWork, read_due
from shopbell.domain.events import Json
from shopbell.runtime import streams, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any], context: Any, evaluate: Evaluate | None = None, consume: Consumer | None = None
) -> Answer:
    with reporting(context) as report:
        run = evaluate or wiring.evaluate()
        if streams.is_stream(event):
            return streams.evaluate(event, run, report)

        def done(work: DueWork | NewsWork) -> End:
            return run.tell(work) if isinstance(work, NewsWork) else run.wake(work)

        return (consume or wiring.consumer())(event, report, _read, lambda work, _: done(work))


def _read(body: Mapping[str, Json]) -> DueWork | NewsWork:
    return read_news(body) if is_news(body) else read_due(body)
