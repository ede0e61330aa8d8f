"""A file is read from wherever somebody stopped, and what comes out is what a whole reading gives."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.events import Json
from shopbell.domain.imports.records import (
    MAX_RECORD,
    FileBrokenError,
    Header,
    Mark,
    Raw,
    header,
    parsed,
    records,
)

CSV = b'endpoint,auth\r\n"one, ""two""\r\nthree",x\r\n\r\nfour,y'


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[place : place + size] for place in range(0, len(data), size))


START = Mark()


def read(data: bytes, since: Mark = START, *, size: int = 7, quoted: bool = True) -> list[Raw]:
    return list(records(cut(data[since.at :], size), since, quoted=quoted))


def test_a_quoted_record_goes_on_over_lines_and_keeps_the_first_ones_number() -> None:
    found = read(CSV)
    columns = header(found[0])
    assert columns == Header(("endpoint", "auth"), ",")
    assert [(raw.line, parsed(raw, columns)) for raw in found[1:]] == [
        (2, {"endpoint": 'one, "two"\r\nthree', "auth": "x"}),
        (5, {"endpoint": "four", "auth": "y"}),
    ]


GOOD = [b"https://push.example/%d,key,auth,name\n" % number for number in range(1_000)]


@pytest.mark.parametrize(
    "stray",
    [b'x,key,auth,Fred 6" tall\n', b'"x,key,auth,name\n', b'x,key,auth,"name\n', b'x,key,"au"th",n\n'],
    ids=["within a field", "before the first", "before the last", "within a quoted one"],
)
@pytest.mark.parametrize("place", [1, 10, 500, 1_000])
def test_a_stray_quote_costs_its_own_line_at_most(stray: bytes, place: int) -> None:
    lines = [b"endpoint,p256dh,auth,name\n", *GOOD]
    lines.insert(place, stray)
    found = read(b"".join(lines), size=4_096)
    columns, read_well = header(found[0]), list[Json]()
    for raw in found[1:]:
        with suppress(ValueError):
            read_well.append(parsed(raw, columns)["endpoint"])
    assert [name for name in read_well if name != "x"] == [
        f"https://push.example/{number}" for number in range(1_000)
    ]


@given(
    rows=st.lists(st.text(st.sampled_from('ab,"\n'), max_size=6), max_size=12),
    size=st.integers(1, 40),
)
def test_of_any_file_every_line_is_in_one_record(rows: list[str], size: int) -> None:
    data = "\n".join(rows).encode()
    found = read(data, size=size)
    assert b"".join(raw.text for raw in found).replace(b"\n", b"") == data.replace(b"\n", b"")
    for place, raw in enumerate(found):
        assert read(data, raw.end, size=size) == found[place + 1 :]


@given(
    rows=st.lists(st.text(st.sampled_from("ab,;\"\n é'"), max_size=12), max_size=12),
    size=st.integers(1, 40),
    quoted=st.booleans(),
)
def test_whoever_goes_on_from_any_record_reads_the_same_rest(rows: list[str], size: int, quoted: bool) -> None:
    data = "".join('"' + row.replace('"', '""') + '"\n' for row in rows).encode()
    whole = read(data, size=size, quoted=quoted)
    for place, raw in enumerate(whole):
        assert read(data, raw.end, size=size, quoted=quoted) == whole[place + 1 :]


@pytest.mark.parametrize("mark", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_header_shows_what_parts_the_columns(mark: str) -> None:
    (raw,) = read(f"\ufeff endpoint {mark}auth\n".encode())
    assert header(raw) == Header(("endpoint", "auth"), mark)


@pytest.mark.parametrize(
    "data", [b"", b"\n \n", b'"open', b"\xff\xfe,x\n"], ids=["empty", "blank", "open", "no text"]
)
def test_a_file_without_a_first_line_is_none(data: bytes) -> None:
    with pytest.raises(FileBrokenError):
        header(next(iter(read(data)), None))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{", "is no JSON"),
        (b"[1]", "must be a JSON object"),
        (b"\xff{}", "is not UTF-8"),
        (b'{"endpoint": "' + b"x" * MAX_RECORD + b'"}', f"is longer than {MAX_RECORD} bytes, or its quotes"),
    ],
    ids=["json", "list", "utf-8", "long"],
)
def test_a_line_that_is_no_record_says_why_and_does_not_quote_it(line: bytes, fault: str) -> None:
    raw = read(line + b"\n{}\n", quoted=False, size=4_096)[0]
    with pytest.raises(ValueError, match=fault):
        parsed(raw, None)


def test_a_line_of_other_length_than_the_header_is_named() -> None:
    raw = Raw(2, b"a,b\n", Mark(4, 1))
    with pytest.raises(ValueError, match="must have 3 columns as the first line, and has 2"):
        parsed(raw, Header(("a", "b", "c"), ","))


def test_a_quote_that_never_closes_does_not_fill_the_memory() -> None:
    found = read(b'"' + b"x\n" * MAX_RECORD, size=1_000)
    assert [raw.whole for raw in found[:1]] == [False]
    assert max(len(raw.text) for raw in found) <= MAX_RECORD + 2
