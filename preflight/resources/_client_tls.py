"""How a client of Redis, Vault or a TLS endpoint does TLS, from the settings beside it; with files as this machine has them."""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.resources._files import is_pem_text, path_of
from preflight.resources._live import local_file
from preflight.resources._values import not_literal, prefix_of, with_role

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live.handshake import TlsOptions
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

ROLES = ("tls_ca_file", "tls_cert_file", "tls_key_file")
_IN_A_SETTING = Unknown(
    reason="unsupported",
    detail="live checks take a client's certificate and key from files, and a setting holds the text itself; put it into a file",
)


def settings_beside(subject: Subject, context: Context, prefix: str, marks: tuple[str, ...]) -> dict[str, Setting]:
    """Return the settings of a client's TLS files by role: those that share its prefix and have one of its marks.

    Args:
        subject: Has the settings.
        context: Knows roles by names.
        prefix: What stands before the mark in the client's own setting.
        marks: Words that name the client's kind, in capitals.
    """
    found: dict[str, Setting] = {}
    for setting in with_role(subject, context.bindings, *ROLES):
        name = setting.name.upper()
        if setting.is_set and prefix_of(name, *marks) == prefix and any(mark in name for mark in marks):
            found.setdefault(context.bindings.role(setting.name) or "", setting)
    return found


def tls_options(
    authority: Setting | str | None,
    certificate: Setting | str | None,
    key: Setting | str | None,
    context: Context,
    *,
    verifies: bool = True,
    check_name: bool = True,
) -> TlsOptions | Unknown | Deferred:
    """Put the options of a client together; without a CA of its own it trusts those of the system.

    Args:
        authority: The CA's setting, or its path.
        certificate: The client certificate's setting, or its path.
        key: Its key's setting, or its path.
        context: Follows paths.
        verifies: Whether the client verifies the server's certificate.
        check_name: Whether it compares the server's name.
    """
    from preflight.live.handshake import ClientCertificate, TlsOptions

    texts: list[str | None] = []
    for one in (authority, certificate, key):
        text = _text(one)
        if text is not None and not isinstance(text, str):
            return text
        texts.append(text)
    if any(text is not None and is_pem_text(text) for text in texts[1:]):
        return _IN_A_SETTING
    data = texts[0] if texts[0] is not None and is_pem_text(texts[0]) else None
    paths: list[str | None] = []
    for text in (texts[0] if data is None else None, *texts[1:]):
        path = local_file(text, context) if text else None
        if isinstance(path, (Unknown, Deferred)):
            return path
        paths.append(path)
    ca, shown, private = paths
    trusts = verifies and ca is None and data is None
    return TlsOptions(
        check_name=verifies and check_name,
        ca_file=ca if verifies else None,
        ca_data=_pem(data) if verifies else None,
        system=trusts,
        certificate=ClientCertificate(certificate_file=shown, key_file=private) if shown is not None else None,
    )


def _text(given: Setting | str | None) -> str | Unknown | Deferred | None:
    if given is None or isinstance(given, str):
        return given
    other = not_literal(given)
    if other is not None:
        return other
    text = (given.text or "").strip()
    return text if is_pem_text(text) else path_of(text)


def _pem(text: str | None) -> str | None:
    """Return the certificates of a setting's text as PEM, however it was put into one line."""
    if text is None:
        return None
    from preflight.x509.material import Material, read_certificates, read_setting

    read = read_certificates(read_setting(text))
    if not isinstance(read, Material):
        return text  # what is wrong with it, the handshake says
    import ssl

    return "".join(ssl.DER_cert_to_PEM_cert(block.data) for block in read.of("certificate"))
