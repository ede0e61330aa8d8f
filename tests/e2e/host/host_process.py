"""A machine in a process of its own: says where it is on one line, then waits for its end to be asked for."""

import json
import sys
import threading
from pathlib import Path

from shopbell.local.host import running
from shopbell.local.options import HostOptions, default_project
from shopbell.local.up import caught, until


def main(assembly: str, state: str) -> None:
    stop = threading.Event()
    options = HostOptions(default_project(), Path(state), assembly=Path(assembly))
    with running(options) as session, caught(stop):
        told = {"api_url": session.api_url, "started": session.folder.run(), "table": session.outputs["TableName"]}
        print(json.dumps(told), flush=True)
        until(stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
