"""Connections to PostgreSQL: from a connection string, from libpq's `PG*` variables, or from split settings that share a prefix."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._network import NETWORKS
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact, SslMode, TlsVersion
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

FORMS = ("uri", "keyword", "jdbc", "environment", "split")


class PostgresClient(Resource):
    """One connection."""

    form: Fact[str] = field("How it is written.", choices=FORMS)
    driver: Fact[str] = field("The driver that reads it, as far as it says; libpq where nothing does.")
    network: Fact[str] = field("Where the server is; the farthest of several hosts.", choices=NETWORKS)
    sslmode: Fact[SslMode] = field("The TLS mode in force, in libpq's words.")
    sslmode_source: Fact[str] = field("Where the mode comes from.")
    root_certificate: Fact[str] = field("The CA file that is named, or system; absent when none is.")
    credential: Fact[bool] = field("Whether a password or a client certificate with its key is configured.")
    client_certificate: Fact[str] = field("Which of client certificate and key are set.", choices=("none", "both", "certificate_only", "key_only"))
    settings_agree: Fact[bool] = field("Whether connection string and split settings of the same connection agree on the TLS mode.")
    driver_dependent: Fact[bool] = field("Whether the mode means something else in another driver or another version of it.")
    min_tls_version: Fact[TlsVersion] = field("Lowest TLS version it accepts; absent when none is configured.")
    problems: Fact[tuple[str, ...]] = field("What the driver refuses or misreads, as codes.")


RESOURCE = PostgresClient


def collect(subject: Subject, context: Context) -> Iterator[PostgresClient]:
    """Collect the connections."""
    yield from ()
