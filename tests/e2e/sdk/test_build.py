"""What shops load is what the sources say."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

STOREFRONT = Path(__file__).parents[3] / "storefront"


def test_the_files_that_shops_load_are_the_joined_sources() -> None:
    build = runpy.run_path(str(STOREFRONT / "build.py"))
    assert (STOREFRONT / "shopbell.js").read_text() == build["page"]()
    assert (STOREFRONT / "shopbell-sw.js").read_text() == build["worker"]()


@pytest.mark.parametrize("script", ["shopbell.js", "shopbell-sw.js"])
def test_no_two_sources_give_one_name_to_two_functions(script: str) -> None:
    """Joined, the later would silently stand for both."""
    named = re.findall(r"^\s*(?:async )?function (\w+)", (STOREFRONT / script).read_text(), re.MULTILINE)
    assert named
    assert [name for name, times in Counter(named).items() if times > 1] == []
