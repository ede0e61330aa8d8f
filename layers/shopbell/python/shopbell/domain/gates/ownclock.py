"""The gate that asks whether the visitor's own clock shows the time for which a run was meant."""

from shopbell.domain.clock import format_instant
from shopbell.domain.events import Json
from shopbell.domain.gates.moment import Moment
from shopbell.domain.gates.verdict import OPEN, Defer, Skip, Verdict
from shopbell.domain.pauses import held


def local_time(at: Moment) -> Verdict:
    """Not before it does, in whichever zone they are by then; not at all if that was before the run was asked for.

    A step that has waited keeps its own end: what came after its moment may have moved it along. Whose moment fell
    into a pause gets it after that, and no time of a pause counts.
    """
    wanted = at.sending.own_clock
    if wanted is None:
        return OPEN
    moment = wanted.moment(at.zone(at.profile))
    if at.now < moment:
        return Defer("local_time", moment, moment + wanted.relevance)
    if moment < wanted.since:
        return Skip("missed")
    late = at.sending.due is None and at.now >= moment + wanted.relevance + held(at.stood, moment, at.now)
    return Skip("expired") if late else OPEN


def clock(at: Moment) -> dict[str, Json]:
    """What the answer rests on."""
    wanted = at.sending.own_clock
    if wanted is None:
        return {}
    return {"local_time": format_instant(wanted.moment(at.zone(at.profile)))}
