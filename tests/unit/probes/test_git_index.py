from __future__ import annotations

import pytest

from preflight.probes.git_config import UnanswerableError
from preflight.probes.git_index import Entry, find_entry

FILE, DIRECTORY = 0o100644, 0o040000


def entry(
    name: bytes, *, version: int, before: bytes = b"", mode: int = FILE, more: int = 0, hash_size: int = 20
) -> bytes:
    flags = min(len(name), 0xFFF) | (0x4000 if more else 0)
    head = bytes(24) + mode.to_bytes(4, "big") + bytes(12 + hash_size) + flags.to_bytes(2, "big")
    head += more.to_bytes(2, "big") if more else b""
    if version == 4:
        shared = next(
            (at for at, (a, b) in enumerate(zip(before, name, strict=False)) if a != b), min(len(before), len(name))
        )
        return head + number(len(before) - shared) + name[shared:] + b"\0"
    return head + name + b"\0" * (8 - (len(head) + len(name)) % 8)


def number(value: int) -> bytes:
    """Write a number as pack files do: seven bits a byte, the highest first, one less for each byte that follows."""
    digits = [value & 0x7F]
    while value := value >> 7:
        value -= 1
        digits.insert(0, value & 0x7F | 0x80)
    return bytes(digits)


def index(
    *names: bytes, version: int = 2, extensions: bytes = b"", mode: int = FILE, more: int = 0, hash_size: int = 20
) -> bytes:
    found, before = b"", b""
    for name in names:
        found += entry(name, version=version, before=before, mode=mode, more=more, hash_size=hash_size)
        before = name
    head = b"DIRC" + version.to_bytes(4, "big") + len(names).to_bytes(4, "big")
    return head + found + extensions + bytes(hash_size)


def extension(name: bytes, content: bytes = b"") -> bytes:
    return name + len(content).to_bytes(4, "big") + content


NAMES = (b".env", b"a", b"a/b", b"a/b-c", b"a/long/" + b"x" * 5000, b"b", b"b" * 4095, b"\xff")


@pytest.mark.parametrize("version", [2, 3, 4])
@pytest.mark.parametrize("hash_size", [20, 32])
@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found(version: int, hash_size: int, name: bytes) -> None:
    data = index(*NAMES, version=version, hash_size=hash_size)
    assert find_entry(data, name, hash_size=hash_size) == Entry()
    assert find_entry(data, name + b"/.env", hash_size=hash_size) is None
    assert find_entry(data, name[:-1] or b"z", hash_size=hash_size) == (Entry() if name[:-1] in NAMES else None)


@pytest.mark.parametrize("version", [2, 3, 4])
def test_a_part_of_a_name_is_no_name(version: int) -> None:
    data = index(b"a/.env", b"b", version=version)
    for name in (b".env", b"a", b"a/", b"env", b"\0"):
        assert find_entry(data, name, hash_size=20) is None


@pytest.mark.parametrize("version", [3, 4])
def test_what_is_left_out_of_the_work_tree_is_told(version: int) -> None:
    assert find_entry(index(b"a", b"b", version=version, more=0x4000), b"b", hash_size=20) == Entry(skip_worktree=True)
    assert find_entry(index(b"a", b"b", version=version, more=0x2000), b"b", hash_size=20) == Entry(skip_worktree=False)


def test_no_index_is_an_empty_one() -> None:
    assert find_entry(b"", b"a", hash_size=20) is None
    assert find_entry(index(), b"a", hash_size=20) is None


def test_harmless_extensions_are_passed_by() -> None:
    data = index(b"a", b"c", extensions=extension(b"TREE", b".env\0link") + extension(b"EOIE", bytes(24)))
    assert find_entry(data, b".env", hash_size=20) is None  # the name stands in an extension only
    assert find_entry(data, b"c", hash_size=20) == Entry()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"DIRC", "no index"),
        (b"nothing of the kind" * 5, "no index"),
        (index(b"a", version=5), "version 5"),
        (index(b"a", extensions=extension(b"link", bytes(20))), "split"),
        (index(b"a", version=4, extensions=extension(b"next") + extension(b"TREE")), "not known"),
        (index(b"z/", mode=DIRECTORY, extensions=extension(b"sdir")), "sparse"),
        (index(b"a", version=4, extensions=b"TREE\xff\xff\xff\xff"), "damaged"),
        (index(b"a", version=4, extensions=b"TR"), "damaged"),
    ],
)
def test_what_an_index_does_not_say(data: bytes, reason: str) -> None:
    with pytest.raises(UnanswerableError, match=reason):
        find_entry(data, b"z/a", hash_size=20)


@pytest.mark.parametrize("version", [2, 4])
def test_an_index_that_is_cut_off_never_denies_what_it_lost(version: int) -> None:
    whole = index(b"a", b"b/.env", b"c", version=version)
    for length in range(1, len(whole)):
        try:
            found = find_entry(whole[:length], b"b/.env", hash_size=20)
        except UnanswerableError:
            continue
        assert found == Entry() or (version == 2 and b"b/.env" not in whole[:length])


def test_a_number_that_cuts_more_than_there_is() -> None:
    data = bytearray(index(b"a", version=4))
    data[12 + 40 + 20 + 2] = 5
    with pytest.raises(UnanswerableError, match="damaged"):
        find_entry(bytes(data), b"a", hash_size=20)
