"""Steps that wait for their moment: kept in the visitor's profile, committed with the state that decided them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shopbell.domain.clock import Instant
from shopbell.domain.events import Json

MESSAGES: Final = "_messages"
"""Of the facts of a step that was put off: as how many messages its run has counted it, if not as one."""

DEVICES: Final = "_devices"
"""Of the facts of a step: the devices it is for. Without it: all that the person has."""


@dataclass(frozen=True, slots=True)
class PendingStep:
    """One message to one visitor, not before `due`.

    `source_id` is the plan's `scenario`, or a campaign's id. `key` tells instances of one scenario apart, such as
    the id of the event. A step that is `queued` was decided to be due by a commit: it goes on the queue `send-now`
    after that commit and leaves with the next one (ruling 1).
    """

    source: Literal["scenario", "campaign"]
    source_id: str
    key: str
    step: int
    due: Instant
    started_at: Instant
    """The instant of the trigger, from which delays and relevance count."""
    expires_at: Instant
    """Relevance: from then on it is not sent any more. Moved by as much as quiet hours defer it."""
    state: Literal["waiting", "queued", "aside"] = "waiting"
    """aside: another instance goes before it (`aside`); it is due once that is called off."""
    run: str | None = None
    """The run that it was deferred from; None: the scenario's run of that day."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """Of the trigger, for templates and selection: event type, product, cart, order; small."""

    @property
    def id(self) -> tuple[str, str, str, int]:
        """What tells it from all others of its visitor: it is planned once and sent once."""
        return self.source, self.source_id, self.key, self.step

    @property
    def messages(self) -> int:
        """As how many it counts in the report of the run that put it off: one for each device it was for."""
        known = self.facts.get(MESSAGES)
        return known if isinstance(known, int) else 1


@dataclass(frozen=True, slots=True)
class Ran:
    """One instance of a scenario for one visitor, for re-entry, cooldown and repeats."""

    source_id: str
    key: str
    started_at: Instant
    ended_at: Instant | None = None
    """When its last step was sent, skipped or cancelled."""
    exited_at: Instant | None = None
    """When an event of the plan's `exit_on` ended it: what is on its way by then is stopped too (gate `exited`)."""
    known_at: Instant | None = None
    """When its trigger was received; None: when it happened. What was reported later than it may end it."""
    sent: int = 0
    """So many of its steps went on their way."""
    refused: bool = False
    """No instance at all: `key` is an event that started none, so that a repeat of it starts none either."""
    about: str = ""
    """Its products, as `likeness` writes them; "" where its plan does not ask."""
    reason: str | None = None
    """Why what was left of it was not sent, or why it is no instance."""
    unsent: int = 0
    """Which of those on their way reached nobody: the bit of each step's place, so that a repeat changes nothing."""
    busy_until: Instant | None = None
    """What would go before that instant, since the visitor is busy, is put off until `held_until` (gate `held`)."""
    held_until: Instant | None = None

    @property
    def reached(self) -> bool:
        """Whether any of its steps was sent, as far as is known. Else it stands in no other instance's way."""
        return self.sent > self.unsent.bit_count()
