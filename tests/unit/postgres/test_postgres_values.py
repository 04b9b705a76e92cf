"""Parameters and values against the installed libpq: what it knows, what it refuses before it connects."""

from __future__ import annotations

import itertools

import pytest

from preflight.postgres.checks import refused_values
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.parameters import FOREIGN, LIBPQ, SQLALCHEMY_ARGUMENTS, TLS_VERSIONS, VALUES, resembling
from preflight.postgres.sslmode import effective_sslmode

pq = pytest.importorskip("psycopg").pq

NEEDS_18 = pytest.mark.skipif(pq.version() < 180000, reason="compares with libpq 18")
WRITTEN = (
    "",
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
    "REQUIRE",
    "verify_full",
    "on",
    "x#y",
)


def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take libpq's variables out of the environment."""
    for variable in (*LIBPQ.values(), "PGREQUIRESSL", "PGSYSCONFDIR", "PGSERVICEFILE"):
        if variable is not None:
            monkeypatch.delenv(variable, raising=False)


def refused_by_libpq(parameters: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Say whether libpq refuses the parameters; a socket that does not exist keeps it from connecting."""
    clean(monkeypatch)
    pairs = {"host": "/nonexistent", "dbname": "d", "user": "u", **parameters}
    conninfo = " ".join(f"{name}='{value}'" for name, value in pairs.items())
    connection = pq.PGconn.connect_start(conninfo.encode())
    try:
        return b"connection to server" not in connection.error_message
    finally:
        connection.finish()


@NEEDS_18
def test_libpq_knows_the_parameters_and_their_variables():
    known = {
        option.keyword.decode(): option.envvar.decode() if option.envvar else None
        for option in pq.Conninfo.get_defaults()
    }
    assert known == LIBPQ


@NEEDS_18
@pytest.mark.parametrize("name", sorted(VALUES))
def test_libpq_refuses_the_same_values(name, monkeypatch):
    values = {*WRITTEN, *VALUES[name], *(value.upper() for value in VALUES[name])}
    for value in sorted(values):
        if (name, value) == ("gssencmode", "require"):
            continue  # a libpq that is built without GSSAPI refuses it for that reason
        parameters = {name: value}
        if name == "sslnegotiation":
            parameters["sslmode"] = "require"
        assert bool(list(refused_values(parameters, "libpq"))) is refused_by_libpq(parameters, monkeypatch), parameters


@NEEDS_18
def test_libpq_refuses_the_same_tls_versions(monkeypatch):
    written = ("", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", "tlsv1.2", "TLSV1.3", "1.2", "1.3", "TLS1.2", "TLSv1.4")
    for low, high in itertools.product(written, repeat=2):
        parameters = {"ssl_min_protocol_version": low, "ssl_max_protocol_version": high}
        assert bool(list(refused_values(parameters, "libpq"))) is refused_by_libpq(parameters, monkeypatch), parameters
    for name, version in itertools.product(("ssl_min_protocol_version", "ssl_max_protocol_version"), written):
        parameters = {name: version}
        assert bool(list(refused_values(parameters, "libpq"))) is refused_by_libpq(parameters, monkeypatch), parameters


@NEEDS_18
def test_libpq_refuses_the_same_combinations(monkeypatch):
    for mode, root, negotiation in itertools.product(VALUES["sslmode"], ("", "system", "/ca"), ("postgres", "direct")):
        parameters = {"sslmode": mode, "sslrootcert": root, "sslnegotiation": negotiation}
        assert bool(list(refused_values(parameters, "libpq"))) is refused_by_libpq(parameters, monkeypatch), parameters


@NEEDS_18
def test_libpq_takes_system_roots_without_a_mode(monkeypatch):
    assert not refused_by_libpq({"sslrootcert": "system"}, monkeypatch)
    assert list(refused_values({"sslrootcert": "system"}, "libpq")) == []


@NEEDS_18
def test_libpq_comes_to_the_same_parameters(monkeypatch, tmp_path):
    services = tmp_path / "services"
    services.write_text("[moded]\nsslmode=require\n[plain]\napplication_name=x\n")
    modes = (None, "disable", "verify-full", "")
    for written, variable, service, root, old in itertools.product(
        modes, modes, (None, "moded", "plain"), (None, "system"), (None, "1", "0")
    ):
        environment = {"PGSERVICEFILE": str(services)}
        environment |= {"PGSSLMODE": variable} if variable is not None else {}
        environment |= {"PGSERVICE": service} if service is not None else {}
        environment |= {"PGSSLROOTCERT": root} if root is not None else {}
        environment |= {"PGREQUIRESSL": old} if old is not None else {}
        text = "host=/nonexistent dbname=d user=u" + ("" if written is None else f" sslmode='{written}'")
        clean(monkeypatch)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        connection = pq.PGconn.connect_start(text.encode())
        libpq = {option.keyword.decode(): (option.val or b"").decode() for option in connection.info}
        connection.finish()
        section = {"moded": {"sslmode": "require"}, "plain": {"application_name": "x"}}.get(service or "")
        found = effective_sslmode(
            parse_connection_string(text.replace("/nonexistent", "h")), environment, service=section
        )
        assert found.mode == (libpq["sslmode"] or None), environment
        assert (found.root_certificate or "") == libpq["sslrootcert"]
        assert found.parameters.get("application_name", "") == libpq["application_name"]


def test_psycopg_takes_the_arguments_that_sqlalchemy_hands_on():
    inspect = pytest.importorskip("inspect")
    psycopg = pytest.importorskip("psycopg")
    own = {name for name, one in inspect.signature(psycopg.connect).parameters.items() if one.kind is one.KEYWORD_ONLY}
    assert own == SQLALCHEMY_ARGUMENTS["psycopg"]


def test_no_parameter_of_another_client_is_one_of_libpq():
    assert not FOREIGN.keys() & LIBPQ.keys()


def test_tls_versions_are_in_order():
    assert list(TLS_VERSIONS.values()) == sorted(TLS_VERSIONS.values())


@pytest.mark.parametrize(
    ("driver", "parameters", "expected"),
    [
        ("asyncpg", {"sslmode": "verify_full"}, []),
        ("asyncpg", {"sslmode": "verify-full", "sslrootcert": "system"}, ["system_roots_unsupported"]),
        ("node-postgres", {"sslmode": "verify-full", "sslrootcert": "system"}, ["system_roots_unsupported"]),
        ("node-postgres", {"sslmode": "anything"}, []),
        ("prisma", {"sslmode": "verify-full"}, []),
        ("jdbc", {"sslmode": "Verify-Full"}, []),
        ("jdbc", {"sslmode": ""}, ["invalid_value"]),
        ("sqlalchemy-asyncpg", {"ssl": "verify_ca"}, []),
        ("sqlalchemy-asyncpg", {"ssl": "on"}, ["invalid_value"]),
    ],
)
def test_other_drivers_refuse_other_values(driver, parameters, expected):
    assert [code for code, _ in refused_values(parameters, driver)] == expected


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SSLMODE", "sslmode"),
        ("ssl-mode", "sslmode"),
        ("sslmod", "sslmode"),
        ("sslmmode", "sslmode"),
        ("slsmode", "sslmode"),
        ("sslMinProtocolVersion", "ssl_min_protocol_version"),
        ("sslroot_cert", "sslrootcert"),
        ("hast", None),
        ("mode", None),
        ("", None),
        ("completely different", None),
    ],
)
def test_misspellings(written, meant):
    assert resembling(written) == meant
