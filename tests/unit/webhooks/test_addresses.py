"""Addresses of webhooks: public https hosts pass, whatever leads inside does not."""

import json
from pathlib import Path
from typing import Final

import pytest
from shopbell.domain.webhooks.addresses import check_address, is_public

HOSTILE: Final = json.loads((Path(__file__).parents[1] / "push" / "hostile_endpoints.json").read_text())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hooks.shop.example/in?token=a%20b", "https://hooks.shop.example/in?token=a%20b"),
        ("HTTPS://Hooks.Shop.Example:443/In", "https://hooks.shop.example/In"),
        ("https://hooks.shop.example", "https://hooks.shop.example/"),
        ("https://hooks.shop.example?x=1", "https://hooks.shop.example/?x=1"),
    ],
)
def test_a_public_address_is_kept_in_one_spelling(given: str, kept: str) -> None:
    assert check_address(given, loopback=False) == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.shop.example/",
        "https://hooks.shop.example:8443/",
        "https://hooks.shop.example:/",
        "https://me@hooks.shop.example/",
        "https://hooks.shop.example/#part",
        "https://hooks.shop.example\\@127.0.0.1/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://shop.localhost/",
        "https://db.internal/",
        "https://printer.local/",
        "https://metadata/",
        "https://hooks.shop.example./",
        "https://hööks.example/",
        "https://hooks.shop.example/\r\nx: y",
        "ftp://hooks.shop.example/",
        "//hooks.shop.example/",
        "hooks.shop.example",
        "",
        f"https://hooks.shop.example/{'x' * 2_048}",
    ],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_what_may_lead_inside_is_refused(url: str, loopback: bool) -> None:
    with pytest.raises(ValueError, match="must"):
        check_address(url, loopback=loopback)


@pytest.mark.parametrize("url", sorted({url for urls in HOSTILE.values() for url in urls}))
def test_of_the_hostile_endpoints_none_becomes_an_address_that_is_not_https_by_name(url: str) -> None:
    """Those that only are no push service are addresses as good as any."""
    try:
        kept = check_address(url, loopback=False)
    except ValueError:
        return
    host = kept.removeprefix("https://").partition("/")[0]
    assert kept.startswith("https://")
    assert "." in host
    assert host.rpartition(".")[2].isalpha() or host.rpartition(".")[2].startswith("xn--")
    assert not set(host) & set("@:[]%\\")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/in", "http://127.0.0.1:1/"])
def test_on_one_machine_its_own_addresses_pass_and_elsewhere_they_do_not(url: str) -> None:
    assert check_address(url, loopback=True) == url
    with pytest.raises(ValueError, match="https"):
        check_address(url, loopback=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://127.0.0.2:80/", "http://localhost:80/", "http://127.0.0.1:99999/"]
)
def test_on_one_machine_nothing_else_passes_without_https(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        check_address(url, loopback=True)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "8.8.8.8", "2a00:1450:4001:5efe::1", "2a00:1450::1:5efe:1"]
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "169.254.170.2",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fec0::1",
        "feff::1",
        "3fff::1",
        "3fff:fff::1",
        "2a00:1450::5efe:10.0.0.1",
        "2a00:1450:4001:5efe::5efe:7f00:1",
        "2a00:1450::200:5efe:10.0.0.1",
        "2a00:1450::300:5efe:a9fe:a9fe",
    ],
)
def test_addresses_of_machines_and_private_networks_are_not_public(address: str) -> None:
    assert not is_public(address)
