"""A scenario of the shipped table as data: parameters, audience, trigger, steps with words and products, its end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from shopbell.domain.clock import DAY, Duration
from shopbell.domain.content import Content
from shopbell.domain.errors import Problem
from shopbell.domain.events import Json
from shopbell.domain.scenarios.kinds import Urgency
from shopbell.domain.scenarios.parameters import Parameter, Values
from shopbell.domain.scenarios.plan import RELEVANCE, MessageClass, Plan, Trigger

Beside = Mapping[str, Values]
"""What holds for the store's other scenarios that are on, by name."""


def _nothing_wrong(_: Values) -> Sequence[Problem]:
    return ()


def _as_it_is(plan: Plan, _: Values) -> Plan:
    return plan


def _at_once(_: Values, __: Beside) -> Duration:
    return 0


def _no_options(_: Values) -> Mapping[str, Json]:
    return {}


@dataclass(frozen=True, slots=True)
class StepRow:
    """One message as it is shipped: its words, and how its products are picked where no parameter says it."""

    content: Content
    algorithm: str | None = "smart_offers"
    fallback: tuple[str, ...] = ()
    """Algorithms to be tried before the fallback chain that all share."""
    options: Callable[[Values], Mapping[str, Json]] = _no_options
    message_class: MessageClass = "triggered"
    """This and what follows: where the scenario's parameters of these names are null."""
    ttl: Duration = DAY
    urgency: Urgency = "normal"
    relevance: Duration = RELEVANCE


@dataclass(frozen=True, slots=True)
class Row:
    parameters: tuple[Parameter, ...]
    steps: tuple[StepRow, ...]
    """With more delays than words, the last words serve for the rest."""
    audience: Callable[[Values, Beside], Json]
    """The rule of the hidden segment."""
    trigger: Callable[[Values], Trigger]
    exit_on: frozenset[str] = frozenset()
    beside: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)
    """Scenarios whose settings its audience or its delays depend on, each with what can be set for it."""
    reads_interactions: bool = True
    """Whether its products come from what the visitor looked at and bought."""
    check: Callable[[Values], Sequence[Problem]] = field(default=_nothing_wrong)
    """What is wrong with parameters that are right each for itself."""
    finish: Callable[[Plan, Values], Plan] = field(default=_as_it_is)
    """What its own parameters say over the shared ones."""
    lists: bool = False
    """Whether more than its message shows is picked for who comes from it."""
    waits: Callable[[Values, Beside], Duration] = field(default=_at_once)
    """What is added to every delay, where another scenario goes first."""
