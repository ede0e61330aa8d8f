"""What a marketer does by hand in a story, and what a page asks before it shows the permission prompt."""

import json

from shopbell.adapters.memory.lists import MemoryLists
from shopbell.adapters.memory.schedules import MemoryOwnSchedules
from shopbell.app.management.campaigns.audience import KeepAudience
from shopbell.app.management.campaigns.scheduling import KeepSchedule
from shopbell.app.management.campaigns.steer import SteerCampaign
from shopbell.app.management.segments.rules import ReadRule
from shopbell.app.tracking.prompting import DecidePrompt
from shopbell.app.work import PlanWork
from shopbell.domain.campaigns import Campaign
from shopbell.domain.ids import CampaignId
from shopbell.domain.incoming.campaigns import CampaignIn, terms_of
from shopbell.domain.incoming.prompts import PromptIn
from shopbell.domain.runs import Terms

from tests.sim.stories.shop import StoryShop
from tests.sim.stories.story import Happening
from tests.unit.app.shop import STORE


def by_hand(shop: StoryShop, what: Happening) -> bool:
    """False: it is something else that happened."""
    if what.campaign is not None:
        _send(shop, CampaignIn.model_validate_json(json.dumps(what.campaign)))
    elif what.trigger is not None:
        shop.trigger(dict(what.trigger))
        shop.drain_builds()
    elif what.cancel is not None:
        timed = KeepSchedule(MemoryOwnSchedules(shop.world), shop.campaigns)
        steer = SteerCampaign(shop.campaigns, shop.stores, shop.runs, _audience(shop), timed, shop.clock)
        steer.cancel(STORE, CampaignId(what.cancel))
    elif what.prompt is not None:
        asked = PromptIn.model_validate({"visitor_id": what.who, "page": what.page})
        answer = DecidePrompt(shop.visitors)(shop.world.stores[STORE], asked) or "shown"
        assert answer == what.prompt, f"{what.who} at {what.at}: {answer}, not {what.prompt}"
    else:
        return False
    return True


def _send(shop: StoryShop, given: CampaignIn) -> None:
    """Called by its name, as the pushes name what they come from."""
    name, now = CampaignId(given.name), shop.clock.now
    content, variants = given.spoken
    audience = _audience(shop)
    made = Campaign(
        store=STORE,
        id=name,
        name=given.name,
        status="sending",
        audience=audience.read(STORE, given.audience),
        content=content,
        variants=variants,
        content_by=given.content_by.texts if given.content_by else None,
        delivery=given.delivery.options,
        terms=terms_of(given, Terms()),
        created_at=now,
        updated_at=now,
        sent_at=now,
    )
    assert shop.campaigns.save(audience.wake(made), expected=None)
    shop.plan(PlanWork(STORE, name, now))


def _audience(shop: StoryShop) -> KeepAudience:
    return KeepAudience(shop.segments, ReadRule(MemoryLists(shop.world)), shop.build, shop.clock)
