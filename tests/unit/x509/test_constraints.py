"""Corners of name constraints that no whole chain of the comparison with OpenSSL has."""

from __future__ import annotations

import pytest
from cryptography import x509
from support.pki import Shape, ca, issue, name

from preflight.x509.constraints import _like_dns, constrained
from preflight.x509.links import Link, canonical, read_link


def chain(leaf: Shape, between: Shape) -> list[Link]:
    root = ca()
    found = [read_link(der) for der in (issue(leaf, between), issue(between, root), issue(root))]
    return [one for one in found if one is not None]


@pytest.mark.parametrize(
    ("common_name", "plausible"),
    [
        ("db.example.test", True),
        ("a_b.test", True),
        ("a-b.test", True),
        ("localhost", False),
        ("Jane Doe", False),
        (".test", False),
        ("test.", False),
        ("a..test", False),
        ("a-.test", False),
        ("a.-test", False),
        ("*.a.test", False),
        ("é.test", False),
    ],
)
def test_common_names_that_look_like_hosts(common_name, plausible):
    assert _like_dns(common_name) is plausible
    found = chain(Shape(common_name, dns=()), ca("Between", number=2, permitted=("other.example",)))
    assert list(constrained(found)) == ([0] if plausible else [])


def test_a_registered_id_is_never_within_what_is_permitted_and_always_within_what_is_excluded():
    one = x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))
    leaf = Shape(sans=(one,))
    assert list(constrained(chain(leaf, ca("Between", number=2, permitted=(one,))))) == [0]
    assert list(constrained(chain(leaf, ca("Between", number=2, excluded=(one,))))) == [0]


def test_an_address_in_the_subject_counts():
    leaf = Shape(
        subject=x509.Name([x509.NameAttribute(x509.NameOID.EMAIL_ADDRESS, "a@other.test")]), dns=("a.example.test",)
    )
    allowed = ca("Between", number=2, permitted=(x509.RFC822Name("other.test"),))
    refused = ca("Between", number=2, permitted=(x509.RFC822Name("example.test"),))
    assert list(constrained(chain(leaf, allowed))) == []
    assert list(constrained(chain(leaf, refused))) == [0]


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Root", "rOOT", True),
        ("Root  CA", " Root CA ", True),
        ("Root\tCA", "Root CA", True),
        ("RootCA", "Root CA", False),
        ("É", "é", False),
    ],
)
def test_names_are_compared_in_a_canonical_form(left, right, same):
    assert (canonical(name(left)) == canonical(name(right))) is same
