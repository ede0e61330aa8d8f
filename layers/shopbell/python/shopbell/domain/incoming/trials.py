"""When a marketer tries a scenario out."""

from shopbell.domain.clock import Instant, parse_instant
from shopbell.domain.incoming.faults import Incoming
from shopbell.domain.incoming.texts import InstantText


class DryRunIn(Incoming):
    """Body of POST /v1/scenarios/{name}/dry-run. Without `as_of`: now. `all`: everybody, as a job."""

    as_of: InstantText | None = None
    all: bool = False

    @property
    def at(self) -> Instant | None:
        return None if self.as_of is None else parse_instant(self.as_of)[0]
