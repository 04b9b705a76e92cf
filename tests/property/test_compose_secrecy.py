"""No secret of a Compose project leaves the gate, wherever it is written and whatever Compose makes of it."""

from __future__ import annotations

import json

from gating import every_output, judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import HIDING_PLACES, canaries
from test_secrecy import assert_hidden

from preflight.gate.request import ComposeProjectFiles, Request
from preflight.gate.resolved import resolved
from preflight.probes.clock import Clock
from preflight.probes.files import FileProbe
from preflight.probes.git import GitProbe
from preflight.renderers import _subjects

SLOW = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
PROJECT = ComposeProjectFiles(files=("compose.yaml",), environment={})


def outputs(folder):
    report = judge(folder, stage="build", process=None, compose=PROJECT)
    request = Request(
        folder=str(folder), stage="build", home={}, bindings={}, compose=PROJECT, files=FileProbe(str(folder)),
        git=GitProbe({}, str(folder)), clock=Clock(),
    )  # fmt: skip
    shown = resolved(request)
    return "\n".join([every_output(report), json.dumps(shown, ensure_ascii=False), _subjects.render(shown)])


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


@SLOW
@given(
    place=st.sampled_from(HIDING_PLACES),
    secret=canaries,
    how=st.sampled_from(["literal", "dollar", "default", "dotenv", "env_file", "command", "flag", "label", "argument", "secret", "mixed"]),
)  # fmt: skip
def test_a_planted_secret_shows_up_nowhere(tmp_path_factory, place, secret, how):
    folder = tmp_path_factory.mktemp("compose")
    name, template = place
    value = template.format(secret)
    service: dict[str, object] = {"image": "example/app:1", "environment": {"ENV": "production"}}
    project: dict[str, object] = {"services": {"app": service}}
    (folder / "other.env").write_text("A=1\n")
    (folder / ".env").write_text("B=1\n")
    literal = value.replace("$", "$$")
    environment = {"ENV": "production"}
    if how == "literal":
        environment[name] = literal
    elif how == "dollar":
        environment["DB_PASSWORD"] = "pa$" + secret
    elif how == "mixed":
        environment[name] = "${NOT_SET}" + literal
    elif how == "default":
        environment[name] = "${NOT_SET:-" + literal.replace("}", "") + "}"
    elif how == "dotenv":
        (folder / ".env").write_text(f"X='{value}'\n", encoding="utf-8")
        environment[name] = "${X}"
    elif how == "env_file":
        (folder / "other.env").write_text(f"{name}={value}\n", encoding="utf-8")
        service["env_file"] = ["other.env"]
    elif how == "command":
        service["command"] = ["run", "--password", literal]
    elif how == "flag":
        service["command"] = f"run --requirepass {secret} -p{secret} --token={secret}"
    elif how == "label":
        service["labels"] = {"app.api_key": literal}
    elif how == "argument":
        service["build"] = {"context": ".", "args": {"API_TOKEN": literal}}
    else:
        project["secrets"] = {"s": {"environment": "X"}}
        (folder / ".env").write_text(f"X='{value}'\n", encoding="utf-8")
        service["secrets"] = ["s"]
        environment["API_TOKEN_FILE"] = "/run/secrets/s"
    service["environment"] = environment
    (folder / "compose.yaml").write_text(json.dumps(project, ensure_ascii=False), encoding="utf-8")
    assert_hidden(secret, outputs(folder))
