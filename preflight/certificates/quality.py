"""What is to be said of a certificate whatever its chain: how long it still is, and what is weak or unwise in it."""

from __future__ import annotations

from preflight.certificates.inspection import said_of
from preflight.x509.lifetime import days_until, in_days, longest_days
from preflight.x509.public import issued_publicly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from preflight.certificates.inspection import Finding, InspectedCertificate, InspectedFile, Level

_SECONDS = 86400
_ALIVE: dict[str, tuple[Level, str, str]] = {
    "critical": ("warning", "expires_soon", "Renew it now."),
    "warning": ("warning", "expires_soon", "Renew it."),
    "notice": ("note", "expires_in_months", "Plan its renewal."),
}


def validity(
    file: InspectedFile, certificate: InspectedCertificate, now: datetime, fail_within: float | None
) -> Iterator[Finding]:
    """Say how a certificate's validity stands; a second before its end OpenSSL calls it over, and so is it here."""
    facts, life = certificate.facts, certificate.life
    end, start = facts.not_after.date().isoformat(), facts.not_before.date().isoformat()
    when = in_days(days_until(facts.not_after, now))
    if facts.not_after <= now:
        yield said_of("failure", "expired", file, certificate, f"it expired {when}, on {end}", "Renew it.")
    elif facts.not_before > now:
        message = f"it is not valid before {facts.not_before.strftime('%Y-%m-%d %H:%M:%S')} UTC"
        hint = "Wait, or correct the clock of this machine or of the one that issued it."
        yield said_of("failure", "not_yet_valid", file, certificate, message, hint)
    elif fail_within is not None and life.remaining_seconds < fail_within * _SECONDS:
        message = f"it expires {when}, on {end}: sooner than the {fail_within:g} days that are asked for"
        yield said_of("failure", "expires_within", file, certificate, message, "Renew it.")
    elif life.state in _ALIVE:
        level, code, hint = _ALIVE[life.state]
        message = f"it expires {when}, on {end} (valid since {start})"
        yield said_of(level, code, file, certificate, message, hint)


def quality(file: InspectedFile, certificate: InspectedCertificate) -> Iterator[Finding]:
    """Say what is weak or unwise in a certificate, whatever its chain."""
    facts = certificate.facts
    if not facts.key.strong:
        hint = "Make a new key: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519."
        yield said_of("warning", "weak_key", file, certificate, "its key is weaker than is safe today", hint)
    if certificate.is_authority:
        return
    if facts.self_signed:
        message = "it is self-signed: whoever connects must be given this very certificate"
        yield said_of("note", "self_signed", file, certificate, message, "Have it issued by a CA.")
    longest = longest_days(facts.not_before, public=issued_publicly([certificate.der]))
    if certificate.life.days > longest:
        message = f"it lives {certificate.life.days} days; some clients refuse more than {longest}"
        yield said_of("note", "long_life", file, certificate, message, "Issue it for less, and renew it automatically.")
