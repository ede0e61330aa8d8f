"""The demo shop's server: its pages with the store's address and key, and nothing outside of its folder."""

from pathlib import Path

import pytest
from shopbell.local.demo import Shop, shop_server

from tests.e2e.host.calls import call


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<script src='__API_URL__/sdk/shopbell.js' data-key='__PUBLISHABLE_KEY__'>")
    (pages / "icon.png").write_bytes(b"__API_URL__")
    (tmp_path / "secret.txt").write_text("secret")
    return Shop(pages, "http://api.example", "sb_pub_1", "My shop", tmp_path / "products.json")


def test_pages_name_the_stores_address_and_key(shop: Shop) -> None:
    content, kind = shop.page("/?from=mail") or (b"", "")
    assert content == b"<script src='http://api.example/sdk/shopbell.js' data-key='sb_pub_1'>"
    assert kind == "text/html; charset=utf-8"


def test_what_is_no_text_is_served_as_it_is(shop: Shop) -> None:
    assert shop.page("/icon.png") == (b"__API_URL__", "image/png")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/nothing.html", "//etc/passwd"])
def test_nothing_outside_of_the_folder_is_served(shop: Shop, path: str) -> None:
    assert shop.page(path) is None


def test_products_are_empty_until_there_are_some(shop: Shop) -> None:
    assert shop.page("/products.json") == (b"[]", "application/json")
    shop.products.write_text('[{"id": "1"}]')
    assert shop.page("/products.json") == (b'[{"id": "1"}]', "application/json")


def test_a_departments_picture_is_drawn(shop: Shop) -> None:
    content, kind = shop.page("/images/grocery.svg") or (b"", "")
    assert kind == "image/svg+xml"
    assert b">G</text>" in content


def test_the_worker_is_two_lines_and_may_have_its_scope(shop: Shop) -> None:
    server = shop_server(shop, 0).start("shop")
    try:
        reply = call(server.url, "GET", "/shopbell-sw.js")
        missing = call(server.url, "GET", "/nothing")
    finally:
        server.stop()
    assert reply.body.decode().splitlines() == [
        'self.SHOPBELL = {"api": "http://api.example", "key": "sb_pub_1", "name": "My shop"};',
        "importScripts(self.SHOPBELL.api + '/sdk/shopbell-sw.js');",
    ]
    assert ("Service-Worker-Allowed", "/shopbell/") in reply.headers
    assert ("Content-Type", "text/javascript") in reply.headers
    assert missing.status == 404
