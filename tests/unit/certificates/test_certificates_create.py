"""The six files: what they are, and what OpenSSL and strict verifiers say to them."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.certificates.create import GITIGNORE, NAMES, CreateOptions, create
from preflight.certificates.issue import issue
from preflight.certificates.options import CA_COMMON_NAME, plan
from preflight.errors import InputError, UsageError

QUICK = ("ec-p256", "ed25519", "rsa-2048")
EVERY = (*QUICK, pytest.param("rsa-4096", marks=pytest.mark.slow))
NOW = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
HOSTS = ("db.example.com", "*.db.internal", "my_db", "10.0.0.5", "2001:db8::5")


@pytest.fixture(scope="module", params=EVERY)
def made(request, tmp_path_factory):
    """A directory with the six files, made with keys of one type."""
    directory = tmp_path_factory.mktemp("certificates") / "ssl"
    options = CreateOptions(directory=str(directory), key_type=request.param, hosts=HOSTS, client_name="dart_cloud")
    assert [Path(file.path).name for file in create(options)] == list(NAMES)
    return request.param, directory


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "ssl"


def quick(directory, **options):
    return create(CreateOptions(**{"directory": str(directory), "key_type": "ed25519", **options}))


def certificate(directory, who):
    return x509.load_pem_x509_certificate((directory / f"{who}-cert.pem").read_bytes())


def common_name(name):
    (attribute,) = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return attribute.value


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("who", ["ca", "server", "client"])
def test_each_key_is_of_its_type_and_belongs_to_its_certificate(made, who):
    key_type, directory = made
    pem = (directory / f"{who}-key.pem").read_bytes()
    assert pem.startswith(b"-----BEGIN PRIVATE KEY-----\n")  # PKCS#8, not encrypted
    key = load_pem_private_key(pem, password=None)
    assert key.public_key() == certificate(directory, who).public_key()
    if key_type.startswith("rsa"):
        assert isinstance(key, rsa.RSAPrivateKey)
        assert key.key_size == int(key_type.removeprefix("rsa-"))
    elif key_type == "ec-p256":
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert key.curve.name == "secp256r1"
    else:
        assert isinstance(key, ed25519.Ed25519PrivateKey)


def test_no_two_keys_and_no_two_serials_are_equal(made):
    _, directory = made
    certificates = [certificate(directory, who) for who in ("ca", "server", "client")]
    keys = {one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) for one in certificates}
    assert len(keys) == 3
    assert len({one.serial_number for one in certificates}) == 3


def test_serials_are_random_and_twenty_bytes_at_most(directory):
    serials = []
    for number in range(8):
        quick(directory / str(number))
        serials.append(certificate(directory / str(number), "server").serial_number)
    assert len(set(serials)) == 8
    assert all(0 < serial < 2**159 for serial in serials)
    assert max(serials) > 2**140


@pytest.mark.parametrize("who", ["ca", "server", "client"])
def test_extensions_are_those_of_the_certificates_use(made, who):
    key_type, directory = made
    extensions = certificate(directory, who).extensions
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    assert usage.critical
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=who == "ca", path_length=0 if who == "ca" else None)
    granted = {name for name in ("digital_signature", "key_encipherment", "key_cert_sign", "crl_sign", "key_agreement",
               "content_commitment", "data_encipherment") if getattr(usage.value, name)}  # fmt: skip
    leaf = {"digital_signature", "key_encipherment"} if key_type.startswith("rsa") else {"digital_signature"}
    assert granted == ({"key_cert_sign", "crl_sign"} if who == "ca" else leaf)
    expected = {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    }
    if who != "ca":
        expected |= {ExtensionOID.EXTENDED_KEY_USAGE, ExtensionOID.SUBJECT_ALTERNATIVE_NAME}
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        wanted = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}[who]
        assert list(purposes) == [wanted]
    assert {extension.oid for extension in extensions} == expected


@pytest.mark.parametrize("who", ["ca", "server", "client"])
def test_the_chain_is_linked_by_names_and_key_identifiers(made, who):
    _, directory = made
    ca, one = certificate(directory, "ca"), certificate(directory, who)
    one.verify_directly_issued_by(ca)
    signer = ca.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    named = one.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    assert named.key_identifier == signer.digest
    assert one.version is x509.Version.v3
    names = {"ca": CA_COMMON_NAME, "server": "postgres", "client": "dart_cloud"}
    assert common_name(one.subject) == names[who]
    algorithm = one.signature_hash_algorithm
    assert algorithm is None or algorithm.name == "sha256"


def test_openssl_verifies_the_chain_strictly_for_its_purposes_and_no_other(made, openssl):
    _, directory = made
    for who in ("server", "client"):
        for purpose in ("server", "client"):
            code, said = run(
                openssl, "verify", "-x509_strict", "-purpose", f"ssl{purpose}",
                "-CAfile", directory / "ca-cert.pem", directory / f"{who}-cert.pem",
            )  # fmt: skip
            assert (code == 0) == (who == purpose), said
            code, said = run(openssl, "x509", "-noout", "-purpose", "-in", directory / f"{who}-cert.pem")
            assert (f"SSL {purpose} : Yes\n" in said) == (who == purpose)
            assert f"SSL {purpose} CA : Yes\n" not in said
    code, said = run(
        openssl,
        "verify",
        "-x509_strict",
        "-check_ss_sig",
        "-CAfile",
        directory / "ca-cert.pem",
        directory / "ca-cert.pem",
    )
    assert code == 0, said


def test_openssl_does_not_verify_what_another_ca_of_the_same_name_signed(made, openssl, tmp_path):
    _, directory = made
    quick(tmp_path / "other")
    code, said = run(openssl, "verify", "-CAfile", tmp_path / "other" / "ca-cert.pem", directory / "server-cert.pem")
    assert code != 0, said


@pytest.mark.parametrize(
    ("option", "host", "matches"),
    [
        ("-checkhost", "postgres", True),
        ("-checkhost", "localhost", True),
        ("-checkhost", "DB.example.com", True),
        ("-checkhost", "a.db.internal", True),
        ("-checkhost", "my_db", True),
        ("-checkhost", "db.internal", False),
        ("-checkhost", "a.b.db.internal", False),
        ("-checkhost", "example.com", False),
        ("-checkip", "127.0.0.1", True),
        ("-checkip", "::1", True),
        ("-checkip", "10.0.0.5", True),
        ("-checkip", "2001:db8:0::5", True),
        ("-checkip", "10.0.0.6", False),
    ],
)
def test_openssl_finds_exactly_the_names_that_were_given(made, openssl, option, host, matches):
    _, directory = made
    _, said = run(openssl, "x509", "-noout", option, host, "-in", directory / "server-cert.pem")
    assert ("does match certificate" in said) == matches
    assert ("does NOT match certificate" in said) == (not matches)


def test_a_strict_verifier_takes_the_server_by_each_of_its_names_and_the_client(made):
    key_type, directory = made
    ca, server, client = (certificate(directory, who) for who in ("ca", "server", "client"))
    policy = PolicyBuilder().store(Store([ca])).time(datetime.now(UTC))
    if key_type == "ed25519":  # the web's rules have no Ed25519; the command says so
        with pytest.raises(VerificationError, match="Forbidden"):
            policy.build_server_verifier(x509.DNSName("postgres")).verify(server, [])
        return
    for name in ("postgres", "localhost", "db.example.com", "a.db.internal"):
        assert policy.build_server_verifier(x509.DNSName(name)).verify(server, []) == [server, ca]
    for address in ("127.0.0.1", "::1", "10.0.0.5"):
        policy.build_server_verifier(x509.IPAddress(ip_address(address))).verify(server, [])
    assert policy.build_client_verifier().verify(client, []).chain == [client, ca]
    with pytest.raises(VerificationError):
        policy.build_server_verifier(x509.DNSName("elsewhere")).verify(server, [])
    with pytest.raises(VerificationError):
        policy.build_client_verifier().verify(server, [])


@pytest.mark.parametrize(("days", "ca_days"), [(365, None), (1, 1), (825, 7300), (7300, 7300)])
def test_a_lifetime_is_that_many_days_to_the_second(directory, days, ca_days):
    files = create(CreateOptions(directory=str(directory), days=days, ca_days=ca_days, key_type="ed25519"), now=NOW)
    for who, life in (("ca", ca_days or 3650), ("server", days), ("client", days)):
        one = certificate(directory, who)
        assert one.not_valid_before_utc == datetime(2026, 3, 14, 15, 4, 26, tzinfo=UTC)
        assert one.not_valid_after_utc - one.not_valid_before_utc + timedelta(seconds=1) == timedelta(days=life)
        (told,) = [file.not_after for file in files if file.path.endswith(f"{who}-cert.pem")]
        assert told == one.not_valid_after_utc


def test_the_clock_is_read_in_any_zone(directory):
    zone = datetime.now(UTC).astimezone().tzinfo
    create(CreateOptions(directory=str(directory), key_type="ed25519"), now=NOW.astimezone(zone))
    assert certificate(directory, "ca").not_valid_before_utc == datetime(2026, 3, 14, 15, 4, 26, tzinfo=UTC)


def test_what_was_made_is_told_with_kinds_modes_and_names(directory):
    files = quick(directory, hosts=("db",))
    assert [(Path(file.path).name, file.kind, file.mode) for file in files] == [
        ("ca-key.pem", "private_key", 0o600),
        ("ca-cert.pem", "certificate", 0o644),
        ("server-key.pem", "private_key", 0o600),
        ("server-cert.pem", "certificate", 0o644),
        ("client-key.pem", "private_key", 0o600),
        ("client-cert.pem", "certificate", 0o644),
    ]
    for file in files:
        assert Path(file.path).stat().st_mode & 0o7777 == file.mode
    assert files[3].names == ("postgres", "localhost", "127.0.0.1", "::1", "db")
    assert files[5].names == ("app",)
    assert "PRIVATE KEY" not in repr(files)


@pytest.mark.parametrize("taken", NAMES)
def test_one_file_that_exists_is_enough_to_refuse(directory, taken):
    directory.mkdir()
    (directory / taken).write_text("mine")
    with pytest.raises(InputError, match=taken) as error:
        quick(directory)
    assert error.value.problems[0].code == "exists"
    assert {path.name: path.read_text() for path in directory.iterdir()} == {taken: "mine"}


def test_all_files_that_exist_are_named(directory):
    quick(directory)
    with pytest.raises(InputError) as error:
        quick(directory)
    assert all(name in str(error.value) for name in NAMES)


def test_a_wrong_option_makes_nothing(directory):
    with pytest.raises(UsageError):
        quick(directory, country="USA")
    assert not directory.exists()


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_in_a_git_work_tree_a_new_directory_is_ignored(directory, kind):
    git = directory.parent / ".git"
    git.mkdir() if kind == "directory" else git.write_text("gitdir: elsewhere\n")
    files = quick(directory)
    assert (Path(files[-1].path), files[-1].kind, files[-1].mode) == (directory / GITIGNORE, "gitignore", 0o644)
    assert (directory / GITIGNORE).read_text() == "*\n"
    assert not (directory.parent / GITIGNORE).exists()


def test_a_directory_with_other_things_only_ignores_the_six_files(directory):
    (directory.parent / ".git").mkdir()
    files = create(CreateOptions(directory=str(directory.parent), key_type="ed25519"))
    assert files[-1].kind == "gitignore"
    assert (directory.parent / GITIGNORE).read_text().split() == [f"/{name}" for name in NAMES]


@pytest.mark.parametrize("content", ["", "*.bak\n"])
def test_a_gitignore_that_exists_is_left_alone(directory, content):
    (directory.parent / ".git").mkdir()
    directory.mkdir()
    (directory / GITIGNORE).write_text(content)
    assert len(quick(directory)) == 6
    assert (directory / GITIGNORE).read_text() == content


def test_outside_of_git_there_is_no_gitignore(directory):
    assert len(quick(directory)) == 6
    assert not (directory / GITIGNORE).exists()


@pytest.mark.parametrize("empty", [True, False])
def test_git_itself_does_not_see_the_keys(directory, empty):
    code, said = run("git", "init", "-q", directory.parent)
    assert code == 0, said
    directory.mkdir()
    if not empty:
        (directory / "README").write_text("x")
    quick(directory)
    _, seen = run("git", "-C", directory.parent, "status", "--porcelain", "--untracked-files=all")
    assert seen.split() == ([] if empty else ["??", "ssl/.gitignore", "??", "ssl/README"])


TEXT = st.text(max_size=70)


@settings(max_examples=60, deadline=None)
@given(
    country=st.sampled_from(["US", "de"]),
    state=TEXT,
    city=TEXT,
    organisation=TEXT,
    client_name=TEXT | st.sampled_from(["app", "dart_cloud", "app@example.com", "Dart Cloud", "*.a.b", "10.0.0.1"]),
    hosts=st.lists(TEXT | st.ip_addresses().map(str) | st.sampled_from(["db.a", "*.db.a"]), max_size=4).map(tuple),
    days=st.integers(-1, 7302),
)
def test_whatever_is_asked_is_refused_or_makes_certificates_that_verify(**options):
    try:
        checked = plan(CreateOptions(directory="ssl", key_type="ec-p256", **options))
    except UsageError:
        return
    ca, server, client = (x509.load_pem_x509_certificate(one.certificate) for one in issue(checked, NOW))
    policy = PolicyBuilder().store(Store([ca])).time(NOW)
    policy.build_server_verifier(x509.DNSName("postgres")).verify(server, [])
    policy.build_client_verifier().verify(client, [])
    assert common_name(client.subject) == options["client_name"]
