"""TLS endpoints that were named with `--endpoint` or in the configuration, and what they really accept; only with `--live`.

The chain is verified with the system's CAs, or with the file that the subject's own `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE` or
`CURL_CA_BUNDLE` names.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._client_tls import tls_options
from preflight.resources._live import LiveResource, ask, course, live_resources, of_certificates
from preflight.resources.base import Resource, deployment_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.live.checks import LiveChecks
    from preflight.live.deadline import Deadline
    from preflight.live.failures import LiveFailure
    from preflight.live.tls_endpoint import TlsEndpoint as Endpoint
    from preflight.model.fact import Fact, TlsVersion
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_TRUST_STORES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class TlsEndpoint(LiveResource):
    """One endpoint."""

    reached: Fact[bool] = field("Whether it speaks TLS with a client of today.")
    negotiated: Fact[TlsVersion] = field("The TLS version that such a client gets.")
    cipher: Fact[str] = field("The cipher suite that it gets, as OpenSSL calls it.")
    floor: Fact[TlsVersion] = field("The lowest TLS version that it accepts, each one asked for by itself.")
    accepted: Fact[tuple[str, ...]] = field("The TLS versions that it accepts, lowest first.")
    verified: Fact[bool] = field("Whether its chain leads to a trusted CA.")
    name_matches: Fact[bool] = field("Whether its certificate is for the host.")
    certificate_days: Fact[int] = field("Whole days that its certificate is still valid, negative when it has expired.")
    certificate_not_after: Fact[str] = field("Last day of its certificate.")


RESOURCE = TlsEndpoint


def collect(subject: Subject, context: Context) -> Iterator[TlsEndpoint]:
    """Look at each endpoint; one subject of a deployment answers for all."""
    whole = deployment_of(subject, context)
    if context.live is None or whole is None:
        return
    place = context.live.endpoints_at or subject.origin
    named = [Resource(name=endpoint, origin=place) for endpoint in context.live.endpoints]
    yield from live_resources(TlsEndpoint, "tls_endpoint", named, lambda one: _look(one.name, whole, context), context)


def _look(endpoint: str, subject: Subject, context: Context) -> dict[str, Any] | Unknown | Deferred:
    store = next(
        (
            subject.settings[name]
            for name in _TRUST_STORES
            if name in subject.settings and subject.settings[name].is_set
        ),
        None,
    )
    options = tls_options(store, None, None, context)
    if isinstance(options, (Unknown, Deferred)):
        return options
    from preflight.live.failures import LiveFailure
    from preflight.live.tls_endpoint import check_tls_endpoint

    host, _, port = endpoint.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")

    def check(live: LiveChecks, deadline: Deadline) -> Endpoint | LiveFailure:
        return check_tls_endpoint(host, int(port), options, timeout=live.timeout, deadline=deadline)

    found = ask(("endpoint", endpoint, options), endpoint, endpoint, check, context)
    if isinstance(found, Deferred):
        return found
    answer, asked = found
    told = answer if isinstance(answer, LiveFailure) else answer.refusal
    return {
        "reached": not isinstance(answer, LiveFailure),
        **course(told, asked),
        **({} if isinstance(answer, LiveFailure) else _facts(answer, context)),
    }


def _facts(server: Endpoint, context: Context) -> dict[str, Any]:
    return {
        "negotiated": server.version,
        "cipher": server.cipher,
        "floor": server.floor if server.floor is not None else _undetermined(server),
        "accepted": server.accepted,
        "verified": server.verified,
        "name_matches": server.name_matches,
        **of_certificates(server.certificates[:1], context),
    }


def _undetermined(server: Endpoint) -> Unknown:
    versions = ", ".join(server.undetermined)
    return Unknown(
        reason="undetermined",
        detail=f"whether it accepts TLS {versions} could not be told: this machine's OpenSSL does not speak it, or time ran out; "
        "raise --live-timeout, or look from another machine",
    )
