"""A deployed stack with its functions ready to run: what the machine and the front door are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shopbell.domain.clock import Clock
from shopbell.local.assembly import Assembly, AssemblyError
from shopbell.local.clients import Clients
from shopbell.local.deploy import Deployed
from shopbell.local.environment import Workshop
from shopbell.local.frontdoor import Api, front_door
from shopbell.local.functions import Source, read_functions
from shopbell.local.journal import HostJournal
from shopbell.local.loopback import Server
from shopbell.local.machine import Machine
from shopbell.local.mappings.wiring import Wiring
from shopbell.local.preflight import find_preflight
from shopbell.local.schedules.firing import HostScheduler
from shopbell.local.schedules.reading import ScheduleReader
from shopbell.local.schedules.targets import Targets
from shopbell.local.workers import FunctionPool


@dataclass(frozen=True, slots=True)
class Stack:
    """`pools` by the function's logical id."""

    assembly: Assembly
    deployed: Deployed
    clients: Clients
    pools: Mapping[str, FunctionPool]
    clock: Clock

    @property
    def by_arn(self) -> Mapping[str, FunctionPool]:
        return {pool.function.arn: pool for pool in self.pools.values()}

    def machine(self, journal: HostJournal, fired: Path) -> Machine:
        """Mappings and schedules, not yet started; `fired` keeps when schedules last fired."""
        scheduler = HostScheduler(
            ScheduleReader(self.clients),
            Targets(self.clients, self.by_arn),
            journal.about("schedules"),
            self.clock,
            fired,
        )
        pumps = Wiring(self.clients, self.by_arn, journal, self.clock).pumps(self.assembly, self.deployed)
        by_label = {pool.function.label: pool for pool in self.pools.values()}
        return Machine(by_label, pumps, scheduler, journal, self.clock)

    def front_door(self, engine_port: int, port: int) -> Server:
        """The address of the stack's one HTTP API, not yet started."""
        apis = [self.deployed.resources[name] for name in self.assembly.resources("AWS::ApiGatewayV2::Api")]
        if len(apis) != 1:
            raise AssemblyError(f"{self.assembly.stack} has {len(apis)} HTTP APIs, wanted one")
        preflight = find_preflight(self.clients, apis[0], self.by_arn, self.clock)
        return front_door(Api(engine_port, apis[0], preflight), port)


def with_functions(assembly: Assembly, deployed: Deployed, shop: Workshop, source: Source | None) -> Stack:
    """The stack with a pool for each function that the host runs."""
    functions = read_functions(assembly, deployed, shop.clients, source)
    pools = {one.logical: FunctionPool(one, shop) for one in functions}
    return Stack(assembly, deployed, shop.clients, pools, shop.clock)
