"""Which addresses are public, in every notation somebody may try."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fetch import Allow, FetchFailed, Kind, get
from app.fetch.addresses import DENIED_V4, is_public

# Written apart from the code's list on purpose: RFC 6890 and successors, a sample of each block.
NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254
169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1
198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1
255.255.255.255 192.31.196.1 192.52.193.1 192.175.48.1
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
64:ff9b::a00:1 64:ff9b:1::7f00:1 64:ff9b:1::808:808 100::1 2001::1 2001:0:7f00:1:: 2001:2::1
2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 fc00::1
fd12:3456::1 fe80::1 fec0::1 ff02::1 ff0e::1 2620:4f:8000::1 4000::1
"""
PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 198.17.255.255 198.20.0.0
223.255.255.255 ::ffff:8.8.8.8 64:ff9b::808:808 2606:4700::1111 2a00:1450::1 2003::1
"""

NOTATIONS = {
    "one number": lambda a: str(int(a)),
    "hexadecimal": lambda a: hex(int(a)),
    "octal": lambda a: f"0{int(a):o}",
    "dotted hexadecimal": lambda a: ".".join(hex(part) for part in a.packed),
    "dotted octal": lambda a: ".".join(f"0{part:o}" for part in a.packed),
    "two parts": lambda a: f"{a.packed[0]}.{int(a) & 0xFFFFFF}",
    "three parts": lambda a: f"{a.packed[0]}.{a.packed[1]}.{int(a) & 0xFFFF}",
    "mixed": lambda a: f"0x{a.packed[0]:x}.{int(a) & 0xFFFFFF}",
    "plain": str,
    "trailing dot": lambda a: f"{a}.",
    "percent-encoded": lambda a: "".join(f"%{ord(sign):02x}" for sign in str(a)),
    "full width": lambda a: str(a).translate({ord(d): 0xFF10 + int(d) for d in "0123456789"}),
    "ideographic stops": lambda a: str(a).replace(".", "。"),
    "mapped": lambda a: f"[::ffff:{a}]",
    "mapped, in hexadecimal": lambda a: f"[{IPv6Address((0xFFFF << 32) | int(a))}]",
    "compatible": lambda a: f"[{IPv6Address(int(a))}]",
    "NAT64": lambda a: f"[{IPv6Address((0x64FF9B << 96) | int(a))}]",
    "local NAT64": lambda a: f"[{IPv6Address((0x64FF9B0001 << 80) | int(a))}]",
    "6to4": lambda a: f"[{IPv6Address((0x2002 << 112) | (int(a) << 80))}]",
    "Teredo": lambda a: f"[{IPv6Address((0x20010000 << 96) | (int(a) ^ 0xFFFFFFFF))}]",
    "with a zone": lambda a: f"[::ffff:{a}%25lo]",
}


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_of_a_special_block_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_beside_a_special_block_is_public(address: str) -> None:
    assert is_public(address)


@given(st.sampled_from(DENIED_V4).flatmap(
    lambda net: st.integers(int(net.network_address), int(net.broadcast_address))
), st.sampled_from(sorted(NOTATIONS)))
def test_a_denied_address_is_denied_in_any_notation(number: int, notation: str) -> None:
    host = NOTATIONS[notation](IPv4Address(number))
    with pytest.raises(FetchFailed) as failure:
        get(f"http://{host}/")
    assert failure.value.kind in (Kind.ADDRESS, Kind.URL)


@given(st.ip_addresses(v=6))
def test_outside_of_what_is_handed_out_no_ipv6_address_is_public(address: IPv6Address) -> None:
    inner = any(address in IPv6Network(net) for net in ("::ffff:0:0/96", "64:ff9b::/96"))
    assert inner or address in IPv6Network("2000::/3") or not is_public(str(address))


def test_allow_reads_hosts_ports_networks_and_brackets() -> None:
    allow = Allow.parse(" Intranet.example, feeds.local:8080,10.1.0.0/16 , [::1]:9000,127.0.0.1 ")
    assert allow.permits("intranet.example", 99, "192.168.0.1")
    assert allow.permits("feeds.local.", 8080, "192.168.0.1")
    assert allow.permits("whatever.example", 80, "10.1.2.3")
    assert allow.permits("::1", 9000, "::1")
    assert allow.permits("127.0.0.1", 5000, "127.0.0.1")


def test_allow_permits_nothing_that_is_not_listed() -> None:
    allow = Allow.parse("feeds.local:8080,10.1.0.0/16,[::1]:9000")
    assert not allow.permits("feeds.local", 8081, "192.168.0.1")
    assert not allow.permits("evil.example", 8080, "192.168.0.1")
    assert not allow.permits("x.example", 80, "10.2.0.1")
    assert not allow.permits("::1", 9001, "::1")
    assert Allow.parse("") == Allow()


@pytest.mark.parametrize("piece", [
    "http://x", "10.0.0.1/8", "x:0", "x:99999", "x:y", "a b", "[::1", "[zz]:80", "10.0.0.0/40",
    "-", "[::1:80", "::1]", "[127.0.0.1",
])
def test_a_bad_piece_of_the_setting_is_named(piece: str) -> None:
    with pytest.raises(ValueError, match="LECTERN_FEED_ALLOW") as error:
        Allow.parse(f"fine.example, {piece}")
    assert f"“{piece}”" in str(error.value)


def test_the_sample_of_blocks_covers_every_network_of_the_list() -> None:
    sample = [IPv4Address(one) for one in NOT_PUBLIC.split() if ":" not in one]
    missing = [net for net in DENIED_V4 if not any(one in IPv4Network(net) for one in sample)]
    assert missing == []
