"""The `shopbell` command: one machine's life (up, status, tick, logs, reset), and what the API does for a store."""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shopbell.domain.clock import Instant, parse_instant
from shopbell.local.client.groups import add_api
from shopbell.local.client.keeping import flushed
from shopbell.local.options import API_PORT, ENGINE_PORT, SHOP_PORT, HostOptions, Port, default_project
from shopbell.local.progress import Progress
from shopbell.local.pushd.command import add_pushd, run_pushd
from shopbell.local.state import AlreadyRunningError, StateFolder
from shopbell.local.storecommand import add_store
from shopbell.local.words import COMMAND, Words

if TYPE_CHECKING:
    from shopbell.local.session import LocalSession

HOUSEHOLDS: Final = 200
_KEPT: Final = {"cdk.out", "cdk.out.inputs", "compiled", "lock"}
_TAIL: Final = 50
_INTERRUPTED: Final = 130

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = argparse.Namespace(stage="local", state_dir=None, project=default_project())
    asked = _parser().parse_args(arguments, given)
    command: Command = asked.command
    # A stop while something starts undoes it as Ctrl-C does. A script's background job inherits an ignored SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        status = command(asked)
        flushed()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (RuntimeError, OSError) as exc:
        print(f"shopbell: {exc}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    everywhere = Words(add_help=False, argument_default=argparse.SUPPRESS)
    everywhere.add_argument("--stage", help="local, or dev or prod for a stack in AWS (default: local)")
    everywhere.add_argument("--state-dir", type=Path, help="where the machine keeps its state (default: .shopbell)")
    everywhere.add_argument("--project", type=Path, help=argparse.SUPPRESS)
    parser = Words(prog="shopbell", description=__doc__, parents=[everywhere])
    commands = parser.add_subparsers(required=True, metavar=COMMAND)

    def add(name: str, tells: str, command: Command | None = None) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=tells, description=tells, parents=[everywhere])
        made.set_defaults(command=command)
        return made

    _up_parser(add("up", "start everything, in the foreground", _up))
    status = add("status", "addresses, keys and counters of the running machine", _status)
    status.add_argument("--json", action="store_true", help="print it as JSON")
    tick = add("tick", "run wake and every schedule now", _tick)
    tick.add_argument("--at", type=_instant, help="their nominal time, RFC 3339 (default: now)")
    logs = add("logs", "what a function has printed", _logs)
    logs.add_argument("function", nargs="?", help="its folder's name; without it, which there are")
    logs.add_argument("--lines", type=int, default=_TAIL, help=f"the last so many (default: {_TAIL})")
    add("reset", "forget everything the machine has stored", _reset)
    stores = add_store(add("store", "a new store, and a store's settings"), everywhere, _session)
    add_api(stores, add, everywhere, lambda asked: _folder(asked).local_file, parser)
    demo = add("demo", "load sample data into the first store of the running machine", _demo)
    demo.add_argument("--households", type=_at_least(1), default=HOUSEHOLDS, help="how many shop there")
    tells = "a push service of this machine that checks everything, and fails on demand"
    add_pushd(add("pushd", tells, lambda asked: run_pushd(asked, _folder(asked).root)))
    return parser


def _instant(text: str) -> Instant:
    try:
        return parse_instant(text)[0]
    except ValueError as exc:
        raise argparse.ArgumentTypeError(str(exc)) from exc


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {least}")
        return int(text)

    return number


def _up_parser(up: argparse.ArgumentParser) -> None:
    up.add_argument("--port", type=int, help=f"of the API (default: {API_PORT}, or the next that is free)")
    up.add_argument("--engine-port", type=int, help=f"of the engine (default: {ENGINE_PORT}, likewise)")
    up.add_argument("--shop-port", type=int, help=f"of the demo shop (default: {SHOP_PORT}, likewise)")
    up.add_argument("--no-sample", action="store_true", help="leave a new store empty")
    up.add_argument("--households", type=_at_least(0), default=HOUSEHOLDS, help="of sample data for a new store")
    up.add_argument("--assembly", type=Path, help="deploy this cloud assembly instead of synthesising")
    up.add_argument("--source", action=argparse.BooleanOptionalAction, default=True, help="run from source, live")
    up.add_argument("--enforce-iam", action="store_true", help="hold every function to its role")
    up.add_argument("--environments", type=int, default=4, help="processes per function, at most")


def _folder(asked: argparse.Namespace) -> StateFolder:
    return StateFolder((asked.state_dir or asked.project / ".shopbell").resolve())


def _port(number: int | None, default: int) -> Port:
    return Port(default) if number is None else Port(number, fixed=True)


def _up(asked: argparse.Namespace) -> int:
    from shopbell.local.up import UpOptions, up  # noqa: PLC0415 - other commands start faster without

    host = HostOptions(
        project=asked.project.resolve(),
        state=_folder(asked).root,
        stage=asked.stage,
        assembly=asked.assembly,
        source=asked.source and asked.assembly is None,
        api_port=_port(asked.port, API_PORT),
        engine_port=_port(asked.engine_port, ENGINE_PORT),
        enforce_iam=asked.enforce_iam,
        environments=asked.environments,
    )
    households = 0 if asked.no_sample else asked.households
    return up(UpOptions(host, _port(asked.shop_port, SHOP_PORT), households), Progress())


def _status(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    told: dict[str, object] = json.loads(folder.local_file.read_text()) if folder.local_file.exists() else {}
    told["running"] = folder.in_use()
    if asked.json:
        print(json.dumps(told, indent=2))
    else:
        _print({**told, "running": "yes" if told["running"] else "no; start it with `shopbell up`"})
        if told["running"]:
            _print(_session(asked).stats()["counts"])
    return 0 if told["running"] else 1


def _print(told: Mapping[str, object]) -> None:
    print(*(f"{name:20} {value}" for name, value in told.items()), sep="\n")


def _tick(asked: argparse.Namespace) -> int:
    told = _session(asked).tick(asked.at)
    for one in told:
        print(f"{one['schedule']}: {one['outcome']}")
    return 0 if all(one["outcome"] == "done" for one in told) else 1


def _logs(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    known = sorted(path.stem for path in folder.logs.glob("*.log"))
    if asked.function is None:
        print("\n".join(known))
        return 0
    if asked.function not in known:
        raise RuntimeError(f"{asked.function} has printed nothing; there are: {', '.join(known) or 'no logs at all'}")
    lines = (folder.logs / f"{asked.function}.log").read_text(errors="replace").splitlines()
    print("\n".join(lines[-asked.lines :]))
    return 0


def _reset(asked: argparse.Namespace) -> int:
    folder = _folder(asked)
    if folder.in_use():
        raise AlreadyRunningError("stop the machine first (Ctrl-C where it runs)")
    folder.end_orphan()
    for path in folder.root.glob("*"):
        if path.name not in _KEPT:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return 0


def _demo(asked: argparse.Namespace) -> int:
    from shopbell.local.sampling import load_sample  # noqa: PLC0415 - as above

    _session(asked)
    load_sample(_folder(asked), asked.households, Progress())
    return 0


def _session(asked: argparse.Namespace) -> "LocalSession":
    from shopbell.local.control import attach  # noqa: PLC0415 - boto3 takes a second to import

    return attach(_folder(asked))


if __name__ == "__main__":
    sys.exit(main())
