"""A machine in a process of its own: says where it is on one line, then waits for its end to be asked for."""

import json
import sys
from pathlib import Path

from shopbell.local.host import running
from shopbell.local.options import HostOptions, Signals, default_project
from shopbell.local.up import caught


def main(assembly: str, state: str) -> None:
    signals = Signals()
    options = HostOptions(default_project(), Path(state), assembly=Path(assembly))
    with caught(signals), running(options, signals=signals) as session:
        told = {"api_url": session.api_url, "started": session.folder.run(), "table": session.outputs["TableName"]}
        print(json.dumps(told), flush=True)
        signals.stop.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
