"""What a lift is answered as."""

from collections.abc import Mapping

from pydantic import BaseModel

from shopbell.domain.lift import Effect, Group, Lift

_DIGITS = 6


class GroupOut(BaseModel):
    """Each person once, and what they did within the attribution window after the moment of decision.

    `revenue` in minor units by currency, less what was given back; `conversion` is `buyers` of `people`, and
    `revenue_per_person` counts those who bought nothing. Null: there are no people.
    """

    people: int
    buyers: int
    orders: int
    opt_outs: int
    revenue: dict[str, int]
    conversion: float | None
    revenue_per_person: dict[str, float]


class IntervalOut(BaseModel):
    """Holds the truth 19 times out of 20."""

    low: float
    high: float


class EffectOut(BaseModel):
    """Treated less held out; `relative`: as a part of the held out's. Not `enough`: `why`, and all else is null.

    `needed_people`: of both groups together, to find such a difference with a power of 0.8; null where there is none.
    """

    enough: bool
    why: str | None
    absolute: float | None
    interval: IntervalOut | None
    relative: float | None
    relative_interval: IntervalOut | None
    p_value: float | None
    needed_people: int | None


class LiftOut(BaseModel):
    """`treated`: whom the message was decided for, whether or not it went. Effects on shares of people; `revenue` on
    minor units per person, by currency.
    """

    holdout_percent: int
    held_out: GroupOut
    treated: GroupOut
    conversion: EffectOut
    opt_outs: EffectOut
    revenue: dict[str, EffectOut]


def lift(row: Lift) -> LiftOut:
    return LiftOut(
        holdout_percent=row.percent,
        held_out=_group(row.held_out),
        treated=_group(row.treated),
        conversion=_effect(row.conversion),
        opt_outs=_effect(row.opt_outs),
        revenue={name: _effect(one) for name, one in row.revenue.items()},
    )


def parts_of(row: LiftOut) -> Mapping[str, Mapping[str, object]]:
    """Its groups and effects by their names, each as one row of a table."""
    said = row.model_dump()
    effects = {"conversion": said["conversion"], "opt_outs": said["opt_outs"]}
    effects |= {f"revenue:{name}": one for name, one in said["revenue"].items()}
    return {"held_out": said["held_out"], "treated": said["treated"]} | {
        name: {**one, "enough": int(one["enough"])} for name, one in effects.items()
    }


def _group(row: Group) -> GroupOut:
    return GroupOut(
        people=row.people,
        buyers=row.buyers,
        orders=row.orders,
        opt_outs=row.opt_outs,
        revenue=dict(row.revenue),
        conversion=round(row.buyers / row.people, _DIGITS) if row.people else None,
        revenue_per_person={name: round(row.money(name).mean, _DIGITS) for name in row.revenue if row.people},
    )


def _effect(row: Effect) -> EffectOut:
    return EffectOut(
        enough=row.enough,
        why=row.why,
        absolute=_rounded(row.absolute),
        interval=_interval(row.interval),
        relative=_rounded(row.relative),
        relative_interval=_interval(row.relative_interval),
        p_value=_rounded(row.p_value),
        needed_people=row.needed_people,
    )


def _interval(ends: tuple[float, float] | None) -> IntervalOut | None:
    return None if ends is None else IntervalOut(low=round(ends[0], _DIGITS), high=round(ends[1], _DIGITS))


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, _DIGITS)
