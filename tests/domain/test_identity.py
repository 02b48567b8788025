"""Numbers that identify: the examples the standards print, and numbers made up by their rules."""

from __future__ import annotations

import pytest

from cm_cli.domain.fields import BadValueError, Code, Context
from cm_cli.domain.identity import CreditCode, IdNumber, Phone, credit_check, person_check

NONE = Context()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("９１３５０１００ｍ０００１００ｙ４３", "91350100M000100Y43"),
        ("9135 0100 M000 100Y 43", "91350100M000100Y43"),
        ("", None),
    ],
)
def test_a_credit_code_is_read(raw, code):
    assert CreditCode().parse(raw, NONE) == code


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("91350100M000100Y44", "check character"),
        ("91350100M001000Y43", "check character"),
        ("91350100M000100Y4", "17 characters"),
        ("91350100I000100Y43", "not a credit code"),
        ("9135O100M000100Y43", "not a credit code"),
        (913501000001000430, "shortened"),
        ("9.135E+17", "shortened"),
    ],
)
def test_what_is_no_credit_code_is_refused(raw, what):
    with pytest.raises(BadValueError, match=what):
        CreditCode().parse(raw, NONE)


def test_any_single_slip_in_a_credit_code_is_found():
    code = "91350100M000100Y43"
    for at in range(17):
        for sign in "0123456789":
            if sign != code[at]:
                assert credit_check(code[:at] + sign + code[at + 1 : 17]) != code[17]


@pytest.mark.parametrize("raw", ["11010519491231002X", "440524188001010014", "11010519491231002x"])
def test_the_identity_numbers_of_the_standard_are_read(raw):
    assert IdNumber().parse(raw, NONE) == raw.upper()


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("110105194912310021", "check digit"),
        ("110105194902310029", "day of birth"),
        ("110105491231002", "not an identity number"),
        (1.10105194912310e17, "shortened"),
        (110105194912310000, "shortened"),
    ],
)
def test_what_is_no_identity_number_is_refused(raw, what):
    with pytest.raises(BadValueError, match=what):
        IdNumber().parse(raw, NONE)


def test_the_check_digit_of_a_made_up_number():
    body = "33010020000101132"
    assert IdNumber().parse(body + person_check(body), NONE) == body + person_check(body)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("13800138000", "13800138000"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("１３８ ００１３ ８０００", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("0571-87654321", "0571-87654321"),
        ("057187654321", "0571-87654321"),
        ("（０５７１）８７６５４３２１", "0571-87654321"),
        ("+86 571 8765 4321", "0571-87654321"),
        ("010-12345678", "010-12345678"),
        ("0571-87654321-806", "0571-87654321-806"),
        ("0571-87654321转806", "0571-87654321-806"),
        ("0571-8765432 ext 12", "0571-8765432-12"),
        ("400-820-0000", "4008200000"),
        ("95588", "95588"),
        ("+852 2345 6789", "+85223456789"),
        (" ", None),
    ],
)
def test_a_telephone_is_read_in_its_usual_form(raw, number):
    read = Phone().parse(raw, NONE)
    assert read == number
    if read:
        assert Phone().parse(read, NONE) == read


@pytest.mark.parametrize(
    "raw",
    [
        "1380013800",
        "138001380001",
        "87654321",
        "12800138000",
        "见名片",
        "13800138000/13900000001",
        "0000-12345678",
    ],
)
def test_what_is_no_telephone_is_refused(raw):
    with pytest.raises(BadValueError, match="not a telephone"):
        Phone().parse(raw, NONE)


@pytest.mark.parametrize("raw", [10**15, 330100200001011320, 1.1e17, "1.1E+17", "3.301E17"])
def test_a_code_a_spreadsheet_has_spoilt_is_refused(raw):
    with pytest.raises(BadValueError, match="shortened") as bad:
        Code().parse(raw, NONE)
    assert "text format" in bad.value.mend


def test_a_code_of_fifteen_digits_is_whole():
    assert Code().parse(999_999_999_999_999, NONE) == "999999999999999"
