"""The mappings of a deployed stack, read back from the engine and set going."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from shopbell.domain.clock import Clock
from shopbell.local.assembly import Assembly
from shopbell.local.clients import Clients
from shopbell.local.deploy import Deployed
from shopbell.local.journal import HostJournal
from shopbell.local.mappings.doors import Destination, Event, Invoke, Outcome
from shopbell.local.mappings.engine import EngineQueue, EngineShard, queue_url
from shopbell.local.mappings.failure import FailureRecord, to_bucket, to_nowhere, to_queue
from shopbell.local.mappings.pumps import Pump, QueuePump, StreamPump
from shopbell.local.mappings.queue import QueueReader
from shopbell.local.mappings.settings import QueueSettings, Settings, StreamSettings, read
from shopbell.local.mappings.stream import ShardReader
from shopbell.local.workers import FunctionPool


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every pump is made with; `pools` by function ARN."""

    clients: Clients
    pools: Mapping[str, FunctionPool]
    journal: HostJournal
    clock: Clock

    def pumps(self, assembly: Assembly, deployed: Deployed) -> list[Pump]:
        """A pump for each enabled mapping of a function that the host runs; not yet started."""
        made: list[Pump] = []
        for logical, resource in assembly.resources("AWS::Lambda::EventSourceMapping").items():
            told: Any = self.clients("lambda").get_event_source_mapping(UUID=deployed.resources[logical])
            # What the engine says of Enabled is ours: the template has it off there on purpose.
            if resource["Properties"].get("Enabled", True) and told["FunctionArn"] in self.pools:
                made += self._pumps(logical, read(told))
        return made

    def _pumps(self, name: str, settings: Settings) -> list[Pump]:
        match settings:
            case StreamSettings():
                return [
                    self._stream(name, settings, shard, lane)
                    for shard in self._shards(settings)
                    for lane in range(settings.lanes)
                ]
            case QueueSettings():
                return [self._queue(name, settings)]

    def _shards(self, settings: StreamSettings) -> list[str]:
        told = self.clients("dynamodbstreams").describe_stream(StreamArn=settings.source)
        return [one["ShardId"] for one in told["StreamDescription"]["Shards"]]

    def _stream(self, name: str, settings: StreamSettings, shard: str, lane: int) -> Pump:
        notes = self.journal.about(name)
        source = EngineShard(self.clients("dynamodbstreams"), settings.source, shard, settings.start)
        reader = ShardReader(
            settings, source, self._invoke(settings), self._destination(settings), notes, self.clock, lane
        )
        return StreamPump(name, reader, notes, self.clock)

    def _queue(self, name: str, settings: QueueSettings) -> Pump:
        notes = self.journal.about(name)
        pool = self.pools[settings.function]
        url = queue_url(self.clients.url, settings.source)
        queue = EngineQueue(self.clients("sqs"), settings.source, url)
        reader = QueueReader(settings, queue, self._invoke(settings), notes, self.clock)
        # More deliveries than environments would only hold messages while their visibility runs out.
        threads = min(settings.concurrency or pool.shop.limit, pool.shop.limit)
        return QueuePump(name, reader, threads, notes, self.clock)

    def _invoke(self, settings: Settings) -> Invoke:
        pool = self.pools[settings.function]

        def invoke(event: Event) -> Outcome:
            return pool.invoke(orjson.dumps(event))

        return invoke

    def _destination(self, settings: StreamSettings) -> Destination:
        if settings.destination is None:
            return to_nowhere
        written = FailureRecord(settings.source, settings.function, settings.mapping)
        parts = settings.destination.split(":")
        match parts[2]:
            case "sqs":
                return to_queue(self.clients("sqs"), queue_url(self.clients.url, settings.destination), written)
            case "s3":
                return to_bucket(self.clients("s3"), parts[5], written)
            case other:
                raise ValueError(f"no failure destination of kind {other}")
