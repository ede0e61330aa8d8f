"""Secrets that a store makes for itself; each is shown once."""

from dataclasses import dataclass, field
from typing import Final

from shopbell.app.founding import BASE62, text
from shopbell.domain.clock import Clock, Instant
from shopbell.domain.errors import NotFound
from shopbell.domain.ids import StoreId
from shopbell.domain.signatures import OVERLAP, IdentifySecret, accepted, dump, load
from shopbell.ports import RandomBytes, Secrets

_LENGTH: Final = 43
"""Characters of base 62: 256 bits."""


@dataclass(frozen=True, slots=True)
class MadeSecret:
    """`before_until`: until when the secret that it follows is still good; None: it is the first."""

    text: str = field(repr=False)
    made_at: Instant
    before_until: Instant | None


@dataclass(frozen=True, slots=True)
class MakeIdentifySecret:
    secrets: Secrets
    random: RandomBytes
    now: Clock

    def __call__(self, store: StoreId) -> MadeSecret:
        """A new one beside the newest that there was, which stays good for a day."""
        now, name = self.now(), f"{store}/identify"
        before = accepted(self._known(name), now)[:1]
        made = IdentifySecret(f"sb_idn_{store}_{text(self.random, _LENGTH, BASE62)}", now)
        self.secrets.put(name, dump([made, *before]))
        return MadeSecret(made.text, now, now + OVERLAP if before else None)

    def _known(self, name: str) -> tuple[IdentifySecret, ...]:
        try:
            return load(self.secrets.get(name))
        except NotFound:
            return ()
