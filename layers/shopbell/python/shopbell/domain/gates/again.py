"""Gates that ask whether a scenario was here too lately: asked at its trigger, and once more before sending."""

from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Skip, Verdict
from shopbell.domain.scenarios.pending import Ran
from shopbell.domain.sends import Sent


def reentry(at: Moment) -> Verdict:
    """Who may enter once only has been here, or as often within the time as anybody may."""
    sending = at.sending
    if sending.reentry == "never" and (_earlier(at) is not None or _same(at)):
        return Skip("reentry")
    if sending.max_per_user is None:
        return OPEN
    most, within = sending.max_per_user
    lately = [one for one in _same(at) if one.step == sending.step and one.at > at.now - within]
    return Skip("reentry") if len(lately) >= most else OPEN


def cooldown(at: Moment) -> Verdict:
    """The last instance ended too short a while ago, or is on its way still."""
    sending = at.sending
    if sending.reentry != "after" or not sending.cooldown:
        return OPEN
    start = at.now - sending.cooldown
    ran = _earlier(at)
    closed = ran is not None and (ran.ended_at is None or ran.ended_at > start)
    return Skip("cooldown") if closed or any(one.at > start for one in _same(at)) else OPEN


def _earlier(at: Moment) -> Ran | None:
    """Another instance than this message's, which began before it."""
    sending, ran = at.sending, at.ran.get(at.sending.source_id)
    if ran is None or sending.key is None or ran.key == sending.key:
        return None
    return ran if sending.started_at is None or ran.started_at <= sending.started_at else None


def _same(at: Moment) -> list[Sent]:
    """What other instances sent from this step on; the earlier steps of its own are none of them."""
    sending = at.sending
    return [one for one in at.others.sent if one.source_id == sending.source_id and one.step >= sending.step]
