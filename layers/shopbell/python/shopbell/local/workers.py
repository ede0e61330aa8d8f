"""The environments of each function: a few processes, kept warm, replaced when their code or keys are old."""

import threading
from dataclasses import dataclass, field

from shopbell.local.environment import Environment, Workshop, broke
from shopbell.local.functions import Function
from shopbell.local.mappings.doors import Outcome


@dataclass(slots=True)
class FunctionPool:
    """The environments of one function: at most `shop.limit`, made when needed, replaced when the code changed."""

    function: Function
    shop: Workshop
    _idle: list[Environment] = field(default_factory=list)
    _busy: set[Environment] = field(default_factory=set)
    _generation: int = 0
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = threading.Semaphore(self.shop.limit)

    def invoke(self, payload: bytes) -> Outcome:
        """Run the handler on a JSON event; waits for a free environment. Never raises for what the handler does."""
        with self._places:
            environment = self._take()
            if environment is None:
                return broke("Host.Stopped", "the host is stopping")
            try:
                return environment.invoke(payload)
            finally:
                self._give_back(environment)

    @property
    def busy(self) -> int:
        return len(self._busy)

    def recycle(self) -> None:
        """The code changed: idle environments end now, busy ones after their invocation."""
        with self._lock:
            self._generation += 1
            stale, self._idle = self._idle, []
        for environment in stale:
            environment.close()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            ending = [*self._idle, *self._busy]
            self._idle = []
        for environment in ending:
            environment.close()

    def _take(self) -> Environment | None:
        while not self._closed:
            with self._lock:
                found = self._idle.pop() if self._idle else None
            # Made outside of the lock: a start takes a while, and others may come back meanwhile.
            found = found or Environment(self.function, self.shop, self._generation)
            if found.fresh(self._generation) and self._register(found):
                return found
            found.close()
        return None

    def _register(self, environment: Environment) -> bool:
        with self._lock:
            if not self._closed:
                self._busy.add(environment)
            return not self._closed

    def _give_back(self, environment: Environment) -> None:
        with self._lock:
            self._busy.discard(environment)
            keep = not self._closed and environment.fresh(self._generation)
            if keep:
                self._idle.append(environment)
        if not keep:
            environment.close()
