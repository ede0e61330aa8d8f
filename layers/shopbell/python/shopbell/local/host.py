"""The machine put together: engine, stack, functions, mappings, schedules and front door, in order and back."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from shopbell.domain.clock import Instant
from shopbell.local import engine as local_engine
from shopbell.local.assembly import Assembly, read_assembly
from shopbell.local.clients import Clients
from shopbell.local.control import serve
from shopbell.local.deploy import deploy
from shopbell.local.door import Door, open_door
from shopbell.local.engine import Engine
from shopbell.local.environment import Workshop
from shopbell.local.functions import Source
from shopbell.local.journal import HostJournal, LogFile
from shopbell.local.machine import Machine
from shopbell.local.mappings.pumps import Pump
from shopbell.local.options import HostOptions
from shopbell.local.ports import choose
from shopbell.local.schedules.firing import HostScheduler
from shopbell.local.session import Address, LocalSession
from shopbell.local.source import Reloader, package_from_source
from shopbell.local.stack import Stack, with_functions
from shopbell.local.state import Claim, StateFolder
from shopbell.local.synth import synthesised

Steps = Callable[[str], AbstractContextManager[None]]
"""Shows one step while it lasts."""
DRAIN_SECONDS: Final = 30.0
FIRED: Final = "host_schedules.json"


def now() -> Instant:
    return time.time_ns() // 1_000_000


def silent(step: str) -> AbstractContextManager[None]:
    """Show nothing."""
    del step
    return nullcontext()


@contextmanager
def running(
    options: HostOptions, steps: Steps = silent, ended: threading.Event | None = None
) -> Iterator[LocalSession]:
    """A machine that runs as long as the block; it ends with a clean stop (drained, saved) if it persists.

    `ended` is set when the engine has ended, be it by itself. An interrupt while it drains only cuts that short.
    """
    folder = StateFolder(options.state.resolve())
    claim = folder.claim()
    with ExitStack() as undo:
        start = _Start(options, folder, steps, undo, ended or threading.Event())
        yield start.session(claim)


@dataclass(slots=True)
class _Start:
    """One start, step by step; each step leaves its own undoing on `undo`."""

    options: HostOptions
    folder: StateFolder
    steps: Steps
    undo: ExitStack
    ended: threading.Event
    ready: bool = False
    saved: bool = True

    def session(self, claim: Claim) -> LocalSession:
        self.undo.callback(lambda: claim.release(saved=self.saved))
        if claim.started == "crashed":
            self._say("the last run did not end cleanly: its last clean state is back")
        assembly = self._assembly()
        engine = self._engine()
        door = open_door()
        self.undo.callback(door.server.stop)
        clients = Clients(engine.url)
        with self.steps(f"deploying {assembly.stack}"):
            deployed = deploy(assembly, clients, door.server.url)
        with self.steps("starting functions, mappings and schedules"):
            stack = with_functions(assembly, deployed, self._workshop(clients), self._source())
            journal = HostJournal(LogFile(self.folder.logs / "host.log"), now)
            machine = stack.machine(journal, self.folder.engine / FIRED)
            self._start(stack, machine, door)
            session = self._open(stack, machine, engine)
        self.ready = True
        return session

    def _assembly(self) -> Assembly:
        if self.options.assembly is not None:
            return read_assembly(self.options.assembly, self.options.stack)
        into = self.folder.root / "cdk.out"
        with self.steps("synthesising the CDK app"):
            synthesised(self.options.project, self.options.stage, into, self.options.python)
        return read_assembly(into, self.options.stack)

    def _engine(self) -> Engine:
        options = self.options
        with self.steps("starting the engine"):
            engine = local_engine.start(
                options.engine_binary,
                choose(options.engine_port),
                saved=self.folder.engine if options.persist else None,
                objects=self.folder.root / "objects",
                log=self.folder.logs / "engine.log",
                enforce_iam=options.enforce_iam,
            )
        self.undo.callback(self._stop_engine, engine)
        threading.Thread(target=self._await, args=(engine,), name="engine", daemon=True).start()
        self.folder.tell(engine_pid=engine.process.pid)
        return engine

    def _await(self, engine: Engine) -> None:
        engine.process.wait()
        self.ended.set()

    def _workshop(self, clients: Clients) -> Workshop:
        compiled = self.folder.root / "compiled"
        return Workshop(clients, self.options.python, self.folder.logs, compiled, now, self.options.environments)

    def _source(self) -> Source | None:
        if not self.options.source:
            return None
        project = self.options.project.resolve()
        return Source(project / "functions", package_from_source(project, self.folder.root / "source"))

    def _start(self, stack: Stack, machine: Machine, door: Door) -> None:
        """Start what moves by itself; undone as a clean stop wants it: schedules, drain, mappings, functions."""
        reloader = Reloader(list(stack.pools.values()), machine.journal.about("source"))
        for pool in stack.pools.values():
            self.undo.callback(pool.close)
        self.undo.callback(_stop_pumps, machine.pumps)
        self.undo.callback(self._drain, machine)
        self.undo.callback(self._stop_scheduler, machine.scheduler)
        self.undo.callback(reloader.stop)
        door.admit(stack.pools, machine.scheduler.unfilled)
        for pump in machine.pumps:
            pump.start()
        machine.scheduler.start()
        reloader.start()

    def _open(self, stack: Stack, machine: Machine, engine: Engine) -> LocalSession:
        """Open the API and the control door to the world, and write down where they are."""
        front = stack.front_door(engine.port, choose(self.options.api_port))
        self.undo.callback(front.stop)
        front.start("front-door")
        control = serve(machine)
        self.undo.callback(control.server.stop)
        deployed = stack.deployed
        address = Address(
            self.options.stage, deployed.stack, front.url, engine.url, deployed.outputs, deployed.resources
        )
        self.folder.tell(address=address.to_json(), control={"url": control.server.url, "token": control.token})
        return LocalSession(address, self.folder, stack.clients, machine)

    @property
    def _keeps(self) -> bool:
        """False when nothing of this run is to be kept: the folder stays as it was found."""
        return self.ready and self.options.persist

    def _stop_engine(self, engine: Engine) -> None:
        if not self._keeps:
            engine.process.kill()
            engine.process.wait()
            return
        self.saved = False
        with self.steps("saving the state"):
            self.saved = engine.stop()

    def _stop_scheduler(self, scheduler: HostScheduler) -> None:
        scheduler.stop()
        if self._keeps:
            scheduler.save()

    def _drain(self, machine: Machine) -> None:
        if self._keeps:
            with self.steps("finishing what is under way"):
                left = machine.settle(DRAIN_SECONDS)
            for one in left:
                self._say(f"left unfinished: {one}")

    def _say(self, text: str) -> None:
        with self.steps(text):
            pass


def _stop_pumps(pumps: Sequence[Pump]) -> None:
    for pump in pumps:
        pump.stop()
    for pump in pumps:
        pump.join()
