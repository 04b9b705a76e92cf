"""`--live` with the installed command against real servers: what is found out, what it costs, and what is never shown."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from support.chains import CLIENT, SERVER, Issuer
from support.tcp_servers import serve, serve_tls, server_context

PREFLIGHT = shutil.which("preflight", path=os.path.dirname(sys.executable)) or "preflight"
HOST = socket.gethostname()
HBA = """\
hostssl all app  all cert
hostssl all pw   all scram-sha-256
hostssl all old  all md5
host    all mixed all scram-sha-256
host    all open all trust
"""


def remote_name():
    """The name of this machine, by which its servers are judged as another's."""
    try:
        socket.getaddrinfo(HOST, None)
    except OSError:
        pytest.skip("this machine's own name does not resolve")
    if HOST in {"localhost", "localhost.localdomain"}:
        pytest.skip("this machine has no name of its own")
    return HOST


@pytest.fixture
def pki(tmp_path_factory):
    """A directory with a CA, and pairs of a server and a client."""
    directory = tmp_path_factory.mktemp("pki")
    directory.chmod(0o755)
    ca = Issuer("live test CA", days=(-1, 400), ca=True)
    (directory / "ca.pem").write_bytes(ca.pem)
    (directory / "other-ca.pem").write_bytes(Issuer("another CA", days=(-1, 400), ca=True).pem)
    names = ("localhost", HOST, "127.0.0.1")
    Issuer("server", ca, days=(-1, 90), names=names, purpose=SERVER).write(directory, "server")
    Issuer("server", ca, days=(-1, 5), names=names, purpose=SERVER).write(directory, "short")
    Issuer("app", ca, days=(-1, 90), purpose=CLIENT).write(directory, "client")
    return directory, ca


@pytest.fixture
def live(preflight):
    """Run a check with `--live`, and return its exit code, the live findings by rule, and the whole report."""

    def run(env, *arguments, **options):
        done = preflight(
            "--validate-only", "--live", "--format", "json", *arguments, env={"ENV": "production", **env}, **options
        )
        report = json.loads(done.stdout)
        found = {
            one["rule"]: one
            for one in report["findings"]
            if one["rule"].startswith("live-") and one["status"] != "not_applicable"
        }
        return done, found, report

    return run


def statuses(found):
    return {rule.removeprefix("live-"): one["status"] for rule, one in found.items()}


def failed(found):
    return {rule.removeprefix("live-") for rule, one in found.items() if one["status"] != "pass"}


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


@pytest.fixture
def cluster(start_postgres, pki):
    directory, _ = pki
    running = start_postgres(
        certificate=directory / "server.pem", key=directory / "server.key", ca=directory / "ca.pem", hba=HBA,
        settings={"listen_addresses": "*"},
    )  # fmt: skip
    password = secrets.token_hex(16)
    running.execute(
        "set password_encryption = 'md5'", f"create role old login password '{password}'",
        "set password_encryption = 'scram-sha-256'", "create role app login", "create role open login",
        *(f"create role {name} login password '{password}'" for name in ("pw", "mixed")),
    )  # fmt: skip
    return running, password


@pytest.mark.server
def test_postgres_as_it_should_be(live, cluster, pki):
    (running, _), (directory, _) = cluster, pki
    url = f"postgresql://app@{remote_name()}:{running.port}/postgres?sslmode=verify-full&sslrootcert={directory}/ca.pem"
    done, found, _ = live({"DATABASE_URL": f"{url}&sslcert={directory}/client.pem&sslkey={directory}/client.key"})
    assert failed(found) == set(), done.stdout
    assert set(statuses(found)) == {
        "postgres-connects", "postgres-trust", "postgres-tls", "postgres-plaintext", "postgres-tls-version",
        "postgres-client-certificate", "postgres-authentication", "postgres-certificate-valid", "postgres-certificate-renewal",
    }  # fmt: skip


@pytest.mark.server
@pytest.mark.parametrize(
    ("user", "query", "broken"),
    [
        ("pw", "sslmode=verify-full&sslrootcert={d}/ca.pem", set()),
        ("old", "sslmode=verify-full&sslrootcert={d}/ca.pem", {"postgres-authentication"}),
        ("mixed", "sslmode=verify-full&sslrootcert={d}/ca.pem", {"postgres-plaintext"}),
        ("open", "sslmode=disable", {"postgres-plaintext", "postgres-tls", "postgres-trust"}),
        ("open", "sslmode=require", {"postgres-plaintext", "postgres-trust"}),
        ("pw", "sslmode=verify-full&sslrootcert={d}/other-ca.pem", {"postgres-connects"}),
        (
            "pw",
            "sslmode=verify-full&sslrootcert={d}/ca.pem&sslcert={d}/client.pem&sslkey={d}/client.key",
            set(),
        ),
    ],
)
def test_postgres_in_other_ways(live, cluster, pki, user, query, broken):
    (running, password), (directory, _) = cluster, pki
    credentials = user if user == "open" else f"{user}:{password}"
    url = f"postgresql://{credentials}@{remote_name()}:{running.port}/postgres?{query.format(d=directory)}"
    done, found, _ = live({"DATABASE_URL": url})
    assert failed(found) == broken, done.stdout
    assert done.returncode == 1 or not broken
    assert password not in done.stdout + done.stderr


@pytest.mark.server
def test_a_certificate_that_ends_soon_is_a_warning(live, start_postgres, pki):
    directory, _ = pki
    running = start_postgres(
        certificate=directory / "short.pem", key=directory / "short.key", hba="hostssl all all all trust\n"
    )
    running.execute("create role app login")
    url = f"postgresql://app@localhost:{running.port}/postgres?sslmode=verify-full&sslrootcert={directory}/ca.pem"
    _, found, _ = live({"DATABASE_URL": url})
    assert failed(found) == {"postgres-certificate-renewal"}
    assert not found["live-postgres-certificate-renewal"]["blocking"]
    _, found, _ = live({"DATABASE_URL": url}, "--param", "live_certificate_days=3")
    assert failed(found) == set()


@pytest.mark.server
def test_a_server_is_waited_for_and_the_report_says_how_long(live, start_redis):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        begun = time.monotonic()
        done, found, _ = live({"REDIS_URL": f"redis://:secret-of-no-one@127.0.0.1:{port}/0"}, "--wait", "2s")
    assert 1.5 < time.monotonic() - begun < 20
    assert done.returncode == 1
    message = found["live-redis-connects"]["message"]
    said = "nothing listens on that port: the connection was refused"
    assert message.startswith(f"REDIS_URL at 127.0.0.1:{port}: {said}, after ")
    assert " attempts in 2 s" in message
    assert done.stderr.count("waiting for") == 0, "JSON into a pipe: nobody looks"


@pytest.mark.server
def test_a_server_that_answers_late_is_waited_for(preflight, start_redis):
    password = secrets.token_hex(16)
    running = start_redis(settings={"requirepass": password})
    os.kill(running.pid, signal.SIGSTOP)
    late = threading.Timer(2.0, os.kill, (running.pid, signal.SIGCONT))
    late.start()
    done = preflight(
        "--validate-only", "--wait", "40s", "--live-timeout", "0.5", "--format", "text", "-v",
        env={"ENV": "production", "REDIS_URL": f"redis://:{password}@127.0.0.1:{running.port}/0"},
    )  # fmt: skip
    late.join()
    (line,) = [line for line in done.stdout.splitlines() if "live-redis-connects" in line]
    assert line.startswith("PASS ")
    said = f"preflight: waiting for REDIS_URL at 127.0.0.1:{running.port} (the server did not answer in time), "
    assert done.stderr.count(said) == 1
    assert password not in done.stdout + done.stderr


@pytest.mark.server
def test_a_wrong_password_is_never_retried(live, start_redis):
    password, wrong = secrets.token_hex(16), secrets.token_hex(16)
    running = start_redis(settings={"requirepass": password})
    begun = time.monotonic()
    done, found, _ = live({"REDIS_URL": f"redis://:{wrong}@localhost:{running.port}/0"}, "--wait", "30s")
    assert time.monotonic() - begun < 15
    said = f"REDIS_URL at localhost:{running.port}: the server refuses user and password"
    assert found["live-redis-connects"]["message"] == said
    assert wrong not in done.stdout + done.stderr


# -- Redis, endpoints, Vault -------------------------------------------------------------------------------------------


@pytest.mark.server
def test_redis_with_and_without_a_password(live, start_redis, pki):
    directory, _ = pki
    password = secrets.token_hex(16)
    tls = {
        "tls-cert-file": directory / "server.pem",
        "tls-key-file": directory / "server.key",
        "tls-ca-cert-file": directory / "ca.pem",
    }
    name = remote_name()
    good = start_redis(settings={"requirepass": password, "tls-auth-clients": "no", "bind": "*"}, tls=tls)
    _, found, _ = live(
        {"REDIS_URL": f"rediss://:{password}@{name}:{good.port}/0", "REDIS_TLS_CA_FILE": f"{directory}/ca.pem"}
    )
    assert failed(found) == set()
    assert "live-redis-tls-version" in found
    bare = start_redis(settings={"bind": "*", "protected-mode": "no"})
    done, found, _ = live({"REDIS_HOST": name, "REDIS_PORT": str(bare.port)})
    assert failed(found) == {"redis-auth-required", "redis-tls"}
    assert done.returncode == 1


@pytest.mark.server
def test_endpoints(preflight, pki):
    directory, _ = pki
    with serve_tls(server_context(directory / "server.pem", directory / "server.key")) as server:

        def check(*more, env=None):
            done = preflight(
                "--validate-only", "--format", "json", "--endpoint", f"localhost:{server.port}", *more,
                env={"ENV": "production", **(env or {})},
            )  # fmt: skip
            report = json.loads(done.stdout)
            return {
                one["rule"]
                for one in report["findings"]
                if one["rule"].startswith("live-endpoint") and one["status"] == "fail"
            }

        assert check(env={"SSL_CERT_FILE": f"{directory}/ca.pem"}) == set()
        assert check() == {"live-endpoint-chain"}
        assert check("--param", "live_min_tls_version=1.3", env={"SSL_CERT_FILE": f"{directory}/ca.pem"}) == {
            "live-endpoint-floor"
        }


@pytest.mark.server
def test_vault_with_the_certificates_of_its_service(live, start_openbao, pki):
    directory, ca = pki
    server = start_openbao(certificate=directory / "server.pem", key=directory / "server.key", ca=directory / "ca.pem")
    client = server.client()
    leaf = Issuer("app", ca, days=(-1, 90), purpose=CLIENT)
    secret = {"certificate": leaf.pem.decode(), "private_key": leaf.key_pem().decode(), "ca_chain": ca.pem.decode()}
    client.secrets.kv.v2.create_or_update_secret(path="app/certs", secret=secret)
    client.secrets.kv.v2.create_or_update_secret(
        path="app/mixed", secret={**secret, "private_key": Issuer("x").key_pem().decode()}
    )
    client.sys.create_or_update_policy("app", 'path "secret/data/app/*" { capabilities=["read"] }')
    token = client.auth.token.create(policies=["app"], ttl="2h")["auth"]["client_token"]
    env = {
        "VAULT_URL": server.address, "VAULT_TOKEN": token, "VAULT_CACERT": f"{directory}/ca.pem", "VAULT_CERT_PATH": "secret/app/certs",
    }  # fmt: skip
    done, found, _ = live(env)
    assert failed(found) == set(), done.stdout
    assert {"live-vault-secret", "live-vault-chain", "live-vault-key-matches", "live-vault-token-root"} <= set(found)
    assert failed(live({**env, "VAULT_CERT_PATH": "secret/app/mixed"})[1]) == {"vault-key-matches"}
    assert failed(live({**env, "VAULT_CERT_PATH": "secret/app/none"})[1]) == {"vault-secret"}
    assert failed(live({**env, "VAULT_TOKEN": server.root_token})[1]) == {"vault-token-root"}
    done, found, _ = live({**env, "VAULT_TOKEN": "hvs." + secrets.token_hex(12)})
    assert failed(found) == {"vault-token"}
    client.sys.seal()
    done, found, _ = live(env)
    assert failed(found) == {"vault-unsealed"}
    client.adapter.close()
    everything = done.stdout + done.stderr
    assert token not in everything
    assert server.root_token not in everything


# -- time, signals, secrets --------------------------------------------------------------------------------------------


def silence(connection):
    """Take what is sent, and never answer."""
    while connection.recv(65536):
        pass


def services(port, canary):
    return {
        "ENV": "production",
        "DATABASE_URL": f"postgresql://app:{canary}@127.0.0.1:{port}/app?sslmode=require",
        "REDIS_URL": f"redis://:{canary}@127.0.0.1:{port}/0",
        "VAULT_ADDR": f"http://127.0.0.1:{port}",
        "VAULT_TOKEN": canary,
    }


def test_a_server_that_never_answers_does_not_outlast_the_deadline(preflight):
    with serve(silence) as server:
        begun = time.monotonic()
        done = preflight(
            "--validate-only", "--live", "--live-timeout", "60", "--deadline", "2", "--format", "json",
            env=services(server.port, secrets.token_hex(16)),
        )  # fmt: skip
    assert time.monotonic() - begun < 10
    report = json.loads(done.stdout)
    assert done.returncode == 5 == report["exit_code"]
    late = {one["rule"] for one in report["findings"] if one["reason"] == "deadline"}
    assert "live-postgres-connects" in late
    assert all(rule.startswith("live-") for rule in late), "everything else was decided before"


@pytest.mark.parametrize(
    ("names", "drops"),
    [
        (("DATABASE_URL",), b"S\x16\x03\x03\x10\0\x02"),
        (("DATABASE_URL",), b"E\0\0\x10\0"),
        (("REDIS_URL",), b"$9999\r\n"),
        (("VAULT_ADDR", "VAULT_TOKEN"), b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
        ((), b"\x16\x03\x03\x10\0\x02"),
    ],
)
def test_a_server_that_sends_a_byte_now_and_then_does_not_outlast_the_deadline(preflight, names, drops):
    if "VAULT_ADDR" in names:
        pytest.importorskip("hvac", reason="hvac is not installed; it is in the extra `vault`")

    def drip(connection):
        for number in range(100):
            connection.sendall(drops[number % len(drops) :][:1])
            time.sleep(0.2)

    with serve(drip) as server:
        env = services(server.port, secrets.token_hex(16))
        endpoint = [] if names else ["--endpoint", f"127.0.0.1:{server.port}"]
        begun = time.monotonic()
        done = preflight(
            "--validate-only", "--live", "--live-timeout", "60", "--deadline", "2", "--format", "json", *endpoint,
            env={name: env[name] for name in ("ENV", *names)},
        )  # fmt: skip
        took = time.monotonic() - begun
    assert took < 8
    assert done.returncode == 5 == json.loads(done.stdout)["exit_code"]


def test_each_check_has_a_time_of_its_own(live):
    with serve(silence) as server:
        begun = time.monotonic()
        done, found, _ = live(services(server.port, secrets.token_hex(16)), "--live-timeout", "0.5")
    assert time.monotonic() - begun < 15
    assert done.returncode == 1
    for kind in ("postgres", "redis"):
        assert found[f"live-{kind}-connects"]["message"].endswith("the server did not answer in time")


def test_sigterm_during_a_check_still_gives_the_report(tmp_path):
    with serve(silence) as server:
        process = subprocess.Popen(
            [PREFLIGHT, "--validate-only", "--live", "--live-timeout", "60", "--deadline", "60", "--format", "json"],
            cwd=tmp_path, env={"PATH": os.defpath, **services(server.port, secrets.token_hex(16))},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        until = time.monotonic() + 20
        while not server.connections and time.monotonic() < until:
            time.sleep(0.02)
        assert server.connections
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        output, _ = process.communicate(timeout=20)
    assert time.monotonic() - begun < 5
    report = json.loads(output)
    assert process.returncode == 143 == report["exit_code"]
    assert [one["kind"] for one in report["problems"]] == ["interrupted"]
    assert len(report["findings"]) > 50, "what was decided before is in it"


def test_sigterm_while_waiting(tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        process = subprocess.Popen(
            [PREFLIGHT, "--validate-only", "--wait", "60s", "--format", "text"],
            cwd=tmp_path, env={"PATH": os.defpath, **services(port, secrets.token_hex(16))},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    said = "nothing listens on that port: the connection was refused"
    assert line == f"preflight: waiting for DATABASE_URL at 127.0.0.1:{port} ({said}), 60 s left\n"
    assert process.returncode == 143
    assert "SIGTERM" in output


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_secret_comes_back_from_a_server_that_echoes(preflight, form):
    canary = "Qz7" + secrets.token_hex(16)

    def echo(connection):
        while data := connection.recv(65536):
            connection.sendall(data)

    with serve(echo) as server:
        done = preflight(
            "--validate-only", "--live", "--live-timeout", "1", "--format", form, "-v", "--log", "json",
            env=services(server.port, canary),
        )  # fmt: skip
    assert done.returncode == 1
    assert "live-redis-connects" in done.stdout
    for output in (done.stdout, done.stderr):
        assert canary not in output
        assert canary[3:20] not in output
    assert "Traceback" not in done.stderr


def test_live_rules_are_not_listed_where_nobody_asked(preflight, good):
    report = json.loads(preflight("--validate-only", "--format", "json", env=good).stdout)
    assert not [one for one in report["findings"] if one["rule"].startswith("live-")]
    asked = json.loads(preflight("--validate-only", "--live", "--format", "json", env={"ENV": "production"}).stdout)
    listed = [one for one in asked["findings"] if one["rule"].startswith("live-")]
    assert listed
    assert {one["status"] for one in listed} == {"not_applicable"}
    assert asked["coverage"]["rules"] == report["coverage"]["rules"] + len({one["rule"] for one in listed})


def test_a_variable_may_turn_live_checks_on_and_not_off(preflight):
    env = {"ENV": "production", "REDIS_URL": "redis://127.0.0.1:1/0"}
    on = json.loads(preflight("--validate-only", "--format", "json", env={**env, "PREFLIGHT_LIVE": "true"}).stdout)
    assert "live-redis-connects" in {one["rule"] for one in on["findings"] if one["status"] == "fail"}
    off = preflight("--validate-only", "--live", "--format", "json", env={**env, "PREFLIGHT_WAIT": "10s"})
    assert off.returncode == 3
    assert "PREFLIGHT_WAIT" in off.stdout


@pytest.mark.parametrize("words", [["--wait", "soon"], ["--endpoint", "example.com"], ["--live-timeout", "0"]])
def test_options_that_cannot_be(preflight, words):
    done = preflight("--validate-only", *words, env={"ENV": "production"})
    assert done.returncode == 2
    assert f"{words[0]} must be" in done.stderr
