"""Options are checked before anything is made: all problems at once, and no value quoted."""

from __future__ import annotations

import pytest

from preflight.certificates.options import CA_COMMON_NAME, CreateOptions, plan
from preflight.errors import UsageError


def refused(**options):
    with pytest.raises(UsageError) as error:
        plan(CreateOptions(**{"directory": "ssl", **options}))
    return error.value.problems


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        ({"country": "USA"}, "invalid_country", "--country"),
        ({"country": "U"}, "invalid_country", "--country"),
        ({"country": ""}, "invalid_country", "--country"),
        ({"country": "U1"}, "invalid_country", "--country"),
        ({"country": "\u00c4\u00d6"}, "invalid_country", "--country"),
        ({"days": 0}, "days_out_of_range", "--days"),
        ({"days": -1}, "days_out_of_range", "--days"),
        ({"days": 7301}, "days_out_of_range", "--days"),
        ({"days": 10**30}, "days_out_of_range", "--days"),
        ({"days": 366, "ca_days": 365}, "days_out_of_range", "--ca-days"),
        ({"ca_days": 7301}, "days_out_of_range", "--ca-days"),
        ({"common_name": ""}, "invalid_host", "--cn"),
        ({"common_name": "My Server"}, "invalid_host", "--cn"),
        ({"common_name": ".".join(["a" * 20] * 4)}, "too_long", "--cn"),
        ({"hosts": ("db", "db:5432")}, "invalid_host", "--host number 2"),
        ({"client_name": ""}, "invalid_client", "--client"),
        ({"client_name": "a\nb"}, "invalid_client", "--client"),
        ({"client_name": "\udc80"}, "invalid_client", "--client"),
        ({"client_name": "\u00e4" * 33}, "too_long", "--client"),
        ({"client_name": CA_COMMON_NAME}, "invalid_client", "--client"),
        ({"state": "x" * 129}, "too_long", "--state"),
        ({"city": "a\0b"}, "unprintable", "--city"),
        ({"organisation": "x" * 65}, "too_long", "--org"),
        ({"organisation": "\udc80"}, "unprintable", "--org"),
        ({"key_type": "dsa"}, "unknown_key_type", "key type"),
        ({"directory": ""}, "invalid_directory", "directory"),
        ({"directory": "a\0b"}, "invalid_directory", "directory"),
    ],
)
def test_a_wrong_option_is_a_usage_error_that_names_it(options, code, named):
    (problem,) = refused(**options)
    assert problem.code == code
    assert named in problem.message
    assert problem.message.endswith(".")
    assert problem.hint


def test_all_problems_are_told_at_once():
    problems = refused(country="USA", days=0, hosts=("a b", "c d"), client_name="")
    assert [problem.code for problem in problems] == [
        "invalid_host", "invalid_host", "invalid_country", "invalid_client", "days_out_of_range",
    ]  # fmt: skip


def test_a_value_is_never_quoted():
    given = "postgresql://u:canary-4711@db/x"
    problems = refused(common_name=given, hosts=(given,), country=given, state=given + "\n", client_name=given + "\n")
    assert len(problems) == 5
    assert "canary" not in repr(problems)


def test_the_server_is_always_reached_by_its_name_and_as_localhost():
    hosts = plan(CreateOptions(directory="ssl", hosts=("localhost", "10.0.0.5", "POSTGRES", "0:0::1"))).hosts
    assert [host.value for host in hosts] == ["postgres", "localhost", "127.0.0.1", "::1", "10.0.0.5"]


@pytest.mark.parametrize(("days", "ca_days"), [(1, 3650), (365, 3650), (3285, 3650), (3650, 4015), (7300, 7300)])
def test_the_ca_outlives_what_it_signs_as_far_as_it_may(days, ca_days):
    assert plan(CreateOptions(directory="ssl", days=days)).ca_days == ca_days


def test_empty_places_are_left_out_and_the_country_is_in_capitals():
    made = plan(CreateOptions(directory="ssl", country="de", state="", city="", organisation="Example"))
    assert made.place == (("C", "DE"), ("O", "Example"))
