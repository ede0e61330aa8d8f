"""Trying a scenario out, over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shopbell.app.scenarios.dryrun import DryRun, Held
from shopbell.app.scenarios.dryrun_all import StartDryRun
from shopbell.app.scenarios.judging import Message
from shopbell.domain.clock import format_instant
from shopbell.domain.ids import StoreId
from shopbell.domain.incoming.trials import DryRunIn
from shopbell.domain.sampling import Estimate
from shopbell.domain.scenarios.selected import Pick
from shopbell.runtime.http import reading
from shopbell.runtime.http import trial_answers as out
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.life_answers import JobStartedOut
from shopbell.runtime.http.request import Request
from shopbell.runtime.http.survey_answers import EstimateOut


@dataclass(frozen=True, slots=True)
class TrialCalls:
    dry_run: DryRun
    all: StartDryRun

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {"dryRunScenario": self._dry_run}

    def _dry_run(self, store: StoreId, request: Request) -> Answer:
        name, given = request.params["name"], reading.body(DryRunIn, request)
        supposed = given.supposed
        if given.all:
            job = self.all(store, name, given.at, reading.caller(request), supposed)
            return answer(JobStartedOut(job_id=job.id), 202)
        found = self.dry_run(store, name, given.at, supposed)
        shape = out.TrialOut(
            as_of=format_instant(found.as_of),
            since=format_instant(found.since),
            visitors=_estimate(found.visitors),
            sampled=found.sampled,
            would_get=out.WouldGetOut(
                **dict(_estimate(found.would_get)), sample=[_message(one) for one in found.messages]
            ),
            would_not=[_held(one) for one in found.would_not],
        )
        return answer(shape, headers={"cache-control": "no-store"})


def _message(one: Message) -> out.TrialMessageOut:
    return out.TrialMessageOut(
        visitor_id=one.visitor,
        at=format_instant(one.at),
        step=one.step,
        variant=one.variant,
        title=one.title,
        body=one.body,
        products=[_pick(pick) for pick in one.picks],
        level=one.level,
        deferred=[out.PutOffOut(gate=gate.reason, until=format_instant(gate.until)) for gate in one.deferred],
    )


def _pick(one: Pick) -> out.TrialPickOut:
    return out.TrialPickOut(
        product_id=one.product.id,
        title=one.product.title,
        url=one.product.url,
        algorithm=one.algorithm,
        level=one.level,
        score=one.score,
        reason=one.reason,
    )


def _held(one: Held) -> out.WouldNotOut:
    return out.WouldNotOut(**dict(_estimate(one.size)), gate=one.gate, sample=list(one.visitors))


def _estimate(size: Estimate) -> EstimateOut:
    return EstimateOut(estimate=size.value, low=size.low, high=size.high, exact=size.exact)
