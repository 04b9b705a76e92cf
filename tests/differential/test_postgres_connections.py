"""libpq's own success, the live verdict and the static verdict on every row of `postgres_cases`: they must agree."""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from gating import judge
from postgres_cases import CASES, HBA, HBA_WITHOUT_TLS, PASSWORD, ROLES, SERVERS
from postgres_certificates import PASSPHRASE, make
from support import postgres_cluster as postgres

from preflight.live.deadline import Deadline
from preflight.live.postgres import check_postgres, target_of
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.split import connection_of, split_clients
from preflight.probes.clock import Clock

pytestmark = pytest.mark.server

#: Rules that judge how good a connection is, not whether there will be one.
POLICY = frozenset(
    {
        "postgres-sslmode", "postgres-credential", "postgres-settings-agree", "postgres-tls-version",
        "postgres-root-certificate", "postgres-driver-meaning", "certificate-file-write-protected",
        "private-key-directory", "certificate-strict",
    }
)  # fmt: skip
#: What they judge.
JUDGED = ("postgres_client", "certificate", "private_key", "ca_bundle")


class World:
    """The certificates and the servers; each server starts when a row first asks for it."""

    def __init__(self, binaries, template, directory, running):
        self.directory = directory
        self._started = {}
        self._start = lambda **given: running.enter_context(postgres.start(binaries, template, **given))
        with socket.socket() as held:  # nobody listens on it, and nobody else gets it
            held.bind(("127.0.0.1", 0))
            self.free = held.getsockname()[1]
        self.version = int(
            subprocess.check_output([binaries / "postgres", "--version"], text=True).split()[2].split(".")[0]
        )
        make(directory)

    def server(self, name):
        if name not in self._started:
            certificate, settings = SERVERS[name]
            files = {}
            if certificate:
                files = {
                    "certificate": self.directory / f"{certificate}.pem",
                    "key": self.directory / f"{certificate}.key",
                    "ca": self.directory / "ca.pem",
                }
            cluster = self._start(**files, hba=HBA if certificate else HBA_WITHOUT_TLS, settings=settings)
            cluster.execute(*ROLES)
            self._started[name] = cluster
        return self._started[name]

    def texts(self, case):
        cluster = self.server(case.server)
        return case.texts(
            d=self.directory, port=cluster.port, socket=cluster.directory, free=self.free, passphrase=PASSPHRASE
        )


@pytest.fixture(scope="module")
def world(postgres_binaries, postgres_template):
    directory = Path(tempfile.mkdtemp(prefix="preflight-certs-"))
    directory.chmod(0o755)
    try:
        with ExitStack() as running:
            yield World(postgres_binaries, postgres_template, directory, running)
    finally:
        shutil.rmtree(directory)


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """No `PG*` of the machine, and a home without `~/.postgresql` and `~/.pgpass`."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "10")
    return monkeypatch


def libpq_connects(text):
    """Ask libpq itself: psycopg would try each of several hosts by itself, and go on where libpq gives up."""
    connection = psycopg.pq.PGconn.connect((text or "").encode())
    connects = connection.status == psycopg.pq.ConnStatus.OK
    connection.finish()
    return connects


def libpq_connects_without_terminal(text):
    program = "import sys, psycopg; sys.exit(psycopg.pq.PGconn.connect(sys.argv[1].encode()).status)"
    done = subprocess.run(
        [sys.executable, "-c", program, text], stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True, check=False
    )  # fmt: skip
    return done.returncode == 0


def live_verdict(text, environment):
    """Try it as the gate does."""
    if text is None:
        (group,) = split_clients(environment)
        connection = connection_of(group, environment)
    else:
        connection = parse_connection_string(text)
    return check_postgres(target_of(connection, environment), deadline=Deadline(20), timeout=8)


def static_verdict(text, environment, folder):
    """Return the rules that say: with this configuration there will be no connection."""
    process = {"APP_ENV": "production", **environment, **({"DATABASE_URL": text} if text is not None else {})}
    report = judge(folder, process=process, clock=Clock())
    return {
        finding["rule"]
        for finding in report["findings"]
        if finding["status"] == "fail"
        and finding["rule"] not in POLICY
        and finding["resource"]["type"].startswith(JUDGED)
    }


def as_user(uid, ask):
    """Return what a function returns as another user. It ran before as this one, so that it need not import anything."""
    ask()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # no thread of ours holds a lock here
        child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            os.write(writing, pickle.dumps(ask()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return pickle.loads(answer)  # noqa: S301 - our own child wrote it


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_three_agree(case, world, surroundings, tmp_path):
    if case.root and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    if case.below is not None and world.version >= case.below:
        pytest.skip(f"only for servers before {case.below}")
    if "[::1]" in case.host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    text, libpq_text, environment = world.texts(case)
    for name, value in environment.items():
        surroundings.setenv(name, value)

    def ask():
        connects = libpq_connects_without_terminal if case.alone else libpq_connects
        return connects(libpq_text), live_verdict(text, environment), static_verdict(text, environment, tmp_path)

    connects, session, static = ask() if case.uid is None else as_user(case.uid, ask)
    reason = session.failure.reason if session.failure else None
    assert (connects, reason) == (case.reason is None, case.reason), static
    assert session.connected is connects
    assert case.failures or not connects or all(server.failure is None for server in session.servers)
    server = session.servers[0] if session.servers else session
    seen = {name: getattr(session if hasattr(session, name) else server, name) for name in case.facts}
    if not session.connected:
        seen |= {name: getattr(server, name) for name in case.facts if hasattr(server, name)}
    assert seen == case.facts
    assert bool(static) is (bool(case.stricter) if connects else case.only_live is None), static
    assert PASSWORD not in repr(session)


def test_every_reason_that_a_row_gives_is_one_that_can_be_explained():
    from preflight.live.postgres import POSTGRES_REASONS

    assert {case.reason for case in CASES if case.reason} <= set(POSTGRES_REASONS)
    assert len({case.name for case in CASES}) == len(CASES) >= 45


def test_only_what_waiting_cures_is_retried():
    from preflight.live.postgres import POSTGRES_REASONS

    wait = {case.reason for case in CASES if case.reason and POSTGRES_REASONS[case.reason].retriable}
    assert wait == {"refused", "name_not_resolved", "socket_missing", "too_many_connections"}


def test_the_environment_of_this_process_has_no_say(world, surroundings):
    """The service's environment is judged, not the gate's own."""
    text, _, _ = world.texts(CASES[0])
    for name, value in {
        "PGSSLMODE": "disable", "PGSSLROOTCERT": "/nowhere", "PGSSLCERT": "/nowhere", "PGSSLCERTMODE": "require", "PGREQUIREAUTH": "md5",
        "PGHOSTADDR": "192.0.2.1", "PGUSER": "ghost", "PGPASSWORD": "wrong-one", "PGDATABASE": "nowhere", "PGCHANNELBINDING": "require",
        "PGTARGETSESSIONATTRS": "standby", "PGOPTIONS": "-c no_such_setting=1", "PGCONNECT_TIMEOUT": "x", "PGPASSFILE": "/nowhere",
        "PGSSLNEGOTIATION": "direct",
        "PGSSLMINPROTOCOLVERSION": "TLSv1.3", "PGSSLMAXPROTOCOLVERSION": "TLSv1.2", "PGGSSENCMODE": "x", "PGREQUIREPEER": "ghost", "PGCLIENTENCODING": "x",
    }.items():  # fmt: skip
        surroundings.setenv(name, value)
    session = live_verdict(text, {})
    assert session.failure is None
    assert session.tls


def test_a_passfile_counts_where_libpq_takes_it(world, surroundings, tmp_path, capfd):
    cluster = world.server("good")
    text = f"postgresql://pw@localhost:{cluster.port}/postgres?sslmode=verify-full&sslrootcert={world.directory}/ca.pem&passfile={tmp_path}/pass"
    passfile = tmp_path / "pass"
    passfile.write_text(f"*:*:*:pw:{PASSWORD}\n")
    passfile.chmod(0o600)
    assert live_verdict(text, {}).connected
    passfile.chmod(0o644)
    assert live_verdict(text, {}).failure.reason == "password_missing"
    assert capfd.readouterr() == ("", ""), "libpq complains about it on stderr, and quotes the path"


def test_nothing_is_left_behind(world, surroundings):
    cluster = world.server("good")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else None
    for case in CASES[:3]:
        text, _, environment = world.texts(case)
        assert live_verdict(text, environment).connected
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before
    with psycopg.connect(**cluster.superuser(), autocommit=True) as connection:
        query = "select count(*) from pg_stat_activity where application_name = 'preflight'"
        until = time.monotonic() + 5  # a session ends a moment after its client
        while connection.execute(query).fetchone() != (0,):
            assert time.monotonic() < until
            time.sleep(0.05)
