"""PostgreSQL servers of Compose services: command, files, image and environment put together, each at its place."""

from __future__ import annotations

import os
import textwrap

import pytest
from gating import judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.gate.compose import services
from preflight.gate.request import ComposeProjectFiles
from preflight.model.fact import Deferred, Unknown
from preflight.probes.container_files import files_of
from preflight.probes.files import FileProbe
from preflight.resources import collect

SERVER, ACCESS, FILE = "postgres_server", "postgres_server_access", "postgres_server_file"


class Around:
    """What the collectors use of a context."""

    defer_paths = ()
    stage = "build"
    as_uid = None
    as_gids = ()
    made = None

    def __init__(self, subject, folder):
        self.host = FileProbe(str(folder))
        self.files = files_of(subject, self.host)


@pytest.fixture
def project(tmp_path):
    """Write a compose.yaml with one service, and files; collect a type of resource from it."""

    def collected(service, kind=SERVER, *, more="", files=()):
        text = (
            "services:\n  db:\n"
            + textwrap.indent(textwrap.dedent(service).strip("\n"), "    ")
            + "\n"
            + textwrap.dedent(more)
        )
        (tmp_path / "compose.yaml").write_text(text)
        for name, content, mode in files:
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_text(content)
            path.chmod(mode)
        found = services(
            ComposeProjectFiles(files=("compose.yaml",), environment={"KEY": "key"}), env_files=(), folder=str(tmp_path)
        )
        assert not found.problems
        (subject,) = found.subjects
        return list(collect(kind, subject, Around(subject, tmp_path)))

    return collected


def conf(text, name="postgresql.conf"):
    return (name, text, 0o644)


WITH_CONF = """
    image: postgres:17
    command: postgres -c config_file=/etc/postgresql.conf
    volumes: ["./postgresql.conf:/etc/postgresql.conf:ro"]
"""
WITH_HBA = """
    image: postgres:17
    command: [postgres, -c, ssl=on, -c, hba_file=/etc/pg_hba.conf]
    volumes: ["./pg_hba.conf:/etc/pg_hba.conf:ro"]
"""


# -- TLS ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "ssl", "said"),
    [
        ("image: postgres:17", False, "PostgreSQL's default"),
        ("image: postgres:17\ncommand: postgres -c ssl=on", True, "in its command at compose.yaml:"),
        ("image: postgres:17\ncommand: [-c, ssl=on, -c, SSL=of]", False, "in its command at compose.yaml:"),
        ("image: postgres:17\ncommand: -l", True, "by -l in its command"),
        ("image: postgres:17\nenvironment: {POSTGRES_INITDB_ARGS: -c ssl=on}", True, "by POSTGRES_INITDB_ARGS"),
        ("image: bitnami/postgresql:17\nenvironment: {POSTGRESQL_ENABLE_TLS: 'yes'}", True, "by POSTGRESQL_ENABLE_TLS"),
        ("image: bitnami/postgresql:17\nenvironment: {POSTGRESQL_ENABLE_TLS: 'no'}", False, "by POSTGRESQL_ENABLE_TLS"),
        ("image: bitnami/postgresql:17", False, "PostgreSQL's default"),
        ("build: .\ncommand: -c ssl=on", True, "in its command at compose.yaml:"),
    ],
)
def test_whether_tls_is_on_and_who_says_so(project, service, ssl, said):
    (server,) = project(service)
    assert server.ssl is ssl
    assert server.ssl_source.startswith(said)
    assert not server.problems


@pytest.mark.parametrize(
    ("service", "reason"),
    [
        ("image: example/postgres:17", "image"),
        ("image: supabase/postgres:15.8", "image"),
        ("image: postgres:17\nbuild: .", "image"),
        ("build: .\nvolumes: ['./data:/var/lib/postgresql/data']", "image"),
        ("image: postgres:17\ncommand: postgres -c config_file=/usr/share/own.conf", "elsewhere"),
        ("image: postgres:17\nports: ['127.0.0.1:5432:5432']\ncommand: /scripts/start.sh", "command"),
        ("image: postgres:17\ncommand: ['sh', '-c', 'exec postgres -c ssl=$$TLS']", "command"),
        ("image: bitnami/postgresql:17\nenvironment: {POSTGRESQL_EXTRA_FLAGS: -c ssl=on}", "command"),
    ],
)
def test_what_lies_elsewhere_is_deferred_never_passed(project, service, reason):
    (server,) = project(service)
    assert isinstance(server.ssl, Deferred)
    assert server.ssl.reason == reason


@pytest.mark.parametrize(
    "service",
    [
        "image: postgres:17\ncommand: pg_dump -h db",
        "image: postgres:17\nentrypoint: [echo, disabled]",
        "image: postgres:17\nentrypoint: /backup.sh",
        "image: postgrest/postgrest",
        "image: traefik\ncommand: [--api=true]",
        "image: redis:7",
    ],
)
@pytest.mark.parametrize("kind", [SERVER, ACCESS, FILE])
def test_what_is_no_server(project, service, kind):
    assert project(service, kind) == []


@pytest.mark.parametrize(
    ("text", "ssl", "line"),
    [("ssl = on\n", True, 1), ("# ssl = on\nssl = on\nssl = off\n", False, 3), ("include 'x'\nssl = on\n", True, 2)],
)
def test_a_mounted_file_says_so_at_its_line(project, text, ssl, line):
    (server,) = project(WITH_CONF, files=[conf(text)])
    assert server.ssl is ssl
    assert (server.origin.file, server.origin.line) == ("postgresql.conf", line)
    assert server.ssl_source == f"in postgresql.conf:{line}"


def test_the_command_wins_over_the_file(project):
    service = WITH_CONF.replace("postgres -c", "postgres -c ssl=off -c")
    (server,) = project(service, files=[conf("ssl = on\n")])
    assert server.ssl is False


def test_alter_system_wins_over_the_file(project):
    service = "image: postgres:17\nvolumes: ['./data:/var/lib/postgresql/data']"
    files = [conf("ssl = on\n", "data/postgresql.conf"), conf("ssl = 'off'\n", "data/postgresql.auto.conf")]
    (server,) = project(service, files=files)
    assert (server.ssl, server.origin.file) == (False, "data/postgresql.auto.conf")


@pytest.mark.parametrize(
    ("service", "folder"),
    [
        ("image: postgres:17\nenvironment: {PGDATA: /data/pg}", "/data/pg"),
        ("image: postgres:17\ncommand: postgres -D /data/pg", "/data/pg"),
        ("image: postgres:18", "/var/lib/postgresql/18/docker"),
        ("image: bitnami/postgresql:17", "/bitnami/postgresql/conf"),
        ("image: bitnami/postgresql:17", "/opt/bitnami/postgresql/conf"),
    ],
)
def test_a_file_mounted_into_the_folder_of_the_database_counts(project, service, folder):
    (server,) = project(
        f"{service}\nvolumes: ['./postgresql.conf:{folder}/postgresql.conf:ro']", files=[conf("ssl = on\n")]
    )
    assert server.ssl is True


def test_an_include_may_say_otherwise(project):
    (server,) = project(WITH_CONF, files=[conf("ssl = on\ninclude_dir 'conf.d'\n")])
    assert (server.ssl.reason, server.origin.line) == ("include", 2)


IN_FOLDER = """
    image: postgres:17
    command: postgres -c config_file=/etc/pg/postgresql.conf -c hba_file=/etc/pg/pg_hba.conf
    volumes: ["./pg:/etc/pg:ro"]
"""


def test_an_included_file_that_is_here_says_so_at_its_line(project):
    files = [
        conf("ssl = on\ninclude_dir 'conf.d'\nport = 1\n", "pg/postgresql.conf"),
        conf("\nssl = off\n", "pg/conf.d/tls.conf"),
        conf("local all all peer\n", "pg/pg_hba.conf"),
    ]
    (server,) = project(IN_FOLDER, files=files)
    assert (server.ssl, server.origin.file, server.origin.line) == (False, "pg/conf.d/tls.conf", 2)
    assert server.ssl_source == "in pg/conf.d/tls.conf:2"
    assert not server.problems


@pytest.mark.parametrize("folder", ["/bitnami/postgresql/conf", "/opt/bitnami/postgresql/conf"])
@pytest.mark.parametrize("mount", ["./conf.d:{0}/conf.d:ro", "./conf.d/tls.conf:{0}/conf.d/tls.conf:ro", "./:{0}:ro"])
def test_what_is_mounted_into_bitnamis_conf_d_wins(project, folder, mount):
    service = f"""
        image: bitnami/postgresql:17
        environment: {{POSTGRESQL_ENABLE_TLS: "yes", POSTGRESQL_PASSWORD: password}}
        volumes: ["{mount.format(folder)}"]
    """
    (server,) = project(service)
    assert server.ssl is True
    (server,) = project(service, files=[conf("ssl = off\n", "conf.d/tls.conf")])
    assert (server.ssl, server.ssl_source.endswith("conf.d/tls.conf:1")) == (False, True)
    assert server.password_encryption == "scram-sha-256"


def test_a_volume_at_bitnamis_conf_d_settles_nothing(project):
    service = """
        image: bitnami/postgresql:17
        volumes: ["conf:/bitnami/postgresql/conf/conf.d"]
    """
    (server,) = project(service, more="volumes: {conf: {}}\n")
    assert (server.ssl.reason, isinstance(server.ssl, Deferred)) == ("include", True)
    (server,) = project(service.replace("/conf/conf.d", ""), more="volumes: {conf: {}}\n")
    assert server.ssl is False


def test_an_included_file_that_cannot_be_read_is_told_where_it_is(project):
    files = [
        conf("include_dir 'conf.d'\n", "pg/postgresql.conf"),
        conf("ssl = maybe\nnonsense\n", "pg/conf.d/tls.conf"),
        conf("local all all peer\n", "pg/pg_hba.conf"),
    ]
    (server,) = project(IN_FOLDER, files=files)
    assert server.origin.file == "pg/conf.d/tls.conf"
    assert ["pg/conf.d/tls.conf:2" in one or "pg/conf.d/tls.conf:1" in one for one in server.problems] == [True, True]


def test_an_include_that_is_missing_keeps_it_from_starting(project):
    files = [conf("include 'a.conf'\n", "pg/postgresql.conf"), conf("include a.conf\n", "pg/pg_hba.conf")]
    (server,) = project(IN_FOLDER, files=files)
    assert server.problems == (
        "PostgreSQL cannot read pg/postgresql.conf:1: the file or directory that it includes is not there",
    )
    (access,) = project(IN_FOLDER, ACCESS, files=files)
    assert access.problems == (
        "PostgreSQL cannot read pg/pg_hba.conf:1: the file or directory that it includes is not there",
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every directory")
def test_a_directory_that_cannot_be_listed_says_nothing(project, tmp_path):
    files = [conf("include_dir conf.d\n", "pg/pg_hba.conf"), conf("", "pg/conf.d/a.conf")]
    (tmp_path / "pg" / "conf.d").mkdir(parents=True)
    (access,) = project(IN_FOLDER, ACCESS, files=files)
    assert access.trust_rows == ()
    (tmp_path / "pg" / "conf.d").chmod(0o300)
    try:
        (access,) = project(IN_FOLDER, ACCESS, files=files)
        assert isinstance(access.trust_rows, Unknown)
    finally:
        (tmp_path / "pg" / "conf.d").chmod(0o700)


def test_rows_that_are_included_count_in_their_place(project):
    files = [
        conf("host app all all trust\ninclude_dir hba.d\nhost all all all md5\n", "pg/pg_hba.conf"),
        conf("include_if_exists ../b.conf\ninclude_if_exists ../c.conf\n", "pg/hba.d/a.conf"),
        conf("host b all all password\nhost b b all trust\n", "pg/b.conf"),
    ]
    (access,) = project(IN_FOLDER, ACCESS, files=files)
    assert access.trust_rows == ("host app all all trust (pg/pg_hba.conf:1)",)
    assert access.weak_rows == ("host b all all password (pg/b.conf:1)",)
    assert access.md5_rows == ("host all all all md5 (pg/pg_hba.conf:3)",)
    assert len(access.plaintext_rows) == 3


@pytest.mark.parametrize("kind", ["include", "include_if_exists", "include_dir"])
def test_rows_behind_an_include_of_the_image_are_not_known(project, kind):
    text = f"hostssl all all 10.0.0.0/8 md5\n{kind} /opt/hba\nhost all all all trust\n"
    (access,) = project(WITH_HBA, ACCESS, files=[conf(text, "pg_hba.conf")])
    assert access.md5_rows == ("hostssl all all 10.0.0.0/8 md5 (pg_hba.conf:1)",)
    for fact in (
        access.plaintext_rows,
        access.trust_rows,
        access.weak_rows,
        access.client_certificates,
        access.problems,
    ):
        assert isinstance(fact, Deferred)
        assert (fact.reason, "pg_hba.conf:2" in fact.detail) == ("include", True)


def test_before_version_16_an_include_is_a_row_that_cannot_be_read(project):
    (access,) = project(
        WITH_HBA.replace("postgres:17", "postgres:15"), ACCESS, files=[conf("include /opt/hba\n", "pg_hba.conf")]
    )
    assert access.problems == (
        "PostgreSQL cannot read pg_hba.conf:1: it begins with no type of connection (host, hostssl, hostnossl, local)",
    )


def test_certificates_that_no_authority_signs(project):
    text = "local all all peer\nhostssl all all all cert\n"
    (access,) = project(WITH_HBA, ACCESS, files=[conf(text, "pg_hba.conf")])
    assert access.problems == (
        "pg_hba.conf:2 asks for a client certificate, and no ssl_ca_file says which CA must have signed it",
    )


@pytest.mark.parametrize(
    ("options", "weak"),
    [
        ("ssl=on", ()),
        ("ssl_ciphers=HIGH:!aNULL", ()),
        ("ssl_ciphers=HIGH:RC4-SHA", ("RC4 (a biased stream)",)),
        ("ssl_ciphers=RC4-SHA -c ssl_min_protocol_version=TLSv1.3", ()),
        ("ssl_ciphers=RC4-SHA -c ssl_min_protocol_version=TLSv1.2", ("RC4 (a biased stream)",)),
    ],
)
def test_weak_ciphers(project, options, weak):
    (server,) = project(f"image: postgres:17\ncommand: postgres -c ssl=on -c {options}")
    assert server.weak_ciphers == weak


def test_ciphers_that_are_settled_in_the_image(project):
    (server,) = project("image: example/postgres:17\ncommand: postgres -c ssl=on")
    assert isinstance(server.weak_ciphers, Deferred)


@pytest.mark.parametrize(("mode", "unsafe"), [(0o755, False), (0o777, True), (0o1777, False)])
def test_a_directory_in_which_others_can_replace_the_key(project, tmp_path, mode, unsafe):
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs").chmod(mode)
    service = """
        image: postgres:17
        command: [postgres, -c, ssl=on, -c, ssl_key_file=/certs/server.key]
        volumes: ["./certs:/certs:ro"]
    """
    found = project(service, FILE, files=[("certs/server.key", "key", 0o600)])
    (key,) = [one for one in found if one.purpose == "key"]
    assert (key.unsafe_directory is not None) is unsafe


@pytest.mark.parametrize(
    ("script", "deferred"),
    [
        ("init.sh: sed -i 's/#ssl = off/ssl = on/' $PGDATA/postgresql.conf", True),
        ("init.sql: ALTER SYSTEM SET ssl = on;", True),
        ("init.sql: ALTER SYSTEM SET wal_level = logical;", False),
        ("init.sql: CREATE TABLE ssl (a int);", False),
        ("init.txt: postgresql.conf", False),
    ],
)
@pytest.mark.parametrize(
    "mount", ["./scripts:/docker-entrypoint-initdb.d", "./scripts/{0}:/docker-entrypoint-initdb.d/{0}:ro"]
)
def test_scripts_that_make_the_database_may_turn_it_on(project, script, deferred, mount):
    name, _, text = script.partition(": ")
    service = f"image: postgres:17\nvolumes: ['{mount.format(name)}']"
    (server,) = project(service, files=[(f"scripts/{name}", text, 0o644)])
    assert isinstance(server.ssl, Deferred) is deferred
    assert deferred or server.ssl is False


@pytest.mark.parametrize(
    ("command", "line", "column"),
    [
        ("command: [postgres, -c, ssl=off]", 4, 29),
        ("command:\n  - postgres\n  - -c\n  - ssl=off", 7, 9),
        ("command: postgres -c ssl=off", 4, 26),
        ("command: >\n  postgres\n  -c ssl_ca_file=/a\n  -c ssl=off\n  -c port=1", 7, 10),
        ("command: |\n  postgres -c ssl=on\n\n  -c ssl=off\nuser: '999'", 7, 10),
        ("command:\n  - sh\n  - -c\n  - |\n    cp a b\n    exec postgres -c ssl=off", 9, 26),
        ("entrypoint: >\n  docker-entrypoint.sh postgres\n  -c ssl=off", 6, 10),
    ],
)
def test_a_word_of_the_command_has_its_own_line(project, command, line, column):
    (server,) = project(f"image: postgres:17\n{command}")
    assert server.ssl is False
    assert (server.origin.line, server.origin.column) == (line, column)


def test_the_lowest_version_has_its_own_line_once_tls_is_on(project):
    (server,) = project("image: postgres:17\ncommand:\n- -c\n- ssl=on\n- -c\n- ssl_min_protocol_version=TLSv1.1")
    assert (server.min_tls_version, server.origin.line) == ("1.1", 8)
    assert server.min_tls_version_source.endswith("compose.yaml:8:7")


def test_versions_and_defaults(project):
    (server,) = project("image: postgres:17\ncommand: postgres -c ssl_max_protocol_version=TLSv1.3")
    assert (server.min_tls_version, server.max_tls_version, server.password_encryption) == (
        "1.2",
        "1.3",
        "scram-sha-256",
    )
    (server,) = project("image: postgres:12")
    assert (server.min_tls_version, server.max_tls_version, server.password_encryption) == ("1.0", None, "md5")
    (server,) = project("image: postgres:13")
    assert server.min_tls_version == "1.2"


# -- what keeps it from starting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("[postgres, -c, 'ssl = on']", "no setting"),
        ("[postgres, -c, ssl]", "needs a value"),
        ("postgres -c ssl=enabled", "refuses"),
        ("postgres -c ssl_min_protocol_version=1.3", "refuses"),
        ("postgres -c ssl_protocols=TLSv1.3", "no setting ssl_protocols"),
        ("postgres ssl=on", "neither an option"),
        ("postgres -c ssl=on -c ssl_max_protocol_version=TLSv1.1", "is below"),
        ("postgres -c ssl=on -c ssl_max_protocol_version=TLSv1", "is below"),
        ("postgres -c max_connection=5", "near to max_connections"),
        ("postgres -c wal_keep_segments=5", "PostgreSQL 17 has no setting wal_keep_segments"),
        ("postgres -c ssl=on -c ssl_ciphers=enull", "no suite"),
        ("postgres -c ssl=on -c ssl_ecdh_curve=X25519", "no curve"),
        ("postgres -D /data -d 9", "-d, -f or -t"),
    ],
)
def test_commands_that_keep_it_from_starting(project, command, said):
    (server,) = project(f"image: postgres:17\ncommand: {command}")
    assert len(server.problems) == 1
    assert said in server.problems[0]


@pytest.mark.parametrize(
    "command",
    [
        "postgres -D /var/lib/postgresql/data -B 1GB -N 50 -k /tmp -S 64 -h 0.0.0.0 -p 5432 -F -e -i -l -d 1 -c ssl=on",
        "-D /var/lib/postgresql/data -c ssl=on -c ssl_ecdh_curve=secp384r1 -c pg_stat_statements.max=5",
        "postgres -c ssl_ciphers=garbage -c ssl_ecdh_curve=foo",  # without TLS it looks at neither
    ],
)
def test_commands_that_do_not_keep_it_from_starting(project, command):
    (server,) = project(f"image: postgres:17.2\ncommand: {command}")
    assert not server.problems


def test_a_list_of_groups_is_taken_since_version_18(project):
    (server,) = project("image: postgres:18\ncommand: postgres -c ssl=on -c ssl_ecdh_curve=X25519:prime256v1")
    assert not server.problems


@pytest.mark.parametrize("name", ["hunter2-é", "0hunter2", "max_conection"])
def test_a_name_that_is_no_settings_is_not_shown(project, name):
    (server,) = project(f"image: postgres:17\ncommand: postgres -c {name}=1")
    assert len(server.problems) == 1
    assert name not in server.problems[0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ssl on off\n", 1),
        ("\nssl = maybe\n", 2),
        ("ssl_minimum = TLSv1.2\n", 1),
        ("wal_levle = replica\n", 1),
        ("old_snapshot_threshold = 5\n", 1),
    ],
)
def test_files_that_keep_it_from_starting(project, text, line):
    (server,) = project(WITH_CONF, files=[conf(text)])
    assert len(server.problems) == 1
    assert f"postgresql.conf:{line}" in server.problems[0]
    assert (server.origin.file, server.origin.line) == ("postgresql.conf", line)


def test_a_file_that_is_not_there(project):
    (server,) = project(WITH_CONF)
    assert isinstance(server.ssl, Unknown)
    assert "there is no such file" in server.problems[0]


# -- who reaches it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "more", "reach"),
    [
        ("", "", "project"),
        ("ports: ['5432:5432']", "", "published"),
        ("ports: ['0.0.0.0:5434:5432']", "", "published"),
        ("ports: [5432]", "", "published"),
        ("ports: ['127.0.0.1:5432:5432']", "", "host"),
        ("ports: ['[::1]:5432:5432']", "", "host"),
        ("ports: ['8080:80']", "", "project"),
        ("ports: ['6000:6000']\ncommand: postgres -p 6000", "", "published"),
        ("networks: [inside]", "networks: {inside: {internal: true}}\n", "internal"),
        ("networks: [inside, outside]", "networks: {inside: {internal: true}, outside: {}}\n", "project"),
        ("networks: [theirs]", "networks: {theirs: {external: true}}\n", "shared"),
        ("networks: [far]", "networks: {far: {driver: overlay}}\n", "shared"),
        ("network_mode: host", "", "published"),
        ("network_mode: none", "", "nobody"),
        ("command: postgres -c listen_addresses=", "", "nobody"),
        ("command: postgres -h localhost,127.0.0.1", "", "nobody"),
        ("command: postgres -h localhost\nnetwork_mode: host", "", "host"),
        (
            "ports: ['5432:5432']\nnetworks: [loop]",
            "networks: {loop: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}\n",
            "host",
        ),
        (
            "ports: ['5432:5432']\nnetworks: [loop, plain]",
            "networks: {plain: {}, loop: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}\n",
            "published",
        ),
    ],
)
def test_who_reaches_it(project, service, more, reach):
    (server,) = project(f"image: postgres:17\n{service}", more=more)
    assert server.reach == reach


# -- who is let in -----------------------------------------------------------------------------------------------------


def test_the_images_own_file_lets_plaintext_in(project):
    (access,) = project("image: postgres:17\ncommand: postgres -c ssl=on", ACCESS)
    assert access.plaintext_rows == ("host all all all scram-sha-256 (the pg_hba.conf that its image makes)",)
    assert (access.trust_rows, access.md5_rows, access.client_certificates) == ((), (), "none")


def test_the_images_own_file_takes_the_method_of_the_environment(project):
    (access,) = project("image: postgres:17\nenvironment:\n  POSTGRES_HOST_AUTH_METHOD: trust", ACCESS)
    assert len(access.trust_rows) == 1
    assert access.origin.setting == "POSTGRES_HOST_AUTH_METHOD"
    assert access.origin.line == 5


@pytest.mark.parametrize(
    ("service", "method"),
    [
        ("image: postgres:13", "md5"),
        ("image: postgres:13\ncommand: postgres -c password_encryption=scram-sha-256", "scram-sha-256"),
        ("image: postgres:17\ncommand: postgres -c password_encryption=md5", "md5"),
        ("image: bitnami/postgresql:17\nenvironment: {POSTGRESQL_PASSWORD_FILE: /run/secrets/x}", "md5"),
        ("image: bitnami/postgresql:17", "trust"),
    ],
)
def test_the_method_of_the_images_own_file(project, service, method):
    (access,) = project(service, ACCESS)
    assert all(f" {method} (" in row for row in access.plaintext_rows)


@pytest.mark.parametrize(
    "service",
    [
        "image: example/postgres:17",
        "image: postgres:17\ncommand: postgres -c hba_file=/opt/pg_hba.conf",
        "build: .\ncommand: -c ssl=on",
    ],
)
def test_rows_that_lie_elsewhere_are_deferred(project, service):
    (access,) = project(service, ACCESS)
    assert isinstance(access.plaintext_rows, Deferred)
    assert isinstance(access.trust_rows, Deferred)


def test_a_script_that_changes_the_rows_defers_them(project):
    service = "image: postgres:17\nvolumes: ['./scripts:/docker-entrypoint-initdb.d']"
    (access,) = project(service, ACCESS, files=[("scripts/a.sh", "cp /x/pg_hba.conf $PGDATA/", 0o755)])
    assert access.plaintext_rows.reason == "init_script"


def test_a_mounted_file_is_judged_at_its_rows(project):
    rows = "# who\nlocal all all peer\nhostssl all all all scram-sha-256\nhost app app 10.0.0.0/8 scram-sha-256\nhostssl x x all trust\n"
    (access,) = project(WITH_HBA, ACCESS, files=[conf(rows, "pg_hba.conf")])
    assert access.plaintext_rows == ("host app app 10.0.0.0/8 scram-sha-256 (pg_hba.conf:4)",)
    assert access.trust_rows == ()  # a row above matches all that it matches
    assert (access.origin.file, access.origin.line) == ("pg_hba.conf", 4)


def test_a_file_named_by_the_mounted_configuration_is_found(project):
    service = WITH_CONF.replace('ro"]', 'ro", "./pg_hba.conf:/own/pg_hba.conf"]')
    files = [conf("hba_file = '/own/pg_hba.conf'\n"), conf("hostssl all all all cert\n", "pg_hba.conf")]
    (access,) = project(service, ACCESS, files=files)
    assert (access.plaintext_rows, access.client_certificates) == ((), "all")


@pytest.mark.parametrize(
    ("rows", "said"),
    [("hostssl all all scram-sha-256\n", "pg_hba.conf:1"), ("hostssl all all all cert\n", "no ssl_ca_file"), ("host all all all MD5", "method")],
)  # fmt: skip
def test_rows_that_let_nobody_in(project, rows, said):
    (access,) = project(WITH_HBA, ACCESS, files=[conf(rows, "pg_hba.conf")])
    assert len(access.problems) == 1
    assert said in access.problems[0]


# -- its files ---------------------------------------------------------------------------------------------------------


def files_of_server(found):
    return {one.purpose: one for one in found}


def test_files_are_followed_to_this_machine(project):
    service = """
        image: postgres:17
        command: >
          postgres -c ssl=on
          -c ssl_cert_file=/certs/server.crt
          -c ssl_key_file=/certs/missing.key
          -c ssl_ca_file=own/ca.crt
        volumes: ["./certs:/certs:ro", "data:/var/lib/postgresql/data"]
    """
    found = files_of_server(
        project(service, FILE, more="volumes: {data: {}}\n", files=[("certs/server.crt", "x", 0o644)])
    )
    assert (found["certificate"].kind, found["certificate"].file) == ("regular", "certs/server.crt")
    assert (found["key"].kind, found["key"].origin.line) == ("missing", 7)
    assert isinstance(found["authority"].kind, Deferred)
    assert found["authority"].path == "/var/lib/postgresql/data/own/ca.crt"
    assert "revocations" not in found


def test_without_tls_no_file_is_opened(project):
    assert project("image: postgres:17\ncommand: postgres -c ssl=off -c ssl_key_file=/k", FILE) == []


def test_where_tls_is_settled_elsewhere_only_files_that_are_named_count(project):
    found = files_of_server(project("image: example/postgres\ncommand: postgres -c ssl_key_file=/k", FILE))
    assert list(found) == ["key"]


@pytest.mark.parametrize(
    ("image", "uid", "gid", "mode", "refusal"),
    [
        ("postgres:17", 999, 999, "0600", None),
        ("postgres:17", 999, 999, "0400", None),
        ("postgres:17", 999, 999, "0640", "group_or_others"),
        ("postgres:17", 0, 999, "0640", None),
        ("postgres:17", 0, 999, "0440", None),
        ("postgres:17", 0, 0, "0640", "not_readable"),
        ("postgres:17", 0, 0, "0600", "not_readable"),
        ("postgres:17", 0, 999, "0660", "others_or_group_write"),
        ("postgres:17", 0, 0, "0444", "others_or_group_write"),
        ("postgres:17", 1000, 1000, "0600", "wrong_owner"),
        ("postgres:17-alpine", 70, 70, "0600", None),
        ("postgres:17-alpine", 999, 999, "0600", "wrong_owner"),
        ("bitnami/postgresql:17", 1001, 0, "0600", None),
        ("bitnami/postgresql:17", 0, 0, "0440", None),
        ("postgres:17\nuser: '1000:1000'", 1000, 1000, "0600", None),
        ("postgres:17\nuser: '1000:1000'", 999, 999, "0600", "wrong_owner"),
        ("postgres:17\nuser: '1000'\ngroup_add: ['5']", 0, 5, "0640", None),
        ("postgres:17\nuser: root", 999, 999, "0600", None),
        ("postgres:17\nuser: postgres", 999, 999, "0600", None),
    ],
)
def test_the_servers_rule_for_its_key(project, image, uid, gid, mode, refusal):
    service = f"""
image: {image}
environment: {{POSTGRESQL_ENABLE_TLS: 'yes', POSTGRESQL_TLS_KEY_FILE: /run/secrets/key}}
command: {"" if image.startswith("bitnami") else "postgres -c ssl=on -c ssl_key_file=/run/secrets/key"}
secrets: [{{source: key, uid: '{uid}', gid: '{gid}', mode: {mode}}}]
"""
    more = "secrets: {key: {environment: KEY}}\n"
    (found,) = [one for one in project(service, FILE, more=more) if one.purpose == "key"]
    assert found.refusal == refusal


def test_of_an_unknown_user_only_the_mode_is_told(project):
    service = "image: example/postgres\ncommand: postgres -c ssl=on -c ssl_key_file=/key\nvolumes: ['./key:/key:ro']"
    (found,) = [one for one in project(service, FILE, files=[("key", "x", 0o600)]) if one.purpose == "key"]
    assert isinstance(found.refusal, Deferred)
    (found,) = [one for one in project(service, FILE, files=[("key", "x", 0o644)]) if one.purpose == "key"]
    assert found.refusal in {"group_or_others", "others_or_group_write"}


@pytest.mark.parametrize(("mount", "refused"), [("rw", False), ("ro", True)])
def test_the_entrypoint_gives_the_folder_of_the_database_to_the_server(project, mount, refused):
    service = (
        f"image: postgres:17\ncommand: -c ssl=on\nvolumes: ['./server.key:/var/lib/postgresql/data/server.key:{mount}']"
    )
    (found,) = [one for one in project(service, FILE, files=[("server.key", "x", 0o600)]) if one.purpose == "key"]
    assert (found.refusal is not None) is refused


# -- the whole ---------------------------------------------------------------------------------------------------------


def judged(folder, text):
    (folder / "compose.yaml").write_text(text)
    report = judge(
        folder,
        process=None,
        stage="build",
        compose=ComposeProjectFiles(files=("compose.yaml",), environment={"HOME": str(folder)}),
    )
    return {
        one["rule"]: one
        for one in report["findings"]
        if one["pack"] == "postgres-server" and one["status"] in {"fail", "error"}
    }


def test_one_cause_gives_one_finding(tmp_path):
    assert list(judged(tmp_path, "services: {db: {image: 'postgres:17', ports: ['5432:5432']}}\n")) == [
        "postgres-server-tls"
    ]


def test_a_sound_server_gives_none(tmp_path):
    (tmp_path / "pg_hba.conf").write_text(
        "local all all peer\nhostssl all all all scram-sha-256 clientcert=verify-full\n"
    )
    for name in ("server.crt", "ca.crt"):
        (tmp_path / name).write_text("certificate")
        (tmp_path / name).chmod(0o644)
    text = """
services:
  db:
    image: postgres:17
    user: "{uid}:{gid}"
    command:
      - postgres
      - -c
      - ssl=on
      - --ssl-cert-file=/certs/server.crt
      - --ssl-key-file=/certs/server.key
      - --ssl-ca-file=/certs/ca.crt
      - --ssl-min-protocol-version=TLSv1.3
      - --password-encryption=scram-sha-256
      - --hba-file=/certs/pg_hba.conf
    ports: ["5432:5432"]
    volumes: [".:/certs:ro"]
"""
    key = tmp_path / "server.key"
    key.write_text("key")
    key.chmod(0o600)
    uid = os.getuid() or 999
    if os.getuid() == 0:
        os.chown(key, uid, uid)
        tmp_path.chmod(0o755)  # mounted as /certs, and root's: the server's user passes through it
    assert judged(tmp_path, text.format(uid=uid, gid=uid)) == {}


VALUES = ["on", "off", "of", "maybe", "TLSv1", "TLSv1.3", "1.3", "md5", "", "/x"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(
        st.builds(
            lambda name, value: f"{name}={value}",
            st.sampled_from(
                [
                    "ssl",
                    "ssl_min_protocol_version",
                    "password_encryption",
                    "hba_file",
                    "config_file",
                    "ssl_key_file",
                    "nothing",
                ]
            ),
            st.sampled_from(VALUES),
        ),
        max_size=5,
    )
)
def test_no_command_crashes_a_collector(project, words):
    command = ["postgres", *(part for word in words for part in ("-c", word))]
    service = f"image: postgres:17\ncommand: {command!r}"
    for kind in (SERVER, ACCESS, FILE):
        project(service, kind)
