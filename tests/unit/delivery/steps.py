"""A scenario with one hidden segment in a shop in memory, and steps of its visitors as the queue hands them out."""

from dataclasses import replace

from shopbell.adapters.memory.attribution import MemoryReportCounts
from shopbell.adapters.memory.dispatches import MemoryDispatches
from shopbell.adapters.memory.runs import MemoryCounters
from shopbell.app.ends import End, Handed
from shopbell.app.management.campaigns.report import ReadReport
from shopbell.app.nowwork import NowWork
from shopbell.domain.clock import DAY
from shopbell.domain.content import Content
from shopbell.domain.ids import SegmentId, StoreId, VisitorId
from shopbell.domain.profile import Profile
from shopbell.domain.reports import Report
from shopbell.domain.scenarios.pending import PendingStep
from shopbell.domain.scenarios.plan import OnEvent, Plan, Selection, Step

from tests.unit.app.shop import STORE, Shop

GREET = "nice_to_meet_you"
VISITED = SegmentId("visited")
WORDS = Content("Hello {{ visitor.custom.first_name }}", "Step {{ message.step }} at {{ store.name }}", "/new")
SHOWN = Content(
    "{{ product.title }}",
    "From {{ product.price | money: product.currency }}, up to {{ discount.max }} % off",
    "{{ product.url }}",
    image_url="{{ product.image_url }}",
)


def greeting(shop: Shop, *steps: Step, **changes: object) -> Plan:
    """On in the shop; its audience has looked at a page."""
    if (STORE, VISITED) not in shop.world.segments:
        shop.segment(VISITED, {"event": "page_view"})
    plan = Plan(
        scenario=GREET,
        segment=VISITED,
        audience={"event": "page_view"},
        trigger=OnEvent("signup"),
        steps=steps or (Step(0, WORDS), Step(DAY, WORDS)),
        revision=3,
    )
    shop.plans[GREET] = replace(plan, **changes)  # type: ignore[arg-type]
    return shop.plans[GREET]


def showing(count: int = 1, **changes: object) -> Step:
    """A step with products."""
    picks = Selection("smart_offers", count)
    return Step(0, SHOWN, replace(picks, **changes))  # type: ignore[arg-type]


def visitor(shop: Shop, name: str = "ann", *devices: str) -> None:
    """In the audience, with a device or more."""
    for device in devices or ("a",):
        shop.subscribe(name, device=device)
    shop.visit(name)


def work(shop: Shop, name: str = "ann", **changes: object) -> NowWork:
    now = shop.clock.now
    step = PendingStep("scenario", GREET, "signup-1", 0, now, now, now + DAY, "queued")
    return NowWork(STORE, VisitorId(name), replace(step, **changes))  # type: ignore[arg-type]


def deliver(shop: Shop, given: NowWork, receives: int = 1) -> End:
    return shop.send_now(given, Handed(receives), shop.left)


def waiting(shop: Shop, name: str = "ann") -> tuple[PendingStep, ...]:
    return profile(shop, name).steps


def profile(shop: Shop, name: str = "ann", store: StoreId = STORE) -> Profile:
    return shop.visitors.load(store, VisitorId(name))


def reader(shop: Shop) -> ReadReport:
    counters = MemoryCounters(shop.world)
    return ReadReport(
        shop.campaigns,
        shop.runs,
        shop.progress,
        counters,
        counters,
        MemoryReportCounts(shop.world),
        shop.clock,
        MemoryDispatches(shop.world).accepted,
    )


def report(shop: Shop) -> Report:
    return reader(shop).over(shop.runs.of_source(STORE, "scenario", GREET))
