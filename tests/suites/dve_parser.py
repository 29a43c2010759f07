"""A recursive-descent parser for the flattened form of DVE; its errors name the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from hopcheck.model.errors import InputError

from .dve_syntax import Assignment, Binary, Declaration, Name, Node, Number, Source, Temporary, Transition, Unary

RANGES = {"bool": (0, 1), "byte": (0, 255), "int": (-32768, 32767)}
"""The least and the greatest number of each type: an int has 16 bits."""

LEVELS: tuple[tuple[str, ...], ...] = (
    ("imply",),
    ("or", "||"),
    ("and", "&&"),
    ("|",),
    ("^", "xor"),
    ("&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
"""The binary operators, from those that bind loosest to those that bind tightest."""

LEVEL = {sign: level for level, signs in enumerate(LEVELS) for sign in signs}
SPELLINGS = {"||": "or", "&&": "and", "!": "not", "xor": "^"}
WORDS = {"true": 1, "false": 0}
KEYWORDS = {*RANGES, *WORDS, "state", "const", "process", "temp", "guardBlock", "guardCondition", "effect"} | {
    sign for sign in LEVEL if sign.isalpha()
}

MOST_ELEMENTS = 1 << 12
"""A longer array is refused: each element becomes a variable."""

MOST_OPERANDS = 100
"""A longer expression is refused: the flattened form has few operands in each."""

_TOKEN = re.compile(
    r"(?P<space>\s+|//[^\n]*|/\*.*?\*/)"
    r"|(?P<number>[0-9]{1,15}(?![\w.]))"
    r"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"
    r"|(?P<sign>==|!=|<=|>=|<<|>>|&&|\|\||[-+*/%&|^~!<>=(){}\[\],;])",
    re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: number, name, sign or end."""

    kind: str
    text: str
    line: int


def parse(text: bytes, file: str) -> Source:
    """The model in this text; ``InputError`` with the line where it is none."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError as broken:
        line = text.count(b"\n", 0, broken.start) + 1
        raise InputError("this is no UTF-8 text", hint="write plain text", file=file, line=line) from broken
    return _Parser(decoded, file).source()


def _tokens(text: str, file: str) -> Iterator[Token]:
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            shown = text[position : position + 20].split("\n")[0]
            raise InputError(f"{shown!r} is nothing that DVE knows", hint="correct or remove it", file=file, line=line)
        assert found.lastgroup is not None
        if found.lastgroup != "space":
            yield Token(found.lastgroup, found[0], line)
        line += found[0].count("\n")
        position = found.end()
    yield Token("end", "the end of the file", line)


class _Parser:
    """Looks one token ahead."""

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._tokens = _tokens(text, file)
        self._next = next(self._tokens)
        self._operands = 0

    # tokens ----------------------------------------------------------------------------------------------------------

    def _fail(self, wanted: str) -> NoReturn:
        raise InputError(
            f"{self._next.text!r} stands where {wanted} is wanted",
            hint=f"write {wanted}",
            file=self._file,
            line=self._next.line,
        )

    def _take(self) -> Token:
        taken = self._next
        if taken.kind != "end":
            self._next = next(self._tokens)
        return taken

    def _sees(self, *texts: str) -> bool:
        return self._next.kind != "end" and self._next.text in texts

    def _accept(self, text: str) -> bool:
        seen = self._sees(text)
        if seen:
            self._take()
        return seen

    def _expect(self, text: str) -> Token:
        if not self._sees(text):
            self._fail(repr(text))
        return self._take()

    def _name(self, what: str) -> Token:
        if self._next.kind != "name" or self._next.text in KEYWORDS:
            self._fail(what)
        return self._take()

    def _number(self) -> int:
        sign = -1 if self._accept("-") else 1
        if self._next.kind == "name" and self._next.text in WORDS:
            return sign * WORDS[self._take().text]
        if self._next.kind != "number":
            self._fail("a number")
        return sign * int(self._take().text)

    # the file --------------------------------------------------------------------------------------------------------

    def source(self) -> Source:
        declarations: dict[str, Declaration] = {}
        transitions = []
        while self._next.kind != "end":
            if self._sees("process"):
                transitions.append(self._transition())
                continue
            for each in self._state() if self._sees("state") else self._variables():
                if each.name in declarations:
                    self._refuse(each, f"it is declared in line {declarations[each.name].line} already", "name it apart")
                declarations[each.name] = each
        return Source(self._file, tuple(declarations.values()), tuple(transitions))

    def _refuse(self, each: Declaration, what: str, hint: str) -> NoReturn:
        raise InputError(f"{each.name}: {what}", hint=hint, file=self._file, line=each.line)

    def _checked(self, each: Declaration) -> Declaration:
        if not all(each.low <= value <= each.high for value in each.values):
            self._refuse(each, f"an initial value lies outside {each.low}..{each.high}", "write one inside")
        return each

    def _state(self) -> Iterator[Declaration]:
        """``state {a(0), b(1)} P.state = 0;``: which states a process has, and where it starts."""
        self._expect("state")
        self._expect("{")
        known = [self._state_number()]
        while self._accept(","):
            known.append(self._state_number())
        self._expect("}")
        name = self._name("the name of a variable")
        self._expect("=")
        initial = self._number()
        self._expect(";")
        yield self._checked(Declaration(name.text, min(known), max(known), (initial,), False, False, name.line))

    def _state_number(self) -> int:
        self._name("the name of a state")
        self._expect("(")
        number = self._number()
        self._expect(")")
        return number

    def _variables(self) -> Iterator[Declaration]:
        constant = self._accept("const")
        if not self._sees(*RANGES):
            self._fail("a declaration (byte, int, state ...) or a process")
        low, high = RANGES[self._take().text]
        yield self._variable(low, high, constant)
        while self._accept(","):
            yield self._variable(low, high, constant)
        self._expect(";")

    def _variable(self, low: int, high: int, constant: bool) -> Declaration:
        name = self._name("the name of a variable")
        length = None
        if self._accept("["):
            length = self._number()
            self._expect("]")
        values = self._initial(length is not None) if self._accept("=") else []
        zeros = [0] * (max(0, min(length or 0, MOST_ELEMENTS) - len(values)) if length is not None else not values)
        each = Declaration(name.text, low, high, (*values, *zeros), length is not None, constant, name.line)
        if length is not None and not 1 <= length <= MOST_ELEMENTS:
            self._refuse(each, f"an array of {length} elements", f"give it 1 to {MOST_ELEMENTS}")
        if length is not None and len(values) > length:
            self._refuse(each, f"{len(values)} initial values for {length} elements", "give at most one each")
        return self._checked(each)

    def _initial(self, array: bool) -> list[int]:
        if not array:
            return [self._number()]
        self._expect("{")
        values = [self._number()]
        while self._accept(","):
            values.append(self._number())
        self._expect("}")
        return values

    # transitions -----------------------------------------------------------------------------------------------------

    def _transition(self) -> Transition:
        line = self._expect("process").line
        process = self._name("the name of a process").text
        guard: list[Temporary] = []
        effects: list[Temporary | Assignment] = []
        condition = None
        if self._accept("guardBlock"):
            while not self._accept(";") and not self._sees("guardCondition"):
                guard.append(self._temporary())
                if not self._accept(","):
                    self._expect(";")
                    break
        if self._accept("guardCondition"):
            condition = self._whole()
            self._expect(";")
        if self._accept("effect"):
            while not self._accept(";"):
                effects.append(self._temporary() if self._sees("temp") else self._assignment())
                if not self._accept(","):
                    self._expect(";")
                    break
        return Transition(process, line, tuple(guard), condition, tuple(effects))

    def _temporary(self) -> Temporary:
        self._expect("temp")
        if not self._sees(*RANGES):
            self._fail("bool, byte or int")
        self._take()  # a temporary value is whatever its expression yields: it is no storage that could be too small
        name = self._name("the name of a temporary value").text
        self._expect("=")
        return Temporary(name, self._whole())

    def _assignment(self) -> Assignment:
        self._operands = 0
        target = self._variable_or_element()
        self._expect("=")
        return Assignment(target, self._whole())

    def _variable_or_element(self) -> Name:
        name = self._name("a variable")
        index = None
        if self._accept("["):
            index = self._expression(0)
            self._expect("]")
        return Name(name.text, index, name.line)

    # expressions -----------------------------------------------------------------------------------------------------

    def _whole(self) -> Node:
        """An expression that stands in no other one."""
        self._operands = 0
        return self._expression(0)

    def _expression(self, level: int) -> Node:
        """Operands joined by operators that bind at least as tight as those of the level."""
        left = self._operand()
        while self._next.kind != "end" and LEVEL.get(self._next.text, -1) >= level:
            sign = self._take()
            right = self._expression(LEVEL[sign.text] + 1)
            left = Binary(SPELLINGS.get(sign.text, sign.text), left, right, sign.line)
        return left

    def _operand(self) -> Node:
        self._operands += 1
        if self._operands > MOST_OPERANDS:
            self._fail(f"an expression of at most {MOST_OPERANDS} operands")
        if self._sees("-", "~", "!", "not"):
            sign = self._take().text
            return Unary(SPELLINGS.get(sign, sign), self._operand())
        if self._accept("("):
            inner = self._expression(0)
            self._expect(")")
            return inner
        if self._next.kind == "number" or self._sees(*WORDS):
            return Number(self._number())
        if self._next.kind != "name" or self._next.text in KEYWORDS:
            self._fail("an expression")
        return self._variable_or_element()
