"""Where a request seems to come from: whose word counts, and that everybody else's does nothing."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.adapters.countries import CountriesUnusable, country_of, open_countries
from licet.app.config import ConfigurationRejected, read
from licet.core.catalogue import Catalogue
from licet.core.facts import About, Fact, Kind
from licet.core.rulebook import Rulebook, rulebook
from licet.gate.circumstances import Circumstances
from licet.wire.forwarded import ForwardedError, nodes

World = Any
MakeWorld = Callable[..., World]
CHAT = "/v1/chat/completions"
DE, US, IR = "85.214.132.117", "8.8.8.8", "5.160.0.1"
COUNTRIES = {DE: "DE", US: "US", IR: "IR", "2001:4860:4860::8888": "US", "9.9.9.9": "EU", "1.0.0.1": "nowhere"}
COUNTRIES |= {"192.168.0.1": "DE", "127.0.0.1": "DE", "10.0.0.1": "DE"}  # a database may say so
PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"), ip_network("203.0.113.7/32"))


def book(*facts: Fact) -> Rulebook:
    return rulebook(facts, Catalogue(()), (), (), digest="none")


DECLARED = book(Fact("ip_country", Kind.COUNTRY, About.REQUEST, "m", "s"))
OTHERWISE = book(Fact("ip_country", Kind.COUNTRY, About.SUBJECT, "m", "s"))


def lookup(address: object) -> str | None:
    return COUNTRIES.get(str(address))


def seen(peer: str, *headers: tuple[str, str], proxies: Any = PROXIES, law: Rulebook = DECLARED) -> str | None:
    scope = {"client": (peer, 1), "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers]}
    circumstances = Circumstances(lookup, proxies)
    assert circumstances.country(scope, law) == circumstances.country(scope, law), "remembered otherwise"
    return circumstances.country(scope, law)


def test_the_peer_counts() -> None:
    assert seen(DE) == "DE" and seen("2001:4860:4860::8888") == "US" and seen(f"::ffff:{DE}") == "DE"


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "client-ip"])
@pytest.mark.parametrize("proxies", [(), PROXIES])
def test_spoofed_headers_do_nothing(name: str, proxies: Any) -> None:
    said = f"for={US}" if name == "forwarded" else US
    assert seen(DE, (name, said), proxies=proxies) == "DE"
    assert seen("127.0.0.1", (name, said), proxies=proxies) is None
    assert seen("10.0.0.1", (name, said), proxies=()) is None


@pytest.mark.parametrize(
    ("said", "country"),
    [
        (US, "US"),
        (f"{IR}, {US}", "US"),
        (f"{IR}, {US}, 10.1.2.3", "US"),
        (f"{IR},{US},203.0.113.7 , 10.1.2.3", "US"),
        (f"junk, <script>, {US}", "US"),
        (f"{US}:443", "US"),
        ("[2001:4860:4860::8888]:443", "US"),
        ("2001:4860:4860::8888", "US"),
        (f"::ffff:{US}", "US"),
        ("", None),
        ("10.1.2.3", None),
        ("unknown", None),
        (f"{US}, unknown", None),
        (f"{US}, ", None),
        (f"{US}, 192.168.0.1", None),
        (f"{US} {IR}", None),
        ("8.8.8.8.8", None),
        ("08.8.8.8", None),
        ("9.9.9.9", None),
        ("1.0.0.1", None),
        ("fe80::1%eth0", None),
        (f"{US}," + "10.0.0.1," * 40 + "10.0.0.1", None),
    ],
)
def test_behind_a_trusted_proxy(said: str, country: str | None) -> None:
    assert seen("10.0.0.1", ("x-forwarded-for", said)) == country


@pytest.mark.parametrize(
    ("said", "country"),
    [
        (f"for={US}", "US"),
        (f'For="{US}:80";proto=https;by=10.0.0.1', "US"),
        (f"for={IR}, for={US};host=a, for=10.0.0.3", "US"),
        (f'for={IR};host="a,for={DE}", for={US}', "US"),
        ('for="[2001:4860:4860::8888]:80"', "US"),
        ('for="8.8.8\\.8"', "US"),
        (f"for={IR}, proto=https", None),
        (f"for={IR};for={US}", None),
        (f'for="{US}', None),
        (f"for {US}", None),
        ("for=_hidden", None),
        ("for=unknown", None),
        ("", None),
    ],
)
def test_behind_a_proxy_that_speaks_rfc_7239(said: str, country: str | None) -> None:
    assert seen("2001:db8::1", ("forwarded", said)) == country


def test_several_lines_are_one_list_and_two_kinds_say_nothing() -> None:
    assert seen("10.0.0.1", ("x-forwarded-for", US), ("x-forwarded-for", "10.0.0.2")) == "US"
    assert seen("10.0.0.1", ("x-forwarded-for", IR), ("x-forwarded-for", US)) == "US"
    assert seen("10.0.0.1", ("x-forwarded-for", US), ("forwarded", f"for={US}")) is None
    assert seen("10.0.0.1") is None


def test_it_is_observed_only_where_the_rulebook_and_the_operator_ask_for_it() -> None:
    assert seen(DE, law=book()) is None and seen(DE, law=OTHERWISE) is None
    scope = {"client": (DE, 1), "headers": []}
    assert Circumstances().country(scope, DECLARED) is None
    assert Circumstances(lookup).country({"client": None, "headers": []}, DECLARED) is None


@given(
    said=st.text(st.characters(max_codepoint=255), max_size=60), kind=st.sampled_from(["forwarded", "x-forwarded-for"])
)
def test_whatever_is_said_is_a_country_or_unknown(said: str, kind: str) -> None:
    assert seen("10.0.0.1", (kind, said)) in {None, *COUNTRIES.values()}


@given(left=st.text(st.characters(max_codepoint=255, blacklist_characters=","), max_size=60))
def test_what_is_left_of_an_untrusted_address_is_not_read(left: str) -> None:
    assert seen("10.0.0.1", ("x-forwarded-for", f"{left},{DE}")) == "DE"


def test_many_elements_are_not_read() -> None:
    with pytest.raises(ForwardedError):
        list(nodes([], [b",".join([b"for=8.8.8.8"] * 33)]))


# sources


def test_the_registries() -> None:
    found = open_countries("iptocc")
    assert found(ip_address("8.8.8.8")) == "US" and found(ip_address("127.0.0.1")) is None


def mmdb(record: dict[str, Any]) -> bytes:
    """A database of the form MMDB 2.0 with one record, for every address below 128.0.0.0 (MaxMind DB specification)."""

    def encoded(value: Any) -> bytes:
        if isinstance(value, str):
            return bytes([2 << 5 | len(value)]) + value.encode()
        if isinstance(value, int):
            return bytes([6 << 5 | 4]) + struct.pack(">I", value)
        if isinstance(value, list):
            return bytes([len(value), 4]) + b"".join(map(encoded, value))
        return bytes([7 << 5 | len(value)]) + b"".join(encoded(k) + encoded(v) for k, v in value.items())

    tree = (1 + 16).to_bytes(3, "big") + (1).to_bytes(3, "big")
    about: dict[str, Any] = {"binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1}
    about |= {"database_type": "Test", "description": {}, "ip_version": 4, "languages": [], "node_count": 1}
    about |= {"record_size": 24}
    return tree + bytes(16) + encoded(record) + b"\xab\xcd\xefMaxMind.com" + encoded(about)


@pytest.mark.parametrize(
    "record", [{"country": {"iso_code": "DE"}}, {"country_code": "DE", "country": "Germany"}, {"country": "DE"}]
)
def test_the_operators_own_database(tmp_path: Path, record: dict[str, Any]) -> None:
    (tmp_path / "own.mmdb").write_bytes(mmdb(record))
    found = open_countries(tmp_path / "own.mmdb")
    assert found(ip_address(US)) == "DE" and found(ip_address("200.0.0.1")) is None
    assert found(ip_address("2001:4860:4860::8888")) is None


@pytest.mark.parametrize("record", [None, [], {}, {"country": None}, {"country": 3}, {"country": {}}, {"city": "DE"}])
def test_a_record_without_a_country(record: Any) -> None:
    assert country_of(record) is None


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_bytes(b"not one")
    with pytest.raises(CountriesUnusable, match=r"cannot read `.*broken.mmdb`: it is no MMDB file"):
        open_countries(tmp_path / "broken.mmdb")
    with pytest.raises(CountriesUnusable, match="No such file"):
        open_countries(tmp_path / "none.mmdb")


@pytest.mark.parametrize(
    "text",
    [
        "{country: geoip}",
        "{country: 3}",
        "{trusted_proxies: 10.0.0.0/8}",
        "{trusted_proxies: [10.0.0.1/8]}",
        "{trusted_proxies: [0.0.0.0/0]}",
        '{trusted_proxies: ["::/0"]}',
        "{trusted_proxies: [here]}",
        "{trusted_proxies: [7]}",
        "{proxies: []}",
    ],
)
def test_settings_that_are_none(text: str) -> None:
    with pytest.raises(ConfigurationRejected, match=re.escape("licet.yaml:1:")):
        read(Path("/x/licet.yaml"), b"circumstances: " + text.encode())


def test_settings() -> None:
    text = b'circumstances: {country: geo/own.mmdb, trusted_proxies: [10.0.0.0/8, "2001:db8::/32"]}'
    found = read(Path("/x/licet.yaml"), text).circumstances
    assert found.country == Path("/x/geo/own.mmdb") and found.proxies == PROXIES[:2]
    assert read(Path("/x/licet.yaml"), b"").circumstances.country is None
