from __future__ import annotations

import os
import secrets
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from preflight.sources.compose import ComposeProject, ComposeRefusal, load_project, subjects
from preflight.sources.compose.paths import relative_name

if TYPE_CHECKING:
    from pathlib import Path


def load(folder: Path, files: dict[str, str], *given: str, **options: Any) -> ComposeProject | ComposeRefusal:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options.setdefault("environment", {})
    return load_project(given, folder=str(folder.resolve()), **options)


def project(folder: Path, files: dict[str, str], *given: str, **options: Any) -> ComposeProject:
    loaded = load(folder, files, *given, **options)
    assert isinstance(loaded, ComposeProject), loaded
    return loaded


def refusal(folder: Path, files: dict[str, str], *given: str, **options: Any) -> ComposeRefusal:
    loaded = load(folder, files, *given, **options)
    assert isinstance(loaded, ComposeRefusal), loaded
    return loaded


def origins(values: tuple[Any, ...]) -> list[str]:
    return [str(one) for one in values]


# -- where values come from ---------------------------------------------------------------------------------------------


def test_a_setting_knows_its_line_and_the_chain_of_its_variables(tmp_path: Path) -> None:
    loaded = project(
        tmp_path,
        {
            "compose.yaml": "services:\n  app:\n    image: x\n    environment:\n      URL: postgres://${HOST}/app\n",
            ".env": "# where\nNAME=db\nHOST=$NAME.internal\n",
        },
    )
    setting = loaded.services[0].environment["URL"]
    assert setting.text == "postgres://db.internal/app"
    assert str(setting.origin) == "compose.yaml:5:7"
    assert origins(setting.via) == [".env:3:1", ".env:2:1"]
    assert setting.references == ("HOST",)


def test_the_process_environment_wins_and_is_named(tmp_path: Path) -> None:
    files = {"compose.yaml": 'services: {app: {image: x, ports: ["${BIND}:80:80"]}}\n', ".env": "BIND=0.0.0.0\n"}
    port = project(tmp_path, files, environment={"BIND": "127.0.0.1"}).services[0].ports[0]
    assert port.host_ip == "127.0.0.1"
    assert origins(port.via) == ["environment variable BIND"]


def test_each_form_of_environment_has_its_places(tmp_path: Path) -> None:
    loaded = project(
        tmp_path,
        {
            "compose.yaml": "services:\n  app:\n    image: x\n    env_file: a.env\n    environment:\n      - LISTED=1\n      - PASSED\n",
            "over.yaml": "services:\n  app:\n    environment:\n      MAPPED: 2\n",
            "a.env": "\nFILED=3\n",
        },
        "compose.yaml",
        "over.yaml",
        environment={"PASSED": "4"},
    )
    places = {name: str(setting.origin) for name, setting in loaded.services[0].environment.items()}
    assert places == {
        "FILED": "a.env:2:1",
        "LISTED": "compose.yaml:6:9",
        "PASSED": "compose.yaml:7:9",
        "MAPPED": "over.yaml:4:7",
    }
    assert origins(loaded.services[0].environment["PASSED"].via) == ["environment variable PASSED"]


def test_a_replaced_scalar_is_where_the_override_writes_it(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  app:\n    image: x:1\n    privileged: true\n",
        "over.yaml": "services:\n  app:\n    image: x:2\n",
    }
    service = project(tmp_path, files, "compose.yaml", "over.yaml").services[0]
    assert (service.image, str(service.origin_of("image"))) == ("x:2", "over.yaml:3:5")
    assert str(service.origin_of("privileged")) == "compose.yaml:4:5"
    assert str(service.origin_of("deploy", "replicas")) == str(service.origin) == "compose.yaml:2:3"


def test_what_a_service_extends_keeps_its_file(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  app:\n    extends: {file: sub/base.yaml, service: base}\n",
        "sub/base.yaml": 'services:\n  base:\n    image: x\n    ports:\n      - "80:80"\n',
    }
    service = project(tmp_path, files).services[0]
    assert str(service.ports[0].origin) == "sub/base.yaml:5:9"


def test_ports_mounts_and_grants_are_typed(tmp_path: Path) -> None:
    text = """
services:
  app:
    image: x
    ports: ["127.0.0.1:8000-8001:80-81/udp", "82"]
    volumes: ["./cert.pem:/cert.pem:ro", "data:/data"]
    secrets: [key, {source: key, target: other, mode: 0400}]
    configs: [conf]
    command: run --now
    depends_on: {gate: {condition: service_completed_successfully}}
  gate: {image: y}
volumes: {data: {driver_opts: {o: bind, device: ./real}}}
secrets: {key: {file: ./key.txt}}
configs: {conf: {content: "a ${B:-c}"}}
"""
    loaded = project(tmp_path, {"compose.yaml": text.lstrip()})
    service = loaded.services[0]
    assert [(one.host_ip, one.published, one.target, one.protocol) for one in service.ports] == [
        ("127.0.0.1", "8000", 80, "udp"),
        ("127.0.0.1", "8001", 81, "udp"),
        (None, None, 82, "tcp"),
    ]
    folder = str(tmp_path.resolve())
    assert [(one.type, one.source, one.target, one.read_only) for one in service.mounts] == [
        ("bind", f"{folder}/cert.pem", "/cert.pem", True),
        ("volume", "data", "/data", False),
    ]
    assert [(one.target, one.mode) for one in service.secrets] == [
        ("/run/secrets/key", None),
        ("/run/secrets/other", "0400"),
    ]
    assert service.configs[0].target == "/conf"
    assert [word.reveal() for word in service.command or ()] == ["run", "--now"]
    assert [(one.service, one.condition) for one in service.depends_on] == [("gate", "service_completed_successfully")]
    assert loaded.volumes["data"].device == f"{folder}/real"
    assert (loaded.secrets["key"].kind, loaded.secrets["key"].file) == ("file", f"{folder}/key.txt")
    assert loaded.configs["conf"].content is not None
    assert loaded.configs["conf"].content.reveal() == "a c"


def test_subjects_leave_out_what_is_not_passed(tmp_path: Path) -> None:
    loaded = project(tmp_path, {"compose.yaml": "services: {app: {image: x, environment: [A=1, ABSENT]}}\n"})
    (subject,) = subjects(loaded)
    assert (subject.id, list(subject.settings)) == ("service:app", ["A"])


def test_nothing_that_is_printed_holds_a_secret(tmp_path: Path) -> None:
    word = secrets.token_hex(12)
    files = {
        "compose.yaml": f"services: {{app: {{image: x, command: run {word}, environment: {{A: {word}, B: '${{SECRET}}'}}}}}}\n"
        "secrets: {s: {environment: SECRET}}\n"
    }
    loaded = project(tmp_path, files, environment={"SECRET": word})
    assert word not in repr(loaded)


# -- outcomes -----------------------------------------------------------------------------------------------------------


def test_all_missing_variables_are_said_at_once(tmp_path: Path) -> None:
    files = {
        "compose.yaml": 'include: [part.yaml]\nservices:\n  app:\n    image: ${A:?}\n    command: ["${B:?say why}", 5]\n',
        "part.yaml": "services: {part: {image: '${C:?}'}}\n",
    }
    found = refusal(tmp_path, files)
    assert [one.origin.setting for one in found.problems if one.origin] == ["A", "B", "C"]
    assert {one.code for one in found.problems} == {"missing_variable"}


def test_both_lines_of_a_repeated_key_are_named(tmp_path: Path) -> None:
    text = "services:\n  app:\n    image: x\n    environment: {A: 1}\n    ports: []\n    environment: {B: 2}\n"
    (found,) = refusal(tmp_path, {"compose.yaml": text}).problems
    assert str(found.origin) == "compose.yaml:6:5"
    assert "line 4" in found.message


def test_a_lone_override_says_what_to_add(tmp_path: Path) -> None:
    files = {
        "docker-compose.yml": "services: {app: {image: x}}\n",
        "docker-compose.prod.yml": 'services: {app: {ports: ["80:80"]}}\n',
    }
    found = refusal(tmp_path, files, "docker-compose.prod.yml")
    assert found.outcome == "fragment"
    assert "-f docker-compose.yml -f docker-compose.prod.yml" in found.problems[0].hint


def test_missing_env_files_are_an_outcome_with_the_rest_of_the_project(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  a: {image: x, env_file: a.env}\n  b: {image: x, env_file: [b.env], environment: {K: v}}\n",
        "a.env.example": "K=v\n",
    }
    found = refusal(tmp_path, files)
    assert found.outcome == "env_file_missing"
    assert origins(tuple(one.origin for one in found.problems)) == ["compose.yaml:2:27", "compose.yaml:3:28"]
    assert "a.env.example" in found.problems[0].hint
    assert found.project is not None
    assert found.project.services[1].environment["K"].text == "v"


def test_no_compose_file_is_an_outcome(tmp_path: Path) -> None:
    empty = tmp_path / "a" / "b"
    empty.mkdir(parents=True)
    if any(os.path.exists(f"{above}/compose.yaml") for above in empty.parents):
        pytest.skip("a folder above the temporary one holds a Compose file")
    found = refusal(empty, {})
    assert found.outcome == "no_file"


def test_every_unknown_key_is_said_with_a_guess(tmp_path: Path) -> None:
    text = "services:\n  app:\n    image: x\n    enviroment: {}\n    prots: []\n"
    found = refusal(tmp_path, {"compose.yaml": text})
    assert [(str(one.origin), one.hint) for one in found.problems] == [
        ("compose.yaml:4:5", "Did you mean environment?"),
        ("compose.yaml:5:5", "Did you mean ports?"),
    ]


# -- what Compose does silently -----------------------------------------------------------------------------------------


def traps(loaded: ComposeProject) -> list[tuple[str, str]]:
    return [(trap.code, str(trap.origin)) for trap in loaded.traps]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("environment:\n      PASSWORD: pa$word", ("dollar_in_value", "compose.yaml:5:7")),
        ("environment:\n      URL: ${HOST}/x", ("variable_blanked", "compose.yaml:5:7")),
        ("environment:\n      PIN: 0123456789", ("text_changed", "compose.yaml:5:7")),
        ("environment:\n      DAY: 2024-01-02", ("text_changed", "compose.yaml:5:7")),
        ('ports:\n      - "${BIND}:80:80"', ("port_opened_by_unset_variable", "compose.yaml:5:9")),
        ("command: migrate && serve", ("command_cut", "compose.yaml:4:5")),
        ("hostname: h${UNSET}", ("variable_blanked", "compose.yaml:4:15")),
    ],
)
def test_silent_trap(service: str, expected: tuple[str, str], tmp_path: Path) -> None:
    loaded = project(tmp_path, {"compose.yaml": f"services:\n  app:\n    image: x\n    {service}\n"})
    assert expected in traps(loaded)


@pytest.mark.parametrize(
    "service",
    [
        "environment:\n      PASSWORD: pa$$word",
        "environment:\n      PORT: 8080",
        'environment:\n      PIN: "0123456789"',
        "environment:\n      URL: ${HOST:-db}/x",
        "environment:\n      - PIN=0123456789",
        'ports:\n      - "${BIND:-127.0.0.1}:80:80"',
        "command: sh -c 'migrate && serve'",
        "command: [sh, -c, migrate && serve]",
    ],
)
def test_no_trap(service: str, tmp_path: Path) -> None:
    loaded = project(tmp_path, {"compose.yaml": f"services:\n  app:\n    image: x\n    {service}\n"})
    assert traps(loaded) == []


def test_a_loopback_port_beside_the_public_one_is_a_trap(tmp_path: Path) -> None:
    files = {
        "compose.yaml": 'services:\n  db:\n    image: x\n    ports: ["5432:5432"]\n',
        "over.yaml": 'services:\n  db:\n    ports: ["127.0.0.1:5432:5432"]\n',
    }
    loaded = project(tmp_path, files, "compose.yaml", "over.yaml")
    assert traps(loaded) == [("loopback_beside_public", "over.yaml:3:13")]
    assert len(loaded.services[0].ports) == 2


def test_a_comment_that_became_a_value_is_a_trap(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {app: {image: x, env_file: a.env}}\n",
        "a.env": "SECRET= # 64 random characters\n",
    }
    assert ("comment_as_value", "a.env:1:1") in traps(project(tmp_path, files))


def test_a_value_that_is_a_comment_is_a_trap(tmp_path: Path) -> None:
    text = "services:\n  app:\n    image: x\n    environment:\n      A: #secret\n      B: # a note\n      C:\n"
    loaded = project(tmp_path, {"compose.yaml": text}, environment={"B": "x"})
    assert traps(loaded) == [("value_is_comment", "compose.yaml:5:7"), ("value_is_comment", "compose.yaml:6:7")]


def test_a_dollar_in_the_project_s_env_file_is_a_trap(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {app: {image: x, environment: {A: '${A}'}}}\n",
        ".env": "A=pa$word\nB= # none\n",
    }
    assert traps(project(tmp_path, files)) == [("dollar_in_value", ".env:1:1"), ("comment_as_value", ".env:2:1")]


# -- hostile input ------------------------------------------------------------------------------------------------------


def bomb() -> str:
    lines = ["x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join([*lines, "services: {app: {image: x}}"])


HOSTILE = {
    "alias bomb": (bomb(), "too_large", 6),
    "deep nesting": ("x-a: " + "[" * 100_000 + "]" * 100_000, "too_deep", 1),
    "huge scalar": ("services: {app: {image: '" + "x" * 100_000_000 + "'}}", "too_large", None),
    "include cycle": ("include: [compose.yaml]\nservices: {app: {image: x}}\n", "include_cycle", 1),
    "extends cycle": ("services:\n  a: {extends: b}\n  b: {extends: a}\n", "extends_cycle", 2),
    "include outside": ("include:\n  - ../../outside.yaml\nservices: {app: {image: x}}\n", "outside_project", 2),
    "extends outside": ("services:\n  a: {extends: {file: /etc/passwd, service: x}}\n", "outside_project", 2),
    "published is a mapping": ("services:\n  a: {image: x, ports: [{target: 1, published: {}}]}\n", "wrong_type", 2),
    "target is a mapping": ("services:\n  a: {image: x, configs: [{source: c, target: {a: b}}]}\n", "wrong_type", 2),
    "include NUL": ('include: ["a\\0b"]\nservices: {app: {image: x}}\n', "invalid_path", 1),
    "extends NUL": ('services:\n  a: {extends: {file: "a\\0b", service: x}}\n', "invalid_path", 2),
    "include of itself many times": ("include: [{path: a.yaml}, {path: a.yaml}]\n", "missing", 1),
    "port ranges": (
        'services: {a: {image: x, ports: ["1-65535:1-65535", "1.1.1.1:1-65535:1-65535"]}}',
        "too_many_ports",
        1,
    ),
    "many variables": (f"services: {{a: {{image: x, labels: {{a: '{'$A' * 200_000}'}}}}}}", "too_large", 1),
    "nested variables": (
        f"services: {{a: {{image: x, labels: {{a: '{'${A:-' * 500}{'}' * 500}'}}}}}}",
        "nesting_too_deep",
        1,
    ),
    "long extends chain": (
        "services:\n" + "".join(f"  a{n}: {{extends: a{n + 1}}}\n" for n in range(5000)) + "  a5000: {image: x}\n",
        "too_deep",
        102,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_project_is_refused_quickly_and_names_the_line(name: str, tmp_path: Path) -> None:
    text, code, line = HOSTILE[name]
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    started = time.monotonic()
    found = refusal(tmp_path, {})
    assert time.monotonic() - started < 2
    assert found.problems[0].code == code
    assert found.problems[0].origin is not None
    assert found.problems[0].origin.line == line


def test_a_long_chain_of_includes_is_refused_where_it_gets_too_long(tmp_path: Path) -> None:
    chain = {f"c{n}.yaml": f"include: [c{n + 1}.yaml]\nservices: {{s{n}: {{image: x}}}}\n" for n in range(300)}
    found = refusal(tmp_path, {"compose.yaml": "include: [c0.yaml]\n", **chain})
    assert found.problems[0].code == "too_deep"
    assert str(found.problems[0].origin) == "c98.yaml:1:11"


def test_a_huge_file_is_not_kept_in_memory(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("x-a: '" + "x" * 100_000_000 + "'\n", encoding="utf-8")
    tracemalloc.start()
    try:
        refusal(tmp_path, {})
        assert tracemalloc.get_traced_memory()[1] < 50 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_special_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    found = refusal(tmp_path, {"compose.yaml": "include: [pipe.yaml]\nservices: {app: {image: x}}\n"})
    assert found.problems[0].code in {"empty", "unreadable"}


def test_time_grows_with_the_number_of_services(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        services = "".join(
            f"  s{n}:\n    image: x:{n}\n    environment: {{A: 1, B: '${{B:-x}}'}}\n    ports: ['127.0.0.1:{n + 1}:80']\n"
            for n in range(count)
        )
        (tmp_path / "compose.yaml").write_text(f"services:\n{services}", encoding="utf-8")
        started = time.process_time()
        assert len(project(tmp_path, {}).services) == count
        return time.process_time() - started

    seconds(10)
    assert seconds(2000) < 10 * 3 * max(seconds(200), 0.01)


# -- remote addresses where paths belong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "include: ['{0}']\n",
        "include: [{{path: '{0}'}}]\n",
        "include: [{{path: other.yaml, env_file: '{0}'}}]\n",
        "services: {{a: {{extends: {{file: '{0}', service: b}}}}}}\n",
        "services: {{a: {{image: x, env_file: '{0}'}}}}\n",
        "services: {{a: {{image: x, env_file: [{{path: '{0}'}}]}}}}\n",
        "services: {{a: {{image: x, label_file: '{0}'}}}}\n",
    ],
)
@pytest.mark.parametrize(
    "address",
    ["https://user:{0}@host.example/x.git", "https://{0}@host.example/x.git", "oci://user:{0}@host.example/x:1", "https://u:/{0}/@host.example/x"],
)  # fmt: skip
def test_credentials_of_an_address_are_not_shown(tmp_path: Path, text: str, address: str) -> None:
    token = secrets.token_hex(8)
    refused = refusal(tmp_path, {"compose.yaml": text.format(address.format(token)), "other.yaml": "services: {}\n"})
    assert "host.example" in refused.problems[0].message
    assert token not in repr(refused.problems)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/project/a/b.yaml", "a/b.yaml"),
        ("/other/a@b/c.yaml", "/other/a@b/c.yaml"),
        ("/project/a@2x.env", "a@2x.env"),
        ("/project/why?.env", "why?.env"),
        ("git@github.com:org/x.git", "git@github.com:org/x.git"),
        ("https://host.example/x@v1", "https://host.example/x@v1"),
        ("/project/https:/u:p@host.example/x", "https:/***@host.example/x"),
        ("https://u:a/b@c@host.example/x", "https://***@host.example/x"),
        ("https://u:a?b@host.example/x", "https://***@host.example/x"),
        ("https://host.example/x?token=t", "https://host.example/x?***"),
        ("/project/u:p@host.example/x", "***@host.example/x"),
    ],
)
def test_names_of_paths(path: str, name: str) -> None:
    assert relative_name(path, "/project") == name


@pytest.mark.parametrize(
    ("written", "closed"),
    [("${NAME", False), ("a${NAME:-b", False), ("${NAME ${OTHER}", False), ("${-}", True), ("${}", True)],
)
def test_a_brace_that_is_missing_is_said_to_be_missing(tmp_path: Path, written: str, *, closed: bool) -> None:
    text = f'services:\n  app:\n    image: app\n    environment:\n      SECRET_KEY: "{written}"\n'
    (problem, *_) = refusal(tmp_path, {"compose.yaml": text}).problems
    assert problem.code == "invalid_interpolation"
    assert ("never closed" in problem.message) is not closed
    assert problem.hint.startswith("Write `${NAME}`") is not closed
