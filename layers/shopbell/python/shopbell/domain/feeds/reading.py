"""The kinds of feed that there are, by name."""

from collections.abc import Mapping
from typing import Final

from shopbell.domain.feeds.documents import read_jsonl
from shopbell.domain.feeds.entries import FeedFormat, Read
from shopbell.domain.feeds.google import read_google
from shopbell.domain.feeds.tables import read_csv

FORMATS: Final[Mapping[FeedFormat, Read]] = {"csv": read_csv, "jsonl": read_jsonl, "google_xml": read_google}
