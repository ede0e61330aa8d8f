"""Scenarios, visitors and the store's settings over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from shopbell.app.management.explain import ReadExplanation
from shopbell.app.management.segments.lines import CAUSES
from shopbell.app.management.store import EditStore, ReadStore, mark
from shopbell.app.management.visitors import ReadVisitor
from shopbell.app.scenarios.change import ScenarioChange, StepChange
from shopbell.app.scenarios.enable import EnableScenario
from shopbell.app.scenarios.listing import ListScenarios
from shopbell.app.scenarios.view import ScenarioView
from shopbell.domain.errors import Rejected
from shopbell.domain.ids import StoreId, VisitorId
from shopbell.domain.incoming.scenarios import ScenarioIn, StepIn, own_audience
from shopbell.domain.incoming.stores import StorePatchIn
from shopbell.domain.store import Store
from shopbell.runtime.http import reading, scenario_shapes, shapes, store_shapes
from shopbell.runtime.http.answer import Answer, answer
from shopbell.runtime.http.explain_answers import explanation
from shopbell.runtime.http.request import Request


@dataclass(frozen=True, slots=True)
class StoreCalls:
    scenarios: ListScenarios
    enable: EnableScenario
    visitor: ReadVisitor
    read: ReadStore
    edit: EditStore
    explain: ReadExplanation

    @property
    def handles(self) -> Mapping[str, Callable[[StoreId, Request], Answer]]:
        return {
            "listScenarios": self._scenarios,
            "getScenario": lambda store, request: _seen(self.scenarios.one(store, _name(request))),
            "putScenario": self._put_scenario,
            "getVisitor": self._visitor,
            "listVisitorLog": self._log,
            "explainVisitor": self._explain,
            "getStore": lambda store, _: _shown(self.read(store)),
            "editStore": self._edit_store,
        }

    def _scenarios(self, store: StoreId, request: Request) -> Answer:
        return reading.listed_by_place(request, partial(self.scenarios.page, store), scenario_shapes.scenario)

    def _put_scenario(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(ScenarioIn, request)
        content, variants = given.said
        change = ScenarioChange(
            given.enabled,
            given.parameters,
            content,
            tuple(_step(one) for one in given.steps),
            own_audience(given.audience),
            variants,
        )
        return _seen(self.enable(store, _name(request), change, reading.expected_revision(request)))

    def _visitor(self, store: StoreId, request: Request) -> Answer:
        return answer(store_shapes.visitor(self.visitor(store, VisitorId(request.params["visitor_id"]))))

    def _log(self, store: StoreId, request: Request) -> Answer:
        who, cursor = VisitorId(request.params["visitor_id"]), reading.cursor_of(request)
        cause, limit = reading.one_of(request, "cause", CAUSES), reading.limit_of(request)
        return reading.listed(request, self.visitor.log(store, who, cursor, limit, cause), shapes.log_line)

    def _explain(self, store: StoreId, request: Request) -> Answer:
        who = VisitorId(request.params["visitor_id"])
        campaign, scenario = request.query.get("campaign"), request.query.get("scenario")
        if campaign and not scenario:
            found = self.explain.of_campaign(store, who, campaign)
        elif scenario and not campaign:
            found = self.explain.of_scenario(store, who, scenario)
        else:
            raise Rejected.at("scenario", "or `campaign` must be given, and not both")
        return answer(explanation(found), headers={"cache-control": "no-store"})

    def _edit_store(self, store: StoreId, request: Request) -> Answer:
        given = reading.body(StorePatchIn, request)
        tag = request.headers.get("if-match", "*").strip()
        return _shown(self.edit(store, given, None if tag == "*" else tag.strip('"')))


def _shown(row: Store) -> Answer:
    return answer(store_shapes.store(row), headers={"etag": f'"{mark(row)}"', "cache-control": "no-store"})


def _seen(view: ScenarioView) -> Answer:
    return reading.tagged(scenario_shapes.scenario(view), view.revision)


def _step(given: StepIn) -> StepChange:
    content, variants = given.said
    return StepChange(given.delay, content, given.enabled, variants)


def _name(request: Request) -> str:
    return request.params["name"]
