"""Known kinds of mistakes in a Compose project are each found at their line, and the same project done right gives nothing.

The projects lie in `tests/data/planted`. A marker `# planted: KIND` stands behind the line that holds the mistake, or above it.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

import pytest
from support.chains import SERVER, Issuer

DATA = Path(__file__).resolve().parents[1] / "data" / "planted"
MARKER = "# planted: "

# Which rules may say it: a part of the rule's id. The outcome of an input is named by its code.
KINDS = {
    "P1": ("port",),  # short form, no address
    "P2": ("port",),  # 0.0.0.0 in the short form
    "P3": ("port",),  # long form, no address
    "P4": ("port",),  # 0.0.0.0 in the long form
    "P5": ("port",),  # the address from a variable
    "P6": ("port",),  # the port from a variable
    "P7": ("port",),  # the IPv6 wildcard
    "P8": ("port",),  # a container's port alone
    "S1": ("compose-secret-plaintext",),
    "S2": ("compose-secret-plaintext",),
    "S3": ("compose-secret-default",),
    "S4": ("jwt-key-length",),
    "S5": ("compose-secret-plaintext",),
    "S6": ("secret-placeholder",),
    "S7": ("compose-secret-plaintext",),
    "T1": ("postgres-server-",),
    "T2": ("postgres-server-",),
    "T3": ("postgres-sslmode",),
    "T4": ("postgres-sslmode",),
    "T5": ("tls-min",),
    "T6": ("postgres-sslmode",),
    "C1": ("cors-any-origin",),
    "C2": ("cors-any-origin",),
    "H1": ("privileged",),
    "H2": ("socket", "docker"),
    "H3": ("network",),
    "H4": ("image",),
    "F1": ("env_file_missing",),
    "F2": ("private-key-file",),
}


def text(size):
    """A random secret that mixes all kinds of characters."""
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") + "-aZ9"


def lay_out(kind, folder, values):
    """Copy a project into a folder with its values filled in."""
    for source in (DATA / kind).iterdir():
        content = source.read_text(encoding="utf-8")
        for name, value in values.items():
            content = content.replace(f"%{{{name}}}", value)
        target = folder / (".env" if source.name == "env.txt" else source.name)
        target.write_text(content, encoding="utf-8")
        target.chmod(0o600 if target.name == ".env" else 0o644)


def private(path, content):
    """Write a file that its owner alone may read."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)


@pytest.fixture
def wrong(tmp_path):
    """The project with a mistake of every kind."""
    # A key of a payment provider has a shape that scanners of repositories look for, so that no piece of text here has it.
    lay_out("wrong", tmp_path, {"issued": "_".join(("sk", "live", "0" * 24))})
    (tmp_path / "tls").mkdir()
    Issuer("catalogue.internal", names=("catalogue.internal",), purpose=SERVER, days=(-1, 200)).write(
        tmp_path / "tls", "server"
    )
    (tmp_path / "tls" / "server.key").unlink()
    private(tmp_path / "archive_password.txt", text(24))
    return tmp_path


@pytest.fixture
def right(tmp_path):
    """The project without a mistake."""
    ledger = text(24)
    values = {"user": f"{os.getuid()}:{os.getgid()}", "ledger": ledger.replace("/", "x").replace("+", "y")}
    lay_out("right", tmp_path, values | {"search": text(24), "signing": text(48), "smtp": text(24)})
    folder = tmp_path / "ledger"
    folder.mkdir()
    ca = Issuer("Lending CA", ca=True, days=(-1, 3000))
    Issuer("ledger", ca, names=("ledger",), purpose=SERVER, days=(-1, 200)).write(folder, "server", ca)
    (folder / "ca.pem").write_bytes(ca.pem)
    if os.geteuid():
        pytest.skip("only root can give the key to the server's user")
    os.chown(folder / "server.key", 999, 999)
    (tmp_path / "pg_hba.conf").rename(folder / "pg_hba.conf")
    private(tmp_path / "secrets" / "ledger_password.txt", values["ledger"] + "\n")
    private(tmp_path / "secrets" / "sessions_password.txt", text(24) + "\n")
    return tmp_path


def planted(folder):
    """The places of every kind: (file, line) pairs."""
    places = {}
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            before, mark, kind = line.partition(MARKER)
            if mark:
                places.setdefault(kind, set()).add((name, number if before.strip() else number + 1))
    return places


def said(report):
    """Everything that is refused, with the places that it names: (id, {(file, line)})."""
    rows = [
        (one["rule"], [one["origin"], *(one.get("via") or ())]) for one in report["findings"] if one["status"] == "fail"
    ]
    rows += [(one["code"], [one["origin"]]) for one in report["problems"]]
    return [(name, {(at["file"], at["line"]) for at in places if at is not None}) for name, places in rows]


@pytest.fixture
def report(preflight, wrong):
    done = preflight("check", cwd=wrong)
    return json.loads(done.stdout)


def test_every_kind_of_mistake_is_planted(wrong):
    assert set(planted(wrong)) == set(KINDS)


def test_every_mistake_is_found_at_its_line(report, wrong):
    places = planted(wrong)
    rows = said(report)
    missed = [
        kind
        for kind, parts in KINDS.items()
        if not any(at & places[kind] and any(part in name for part in parts) for name, at in rows)
    ]
    assert not missed, f"not found: {', '.join(missed)}"


def test_the_project_with_mistakes_is_refused(report):
    assert report["verdict"] != "pass"
    assert report["exit_code"] == 4  # an env file is missing, which Compose refuses; all else is judged nevertheless


def test_no_secret_of_the_project_is_shown(preflight, wrong):
    shown = "".join(
        done.stdout + done.stderr
        for form in ("json", "text")
        for done in [preflight("check", "--format", form, cwd=wrong)]
    )
    for word in ("sunflower", "pumpkinpie", "letmein99", "oakoak", "buttercup", "_".join(("sk", "live", "0" * 24))):
        assert word not in shown


def test_the_project_done_right_gives_nothing(preflight, right):
    done = preflight("check", "--format", "json", cwd=right)
    result = json.loads(done.stdout)
    found = [
        (one["rule"], one["status"], one["message"]) for one in result["findings"] if one["status"] in {"fail", "error"}
    ]
    assert not found
    assert not result["problems"]
    assert done.returncode == 0
