"""Queue `rebuild`: bring the visitors of one shard up to the live rules, and go on with jobs."""

from typing import Any

from shopbell.app.building import Rebuild
from shopbell.app.ends import End, Remaining
from shopbell.app.jobs import RunJobs
from shopbell.app.work import BuildWork, JobWork, read_rebuild
from shopbell.runtime import clock, wiring
from shopbell.runtime.observability import reporting
from shopbell.runtime.queues import Answer, Consumer


def handler(
    event: dict[str, Any],
    context: Any,
    rebuild: Rebuild | None = None,
    consume: Consumer | None = None,
    jobs: RunJobs | None = None,
) -> Answer:
    with reporting(context) as report:
        remaining = clock.remaining(context)

        def work(asked: BuildWork | JobWork) -> End:
            return _carried_out(asked, remaining, rebuild, jobs)

        consume = consume or wiring.consumer()
        return consume(event, report, read_rebuild, lambda asked, _: work(asked))


def _carried_out(
    asked: BuildWork | JobWork, remaining: Remaining, rebuild: Rebuild | None, jobs: RunJobs | None
) -> End:
    match asked:
        case JobWork():
            return (jobs or wiring.jobs())(asked, remaining)
        case BuildWork():
            return (rebuild or wiring.rebuild())(asked, remaining)
