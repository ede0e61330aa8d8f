"""`shopbell store`: stores of the running machine, or with `--stage dev` or `prod` of a stack in AWS."""

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from shopbell.domain.errors import Rejected
from shopbell.local.words import COMMAND

if TYPE_CHECKING:
    from shopbell.local.stores import Deployment

LOCAL: Final = "local"
Attach = Callable[[argparse.Namespace], "Deployment"]


def add_store(
    store: argparse.ArgumentParser, everywhere: argparse.ArgumentParser, attach: Attach
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    """`attach` finds the running machine. The commands, for others to join."""
    commands = store.add_subparsers(required=True, metavar=COMMAND)
    create = commands.add_parser("create", help="a new store; its keys are shown this once", parents=[everywhere])
    create.add_argument("name", help="what people call it")
    create.add_argument("--origin", action="append", help="an origin that its pages come from; may be repeated")
    create.add_argument("--contact", help="mailto: or https address that push services may write to")
    create.add_argument("--currency", default="EUR", help="that its rules about money are in (default: EUR)")
    create.add_argument("--shards", type=int, choices=(1, 64, 256), default=1, help="256 beyond a million visitors")
    create.add_argument("--json", action="store_true", help="print it as JSON")
    create.set_defaults(command=lambda asked: _create(asked, attach))
    return commands


def _create(asked: argparse.Namespace, attach: Attach) -> int:
    from shopbell.app.founding import LIMITS, NO_LIMITS  # noqa: PLC0415 - as below
    from shopbell.local import stores  # noqa: PLC0415 - other commands start faster without

    if asked.stage != LOCAL and not (asked.origin and asked.contact):
        raise RuntimeError(f"a store of stage {asked.stage} needs --origin and --contact")
    try:
        made = stores.create(
            _deployment(asked, attach),
            asked.name,
            origins=tuple(asked.origin or stores.LOOPBACK_ORIGINS),
            contact=asked.contact or stores.LOCAL_CONTACT,
            shards=asked.shards,
            currency=asked.currency,
            limits=NO_LIMITS if asked.stage == LOCAL else LIMITS,
        ).to_json()
    except Rejected as exc:
        raise RuntimeError(str(exc)) from exc
    if asked.json:
        print(json.dumps(made, indent=2))
    else:
        print("\n".join(f"{name:20} {value}" for name, value in made.items()))
    return 0


def _deployment(asked: argparse.Namespace, attach: Attach) -> "Deployment":
    if asked.stage == LOCAL:
        return attach(asked)
    from shopbell.local.deployed import find  # noqa: PLC0415 - as above

    return find(asked.stage)
