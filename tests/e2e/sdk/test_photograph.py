"""The picture of a notification that the README shows can be taken at any time."""

from pathlib import Path

import pytest

from tests.e2e.browsers.firefox import Firefox
from tests.e2e.browsers.photograph import photograph
from tests.e2e.sdk.conftest import Site

pytestmark = pytest.mark.browser
PNG = b"\x89PNG\r\n\x1a\n"


def test_firefox_draws_the_notification_and_its_picture_is_taken(
    firefox: Firefox, site: Site, tmp_path: Path
) -> None:
    report = site.subscribe(firefox)
    path = tmp_path / "notification.png"
    photograph(firefox, path, lambda: site.send(report, site.payload("m1")), "Title m1")
    assert path.read_bytes().startswith(PNG)
    assert int.from_bytes(path.read_bytes()[16:20], "big") > 200
    assert site.desktop.shown("Title m1") == []
    site.send(report, site.payload("m2"))
    site.shown(firefox, "m2")
