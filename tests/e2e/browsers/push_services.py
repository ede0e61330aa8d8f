"""Both push services of the test world, started before any browser or sender needs to know where they are."""

from dataclasses import dataclass
from pathlib import Path

from tests.e2e.browsers.autopush import Autopush
from tests.e2e.browsers.background import BackgroundLoop
from tests.e2e.browsers.certificates import make_authority
from tests.e2e.browsers.fcm import HOSTS, Fcm


@dataclass(frozen=True, slots=True)
class PushServices:
    loop: BackgroundLoop
    firefox: Autopush
    chromium: Fcm
    ca_file: Path

    def push_env(self) -> dict[str, str]:
        """What a sender's process needs in its environment to reach both."""
        return {**self.firefox.push_env(), **self.chromium.push_env()}

    def stop(self) -> None:
        self.loop.run(self.firefox.stop())
        self.loop.run(self.chromium.stop())


def start_push_services(loop: BackgroundLoop, folder: Path) -> PushServices:
    authority = make_authority(folder, HOSTS)
    firefox, chromium = Autopush(authority), Fcm(authority)
    loop.run(firefox.start())
    loop.run(chromium.start())
    return PushServices(loop, firefox, chromium, authority.ca_file)
