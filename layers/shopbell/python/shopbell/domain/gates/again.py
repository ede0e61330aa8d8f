"""Gates that ask whether a scenario was here too lately: asked at its trigger, and once more before sending."""

from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.relevance import later
from shopbell.domain.gates.verdict import OPEN, Skip, Verdict
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.sends import Sent


def reentry(at: Moment) -> Verdict:
    """Who may enter once only has been here, or as often within the time as anybody may."""
    sending = at.sending
    if sending.reentry == "never" and (_earlier(at) or _same(at)):
        return Skip("reentry")
    if sending.max_per_user is None:
        return OPEN
    most, within = sending.max_per_user
    start = at.now - within
    sent = sum(one.step == sending.step and one.at > start for one in _same(at))
    began = sum(one.started_at > start for one in _earlier(at))
    return Skip("reentry") if max(sent, began) >= most else OPEN


def cooldown(at: Moment) -> Verdict:
    """The last instance ended too short a while ago, or is on its way still."""
    sending = at.sending
    if sending.reentry != "after" or not sending.cooldown:
        return OPEN
    start = at.now - sending.cooldown
    running = any(one.ended_at is None or one.ended_at > start for one in _earlier(at))
    return Skip("cooldown") if running or any(one.at > start for one in _same(at)) else OPEN


def held(at: Moment) -> Verdict:
    """The visitor has done since what puts it off, such as beginning to pay: whoever is busy is not disturbed."""
    mine = at.own_instance
    if mine is None or mine.busy_until is None or mine.held_until is None or at.now >= mine.busy_until:
        return OPEN
    return later(at, "held", mine.held_until)


def _earlier(at: Moment) -> list[Ran]:
    """Other instances than this message's, which began before it and sent something."""
    key, start = at.sending.key, at.sending.started_at
    if key is None:
        return []
    others = [one for one in at.instances if one.key != key and one.reached]
    return [one for one in others if start is None or one.started_at <= start]


def _same(at: Moment) -> list[Sent]:
    """What other instances sent from this step on; the earlier steps of its own are none of them."""
    sending = at.sending
    return [one for one in at.others.sent if one.source_id == sending.source_id and one.step >= sending.step]
