"""What Compose makes of texts: the facts that rules are about."""

from __future__ import annotations

import pytest

HEAD = "services:\n  app:\n    image: example/app:1\n"


def facts(one):
    """Return the facts that say that something is changed."""
    return {
        name: value
        for name, value in one.items()
        if name in {"cut_at_dollar", "unset", "text_changed", "comment", "cut_at_operator"} and value not in (None, False, ())
    }  # fmt: skip


ENTRIES = [
    ("API_PASSWORD: pa$word", "secret", {"cut_at_dollar": True}),
    ("API_PASSWORD: pa$WORD", "secret", {"cut_at_dollar": True}),
    ("API_PASSWORD: pa$$word", "secret", {}),
    ("API_PASSWORD: ${word}", "secret", {"unset": ("word",)}),
    ("- API_PASSWORD=$WORD", "secret", {"unset": ("a variable",)}),
    ("API_PASSWORD: 0123456789", "secret", {"text_changed": True}),
    ('API_PASSWORD: "0123456789"', "secret", {}),
    ("- API_PASSWORD=0123456789", "secret", {}),
    ("API_PASSWORD: #abc", "secret", {"comment": "instead of a value"}),
    ("OPTIONS: -Dhome=$HOME_DIR/x", "other", {"unset": ("a variable",)}),
    ("OPTIONS: costs$much", "other", {"cut_at_dollar": True}),
    ("VERSION: 1.10", "other", {"text_changed": True}),
    ("DEBUG: True", "other", {}),
    ("SINCE: 2024-01-31", "other", {"text_changed": True}),
    ("SEARCH_URL: https://${UNSET}/", "connection", {"unset": ("UNSET",)}),
    ("SEARCH_HOST: ${UNSET}", "connection", {"unset": ("UNSET",)}),
    ("REGION: ${UNSET:-}", "other", {}),
    ("REGION: ${UNSET:+x}", "other", {}),
    ("REGION: ${UNSET:-here}", "other", {}),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "sort", "expected"), ENTRIES)
def test_of_the_environment(of_compose, entry, sort, expected):
    found = of_compose("compose_value", f"{HEAD}    environment:\n      {entry}\n")
    if entry == "DEBUG: True":  # nobody notices `true` for it, and there is nothing else to say
        assert not any(facts(one) for one in found.values())
        return
    (one,) = found.values()
    assert (one.sort, facts(one)) == (sort, expected)


def test_an_env_file_of_a_service(of_compose):
    text = "API_PASSWORD=pa$word\nAPI_TOKEN= # made by the pipeline\nREGION=${UNSET}\nGOOD='pa$word'\n"
    found = of_compose("compose_value", f"{HEAD}    env_file: app.env\n", files={"app.env": text})
    assert {name: facts(one) for name, one in found.items()} == {
        "API_PASSWORD": {"cut_at_dollar": True},
        "API_TOKEN": {"comment": "as its value"},
        "REGION": {"unset": ("UNSET",)},
        "GOOD": {},
    }
    assert str(found["API_PASSWORD"].origin) == "app.env:1:1"


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("command: migrate && serve", "command", {"cut_at_operator": True}),
        ("command: sh -c 'migrate && serve'", "command", {}),
        ("entrypoint: a; b", "entrypoint", {"cut_at_operator": True}),
        ("command: serve --name=$host", "command", {"cut_at_dollar": True}),
        ("command: serve --name=${HOST}", "command", {"unset": ("HOST",)}),
        ("hostname: h${UNSET}", "hostname", {"unset": ("UNSET",)}),
        ('labels: {a: "${UNSET}"}', "labels", {"unset": ("UNSET",)}),
    ],
)
def test_of_fields(of_compose, line, name, expected):
    found = of_compose("compose_value", f"{HEAD}    {line}\n")
    assert {key: facts(one) for key, one in found.items()} == {name: expected}


def test_a_secret_of_a_command_is_said_of_the_secret(of_compose):
    found = of_compose("compose_value", f"{HEAD}    command: redis-server --requirepass ${{UNSET}}\n")
    assert facts(found["command"]) == {}


def test_ports_are_judged_elsewhere(of_compose):
    assert of_compose("compose_value", f'{HEAD}    ports: ["${{UNSET}}:80:80"]\n') == {}


def test_a_piece_of_a_password_is_not_shown(of_compose):
    canary = "KQZXJVWYPB"
    text = f"{HEAD}    environment:\n      API_PASSWORD: pa${canary}\n      OPTIONS: x${canary}\n    command: a --password x${canary}\n"
    for kind in ("compose_value", "compose_secret"):
        for one in of_compose(kind, text).values():
            assert canary not in repr(one)
