from fractions import Fraction

import pytest

from hopcheck.properties.sexpr import parse, read_model, read_value, show


def test_reading_and_showing() -> None:
    text = '(a (b |c (d| ()) "e "" )" ; a comment )\n f)'
    (expr,) = parse(text)
    assert expr == ["a", ["b", "|c (d|", []], '"e "" )"', "f"]
    assert parse(show(expr)) == [expr]


def test_depth_does_not_matter() -> None:
    text = "(" * 50_000 + ")" * 50_000
    (expr,) = parse(text)
    assert show(expr) == text


@pytest.mark.parametrize("text", ["(a", "a)", '"a'])
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"parenthesis|S-expression"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("17", 17),
        ("(- 17)", -17),
        ("(/ 1.0 4.0)", Fraction(1, 4)),
        ("(- (/ 1 4))", Fraction(-1, 4)),
        ("2.5", Fraction(5, 2)),
        ("#b101", 5),
        ("#xff", 255),
        ("(_ bv9 8)", 9),
        ("green", "green"),
        ("|a b|", "a b"),
        ("(some term)", "(some term)"),
    ],
)
def test_values(text: str, value: object) -> None:
    assert read_value(parse(text)[0]) == value
    assert type(read_value(parse(text)[0])) is type(value)


def test_models_of_both_solvers() -> None:
    assert read_model("(\n  (define-fun |x@0| () Int\n    (- 2))\n (declare-fun u () U))") == {"x@0": -2}
    assert read_model("(\n)\n") == {}
    with pytest.raises(ValueError, match="no model"):
        read_model("unsupported")
