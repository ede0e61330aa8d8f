"""What shops load is what the sources say."""

import runpy
from pathlib import Path

STOREFRONT = Path(__file__).parents[3] / "storefront"


def test_the_files_that_shops_load_are_the_joined_sources() -> None:
    build = runpy.run_path(str(STOREFRONT / "build.py"))
    assert (STOREFRONT / "shopbell.js").read_text() == build["page"]()
    assert (STOREFRONT / "shopbell-sw.js").read_text() == build["worker"]()
