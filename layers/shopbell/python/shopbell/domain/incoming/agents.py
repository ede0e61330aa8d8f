"""From a User-Agent header to the three words that segments need; the header itself is not kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MAX_READ: Final = 512


@dataclass(frozen=True, slots=True)
class Agent:
    """Lower-case words; None where the header does not tell."""

    browser: str | None = None
    os: str | None = None
    device: str | None = None


# order matters: most browsers also claim to be those below them
_BROWSERS: Final[Sequence[tuple[str, str]]] = (
    (r"\bEdgA?/|\bEdgiOS/", "edge"),
    (r"\bOPR/|\bOpera", "opera"),
    (r"\bSamsungBrowser/", "samsung"),
    (r"\bYaBrowser/", "yandex"),
    (r"\bVivaldi/", "vivaldi"),
    (r"\bFirefox/|\bFxiOS/", "firefox"),
    (r"\bChrome/|\bCriOS/|\bChromium/", "chrome"),
    (r"\bVersion/[\d.]+.*\bSafari/", "safari"),
)
_SYSTEMS: Final[Sequence[tuple[str, str]]] = (
    (r"\bWindows\b", "windows"),
    (r"\biPhone\b|\biPad\b|\biPod\b", "ios"),
    (r"\bMac OS X\b|\bMacintosh\b", "macos"),
    (r"\bAndroid\b", "android"),
    (r"\bCrOS\b", "chromeos"),
    (r"\bLinux\b|\bX11\b", "linux"),
)
_DEVICES: Final[Sequence[tuple[str, str]]] = (
    (r"\biPad\b|\bTablet\b", "tablet"),
    (r"\bMobile\b|\biPhone\b|\biPod\b", "mobile"),
    (r"\bAndroid\b", "tablet"),
    (r"\bWindows\b|\bMacintosh\b|\bX11\b|\bCrOS\b|\bLinux\b", "desktop"),
)


def read_agent(header: str) -> Agent:
    """Never fails: what it does not know stays None."""
    text = header[:_MAX_READ]
    return Agent(_first(_BROWSERS, text), _first(_SYSTEMS, text), _first(_DEVICES, text))


def _first(table: Sequence[tuple[str, str]], text: str) -> str | None:
    return next((word for pattern, word in table if re.search(pattern, text)), None)
