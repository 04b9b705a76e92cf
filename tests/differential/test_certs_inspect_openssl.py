"""`preflight certs inspect` against `openssl x509` and `openssl verify`, on folders drawn by hypothesis."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support import certificate_folders as folders
from support import pki

from preflight.certificates.document import document
from preflight.certificates.inspect import inspect

NOW, DAY = pki.NOW, pki.DAY
EKU = {"server": (folders.SERVER,), "client": (folders.CLIENT,), "both": (folders.SERVER, folders.CLIENT), "none": None}
PURPOSES = {
    "server": ["sslserver"],
    "client": ["sslclient"],
    "both": ["sslserver", "sslclient"],
    "none": ["sslserver", "sslclient"],
}

# A sound certificate, and what is changed in it: up to two things, mostly none.
LEAF_CHANGES = (
    {"key": "p384"}, {"key": "ed25519"}, {"key": "rsa2048"}, {"key": "rsa1024"}, {"usage": None}, {"usage": ("key_encipherment",)},
    {"usage": ("key_cert_sign",)}, {"hash": "sha384"}, {"hash": "sha1"}, {"version": 1}, {"dns": ()}, {"dns": ("a.test", "*.b.test")},
    {"identifiers": False}, {"broken": True}, {"number": 21}, {"not_after": NOW - DAY}, {"not_before": NOW + 5 * DAY},
    {"not_after": NOW + DAY},
)  # fmt: skip
CA_CHANGES = (
    {"usage": None}, {"usage": ("digital_signature",)}, {"path_length": 0}, {"path_length": 1}, {"key": "rsa2048"}, {"ca": False},
    {"not_after": NOW - DAY}, {"not_before": NOW + 5 * DAY}, {"identifiers": False}, {"extended": (folders.CLIENT,)},
)  # fmt: skip


def changed(changes):
    """Draw what is changed, more often nothing than anything."""
    some = st.lists(st.sampled_from(changes), max_size=2).map(
        lambda drawn: {k: v for one in drawn for k, v in one.items()}
    )
    return st.just({}) | some.filter(lambda one: not {"not_before", "not_after"} <= one.keys())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


def run(openssl, *arguments):
    done = subprocess.run([openssl, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    leaf=changed(LEAF_CHANGES), eku=st.sampled_from(sorted(EKU)), root=changed(CA_CHANGES), middle=st.none() | changed(CA_CHANGES),
    there=st.sampled_from([True, True, True, False]), other=st.sampled_from([False, False, False, True]),
)  # fmt: skip
def test_dates_subjects_and_verdicts_are_openssls(openssl, folder, leaf, eku, root, middle, there, other):
    top = pki.ca("Root", **root)
    between = pki.ca("Between", **{**middle, "number": 2}) if middle is not None else None
    shape = pki.Shape(**{"number": 20, "extended": EKU[eku], **leaf})
    eku = eku if shape.version == 3 else "none"
    issuer = between if between is not None else top
    der = pki.issue(shape, issuer)
    for path in folder.iterdir():
        path.unlink()
    ca = pki.pem(pki.issue(pki.ca("Root", number=7) if other else top))
    folders.write(folder / "ca.crt", ca)
    chain = (
        folders.write(folder / "chain.crt", pki.pem(pki.issue(between, top))) if between is not None and there else None
    )
    path = folders.write(folder / "server.crt", pki.pem(der))
    found = document(inspect([str(folder)], NOW))
    (one,) = [one for file in found["files"] if file["path"] == str(path) for one in file["certificates"]]

    code, said = run(
        openssl,
        "x509",
        "-in",
        path,
        "-noout",
        "-enddate",
        "-startdate",
        "-serial",
        "-subject",
        "-issuer",
        "-nameopt",
        "RFC2253",
    )
    assert code == 0
    fields = dict(line.split("=", 1) for line in said.splitlines())
    for name, key in (("notAfter", "not_after"), ("notBefore", "not_before")):
        moment = datetime.strptime(fields[name], "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
        assert one[key] == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert one[f"{key}_timestamp"] == int(moment.timestamp())
    assert (one["subject"], one["issuer"]) == (fields["subject"].strip(), fields["issuer"].strip())
    assert int(one["serial"], 16) == int(fields["serial"], 16)
    assert one["remaining_days"] == (shape.not_after - NOW) // timedelta(days=1)

    accepted = []
    for purpose in PURPOSES[eku]:
        arguments = [
            "verify",
            "-CAfile",
            folder / "ca.crt",
            "-no-CApath",
            "-attime",
            int(NOW.timestamp()),
            "-auth_level",
            2,
        ]
        arguments += ["-purpose", purpose, *(["-untrusted", chain] if chain is not None else [])]
        accepted.append(run(openssl, *arguments, path)[0] == 0)
    # Without an extended key usage one of both uses will do; with one, all that it names must.
    verified = any(accepted) if eku == "none" else all(accepted)
    assert one["chain"]["verified"] is verified, (one["chain"], accepted)
    event(f"verdict {one['chain']['reason']}")
    if verified:
        assert one["validity"] not in {"expired", "not_yet_valid"}
        assert not [it for it in found["findings"] if it["level"] == "failure" and it["path"] == str(path)]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(kind=st.sampled_from(["p256", "rsa2048", "ed25519"]), mine=st.integers(0, 2), its=st.integers(0, 2))
def test_a_key_matches_where_openssl_gives_the_same_public_key(openssl, folder, kind, mine, its):
    for path in folder.iterdir():
        path.unlink()
    path = folders.write(folder / "server.crt", pki.pem(pki.issue(pki.Shape(key=kind, number=its))))
    key = folders.write(folder / "server.key", pki.key_pem(pki.key(kind, mine)))
    same = run(openssl, "x509", "-in", path, "-noout", "-pubkey") == run(openssl, "pkey", "-in", key, "-pubout")
    found = document(inspect([str(folder)], NOW))
    assert any(one["code"] == "key_mismatch" for one in found["findings"]) is not same
    (listed,) = found["files"][1]["keys"]
    assert listed["certificate_files"] == ([str(path)] if same else [])
