"""Gaps and agendas, with the arithmetic spelled out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.catalog import MeetingRow
from semsearch.coverage import agendas, gaps
from semsearch.records import MeetingKind


def held(*days: str, committee: str = "Byrådet", kind: MeetingKind = MeetingKind.MINUTES) -> list[MeetingRow]:
    slug = committee.lower()
    return [
        MeetingRow(
            1, f"{slug}/{day}", kind, committee, slug, date.fromisoformat(day), None, None, (), (), None, day
        )
        for day in days
    ]


MONTHLY = ("2023-01-02", "2023-01-30", "2023-02-27", "2023-03-27")  # 28 days apart: 1.75 x 28 = 49


@pytest.mark.parametrize(("day", "found"), [("2023-05-15", False), ("2023-05-16", True)])
def test_a_gap_is_longer_than_the_usual_distance_and_three_quarters(day: str, found: bool) -> None:
    """The 15th is 49 days after 27 March, the 16th 50."""
    expected = {
        "committee": "Byrådet",
        "after": "2023-03-27",
        "before": day,
        "days": 50,
        "usual_days": 28,
    }
    assert gaps(held(*MONTHLY, day)) == ([expected] if found else [])


def test_a_gap_has_at_least_45_days() -> None:
    weekly = held("2023-01-02", "2023-01-09", "2023-01-16", "2023-01-23", "2023-03-08")
    assert gaps(weekly) == []  # 44 days
    assert len(gaps([*weekly[:4], *held("2023-03-09")])) == 1


def test_july_does_not_count() -> None:
    summer = held("2023-03-06", "2023-04-03", "2023-05-01", "2023-06-12", "2023-08-07")
    assert gaps(summer) == []  # 56 days, 31 of them in July: 25
    late = held("2023-03-06", "2023-04-03", "2023-05-01", "2023-06-12", "2023-09-18")
    assert len(gaps(late)) == 1  # 98 - 31 = 67 days; usual are (28 + 42) / 2 = 35, and 1.75 x 35 = 61


def test_three_meetings_have_no_rhythm() -> None:
    assert gaps(held("2021-01-04", "2021-02-01", "2023-05-08")) == []


def test_a_body_that_has_not_met_while_others_have_is_a_gap_until_it_is_forgotten() -> None:
    silent = held(*MONTHLY)
    assert gaps([*silent, *held("2023-05-30", committee="Andet")]) == [
        {"committee": "Byrådet", "after": "2023-03-27", "before": None, "days": 64, "usual_days": 28}
    ]
    assert gaps([*silent, *held("2024-03-27", committee="Andet")]) == []


def test_bodies_have_rhythms_of_their_own() -> None:
    quarterly = held("2022-01-10", "2022-04-11", "2022-09-12", "2022-12-12", committee="Ældrerådet")
    assert gaps([*quarterly, *held("2022-10-03", "2022-10-31", "2022-11-28", "2022-12-12")]) == []


def test_agendas_wait_for_their_minutes() -> None:
    meetings = [
        *held("2023-05-08"),
        *held("2023-04-03", "2023-06-12", kind=MeetingKind.AGENDA),
    ]
    assert [(one["date"], one["overdue"]) for one in agendas(meetings)] == [
        ("2023-04-03", True),
        ("2023-06-12", False),
    ]


@given(st.integers(14, 44), st.integers(4, 30), st.dates(date(2015, 1, 1), date(2025, 1, 1)))
def test_a_body_that_meets_evenly_has_no_gap(distance: int, count: int, first: date) -> None:
    days = [first + timedelta(days=distance) * place for place in range(count)]
    assert gaps(held(*(day.isoformat() for day in days))) == []
