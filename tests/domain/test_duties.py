"""What is due, overdue and done on a day (F03, F26, F41), worked out by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cm_cli.domain.duties import Contact, Span, contact, daily, period_of, periodic, term
from cm_cli.domain.regulation.load import read
from cm_cli.domain.regulation.sections.work import Deadline, Duty, Grace

FILE = Path(__file__).parents[2] / "cm_cli/regulations/abc/abc-2001.yaml"
ABC = read(FILE.read_text(encoding="utf-8"), FILE.name)
DUTIES = {duty.code: duty for duty in ABC.duties}
TODAY = date(2016, 4, 1)
NOW = Span(None, TODAY, TODAY)


def of(every: str, grace: int | None = None) -> Duty:
    slack = None if grace is None else Grace(days=grace, article="2")
    name = {"zh": "报告", "en": "report"}
    return Duty(code="report", name=name, record="visit", every=every, grace=slack, article="1")


def weekday(day: date) -> bool:
    return day.isoweekday() <= 5


def told(lines):
    return [(line.day.isoformat(), line.state, line.late) for line in lines]


def test_a_diary_is_done_due_on_its_day_and_overdue_after_it():
    days = [date(2016, 3, 30), date(2016, 3, 31), TODAY]
    found = daily(DUTIES["diary"], days, {days[0]: 1}, NOW)
    assert told(found) == [
        ("2016-03-30", "done", 0),
        ("2016-03-31", "overdue", 1),
        ("2016-04-01", "due", 0),
    ]


@pytest.mark.parametrize(
    ("grace", "state", "late"), [(0, "overdue", 1), (1, "due", 0), (None, "overdue", 1)]
)
def test_days_of_grace_come_before_lateness(grace, state, late):
    found = daily(of("workday", grace), [date(2016, 3, 31)], {}, NOW)
    assert told(found) == [("2016-03-31", state, late)]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (date(2016, 3, 1), ("2016-03-31", "overdue", 1)),  # 30 days for a large client
        (date(2016, 3, 2), ("2016-04-01", "due", 0)),
        (date(2016, 3, 3), ("2016-04-02", "done", 0)),
        (None, ("2016-02-03", "overdue", 58)),  # never met: thirty days after the assignment
    ],
)
def test_a_client_is_due_after_the_last_contact_else_after_the_assignment(last, expected):
    found = contact(DUTIES["contact"], Contact("C1", date(2016, 1, 4), "large", last), NOW)
    assert (told([found])[0] if found else None) == expected
    if found:
        assert (found.client, found.client_class, found.article) == ("C1", "large", "8(4), 10(2)")


def test_a_client_without_class_is_never_due():
    assert contact(DUTIES["contact"], Contact("C1", date(2010, 1, 1), "", None), NOW) is None


def test_a_contact_in_the_days_asked_about_is_done_until_it_is_due_again():
    known = Contact("C1", date(2016, 1, 4), "large", date(2016, 3, 20))
    found = contact(DUTIES["contact"], known, Span(date(2016, 3, 1), TODAY, TODAY))
    assert (found.state, found.done, found.day) == ("done", date(2016, 3, 20), date(2016, 4, 19))
    later = contact(DUTIES["contact"], known, Span(None, date(2016, 4, 30), TODAY))
    assert (later.state, later.day) == ("due", date(2016, 4, 19))


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("week", [("2016-03-27", "overdue", 5)]),
        ("month", [("2016-03-31", "overdue", 1)]),
        ("quarter", [("2016-03-31", "overdue", 1)]),
        ("half_year", [("2015-12-31", "overdue", 92)]),
        ("year", [("2015-12-31", "overdue", 92)]),
    ],
)
def test_of_a_rhythm_the_latest_period_that_has_ended_is_owed(every, expected):
    assert told(periodic(of(every), None, {}, NOW, weekday)) == expected


def test_one_record_in_the_period_is_enough_and_none_is_owed_before_the_post():
    span = Span(date(2016, 1, 1), TODAY, TODAY)
    found = list(
        periodic(of("month"), None, {date(2016, 2, 3): 1, date(2016, 2, 9): 1}, span, weekday)
    )
    assert told(found) == [
        ("2016-01-31", "overdue", 61),
        ("2016-02-29", "done", 0),
        ("2016-03-31", "overdue", 1),
    ]
    assert found[1].done == date(2016, 2, 9)
    after = periodic(of("month"), date(2016, 2, 2), {}, span, weekday)
    assert told(after) == [("2016-03-31", "overdue", 1)]


@pytest.mark.parametrize(
    ("every", "deadline", "expected"),
    [
        ("week", {"weekday": 5}, ["2016-03-25", "2016-04-01"]),
        ("month", {"day": 15}, ["2016-03-15"]),
        ("month", {"day": 31}, ["2016-03-31"]),
        ("month", {"before": True}, ["2016-02-29", "2016-03-31"]),
        ("quarter", {"day": 31, "workday": True}, ["2015-12-31", "2016-03-31"]),
    ],
)
def test_a_deadline_says_on_which_day_of_its_period_a_record_is_due(every, deadline, expected):
    rule = Deadline(**deadline, article="3")
    span = Span(date(2016, 3, 1) if every == "month" else None, TODAY, TODAY)
    if deadline.get("before"):
        span = Span(date(2016, 2, 29), TODAY, TODAY)
    if every == "quarter":
        span = Span(date(2015, 12, 31), TODAY, TODAY)
    duty = of(every).model_copy(update={"deadline": rule})
    found = list(periodic(duty, None, {}, span, weekday))
    assert [line.day.isoformat() for line in found] == expected


def test_a_deadline_on_a_day_off_is_the_working_day_before_where_it_says_so():
    rule = Deadline(day=31, workday=True, article="3")
    duty = of("month").model_copy(update={"deadline": rule})
    span = Span(date(2016, 7, 1), date(2016, 7, 31), date(2016, 7, 31))  # a Sunday
    found = list(periodic(duty, None, {}, span, weekday))
    assert told(found) == [("2016-07-29", "overdue", 2)]


def test_what_is_due_before_its_month_counts_the_records_of_the_month_before():
    rule = Deadline(before=True, article="3")
    duty = of("month").model_copy(update={"deadline": rule})
    span = Span(date(2016, 2, 1), TODAY, TODAY)
    found = list(periodic(duty, None, {date(2016, 2, 20): 1}, span, weekday))
    assert told(found) == [("2016-02-29", "done", 0), ("2016-03-31", "overdue", 1)]


def test_where_several_records_are_asked_for_fewer_are_not_enough():
    duty = of("month").model_copy(update={"at_least": 3})
    span = Span(date(2016, 1, 1), date(2016, 3, 30), date(2016, 3, 30))
    made = {date(2016, 1, 5): 2, date(2016, 1, 6): 1, date(2016, 2, 3): 2}
    found = list(periodic(duty, None, made, span, weekday))
    assert [(line.day.month, line.state, line.lacking, line.done) for line in found] == [
        (1, "done", 0, date(2016, 1, 6)),
        (2, "overdue", 1, None),
    ]
    each = daily(duty.model_copy(update={"every": "day"}), [TODAY], {TODAY: 1}, NOW)
    assert [(line.state, line.lacking) for line in each] == [("due", 2)]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2016-10-31", None),  # one year from 1 January, announced sixty days before
        ("2016-11-01", "2016-12-31"),
        ("2016-12-31", "2016-12-31"),
        ("2017-01-01", None),  # the next term runs
    ],
)
def test_the_end_of_a_term_is_announced(on, expected):
    day = date.fromisoformat(on)
    found = term(ABC.term, date(2016, 1, 1), Span(None, day, day))
    assert (found.day.isoformat() if found else None) == expected


def test_a_term_that_has_not_begun_and_one_asked_about_ahead():
    assert term(ABC.term, date(2017, 1, 1), NOW) is None
    ahead = Span(None, date(2016, 12, 1), TODAY)
    assert term(ABC.term, date(2016, 1, 1), ahead).day == date(2016, 12, 31)


@given(
    st.sampled_from(["week", "month", "quarter", "half_year", "year"]),
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_periods_follow_each_other_without_gap(every, day):
    first, last = period_of(every, day)
    assert first <= day <= last
    assert period_of(every, first) == period_of(every, last) == (first, last)
    assert period_of(every, last + timedelta(days=1))[0] == last + timedelta(days=1)


@given(
    st.sampled_from(["week", "month", "quarter"]),
    st.lists(st.dates(date(2016, 1, 1), date(2016, 12, 31)), max_size=8),
    st.dates(date(2016, 2, 1), date(2016, 12, 31)),
)
def test_every_period_of_the_days_asked_about_is_told_once(every, written, on):
    span = Span(date(2016, 1, 1), on, on)
    found = list(periodic(of(every), None, Counter(written), span, weekday))
    ends = {period_of(every, date(2016, 1, 1) + timedelta(days=n))[1] for n in range(366)}
    assert [line.day for line in found] == sorted(end for end in ends if end <= on)
    for line in found:
        first, last = period_of(every, line.day)
        assert (line.state == "done") is any(first <= day <= last for day in written)
        assert (line.late > 0) is (line.state == "overdue")
