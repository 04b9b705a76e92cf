"""What rows of `pg_hba.conf` leave to those below them: the same as comparing each with each, in a time that grows with the file."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from preflight.postgres.hba import read_access
from preflight.postgres.hba_coverage import Above

_NAMES = st.lists(st.sampled_from(["all", "a", "b", "replication", "@f", '"all"', "+g"]), min_size=1, max_size=3).map(
    ",".join
)
_ADDRESSES = st.sampled_from(
    [
        "all",
        "10.0.0.0/8",
        "10.1.0.0/16",
        "10.1.2.3/32",
        "10.0.0.1 255.0.0.255",
        "::/0",
        "fd00::/8",
        "samenet",
        "host.example",
        "127.0.0.1/32",
    ]
)
_ROWS = st.builds("host {} {} {} md5".format, _NAMES, _NAMES, _ADDRESSES)


def covers(outer, inner):
    def names(outer, inner, *, databases):
        return all(
            one in outer
            or (
                ("all", False) in outer
                and not (databases and (one == ("replication", False) or (one[0].startswith("@") and not one[1])))
            )
            for one in inner
        )

    return names(outer.databases, inner.databases, databases=True) and names(outer.users, inner.users, databases=False)


@given(st.lists(_ROWS, max_size=12))
def test_it_is_what_comparing_each_with_each_says(lines):
    rows = read_access("\n".join(lines)).rows
    above = Above()
    for position, row in enumerate(rows):
        expected = all(
            any(covers(one, row) and any(outer.covers(block) for outer in one.addresses) for one in rows[:position])
            for block in row.addresses
            if not block.is_local
        )
        assert above.cover(row) is expected
        above.add(row)


def seconds(lines):
    started = time.process_time()
    access = read_access("\n".join(lines))
    assert access.plaintext_rows()
    return time.process_time() - started


def test_thousands_of_rows_take_no_square_of_time():
    assert seconds([f"host db{one} user{one} 10.{one // 256}.{one % 256}.1/32 md5" for one in range(8000)]) < 2
    assert seconds([f"host all,x{one} all,y{one} 10.{one // 256}.{one % 256}.1/32 md5" for one in range(8000)]) < 4
    wide = ",".join(f"n{one}" for one in range(300))
    assert seconds([f"host {wide} {wide} 10.0.{one}.1/32 md5" for one in range(60)]) < 2


def test_beyond_the_bound_a_row_counts_as_reached():
    wide = ",".join(f"n{one}" for one in range(400))
    rows = read_access(f"host {wide} {wide} all reject\nhost n1 n1 all md5\n")
    assert [row.line for row in rows.plaintext_rows()] == [2]
