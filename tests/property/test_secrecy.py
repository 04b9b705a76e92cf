"""No secret leaves the gate: canaries never show, and what a secret is changes nothing that is said."""

from __future__ import annotations

import base64
import json
import urllib.parse

from gating import every_output, judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import HIDING_PLACES, canaries, environments

SLOW = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def forms(secret):
    raw = secret.encode()
    yield secret
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    yield raw.hex()
    yield urllib.parse.quote(secret)
    yield json.dumps(secret)[1:-1]
    yield repr(secret)[1:-1]
    yield secret[::-1]


def assert_hidden(secret, text):
    for form in forms(secret):
        assert form not in text
    # Not even a piece of it: no four characters in a row.
    for start in range(len(secret) - 3):
        assert secret[start : start + 4] not in text
        assert json.dumps(secret[start : start + 4])[1:-1] not in text


@SLOW
@given(place=st.sampled_from(HIDING_PLACES), secret=canaries, others=environments)
def test_a_planted_secret_shows_up_nowhere(place, secret, others):
    name, template = place
    report = judge(process={**others, "ENV": "production", name: template.format(secret)})
    assert_hidden(secret, every_output(report))


@SLOW
@given(
    place=st.sampled_from(HIDING_PLACES),
    secret=canaries,
    quote=st.sampled_from(["", "'", '"', "`"]),
    dialect=st.sampled_from(["compose", "dotenv", "shell"]),
)
def test_a_secret_in_an_env_file_shows_up_nowhere(tmp_path_factory, place, secret, quote, dialect):
    folder = tmp_path_factory.mktemp("secrecy")
    name, template = place
    value = template.format(secret)
    (folder / ".env").write_text(
        f"ENV=production\n{name}={quote}{value}{quote}\nBROKEN {value}\n{value}\nTAIL={quote}{value}\n",
        encoding="utf-8",
    )
    report = judge(folder, stage="build", process=None, env_files=(".env",), dialect=dialect)
    assert_hidden(secret, every_output(report))


@SLOW
@given(secret=canaries)
def test_a_secret_in_a_file_or_an_example_shows_up_nowhere(tmp_path_factory, secret):
    folder = tmp_path_factory.mktemp("secrecy")
    (folder / "token").write_text(secret + "\n\n" + secret, encoding="utf-8")
    (folder / ".env.example").write_text(f"API_TOKEN={secret}\n# @sensitive {secret}\nX={secret}\n", encoding="utf-8")
    report = judge(
        folder,
        process={"ENV": "production", "API_TOKEN_FILE": "token", "SESSION_SECRET": secret},
        contracts=(".env.example",),
    )
    assert_hidden(secret, every_output(report))


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
randoms = st.integers(0, 2**300).map(lambda n: "".join(ALPHABET[(n >> (6 * i)) % 62] for i in range(40)))


@SLOW
@given(
    first=randoms,
    second=randoms,
    name=st.sampled_from(["JWT_SECRET", "DB_PASSWORD", "SESSION_SECRET", "API_KEY"]),
    others=environments,
)
def test_two_secrets_that_are_judged_alike_give_the_same_bytes(first, second, name, others):
    base = {**others, "ENV": "production"}
    reports = [judge(process={**base, name: secret}) for secret in (first, second)]
    verdicts = [[(f["rule"], f["status"], f["resource"]) for f in report["findings"]] for report in reports]
    if verdicts[0] == verdicts[1]:
        assert every_output(reports[0]) == every_output(reports[1])
