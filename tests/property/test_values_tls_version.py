"""TLS versions: whatever is written, an answer is on the scale, and a list allows what its parts allow."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.values.tls_version import SCALE, normalise, normalise_range, weak_cipher_tokens

SPELLINGS = {
    "1.0": ["TLSv1", "TLSv1.0", "tls10", "1.0", "0x0301"],
    "1.1": ["TLSv1.1", "TLS1_1", "VersionTLS11", "1.1", "770"],
    "1.2": ["TLSv1.2", "TLS1_2", "tls12", "TLS_V1_2", "1.2", "771"],
    "1.3": ["TLSv1.3", "TLS1_3", "VersionTLS13", "v1.3", "1.3", "0x0304"],
}
versions = st.sampled_from(sorted(SPELLINGS))
written = versions.flatmap(lambda version: st.tuples(st.just(version), st.sampled_from(SPELLINGS[version])))
likely = st.text(alphabet="tlsvTLSV0123x._-+!, :[]\"'>=al", max_size=24)


@settings(deadline=None)
@given(st.one_of(st.text(), likely))
def test_every_text_has_an_answer_on_the_scale(text: str) -> None:
    assert normalise(text) in {None, *SCALE}
    ends = normalise_range(text)
    assert ends is None or SCALE.index(ends[0]) <= SCALE.index(ends[1])
    assert all(token and not token.startswith(("!", "-")) for token in weak_cipher_tokens(text))


@settings(deadline=None)
@given(st.lists(written, min_size=1, max_size=6), st.sampled_from([" ", ",", ", ", ":", "|", ";", "\n"]))
def test_a_plain_list_runs_from_its_lowest_to_its_highest(listed: list[tuple[str, str]], separator: str) -> None:
    ranks = [SCALE.index(version) for version, _ in listed]
    assert normalise_range(separator.join(text for _, text in listed)) == (SCALE[min(ranks)], SCALE[max(ranks)])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), written), max_size=6))
def test_a_list_with_signs_is_read_from_left_to_right(steps: list[tuple[bool, tuple[str, str]]]) -> None:
    enabled = set(SCALE[1:])
    words = ["all"]
    for added, (version, text) in steps:
        words.append(("+" if added else "-") + text)
        enabled = enabled | {version} if added else enabled - {version}
    ranks = sorted(map(SCALE.index, enabled))
    assert normalise_range(" ".join(words)) == (SCALE[ranks[0]], SCALE[ranks[-1]])


@settings(deadline=None)
@given(written, st.text(alphabet="4567890abz", min_size=1, max_size=3))
def test_more_digits_or_letters_name_no_version(one: tuple[str, str], tail: str) -> None:
    assert normalise(f"{one[1]}.{tail}x") is None
