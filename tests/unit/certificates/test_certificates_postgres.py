"""The created files between a real PostgreSQL server and libpq, whose rules they are made for."""

from __future__ import annotations

import socket

import psycopg
import pytest
from support.postgres_cluster import HBA_CERT_ONLY

from preflight.certificates.create import CreateOptions, create

pytestmark = pytest.mark.server

PASSWORD = "only-for-this-test"
HBA = f"hostssl all pw all scram-sha-256\n{HBA_CERT_ONLY}"


@pytest.fixture(params=["ec-p256", "rsa-2048", "ed25519"])
def key_type(request):
    return request.param


@pytest.fixture
def made(tmp_path, key_type):
    create(CreateOptions(directory=str(tmp_path / "ssl"), key_type=key_type))
    return tmp_path / "ssl"


@pytest.fixture
def server(made, start_postgres):
    cluster = start_postgres(
        certificate=made / "server-cert.pem", key=made / "server-key.pem", ca=made / "ca-cert.pem", hba=HBA
    )
    cluster.execute("create role app login", "create role other login", f"create role pw login password '{PASSWORD}'")
    return cluster


@pytest.fixture
def client(made, server):
    def parameters(**more):
        given = server.parameters(
            user="app", sslmode="verify-full", sslrootcert=str(made / "ca-cert.pem"),
            sslcert=str(made / "client-cert.pem"), sslkey=str(made / "client-key.pem"),
        )  # fmt: skip
        return {**given, **more}

    return parameters


def refusal(parameters):
    with pytest.raises(psycopg.OperationalError) as error:
        psycopg.connect(**parameters).close()
    return str(error.value)


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_client_and_server_know_each_other_by_certificate(client):
    where = [{"host": "localhost"}, {"host": "127.0.0.1"}, {"host": "postgres", "hostaddr": "127.0.0.1"}]
    if has_ipv6():
        where.append({"host": "::1"})
    for place in where:
        with psycopg.connect(**client(**place)) as connection:
            query = "select ssl, version, client_dn from pg_stat_ssl where pid = pg_backend_pid()"
            assert connection.execute(query).fetchone() == (
                True, "TLSv1.3", "/C=US/ST=State/L=City/O=Development/CN=app",
            )  # fmt: skip


def test_others_are_refused(client, tmp_path, key_type):
    create(CreateOptions(directory=str(tmp_path / "another"), key_type=key_type))
    another = tmp_path / "another"
    assert "does not match host name" in refusal(client(host="elsewhere", hostaddr="127.0.0.1"))
    assert "certificate verify failed" in refusal(client(sslrootcert=str(another / "ca-cert.pem")))
    assert "authentication failed for user" in refusal(client(user="other"))
    assert "requires a valid client certificate" in refusal(client(sslcertmode="disable"))
    assert "no encryption" in refusal(client(sslmode="disable"))
    stranger = client(sslcert=str(another / "client-cert.pem"), sslkey=str(another / "client-key.pem"))
    assert "unknown ca" in refusal(stranger) or "closed the connection" in refusal(stranger)


def test_a_password_needs_no_client_certificate_and_only_ed25519_breaks_channel_binding(client, key_type):
    login = {"user": "pw", "password": PASSWORD, "sslcertmode": "disable"}
    with psycopg.connect(**client(**login, channel_binding="disable")) as connection:
        assert connection.pgconn.ssl_in_use
    if key_type == "ed25519":  # libpq finds no hash to bind to; the command says so
        assert "could not find digest" in refusal(client(**login))
    else:
        with psycopg.connect(**client(**login, channel_binding="require")) as connection:
            assert connection.pgconn.ssl_in_use


def test_a_server_ends_with_its_block_and_leaves_nothing(start_postgres, postgres_binaries, postgres_template):
    from support import postgres_cluster as postgres

    with postgres.start(postgres_binaries, postgres_template) as first:
        second = start_postgres()
        assert first.port != second.port
        psycopg.connect(**first.superuser()).close()
    assert not first.directory.exists()
    assert "refused" in refusal(first.parameters(user="app"))
    psycopg.connect(**second.superuser()).close()


def test_a_server_that_does_not_start_shows_its_log(postgres_binaries, postgres_template):
    from support import postgres_cluster as postgres

    broken = postgres.start(postgres_binaries, postgres_template, settings={"no_such_setting": "1"})
    with pytest.raises(postgres.ClusterError, match="no_such_setting"), broken:
        pass
