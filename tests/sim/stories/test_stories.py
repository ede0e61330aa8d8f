"""Scenario stories under a virtual clock: the pushes that come, when, with what and why, and nothing besides."""

from typing import Final

import pytest
from shopbell.domain.clock import SECOND, format_instant
from shopbell.domain.events import Json

from tests.sim.stories.coupons import check_stock
from tests.sim.stories.reports import check_reports
from tests.sim.stories.stage import Seen, Stage
from tests.sim.stories.story import Push, Story, stories

STORIES: Final = stories()


@pytest.mark.parametrize("story", [story for _, story in STORIES], ids=[name for name, _ in STORIES])
def test_the_story_comes_true(story: Story) -> None:
    stage = Stage(story)
    stage.play()
    left = list(stage.seen)
    for wanted in story.pushes:
        found = next((seen for seen in left if _is(wanted, seen)), None)
        assert found is not None, f"{wanted} did not come; came: {[_line(seen) for seen in left]}; {stage.ends}"
        left.remove(found)
    assert not left, f"came besides: {[_line(seen) for seen in left]}"
    check_reports(stage)
    check_stock(stage.shop.world, story)
    for skip in story.skips:
        counted = stage.skipped(skip.scenario)
        assert counted[skip.gate] == skip.count, f"{skip.scenario} {skip.gate}: {dict(counted)}"


def test_no_two_stories_have_one_name() -> None:
    names = [name for name, _ in STORIES]
    assert len(names) == len(set(names))


def _is(wanted: Push, seen: Seen) -> bool:
    late = seen.at - wanted.instant
    notification = seen.payload["notification"]
    assert isinstance(notification, dict)
    same = (wanted.who, wanted.scenario, wanted.step) == (seen.who, seen.scenario, seen.step)
    return (
        same
        and 0 <= late <= wanted.within * SECOND
        and wanted.device in {None, seen.device}
        and wanted.urgency in {None, seen.urgency}
        and str(notification.get("body")).endswith(wanted.ends or "")
        and all(
            want is None or want == notification.get(name)
            for name, want in (("title", wanted.title), ("body", wanted.body), ("lang", wanted.lang))
        )
        and _shows(wanted, seen, notification)
    )


def _shows(wanted: Push, seen: Seen, notification: dict[str, Json]) -> bool:
    """The first product is told by its link as well: what a person who clicks gets to see."""
    names = tuple(pick.product.id for pick in seen.picks)
    return (
        (wanted.product is None or f"/{wanted.product}" in str(notification.get("navigate")))
        and wanted.product in {None, *names[:1]}
        and wanted.products in {None, names}
        and (wanted.reason is None or [pick.reason for pick in seen.picks[:1]] == [wanted.reason])
    )


def _line(seen: Seen) -> str:
    notification = seen.payload["notification"]
    assert isinstance(notification, dict)
    at = format_instant(seen.at)
    why = [(pick.product.id, pick.reason) for pick in seen.picks]
    said = f"{notification['title']} -> {notification['navigate']} {why}"
    return f"{at} {seen.who} {seen.scenario}/{seen.step} {said}"
