"""Lines that are wrong take no other with them, and a file can be read from any entry on."""

import pytest
from shopbell.domain.feeds.entries import FeedBrokenError
from shopbell.domain.feeds.reading import FORMATS

from tests.unit.feeds.test_reading import BOOT, HEAD, JSON, ROW, RSS, entries

QUOTED = {
    "inside a field": ('boot,"27" Monitor",https://s.example/b,https://s.example/b.jpg,1', "is no CSV"),
    "never closed": ('boot,"Boot,https://s.example/b,https://s.example/b.jpg,1', "is no CSV"),
    "closed by a later line": ('boot,"Boot,https://s.example/b,https://s.example/b.jpg,1', "is no CSV"),
    "a byte of Latin-1": ("boot,B\udcf6ot,https://s.example/b,https://s.example/b.jpg,1", "is not in UTF-8"),
}


@pytest.mark.parametrize("kind", QUOTED)
def test_a_line_that_is_no_csv_takes_no_other_with_it(kind: str) -> None:
    wrong, why = QUOTED[kind]
    plain = ROW.replace('"Böot, high"', "Boot")
    text = "\n".join([HEAD, ROW, wrong, *([ROW] if kind == "closed by a later line" else []), *([plain] * 3)])

    found = entries("csv", text.encode(errors="surrogateescape"), 4_096)

    assert [(one.line, one.id, one.fault[: len(why)]) for one in found if one.product is None] == [(3, "boot", why)]
    assert len(found) == text.count("\n")


def test_a_line_of_json_that_is_no_text_takes_no_other_with_it() -> None:
    first, second = entries("jsonl", b'{"id": "\xfc"}\n' + JSON.encode())

    assert (first.line, first.fault, second.product) == (1, "is not in UTF-8", BOOT)


def test_what_was_whole_before_a_file_breaks_off_is_told() -> None:
    found = FORMATS["google_xml"]([RSS.format(more="")[:-8].encode()], "EUR")

    assert next(found).product == BOOT
    with pytest.raises(FeedBrokenError):
        next(found)


ITEM = RSS[RSS.index("<item>") : RSS.index("</item>") + 7].format(more="")
MANY = {
    "csv": ("csv", "\ufeff" + "\r\n".join([HEAD, *[ROW, "boot,x", ROW.replace("high", "\nhigh"), ""] * 5])),
    "jsonl": ("jsonl", "\n".join([JSON, "x", "", JSON] * 5)),
    "rss": ("google_xml", RSS.format(more="").replace(ITEM, f"{ITEM}<x/>\n\n{ITEM} <item/>" * 4)),
}


@pytest.mark.parametrize("kind", MANY)
@pytest.mark.parametrize("piece", [3, 10_000])
def test_a_file_can_be_read_from_any_entry_on(kind: str, piece: int) -> None:
    form, text = MANY[kind]
    data = text.encode()
    whole = entries(form, data, piece)  # type: ignore[arg-type]
    assert len(whole) > 8

    for place, entry in enumerate(whole):
        start = entry.start
        assert start is not None
        rest = data[: start.head] + data[start.offset :]
        pieces = (rest[at : at + piece] for at in range(0, len(rest), piece))
        assert list(FORMATS[form](pieces, "EUR", start)) == whole[place:]  # type: ignore[index]


def test_an_item_inside_other_elements_than_the_first_is_no_place_to_begin() -> None:
    text = f"<rss xmlns:g='http://base.google.com/ns/1.0'><a>{ITEM}<b>{ITEM}</b></a><a>{ITEM}</a></rss>"

    assert [one.start is None for one in entries("google_xml", text)] == [False, True, True]
