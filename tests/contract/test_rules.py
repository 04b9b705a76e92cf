"""Every rule is whole: documented, with examples that run and that its expectation decides."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from preflight.documents.nodes import Mapping
from preflight.documents.yaml import load
from preflight.gate.examples import examples_of, flips, run_example
from preflight.packs.library import assemble, builtin_packs, builtin_path, builtin_profile, profile_names
from preflight.packs.reader import read_pack, read_profile

PACK_FILES = sorted(name for name in os.listdir(builtin_path()) if name.endswith(".yaml"))
TREES = {name: load(Path(builtin_path(), name).read_text(encoding="utf-8")) for name in PACK_FILES}
EXAMPLES = [example for root in TREES.values() for example in examples_of(root)]
RULES = {rule.id: rule for pack in builtin_packs() for rule in pack.rules}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule}-{'pass' if e.passes else 'fail'}-{e.number}")
def test_an_example_is_judged_as_it_says_and_the_expectation_decides_it(example):
    result = run_example(example)
    assert result.kept, result.explanation
    mutated = flips(example)
    assert mutated.kept, mutated.explanation


@pytest.mark.parametrize("name", PACK_FILES)
def test_packs_that_ship_keep_the_schema(name):
    with open(f"{builtin_path()}/{name}", encoding="utf-8") as file:
        pack = read_pack(
            file.read(),
            name,
            known={p.name: p for other in builtin_packs() for p in other.parameters if f"{other.name}.yaml" != name},
        )
    assert pack.rules


@pytest.mark.parametrize("name", profile_names())
def test_profiles_that_ship_keep_the_schema_and_assemble(name):
    with open(f"{builtin_path()}/profiles/{name}.yaml", encoding="utf-8") as file:
        assert read_profile(file.read(), name).name == name
    assert assemble(name).rules
    assert builtin_profile(name).title


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_to_do(rule):
    assert rule.references
    last = rule.remediation.splitlines()[-1]
    snippet = "\n" in rule.remediation and last.partition(": ")[0].replace("_", "").isalpha()
    assert last.startswith("$ ") or last.endswith((".", ").", ".]", "{remedy}")) or snippet
    assert rule.rationale.endswith(".")
    assert not rule.title.endswith(".")
    assert rule.message is None or "{name}" in rule.message or rule.required


def test_there_is_at_least_one_pass_and_one_fail_example_for_each_rule():
    for side in (True, False):
        assert {example.rule for example in EXAMPLES if example.passes is side} == set(RULES)


def test_what_must_stop_a_start_is_at_or_above_the_default_threshold():
    """Warnings are deliberate: this is the whole list of them in the production profile."""
    warnings = {rule.id for rule in assemble("production").rules if rule.severity in {"medium", "low"}}
    # Those of hardening apply in the profile of that name only.
    warnings = {rule for rule in warnings if not rule.startswith("hardening-")}
    assert warnings == {
        "ca-renewal",
        "certificate-key-recommended",
        "certificate-lifetime",
        "certificate-names",
        "certificate-renewal",
        "certificate-server-chain",
        "certificate-strict",
        "compose-mount-source",
        "compose-secret-as-file",
        "compose-secret-required",
        "compose-secret-shown-in-processes",
        "compose-secret-whole",
        "compose-value-comment",
        "compose-value-text-changed",
        "compose-value-variable-unset",
        "container-image-pinned",
        "cors-local-origin",
        "cors-unmatchable",
        "env-file-blanked",
        "env-line-portable",
        "environment-declared",
        "environment-known",
        "jwt-key-recommended",
        "live-endpoint-certificate-renewal",
        "live-postgres-certificate-renewal",
        "live-redis-certificate-renewal",
        "live-vault-certificate-renewal",
        "live-vault-server-certificate-renewal",
        "live-vault-token-renewal",
        "postgres-driver-meaning",
        "postgres-root-certificate",
        "postgres-server-md5",
        "postgres-server-plaintext",
        "published-port-swarm",
        "redis-password-inside",
        "redis-tls-stated",
        "secret-encoded-text",
        "secret-surrounding-space",
        "tls-recommended-version",
    }


def test_profiles_only_loosen_from_production_to_test():
    """The further from production, the fewer rules block."""
    rank = {"low": 0, "medium": 1, "high": 2, "critical": 3}
    chain = [
        {rule.id: rank[rule.severity] for rule in assemble(name).rules}
        for name in ("production", "staging", "development", "test")
    ]
    for stricter, looser in zip(chain, chain[1:], strict=False):
        assert all(severity <= stricter[rule] for rule, severity in looser.items())


def test_trees_and_rules_agree():
    for name, root in TREES.items():
        assert isinstance(root, Mapping), name
    assert len(RULES) >= 45
