"""`preflight certs create`: a development CA with a server's and a client's certificate, and say what comes next."""

from __future__ import annotations

from preflight.certificates.options import (
    DEFAULT_CA_DAYS,
    DEFAULT_DAYS,
    KEY_TYPES,
    MAX_DAYS,
    RECOMMENDED_MAX_DAYS,
    CreateOptions,
)
from preflight.cli.output import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from preflight.certificates.create import CreatedFile

_EPILOG = """\
Without --ca-cert it makes ca-key.pem, ca-cert.pem, server-key.pem, server-cert.pem, client-key.pem and
client-cert.pem: keys with mode 0600, certificates with 0644. In a git work tree it also makes a
.gitignore, unless the directory has one.

examples:
  preflight certs create
  preflight certs create --out deploy/ssl --cn db.internal --host 10.0.0.5 --client api
  preflight certs create --days 90 --key-type ec-p256 --format json

renewal, before they end: new certificates from the same CA, for which no client has to change:
  preflight certs create --out ssl-new --ca-cert ssl/ca-cert.pem --ca-key ca-key.pem --cn db.internal
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `preflight certs create`.

    Args:
        parser: The command's own parser.
    """
    own = CreateOptions.fields()
    add = parser.add_argument
    parser.epilog = _EPILOG
    parser.allow_abbrev = False
    add("-o", "--out", default="ssl", metavar="DIR", help="where the files go; made if it is not there (default: ssl)")
    life = f"lifetime of the server's and the client's certificate, 1 to {MAX_DAYS} days (default: {DEFAULT_DAYS})"
    add("--days", type=int, default=DEFAULT_DAYS, metavar="N", help=life)
    life = f"lifetime of the CA, --days to {MAX_DAYS} days (default: {DEFAULT_CA_DAYS}, or a year more than --days)"
    add("--ca-days", type=int, default=None, metavar="N", help=life)
    add("--ca-cert", default=None, metavar="FILE", help="issue from this CA instead of making one (with --ca-key)")
    add("--ca-key", default=None, metavar="FILE", help="the key of that CA")
    add("--country", default=own["country"].default, metavar="XX", help="country, two letters (default: %(default)s)")
    add("--state", default=own["state"].default, metavar="TEXT", help="state or province (default: %(default)s)")
    add("--city", default=own["city"].default, metavar="TEXT", help="city (default: %(default)s)")
    add("--org", default=own["organisation"].default, metavar="TEXT", help="organisation (default: %(default)s)")
    name = "common name: the host that clients connect to (default: %(default)s)"
    add("--cn", default=own["common_name"].default, metavar="HOST", help=name)
    name = "one more name or address of the server, beside --cn, localhost, 127.0.0.1 and ::1 (repeatable)"
    add("--host", action="append", default=[], metavar="HOST", help=name)
    name = "common name of the client: the database role that connects (default: %(default)s)"
    add("--client", default=own["client_name"].default, metavar="ROLE", help=name)
    add(
        "--key-type",
        choices=KEY_TYPES,
        default=own["key_type"].default,
        help="what keys to make (default: %(default)s)",
    )
    add("--format", choices=("text", "json"), default="text", help="how to say what was made (default: text)")


def run(options: argparse.Namespace) -> int:
    """Make the files, and print each with its mode and its end, and what to do with them.

    Returns:
        0: they are there.

    Raises:
        UsageError: An option is wrong; nothing was made.
        InputError: A file exists already, or the directory cannot be written to; nothing was made.
    """
    from preflight.certificates.create import create

    wanted = CreateOptions(
        directory=options.out,
        days=options.days,
        ca_days=options.ca_days,
        country=options.country,
        state=options.state,
        city=options.city,
        organisation=options.org,
        common_name=options.cn,
        client_name=options.client,
        hosts=tuple(options.host),
        key_type=options.key_type,
        ca_certificate=options.ca_cert,
        ca_key=options.ca_key,
    )
    made = describe(wanted, create(wanted))
    if options.format == "json":
        import json

        write(json.dumps(made, indent=2) + "\n")
    else:
        write(_text(made))
    return 0


def describe(wanted: CreateOptions, files: Sequence[CreatedFile]) -> dict[str, Any]:
    """Return plain data about what was made: `directory`, `files`, `settings` by side, `next_steps` and `notes`.

    Args:
        wanted: What was asked for.
        files: What `create` returned.
    """
    listed = [
        {
            "path": file.path,
            "kind": file.kind,
            "mode": f"{file.mode:04o}",
            "names": list(file.names),
            "not_after": file.not_after.strftime("%Y-%m-%dT%H:%M:%SZ") if file.not_after else None,
        }
        for file in files
    ]
    paths = [str(file["path"]) for file in listed if file["kind"] != "gitignore"]
    server_key, server, client_key, client = paths[-4:]
    ca_key, ca = paths[:2] if wanted.ca_certificate is None else (wanted.ca_key or "", wanted.ca_certificate)
    settings = {
        "server": {"ssl": "on", "ssl_cert_file": server, "ssl_key_file": server_key, "ssl_ca_file": ca},
        "client": {"sslmode": "verify-full", "sslrootcert": ca, "sslcert": client, "sslkey": client_key},
    }
    return {
        "directory": wanted.directory,
        "files": listed,
        "settings": settings,
        "next_steps": _renewal(wanted, settings)
        if wanted.ca_certificate is not None
        else [
            _step(
                "Give the server its key: PostgreSQL takes a key that only its own user can read.",
                f"sudo chown 999 {_quoted(server_key)}   # for the postgres image; 70 for its alpine variant",
                f"sudo install -o postgres -m 600 {_quoted(server_key)} DIRECTORY   # for a server on this machine",
            ),
            _step(
                "The folder is closed to others. Where a container mounts it, let the container's user enter.",
                f"chmod 711 {_quoted(wanted.directory)}",
            ),
            _step(
                "Start the server with TLS (paths as it will see them); let roles in by TLS and certificate only.",
                " ".join(("postgres", *(f"-c {_quoted('='.join(one))}" for one in settings["server"].items()))),
                "hostssl all all all cert   # in pg_hba.conf, instead of all lines that begin with host",
            ),
            _step(
                "Connect with the client's certificate. Its key must belong to the user that the service runs as.",
                _dsn(wanted, settings["client"]),
            ),
            _step(f"Put {ca_key} away, where no service can read it: it is only needed to sign."),
            _step(
                "See for yourself.",
                f"openssl verify -x509_strict -CAfile {_quoted(ca)} {_quoted(server)} {_quoted(client)}",
            ),
        ],
        "notes": _notes(wanted, next(file.names for file in files if file.path == server)),
    }


def _renewal(wanted: CreateOptions, settings: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return what is to do where certificates replace others of the same CA: who trusts it need not change."""
    server, client = settings["server"], settings["client"]
    return [
        _step(
            "Compare the names above with those of the certificate that is replaced; what it has more, name with --host.",
            f"openssl x509 -in {_quoted(_old_server(wanted))} -noout -subject -ext subjectAltName",
        ),
        _step(
            "Give the server its key: PostgreSQL takes a key that only its own user can read.",
            f"sudo chown 999 {_quoted(server['ssl_key_file'])}   # for the postgres image; 70 for its alpine variant",
            f"sudo install -o postgres -m 600 {_quoted(server['ssl_key_file'])} DIRECTORY   # for a server on this machine",
        ),
        _step(
            "The folder is closed to others. Where a container mounts it, let the container's user enter.",
            f"chmod 711 {_quoted(wanted.directory)}",
        ),
        _step(
            "Put key and certificate where the server has the old ones, or mount the new folder in place of the old, and let the "
            "server read them again. A reload is enough where its paths stay, and cuts no connection.",
            'psql -c "SELECT pg_reload_conf()"   # or: pg_ctl reload, systemctl reload postgresql',
            "docker compose up -d --force-recreate SERVICE   # where the mount is another one",
        ),
        _step(
            "Give the client its new key and certificate, and let the service connect anew. Its CA file stays as it is.",
            _dsn(wanted, client),
        ),
        _step(
            "See for yourself.",
            " ".join(
                (
                    f"openssl verify -x509_strict -CAfile {_quoted(server['ssl_ca_file'])}",
                    _quoted(server["ssl_cert_file"]),
                    _quoted(client["sslcert"]),
                )
            ),
        ),
    ]


def _old_server(wanted: CreateOptions) -> str:
    """Return where the server's certificate of the CA lies, as this command makes them."""
    from preflight.certificates.create import NAMES
    from preflight.certificates.replaced import beside

    return beside(wanted.ca_certificate or "", NAMES[3])


def _step(what: str, *commands: str) -> dict[str, Any]:
    return {"what": what, "commands": list(commands)}


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _dsn(wanted: CreateOptions, parameters: Mapping[str, str]) -> str:
    from urllib.parse import quote

    host = "HOST" if "*" in wanted.common_name else wanted.common_name
    host = f"[{host}]" if ":" in host else host
    role = quote(wanted.client_name, safe="")
    query = "&".join(f"{name}={quote(value, errors='surrogateescape')}" for name, value in parameters.items())
    return f"postgresql://{role}@{host}:5432/DATABASE?{query}"


def _notes(wanted: CreateOptions, names: Iterable[str]) -> list[str]:
    notes = []
    if wanted.ca_certificate is not None:
        from preflight.certificates.replaced import lost_names

        old = _old_server(wanted)
        lost = lost_names(old, names)
        if lost:
            notes.append(
                f"{old} is also valid for {', '.join(lost)}, and the new certificate is not: where clients use such a name, "
                "make it again with --host NAME."
            )
    if wanted.days > RECOMMENDED_MAX_DAYS:
        notes.append(f"--days {wanted.days} is more than {RECOMMENDED_MAX_DAYS}: some clients refuse a longer life.")
    if wanted.key_type == "ed25519":
        notes.append(
            "ed25519: PostgreSQL's password login (scram-sha-256) fails over such a certificate unless the client says "
            "channel_binding=disable; login by certificate works. Verifiers that keep to the web's rules refuse it."
        )
    return notes


def _text(made: Mapping[str, Any]) -> str:
    width = max(len(file["path"]) for file in made["files"])
    lines = ["made:"]
    for file in made["files"]:
        end = f"  valid until {file['not_after'].replace('T', ' ').replace('Z', ' UTC')}" if file["not_after"] else ""
        lines.append(f"  {file['path']:<{width}}  {file['mode']}  {file['kind'].replace('_', ' ')}{end}")
    server = next(file for file in made["files"] if file["path"] == made["settings"]["server"]["ssl_cert_file"])
    client = next(file for file in made["files"] if file["path"] == made["settings"]["client"]["sslcert"])
    lines += [
        "",
        f"the server may be called: {', '.join(server['names'])}",
        f"the client is called: {', '.join(client['names'])}",
    ]
    lines += ["", "next:"]
    for number, step in enumerate(made["next_steps"], 1):
        lines.append(f"  {number}. {step['what']}")
        lines += [f"       {command}" for command in step["commands"]]
    lines += [f"note: {note}" for note in made["notes"]]
    return "\n".join(lines) + "\n"
