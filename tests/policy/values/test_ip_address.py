"""Addresses and ranges: what is one, and what lies in what; held against Cedar's own engine."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.outcomes import differing, outcomes

from ringwall.policy.entity_uid import quoted
from ringwall.policy.values.evaluation_error import EvaluationError
from ringwall.policy.values.ip_address import IpAddress

LONGEST = "1111:2222:3333:4444:5555:6666:7777:8888/128"  # 43 bytes


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "10.0.0.1", "10.0.0.1/32", "10.0.0.1/0", "255.255.255.255/8", "::", "::1", "::1/128", "ff00::/8"),
        *("::ffff:7f00:1", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "ABCD::ef", LONGEST),
    ],
)
def test_what_is_an_address(text: str) -> None:
    assert IpAddress.parse(IpAddress.parse(text).text) == IpAddress.parse(text)
    assert outcomes(f'ip("{text}").isIpv4() || ip("{text}").isIpv6()') == {"true"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "/",
            "1",
            "1.2.3",
            "1.2.3.4.5",
            "256.0.0.1",
            "01.2.3.4",
            "1.2.3.4/",
            "1.2.3.4/33",
            "1.2.3.4/-1",
            "1.2.3.4/+8",
        ),
        *(
            "1.2.3.4/08",
            "1.2.3.4/00",
            "1.2.3.4/8/8",
            "1.2.3.4/a",
            "1.2.3.4/٨",
            " 1.2.3.4",
            "1.2.3.4 ",
            "1.2.3.4\n",
            "0x1.2.3.4",
        ),
        *(
            "::/129",
            "1::2::3",
            ":::",
            "12345::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fe80::1%eth0",
            "[::1]",
            "::1/128/1",
        ),
        *("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8::", "ä", "١.2.3.4", "0" + LONGEST),
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(EvaluationError):
        IpAddress.parse(text)
    assert outcomes(f"ip({quoted(text)}) == ip({quoted(text)})") == {"error"}


def test_why_it_is_none() -> None:
    with pytest.raises(EvaluationError) as refused:
        IpAddress.parse("1" * 70)
    said = "is no ip address or range, which look like 10.0.0.1 and 10.0.0.0/8"
    assert str(refused.value) == f"{'1' * 60!r} {said}"


_WRITTEN = st.one_of(
    st.ip_addresses().map(str),
    st.tuples(st.ip_addresses().map(str), st.integers(0, 130)).map(lambda both: f"{both[0]}/{both[1]}"),
    st.text(alphabet="0127f:./%", max_size=20),
    st.lists(st.sampled_from(["::", ":", "1", "ffff", "0", "127.0.0.1", "/", "8", "224.0.0.0"]), max_size=10).map(
        "".join
    ),
)
_BASES = ["127.0.0.0/8", "224.0.0.0/4", "ff00::/8", "::1", "0.0.0.0/0", "::/0", "10.0.0.0/9"]


@given(st.lists(st.tuples(_WRITTEN, st.sampled_from(_BASES)), min_size=20, max_size=20))
def test_cedar_reads_the_same(pairs: list[tuple[str, str]]) -> None:
    asked = [f"ip({quoted(text)}).isInRange(ip({quoted(base)}))" for text, base in pairs]
    asked += [f"ip({quoted(text)}).isLoopback() || ip({quoted(text)}).isMulticast()" for text, _ in pairs]
    assert differing(asked) == []


@given(st.ip_addresses(v=4), st.integers(0, 32), st.integers(0, 32))
def test_a_range_is_what_python_says(address: ipaddress.IPv4Address, prefix: int, other: int) -> None:
    ours = IpAddress.parse(f"{address}/{prefix}").is_in_range(IpAddress.parse(f"{address}/{other}"))
    inner, outer = (ipaddress.ip_network(f"{address}/{length}", strict=False) for length in (prefix, other))
    assert ours is inner.subnet_of(outer)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ('ip("10.0.0.5").isInRange(ip("10.0.0.0/8"))', "true"),
        ('ip("11.0.0.5").isInRange(ip("10.0.0.0/8"))', "false"),
        ('ip("10.0.0.0/8").isInRange(ip("10.0.0.0/9"))', "false"),
        ('ip("10.0.0.0/9").isInRange(ip("10.0.0.0/8"))', "true"),
        ('ip("10.0.0.0/8").isInRange(ip("10.0.0.0/8"))', "true"),
        ('ip("10.0.0.0").isInRange(ip("::/0"))', "false"),
        ('ip("::a00:0").isInRange(ip("0.0.0.0/0"))', "false"),
        ('ip("255.255.255.255").isInRange(ip("0.0.0.0/0"))', "true"),
        ('ip("10.0.0.1/8") == ip("10.0.0.0/8")', "false"),
        ('ip("10.0.0.1") == ip("10.0.0.1/32")', "true"),
        ('ip("::1") == ip("0:0:0:0:0:0:0:1")', "true"),
        ('ip("10.0.0.1") == "10.0.0.1"', "false"),
        ('ip("127.0.0.1").isLoopback()', "true"),
        ('ip("127.0.0.1/8").isLoopback()', "true"),
        ('ip("127.0.0.1/7").isLoopback()', "false"),
        ('ip("127.0.0.1/0").isLoopback()', "false"),
        ('ip("::1").isLoopback()', "true"),
        ('ip("::1/127").isLoopback()', "false"),
        ('ip("::ffff:7f00:1").isLoopback()', "false"),
        ('ip("224.0.0.1/4").isMulticast()', "true"),
        ('ip("224.0.0.1/3").isMulticast()', "false"),
        ('ip("239.255.255.255").isMulticast()', "true"),
        ('ip("240.0.0.0").isMulticast()', "false"),
        ('ip("223.255.255.255").isMulticast()', "false"),
        ('ip("ff00::1/8").isMulticast()', "true"),
        ('ip("ff00::1/7").isMulticast()', "false"),
        ('ip("fe00::1").isMulticast()', "false"),
        ('ip("10.0.0.1").isIpv4()', "true"),
        ('ip("10.0.0.1").isIpv6()', "false"),
        ('ip("::a00:1").isIpv6()', "true"),
        ('ip("::a00:1").isIpv4()', "false"),
        ('ip("10.0.0.1") < ip("10.0.0.2")', "error"),
        ('ip("10.0.0.1").isInRange("10.0.0.0/8")', "error"),
        ('ip("10.0.0.1").isInRange()', "error"),
        ('"10.0.0.1".isIpv4()', "error"),
        ('ip(ip("10.0.0.1")).isIpv4()', "error"),
        ("ip(context.text).isIpv4()", "error"),
    ],
)
def test_what_can_be_asked(expression: str, outcome: str) -> None:
    assert outcomes(expression) == {outcome}


def test_how_it_is_shown() -> None:
    assert str(IpAddress.parse("10.0.0.1")) == 'ip("10.0.0.1/32")'
