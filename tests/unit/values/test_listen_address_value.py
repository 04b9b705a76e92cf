from __future__ import annotations

import pytest

from preflight.values.listen_address import SCOPES, bind_addresses, parse_listen_address

SCOPE = {
    "all": (
        "", "  ", '""', "0.0.0.0", "::", "[::]", "[::]:80", "*", "*:80", ":8080", "0", "0:80", "0x0", "00.0", "0.0.0.0:8000",  # noqa: S104 - a text to parse; nothing is bound
        "::0", "0:0:0:0:0:0:0:0", "0::0.0.0.0", "::ffff:0.0.0.0", ":::", ":::80", "+:80", "http://+:80", "tcp://0.0.0.0:80",
        "http://0.0.0.0:8080/", "8080", "65535", "[::%eth0]:80", "127.0.0.1,0.0.0.0", "127.0.0.1 ::",
    ),
    "loopback": (
        "127.0.0.1", "127.0.0.1:8000", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
        "017700000001", "localhost", "localhost:3000", "LOCALHOST", "localhost.", "app.localhost", "ip6-localhost", "::1", "[::1]",
        "[::1]:80", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:127.0.0.1", "[::ffff:127.0.0.1]:80",
        "https://127.0.0.1:8443/", "127.0.0.1 ::1", "'127.0.0.1'",
    ),
    "private": (
        "10.0.0.1", "10.255.255.255:80", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1", "fd00::1",
        "fc00::1", "fe80::1", "fe80::1%eth0", "[fe80::1%eth0]:80", "fec0::1", "::ffff:10.0.0.1",
    ),
    "public": (
        "8.8.8.8", "8.8.8.8:53", "11.0.0.1", "172.15.255.255", "172.32.0.1", "192.169.0.1", "100.128.0.1", "203.0.113.7",
        "2001:db8::1", "[2001:db8::1]:443", "::ffff:8.8.8.8", "fbff::1", "10.0.0.1,8.8.8.8",
    ),
    "unix": (
        "unix:/run/app.sock", "unix:///run/app.sock", "UNIX:app.sock", "/run/app.sock", "./app.sock", "@app", "http+unix://%2Frun",
    ),
    "name": ("app.internal", "app.internal:8000", "db-1", "eth0", "my_host:80", "host.docker.internal", "b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example"),
    "unknown": (
        "0.0.0.1", "010000", "70000",
        "${HOST}", "$HOST:80", "fd://3", "fd@3", "256.1.1.1", "1.2.3.4.5", "08.1.1.1", "127.0.0.1.", "4294967296", "1.2.3.999",
        "[::1", "[::1]x", "12345::", "1::2::3", "::1:8080", "::g", "1:2:3:4:5:6:7:8:9:a", "a/b", "a..b", "<host>",
        "::127.0.0.01", "127.0.0.1,${HOST}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "scope"), [(text, scope) for scope, texts in SCOPE.items() for text in texts])
def test_each_spelling_has_its_scope(text: str, scope: str) -> None:
    assert parse_listen_address(text).scope == scope


def test_every_scope_is_reached() -> None:
    assert set(SCOPES) == set(SCOPE)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("0.0.0.0:8000", "0.0.0.0", "8000"),  # noqa: S104 - a text to parse; nothing is bound
        ("[::]:80", "::", "80"),
        ("[::1]", "::1", ""),
        ("::1", "::1", ""),
        (":8080", "", "8080"),
        ("8080", "", "8080"),
        ("*:80", "*", "80"),
        ("Localhost:http", "Localhost", "http"),
        ("tcp://app.internal:80/x", "app.internal", "80"),
        (":::80", "::", "80"),
        ("unix:/run/app.sock", "unix:/run/app.sock", ""),
        ("127.0.0.1:80, 0.0.0.0:81", "0.0.0.0", "81"),  # noqa: S104 - a text to parse; nothing is bound
    ],
)
def test_host_and_port_are_as_written(text: str, host: str, port: str) -> None:
    parsed = parse_listen_address(text)
    assert (parsed.host, parsed.port) == (host, port)


@pytest.mark.parametrize(
    ("arguments", "addresses"),
    [
        ("", ()),
        ("--workers 2 --backlog 64", ()),
        ("--bind 0.0.0.0:8000", ("0.0.0.0:8000",)),
        ("--bind=[::]:8000 -w 4", ("[::]:8000",)),
        ("-b 127.0.0.1:1 -b127.0.0.1:2 -b=127.0.0.1:3", ("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3")),
        ("--bind 127.0.0.1:1 --bind 0.0.0.0:2", ("127.0.0.1:1", "0.0.0.0:2")),
        ("--bind 127.0.0.1:1,0.0.0.0:2", ("127.0.0.1:1", "0.0.0.0:2")),
        ("--bind='unix:/run/my app.sock' --name \"x --bind y\"", ("unix:/run/my app.sock",)),
        (r"--bind unix:/run/my\ app.sock", ("unix:/run/my app.sock",)),
        (r'--name "a\"b" -b "0.0.0.0":80', ("0.0.0.0:80",)),
        ("-b", ("",)),  # gunicorn refuses it; here it counts as everything
        ("--bind ''", ("",)),
        ("'--bind' '0.0.0.0:80", ("0.0.0.0:80",)),
        ("\t--bind\n0.0.0.0:80\r\n", ("0.0.0.0:80",)),
    ],
)
def test_the_addresses_of_gunicorns_arguments(arguments: str, addresses: tuple[str, ...]) -> None:
    assert bind_addresses(arguments) == addresses
