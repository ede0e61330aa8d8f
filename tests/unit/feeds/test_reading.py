"""Feed files, read entry by entry: what each line says, what is wrong with it, and what is taken from nobody."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shopbell.domain.catalogue import Product
from shopbell.domain.feeds.entries import Entry, FeedBrokenError, FeedFormat
from shopbell.domain.feeds.prices import price_of
from shopbell.domain.feeds.reading import FORMATS
from shopbell.domain.ids import ProductId

BOOT = Product(
    id=ProductId("boot"),
    title="Böot, high",
    url="https://shop.example/boot",
    image_url="https://shop.example/boot.jpg",
    price=4_900,
    currency="EUR",
)
HEAD = "id,title,link,image_link,price"
ROW = 'boot,"Böot, high",https://shop.example/boot,https://shop.example/boot.jpg,49.00 EUR'
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item>
  <g:id>boot</g:id><title>Plain</title><g:title>Böot, high</g:title>
  <link>https://shop.example/boot</link><g:image_link>https://shop.example/boot.jpg</g:image_link>
  <g:price>49.00 EUR</g:price>{more}
  <g:shipping><g:price>4.90 EUR</g:price></g:shipping>
</item></channel></rss>"""

TABS = (
    "id\ttitle\tlink\timage_link\tprice\n"
    "boot\tBöot, high\thttps://shop.example/boot\thttps://shop.example/boot.jpg\tEUR 49"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><entry><g:id>boot</g:id>'
    '<title>Böot, high</title><link href="https://shop.example/boot"/><g:price>49 EUR</g:price>'
    "<g:image_link>https://shop.example/boot.jpg</g:image_link></entry></feed>"
)
JSON = (
    '{"id": "boot", "title": "Böot, high", "url": "https://shop.example/boot", '
    '"image_url": "https://shop.example/boot.jpg", "price": 4900, "currency": "EUR"}'
)


def entries(kind: FeedFormat, text: str | bytes, piece: int = 7) -> list[Entry]:
    data = text.encode() if isinstance(text, str) else text
    pieces = (data[start : start + piece] for start in range(0, len(data), piece))
    return list(FORMATS[kind](pieces, "EUR"))


def one(kind: FeedFormat, text: str) -> Product:
    (found,) = entries(kind, text)
    assert found.product is not None, found.fault
    return found.product


WHOLE = {
    "csv": ("csv", f"{HEAD}\n{ROW}\n"),
    "csv with a mark and windows ends": ("csv", f"\ufeff{HEAD}\r\n{ROW}\r\n"),
    "semicolons": (
        "csv",
        HEAD.replace(",", ";") + "\n" + ROW.replace(",h", ";h").replace(",4", ";4").replace('t,"', 't;"'),
    ),
    "tabs, no last end": (
        "csv",
        TABS,
    ),
    "minor units": ("csv", f"{HEAD}\n{ROW.replace('49.00 EUR', '4900')}\n"),
    "jsonl": (
        "jsonl",
        JSON + "\n\n",
    ),
    "rss": ("google_xml", RSS.format(more="")),
    "atom": (
        "google_xml",
        ATOM,
    ),
}


@pytest.mark.parametrize(("kind", "text"), WHOLE.values(), ids=WHOLE.keys())
def test_each_kind_of_feed_tells_the_same_product(kind: FeedFormat, text: str) -> None:
    assert one(kind, text) == BOOT


@given(st.integers(min_value=1, max_value=400))
def test_however_a_file_is_cut_into_pieces_it_says_the_same(piece: int) -> None:
    for kind in ("csv", "rss"):
        assert [entry.product for entry in entries(*WHOLE[kind], piece)] == [BOOT]  # type: ignore[arg-type]


def test_googles_fields_are_taken_for_ours() -> None:
    more = (
        "<g:sale_price>39.00 EUR</g:sale_price><g:availability>out of stock</g:availability><g:brand>Bär</g:brand>"
        "<g:product_type>Outdoor > Boots</g:product_type><g:product_type>Sale</g:product_type>"
        "<g:item_group_id>g1</g:item_group_id><g:custom_label_0>new</g:custom_label_0><g:size>42</g:size>"
        "<g:quantity>3</g:quantity>"
    )

    assert one("google_xml", RSS.format(more=more.replace(" > ", " &gt; "))) == replace(
        BOOT,
        price=3_900,
        list_price=4_900,
        in_stock=False,
        brand="Bär",
        categories=("Outdoor/Boots", "Sale"),
        group_id="g1",
        tags=("new",),
        attributes={"size": "42"},
        stock=3,
    )


def test_our_own_columns_may_hold_everything() -> None:
    head = f"{HEAD},in_stock,stock,categories,tags,replenishable,active,attributes.heel,colour_we_do_not_know"
    row = f"{ROW},no,0,Outdoor/Boots|Sale,a|b,yes,false,flat,x"

    assert one("csv", f"{head}\n{row}\n") == replace(
        BOOT,
        in_stock=False,
        stock=0,
        categories=("Outdoor/Boots", "Sale"),
        tags=("a", "b"),
        replenishable=True,
        active=False,
        attributes={"heel": "flat"},
    )


FAULTS = {
    "a price": (ROW.replace("49.00 EUR", "49.00 €"), "price must be a price"),
    "too many digits": (ROW.replace("49.00", "49.001"), "price must have at most 2 digits"),
    "no title": ('boot,"",https://shop.example/boot,https://shop.example/boot.jpg,1', "title is required"),
    "too few columns": ("boot,Boot", "must have 5 columns"),
    "an address": (ROW.replace("https://shop.example/boot,", "/boot,"), "url must be an absolute"),
}


@pytest.mark.parametrize(("row", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_a_wrong_line_is_named_and_the_others_are_taken(row: str, fault: str) -> None:
    first, second, third = entries("csv", f"{HEAD}\n{ROW}\n{row}\n{ROW}\n")

    assert (first.product, third.product, second.product) == (BOOT, BOOT, None)
    assert (first.line, second.line, third.line) == (2, 3, 4)
    assert second.fault.startswith(fault)
    assert second.id == BOOT.id


def test_lines_are_counted_through_quoted_ones() -> None:
    long = ROW.replace("Böot, high", "Böot\nhigh")
    found = entries("csv", f"{HEAD}\n{long}\nboot,x\n")
    assert [entry.line for entry in found] == [2, 4]


def test_a_wrong_line_of_json_is_named() -> None:
    text = f'{{"id": "a"}}\nnot json\n{WHOLE["jsonl"][1]}'
    first, second, third = entries("jsonl", text)

    assert (first.line, first.id, "title is required" in first.fault) == (1, ProductId("a"), True)
    assert (second.line, second.id, second.fault.startswith("is no JSON")) == (2, None, True)
    assert (third.line, third.product) == (3, BOOT)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><channel><item>'
    "<id>&b;</id></item></channel></rss>"
)
BROKEN = {
    "entities": ("google_xml", BOMB, "a DTD or an entity"),
    "a DTD elsewhere": ("google_xml", '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>', "a DTD or an entity"),
    "cut short": ("google_xml", RSS.format(more="")[:-40], "the file is no XML"),
    "no XML": ("google_xml", "id,title", "the file is no XML"),
    "nothing": ("google_xml", "", "the file is no XML"),
    "too deep": ("google_xml", "<a>" * 40, "elements lie too deep"),
    "a field without end": ("google_xml", f"<rss><item><id>{'x' * 70_000}</id></item></rss>", "a field has more"),
    "an empty file": ("csv", "", "the file is empty"),
    "no header": ("csv", "boot,Boot,1", "the first line must name"),
    "Mac line ends": ("csv", f"{HEAD}\r{ROW}\r", "the first line has a carriage return"),
    "a column without end": ("csv", f"{HEAD},{'x' * 140_000}\n{ROW},\n", "the first line is no CSV"),
    "an open quote in the header": ("csv", f'{HEAD},"x\n{ROW},\n', "the first line is no CSV"),
    "an unknown encoding": (
        "google_xml",
        '<?xml version="1.0" encoding="x-none"?><rss/>',
        "the file is in an encoding",
    ),
    "an encoding of two bytes": (
        "google_xml",
        '<?xml version="1.0" encoding="Shift_JIS"?><rss/>',
        "the file is in an",
    ),
    "a comment without end": ("google_xml", f"<rss><!--{'x' * 1_200_000}", "a tag, a comment or the like has more"),
    "an attribute without end": ("google_xml", f'<rss a="{"x" * 1_200_000}', "a tag, a comment or the like has more"),
    "a line without end": ("jsonl", "x" * 2_000_000, "the line has more than"),
    "not UTF-8": ("csv", b"id,t\xe4tle\nboot,x", "the first line is not in UTF-8"),
}


@pytest.mark.parametrize(("kind", "text", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_on_says_so(kind: FeedFormat, text: str | bytes, why: str) -> None:
    with pytest.raises(FeedBrokenError) as broken:
        entries(kind, text, 4_096)
    assert broken.value.message.startswith(why)


def test_a_file_is_read_no_further_than_it_is_asked_for() -> None:
    read: list[int] = []

    def pieces() -> Iterator[bytes]:
        yield f"{HEAD}\n".encode()
        for number in range(10_000):
            read.append(number)
            yield f"{ROW}\n".encode()

    found = FORMATS["csv"](pieces(), "EUR")
    for _ in range(10):
        next(found)
    assert len(read) < 15


PRICES = {
    "49.00 EUR": (4_900, "EUR"),
    "EUR 49": (4_900, "EUR"),
    "49.5": (4_950, "SEK"),
    "4900": (4_900, "SEK"),
    "1200 JPY": (1_200, "JPY"),
    "1.250 KWD": (1_250, "KWD"),
    "12.00 JPY": (12, "JPY"),
    " 0 EUR ": (0, "EUR"),
}


@pytest.mark.parametrize("text", PRICES)
def test_prices_come_in_whole_units_or_in_minor_ones(text: str) -> None:
    assert price_of(text, "SEK") == PRICES[text]


@pytest.mark.parametrize("text", ["", "free", "-1 EUR", "1,50 EUR", "1.234.50", "EUR 1 EUR", "12.50 JPY", "1 eur"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        price_of(text, "EUR")
