"""What the resources of live servers have in common: whom they are about, how it went, and facts recorded for examples."""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import Record, field
from preflight.resources._files import file_facts
from preflight.resources._redaction import MASK, Redaction
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
    from typing import Any, TypeVar

    from preflight.live.checks import LiveChecks
    from preflight.live.deadline import Deadline
    from preflight.live.failures import LiveFailure
    from preflight.live.waiting import Attempts
    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

    Found = TypeVar("Found", bound="LiveResource")
    Answer = TypeVar("Answer")

_SECONDS_OF_A_DAY = 86400
_IDENTITY = frozenset({"name", "origin", "via"})
# Failures that say nothing about the server: who asks cannot ask.
_NOT_ASKED = frozenset({"driver_missing", "extra_missing", "service_file"})


class LiveResource(Resource):
    """A server that was asked."""

    server: Fact[str] = field("Host and port that were asked; of several servers all, in their order.")
    reason: Fact[str] = field(
        "Why the service cannot use the server as it is configured, as a code; absent where it can."
    )
    detail: Fact[str] = field("That reason in words.")
    remedy: Fact[str] = field("What to do about it.")
    attempts: Fact[int] = field("How often it was tried.")
    seconds: Fact[float] = field("How long that took, in seconds.")
    waited: Fact[str] = field("Both in words, where it was tried more than once.")


def live_resources(
    resource: type[Found],
    kind: str,
    clients: Iterable[Resource],
    look: Callable[[Any], dict[str, Any] | Unknown | Deferred],
    context: Context,
) -> Iterator[Found]:
    """Make the live resource of each client: what its server shows now, or what an example has recorded.

    Args:
        resource: The class of resource.
        kind: Its name.
        clients: The clients of the subject; a live resource has its client's name and place.
        look: Asks a client's server; facts by name, or why none of them can be known here. What is left out is absent.
        context: Whether live servers are to be asked at all.
    """
    if context.live is None:
        return
    facts = tuple(name for name in resource.fields() if name not in _IDENTITY)
    recorded = context.live.recorded
    for client in clients:
        found = look(client) if recorded is None else _recorded(recorded.get(kind, {}), client)
        known = found if isinstance(found, dict) else dict.fromkeys(facts, found)
        made: Found = resource(
            name=client.name, origin=client.origin, via=client.via, **{**dict.fromkeys(facts), **known}
        )
        yield made


def _recorded(facts: Any, client: Resource) -> dict[str, Any]:  # noqa: ANN401 - as an example writes them
    network = {"network": client.network} if hasattr(client, "network") else {}
    return {**network, **{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}}


class Asked(Record):
    """How a server was asked."""

    server: str = field("Host and port, as people may see them.")
    effort: Attempts = field("How often it was tried.")


def ask(
    target: tuple[Hashable, ...],
    name: str,
    server: str,
    check: Callable[[LiveChecks, Deadline], Answer],
    context: Context,
    *,
    hosts: Iterable[str] = (),
) -> tuple[Answer, Asked] | Deferred:
    """Ask a server, once in a run for each target.

    Args:
        target: What is asked about, its kind first.
        name: The client's name.
        server: Host and port, as `shown_servers` writes them.
        check: Asks, and has ended by the deadline that it is given.
        context: Who asks, and which names are those of services.
        hosts: The hosts' names, of which only the project's own network may know where they are.

    Returns:
        The answer and how it came about; or `Deferred` where only containers reach the server.
    """
    live = context.live
    if live is None:
        raise AssertionError("nobody asked for live checks")

    def once(deadline: Deadline) -> Answer | Deferred:
        from preflight.live.waiting import failure_of

        answer = check(live, deadline)
        return _neighbour_unknown(context, hosts, failure_of(answer)) or answer

    answer, effort = live.ask(target, name if name == server else f"{name} at {server}", once)
    return answer if isinstance(answer, Deferred) else (answer, Asked(server=server, effort=effort))


def shown_servers(servers: Iterable[tuple[str, int]], subject: Subject, context: Context) -> str:
    """Write hosts and ports as people may see them: a host that could be a secret in the wrong place is masked.

    Args:
        servers: Name, address or local socket's path, and port; an empty name is the client's default socket.
        subject: Its secrets are no host's name.
        context: Knows secrets by their names.
    """
    redaction = Redaction(context.bindings, ())
    secrets = {
        (setting.text or "").strip()
        for setting in subject.settings.values()
        if context.bindings.is_secret(setting.name, setting.text or "")
    }

    def shown(host: str, port: int) -> str:
        if not host:
            return "the default local socket"
        text = MASK if host in secrets else redaction.text(host) or MASK
        if host.startswith(("/", "@")):
            return text
        return f"[{text}]:{port}" if ":" in host else f"{text}:{port}"

    return ", ".join(shown(host, port) for host, port in servers)


def course(failure: LiveFailure | None, asked: Asked) -> dict[str, Any]:
    """Return the facts that every live resource has.

    Args:
        failure: Why the service cannot use the server; None where it can.
        asked: How it was asked.
    """
    from preflight.live.checks import clause

    tried, seconds = asked.effort.attempts, round(asked.effort.seconds, 1)
    return {
        "server": asked.server,
        "reason": failure.reason if failure is not None else None,
        "detail": clause(failure.message) if failure is not None else None,
        "remedy": failure.hint if failure is not None else None,
        "attempts": tried,
        "seconds": seconds,
        "waited": f"{tried} attempts in {seconds:.0f} s" if tried > 1 else None,
    }


def not_asked(failure: LiveFailure | None) -> Unknown | Deferred | None:
    """Return what all facts are where a failure says nothing about the server; None where it says something."""
    if failure is None:
        return None
    from preflight.live.checks import clause

    if failure.reason == "unresolved_reference":
        return Deferred(reason="reference", detail=clause(failure.message))
    if failure.reason in _NOT_ASKED:
        return Unknown(reason=failure.reason, detail=f"{clause(failure.message)}; {failure.hint}")
    return None


def unreachable_here(subject: Subject, network: Fact[str]) -> Deferred | None:
    """Return what the facts of a server are that only a service's own container reaches."""
    if subject.service is None or subject.service.network_mode == "host":
        return None
    if network in {"loopback", "local_socket"}:
        return Deferred(reason="container", detail="its server is where only the service's own container reaches it")
    return None


def withheld(failure: LiveFailure, asked: Asked) -> Unknown:
    """Return what the facts are that need a password or a token which was not sent.

    Args:
        failure: Why it was not.
        asked: Who would have got it.
    """
    from preflight.live.checks import clause

    return Unknown(reason=failure.reason, detail=f"{clause(failure.message)} to {asked.server}")


def _neighbour_unknown(context: Context, hosts: Iterable[str], failure: LiveFailure | None) -> Deferred | None:
    """Return what the facts of a server are whose name only the project's own network knows."""
    if failure is None or failure.reason not in {"name_not_resolved", "resolver_failed"}:
        return None
    if not context.neighbours.intersection(hosts):
        return None
    return Deferred(reason="neighbour", detail="its server is a service on a network that only containers reach")


def local_file(path: str, context: Context) -> str | Unknown | Deferred:
    """Return what to open on this machine for a path that a client is given, be it there or not.

    Args:
        path: The path as configured; for a service, in its container.
        context: Follows it.
    """
    kind = file_facts(path, context)["kind"]
    if isinstance(kind, (Unknown, Deferred)):
        return kind
    here = context.files.local_path(path)
    if here is None:
        return Deferred(reason="elsewhere", detail="a file that it needs is only where the service runs")
    return here


def of_certificates(leaves: Sequence[bytes], context: Context) -> dict[str, Any]:
    """Return `certificate_days` and `certificate_not_after` of the certificate that expires first.

    Args:
        leaves: Certificates, DER; one that cannot be read counts as none.
        context: Tells the time.
    """
    from preflight.x509.certificate import CertificateFacts, read_certificate

    read = (read_certificate(der) for der in leaves)
    ends = [one.not_after for one in read if isinstance(one, CertificateFacts)]
    if not ends:
        return {}
    first = min(ends)
    return {
        "certificate_days": int((first.timestamp() - context.clock.now()) // _SECONDS_OF_A_DAY),
        "certificate_not_after": first.date().isoformat(),
    }
