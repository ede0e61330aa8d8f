"""The kinds of feed that there are, by name."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.feeds.entries import FeedFormat, Read
from shopbell.domain.feeds.google import read_google
from shopbell.domain.feeds.lines import read_csv, read_jsonl

FORMATS: Final[Mapping[FeedFormat, Read]] = {"csv": read_csv, "jsonl": read_jsonl, "google_xml": read_google}
