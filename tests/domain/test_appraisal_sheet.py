"""The sheet to be signed, the ranking and the working, as they are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from appraisal_example import (
    FACTS,
    INDICATORS,
    PLAIN,
    POSTAL,
    WEIGHTED,
    YEAR,
    appraisal,
    consequences,
    merit,
)

from cm_cli.domain.appraisal import words
from cm_cli.domain.appraisal.facts import YearRating
from cm_cli.domain.appraisal.rank import Rank
from cm_cli.domain.appraisal.score import score
from cm_cli.domain.appraisal.sheet import (
    RegulationRef,
    appraisal_document,
    explain_document,
    ranking_sheet,
)
from cm_cli.domain.sheet import Sheet, texts

REGULATION = RegulationRef(
    "branch", {"zh": "支行细则", "en": "Branch rules"}, date(2016, 1, 1), "ab12"
)
WHO = replace(
    FACTS,
    years_in_post=Decimal(4),
    earlier=(YearRating(2015, "excellent", "rating#9"),),
    promotion_blocked=("senior ≤ 20 %: 1 of 4",),
)
CARD = score(appraisal(), INDICATORS, WHO, YEAR, consequences())
GRADES = {"manager": "Client manager", "senior": "Senior", "operating": "Operating bank"}


def lines(sheet: Sheet) -> list[str]:
    return [" | ".join(row) for row in texts(sheet)]


def document(card=CARD, facts=WHO):
    rank = Rank(3, 12, 1, 4)
    return appraisal_document(
        card, facts, REGULATION, rank=rank, data_day=date(2017, 1, 5), labels=GRADES
    )


def test_the_appraisal_sheet_says_who_what_how_much_and_by_what():
    page = document()
    assert page.facts == (
        ("Manager", "张三 (M1)"),
        ("Unit", "hub"),
        ("Period", "2016"),
        ("Kind of unit", "Operating bank"),
        ("Grade", "Client manager"),
        ("Years in the post", "4"),
        ("Total", "90.6"),
        ("Rating proposed", "Excellent"),
        ("Bonus", "3"),
        ("Penalty", "4"),
        ("Rank", "3 of 12; in the unit 1 of 4"),
        ("Regulation", "Branch rules (branch)"),
        ("In force since", "2016-01-01"),
        ("Digest of its text", "ab12"),
        ("Day of the data", "2017-01-05"),
    )
    assert page.signatures == (
        "Client manager",
        "Head of the client department",
        "President in charge",
    )
    assert lines(page.sheets[0]) == [
        "quantitative | Quantitative |  |  |  |  |  | 60 | 60 | 64.8 | article 17",
        "management | 　Management |  |  |  |  |  | 50 | 30 | 25.8 | article 17(1)",
        "deposits | 　　Deposits | 万元 | 200 | 180 | 90% | 90 | 60 | 18 | 16.2 | article 18",
        "npl | 　　Bad-loan rate | % | 2 | 2.5 | 80% | 80 | 40 | 12 | 9.6 | article 18",
        "expansion | 　Expansion |  |  |  |  |  | 50 | 30 | 39 | article 17(1)",
        "new_clients | 　　New clients | 户 | 10 | 13 | 130% | 130 | 100 | 30 | 39 | article 17(1)",
        "qualitative | Qualitative |  |  |  |  |  | 40 | 40 | 26.8 | article 17",
        "reach | 　Clients visited | % |  | 75 |  | 50 | 30 | 12 | 6 | article 10(2)",
        "diary | 　Diary | % |  | 90 |  | 60 | 30 | 12 | 7.2 | article 10(1)",
        "attitude | 　Attitude |  |  | 85 |  | 85 | 40 | 16 | 13.6 | article 17(2)",
    ]
    great, by = "Feedback of great value", "article 17(3)"
    assert lines(page.sheets[1]) == [
        f"merit#1 | 2016-05-01 | bonus | {great} | 2 | 2 | file | M0 |  | {by}",
        f"merit#2 | 2016-05-02 | bonus | {great} | 2 | 1 | file | M0 | cut to the limit | {by}",
        f"merit#3 | 2016-05-03 | penalty | Breach | 4 | -4 | file | M0 |  | {by}",
        f"merit#4 | 2016-05-04 | penalty | Breach | 5 |  | file |  | it is not verified | {by}",
    ]
    assert lines(page.sheets[2]) == [
        (
            "one grade up or a raise | a raise |  | the next grade is closed; senior ≤ 20 %: 1 of 4"
            " | rating#9 | article 16(4)"
        )
    ]
    assert page.notes == ("Diary: no diary on 2016-03-04",)


def test_what_is_missing_and_what_is_vetoed_stand_beneath():
    facts = replace(
        WHO,
        results=WHO.results[:2],
        merits=(merit(1, "breach", "1"), merit(2, "breach", "1")),
    )
    card = score(appraisal(), INDICATORS, facts, YEAR)
    assert document(card, facts).notes == (
        "Expansion: none of its items has a value; it is left out and the others carry its weight",
        (
            "New clients: no result is recorded for the period;"
            " it is left out and the others carry its weight"
        ),
        "Diary: no diary on 2016-03-04",
        "veto: Two breaches (chosen: a branch rule); records: merit#1, merit#2",
    )
    refused = replace(card, total=None, rating=None)
    assert ("Total", "no total: something is missing") in document(refused).facts


def test_the_working_shows_every_step_with_its_records_and_article():
    shown = lines(explain_document(CARD, REGULATION).sheets[0])
    assert shown[:4] == [
        "1 | Deposits | actual | 180 | 180 | result#1 | article 18",
        "2 | Deposits | target | 200 | 200 | result#1 | article 18",
        "3 | Deposits | completion in percent | 180 ÷ 200 × 100 | 90 |  | article 18",
        "4 | Deposits | score of 100 | 90, not under 0, not over 120 | 90 |  | article 18",
    ]
    assert [line.split(" | ", 1)[1] for line in shown if "Clients visited" in line] == [
        "Clients visited | those that count | 3 records | 3 | visit#1–2, visit#4 | article 10(2)",
        "Clients visited | all | 4 records | 4 | assignment#1–4 | article 10(2)",
        "Clients visited | actual | 3 ÷ 4 × 100 | 75 |  | article 10(2)",
        (
            "Clients visited | score of 100 | (75 - 50) ÷ (100 - 50) × 100, kept between 0 and 100"
            " | 50 |  | article 10(2)"
        ),
        "Clients visited | points for a score of 100 | 40 × 30 ÷ 100 | 12 |  | article 10(2)",
        "Clients visited | points | 12 × 50 ÷ 100 | 6 |  | article 10(2)",
    ]
    assert [line.split(" | ", 1)[1] for line in shown[-4:]] == [
        "total | with the bonus | 91.6 + 3 | 94.6 |  | ",
        "total | less the penalty | 94.6 - 4 | 90.6 |  | ",
        "total | total | 90.6 rounded to 2 places, 5 upwards | 90.6 |  | chosen: as on wages",
        "rating | place, 1 is best | 90.6 against the bands from 90, 75, 60 | 1 |  | ",
    ]


@pytest.mark.parametrize(("facts", "text"), [(FACTS, WEIGHTED), (POSTAL, PLAIN)])
def test_every_step_has_words(facts, text):
    card = score(appraisal(text), INDICATORS, facts, YEAR)
    assert {step.role for step in card.steps if step.operation != "worst"} <= set(words.ROLES)
    assert all(words.working(step) for step in card.steps)


def test_the_ranking_puts_cards_without_a_total_last():
    cards = [
        replace(CARD, manager="M2", name="乙", total=None, rating=None),
        replace(CARD, manager="M3", name="丙", total=Decimal(91)),
        CARD,
    ]
    assert lines(ranking_sheet(cards)) == [
        "1 | 1 | M3 | 丙 | hub | 2016 | 91 | Excellent | 0",
        "2 | 2 | M1 | 张三 | hub | 2016 | 90.6 | Excellent | 0",
        " |  | M2 | 乙 | hub | 2016 |  |  | 0",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), ""),
        (("visit#3",), "visit#3"),
        (("diary#9", "diary#10", "diary#11", "visit#2"), "diary#9–11, visit#2"),
        (("result#5", "result#1", "result#2"), "result#1–2, result#5"),
        (("calendar",), "calendar"),
    ],
)
def test_records_are_cited_in_short(rows, said):
    assert words.cited(rows) == said
