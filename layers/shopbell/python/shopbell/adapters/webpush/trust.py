"""Whose certificates count when we post: the system's authorities, and on one machine one more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

HASHED_DIRECTORIES: Final = (
    Path("/etc/ssl/certs"),
    Path("/etc/pki/ca-trust/extracted/pem/directory-hash"),
)
"""As `openssl rehash` makes them: a certificate is read when it is needed, where a bundle is parsed whole."""
BUNDLES: Final = (
    Path("/etc/pki/tls/certs/ca-bundle.crt"),
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/ssl/cert.pem"),
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Authorities for libcurl: a hashed directory, a file, or the text of several files; what is set counts."""

    directory: str | None = None
    file: str | None = None
    text: bytes | None = field(default=None, repr=False)


def trusted(
    extra: Path | None = None,
    directories: Iterable[Path] = HASHED_DIRECTORIES,
    bundles: Iterable[Path] = BUNDLES,
) -> Trust:
    """The system's authorities, and those in the file `extra` in addition.

    ValueError if there is none at all, or if the file is missing: nothing could then be sent.
    """
    if extra is not None and not extra.is_file():
        raise ValueError(f"the file of certificate authorities {extra.name!r} is missing")
    directory = next((path for path in directories if _is_hashed(path)), None)
    bundle = next((path for path in bundles if path.is_file()), None)
    if directory is not None:
        return Trust(directory=str(directory), file=None if extra is None else str(extra))
    if bundle is not None and extra is not None:
        return Trust(text=bundle.read_bytes() + b"\n" + extra.read_bytes())
    found = bundle or extra
    if found is None:
        raise ValueError("this system has no certificate authorities")
    return Trust(file=str(found))


def _is_hashed(directory: Path) -> bool:
    return directory.is_dir() and next(directory.glob("????????.0"), None) is not None
