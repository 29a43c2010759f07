"""The assembler: expressions as three-address code for the register machine.

Code comes in sections. The prologue sets constants; the body computes what every state needs; each transition has a
segment of its own, which only runs where its guard holds somewhere in a block. A segment may use what the body computed.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hopcheck.explorer.kernels import data, registers
from hopcheck.explorer.lowering.layout import Field, Layout, Record
from hopcheck.explorer.lowering.vector import cells_of
from hopcheck.model.language import TRUE, Expr, Op, Table, Transition
from hopcheck.model.language.expr import lookup_is_total
from hopcheck.model.language.walk import walk

_BINARY = {
    Op.AND: registers.AND,
    Op.OR: registers.OR,
    Op.EQ: registers.EQ,
    Op.LT: registers.LT,
    Op.LE: registers.LE,
    Op.ADD: registers.ADD,
    Op.SUB: registers.SUB,
    Op.MUL: registers.MUL,
}

_READS = {
    registers.CONST: 0,
    registers.FIELD: 0,
    registers.NOT: 1,
    registers.CLAMP: 1,
    registers.CELL: 1,
    registers.ITE: 3,
}
"""How many of an operation's operands are registers, the first ones; 2 unless stated."""

FOR_EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Instruction:
    """``operation``, see ``registers``; ``target``: a virtual register; ``operands``: registers first, then numbers."""

    operation: int
    target: int
    operands: tuple[int, ...]

    @property
    def reads(self) -> tuple[int, ...]:
        """The virtual registers it reads."""
        return self.operands[: _READS.get(self.operation, 2)]


class _Memo(dict[Expr, int]):
    """What a section has computed, on top of what the body has."""

    def __init__(self, below: Mapping[Expr, int]) -> None:
        super().__init__()
        self._below = below

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or key in self._below

    def __missing__(self, key: Expr) -> int:
        return self._below[key]


@dataclass(slots=True)
class Assembler:
    """Collects code; ``finish`` assigns registers. Virtual registers are numbered in the order they are made."""

    layout: Layout
    prologue: list[Instruction] = field(default_factory=list)
    body: list[Instruction] = field(default_factory=list)
    segments: list[list[Instruction]] = field(default_factory=list)
    kept: set[int] = field(default_factory=set)
    _constants: dict[int, int] = field(default_factory=dict)
    _memo: dict[Expr, int] = field(default_factory=dict)
    _cells: list[data.Words] = field(default_factory=list)
    _bases: dict[Table | str, int] = field(default_factory=dict)
    _made: int = 0

    def condition(self, parts: Sequence[Expr], then: Mapping[str, Expr]) -> int:
        """A register that is 1 where all parts hold, in the body. ``then``: what a variable's next value is."""
        memo = _Memo(self._memo) if then else self._memo
        result = self.constant(1)
        for part in parts:
            if part is not TRUE:
                value = self._compile(part, self.body, memo, then)
                result = value if result == self.constant(1) else self._emit(self.body, registers.AND, result, value)
        self.kept.add(result)
        return result

    def segment(self, exprs: Sequence[Expr], into: Sequence[Record | None]) -> list[int]:
        """Registers with these values, computed in a new segment.

        ``into``: for each the record of a variable, to have the value's number in it where it is not the value less a
        constant; None: as it is.
        """
        code: list[Instruction] = []
        self.segments.append(code)
        memo = _Memo(self._memo)
        results = [self._compile(each, code, memo, {}) for each in exprs]
        results = [
            result if record is None or record.codes is None else self._number(result, record, code)
            for result, record in zip(results, into, strict=True)
        ]
        self.kept.update(results)  # some may be registers of the body
        return results

    def _number(self, value: int, record: Record, code: list[Instruction]) -> int:
        """The number of a code in a record; of a code that is not there, any (the step is an error of the model)."""
        column = record.column(record.names[0])
        low, high = int(column[0]), int(column[-1])
        inside = self._emit(code, registers.CLAMP, value, low, high)
        position = self._emit(code, registers.INDEX, self.constant(0), inside, 1, low)
        return self._emit(code, registers.CELL, position, self._base(f"number of {record.names[0]}", record.inverse()))

    def constant(self, number: int) -> int:
        """A register that always holds the number."""
        if number not in self._constants:
            self._constants[number] = self._emit(self.prologue, registers.CONST, number)
        return self._constants[number]

    def _emit(self, code: list[Instruction], operation: int, *operands: int) -> int:
        target = self._made
        self._made += 1
        code.append(Instruction(operation, target, operands))
        return target

    def _compile(self, root: Expr, code: list[Instruction], memo: dict[Expr, int], then: Mapping[str, Expr]) -> int:
        fields = {each.name: each for each in self.layout.fields}

        def visit(each: Expr, args: tuple[int, ...]) -> int:
            match each.op:
                case Op.CONST:
                    assert isinstance(each.payload, int)
                    return self.constant(each.payload)
                case Op.NEXT if str(each.payload) in then:
                    return self._compile(then[str(each.payload)], code, memo, {})
                case Op.VAR | Op.NEXT:
                    return self._field(fields[str(each.payload)], code)
                case Op.NOT:
                    return self._emit(code, registers.NOT, args[0])
                case Op.ITE:
                    return self._emit(code, registers.ITE, *args)
                case Op.LOOKUP:
                    return self._lookup(each, args, code)
                case _:
                    result = args[0]
                    for arg in args[1:]:
                        result = self._emit(code, _BINARY[each.op], result, arg)
                    return result

        return walk(root, visit, memo)

    def _field(self, at: Field, code: list[Instruction]) -> int:
        slot = self.layout.slots[at.slot]
        if at.codes is None:
            return self._emit(code, registers.FIELD, slot.word, slot.shift, slot.mask, at.low)
        number = self._emit(code, registers.FIELD, slot.word, slot.shift, slot.mask, 0)
        return self._emit(code, registers.CELL, number, self._base(at.name, at.codes))

    def _base(self, key: Table | str, cells: data.Words) -> int:
        """Where these cells begin among all cells."""
        if key not in self._bases:
            self._bases[key] = sum(map(len, self._cells))
            self._cells.append(cells)
        return self._bases[key]

    def _lookup(self, each: Expr, args: tuple[int, ...], code: list[Instruction]) -> int:
        """A lookup, made total: an index outside its dimension is moved to the nearest one inside."""
        assert isinstance(each.payload, Table)
        total = lookup_is_total(each)
        position = self.constant(0)
        for index, dimension in zip(args, each.payload.dimensions, strict=True):
            assert dimension.hi is not None
            if not total:
                index = self._emit(code, registers.CLAMP, index, dimension.lo, dimension.hi)
            extent = dimension.hi - dimension.lo + 1
            position = self._emit(code, registers.INDEX, position, index, extent, dimension.lo)
        return self._emit(code, registers.CELL, position, self._base(each.payload, cells_of(each.payload)))

    def finish(self) -> Assembled:
        """Assign the virtual registers to as few as their lifetimes allow."""
        return _assign(self.prologue, self.body, self.segments, self.kept, self._cells)


@dataclass(frozen=True, slots=True)
class Assembled:
    """Machine code, the bounds of its sections, and where each virtual register that lives on was put."""

    code: data.Words
    prologue: int
    body: int
    segment: tuple[int, ...]
    registers: int
    cells: data.Words
    place: Mapping[int, int]


class _Registers:
    """Assigns registers by linear scan, and writes the machine code as it goes.

    ``last``: when each virtual register of the body is read for the last time.
    """

    def __init__(self, last: Mapping[int, int]) -> None:
        self.words: list[tuple[int, ...]] = []
        self.place: dict[int, int] = {}
        self.top = 0
        self._last = last
        self._free: list[int] = []

    def put(self, each: Instruction) -> None:
        """Write one instruction."""
        # The target is chosen before the operands are given up: a register that is both would keep the compiler from
        # making vector instructions of the loop.
        if self._free:
            self.place[each.target] = heapq.heappop(self._free)
        else:
            self.place[each.target] = self.top
            self.top += 1
        count = len(each.reads)
        operands = (*(self.place[register] for register in each.reads), *each.operands[count:])
        self.words.append((each.operation, self.place[each.target], *operands, *([0] * (4 - len(operands)))))

    def put_body(self, body: Sequence[Instruction]) -> None:
        """Write the body; a register is free again after its last use."""
        for time, each in enumerate(body):
            self.put(each)
            for register in {*each.reads, each.target}:
                if self._last.get(register, time) == time:
                    heapq.heappush(self._free, self.place[register])

    def put_segment(self, code: Sequence[Instruction]) -> None:
        """Write a segment; its registers live to its end, for its results must, and are free again for the next."""
        before = list(self._free)
        for each in code:
            self.put(each)
        self._free = sorted({*before, *(self.place[each.target] for each in code)})


def _assign(
    prologue: Sequence[Instruction],
    body: Sequence[Instruction],
    segments: Sequence[Sequence[Instruction]],
    kept: set[int],
    cells: Sequence[data.Words],
) -> Assembled:
    """What the prologue sets, what is ``kept`` and what a segment reads of the body stays to the end."""
    last = {register: time for time, each in enumerate(body) for register in each.reads}
    for_ever = [*kept, *(r for code in segments for each in code for r in each.reads), *(p.target for p in prologue)]
    last.update(dict.fromkeys(for_ever, FOR_EVER))
    registers_ = _Registers(last)
    for each in prologue:
        registers_.put(each)
    registers_.put_body(body)
    bounds = [len(registers_.words)]
    for code in segments:
        registers_.put_segment(code)
        bounds.append(len(registers_.words))
    return Assembled(
        np.array(registers_.words, np.int64).reshape(-1),
        len(prologue),
        bounds[0],
        tuple(bounds),
        registers_.top,
        np.concatenate([*cells, np.zeros(1, np.int64)]),
        registers_.place,
    )


def transitions_program(layout: Layout, transitions: Sequence[Transition]) -> data.Program:
    """The program for transitions that are neither tabulated nor rows; what they write has slots of its own."""
    assembler = Assembler(layout)
    slots = {each.name: layout.slots[each.slot] for each in layout.fields}
    guard = [assembler.condition((each.guard,), {}) for each in transitions]
    defined = [-1 if each.guard_sound is TRUE else assembler.condition((each.guard_sound,), {}) for each in transitions]
    sound, sources = [], []
    for each in transitions:
        written = [slots[name].record for name, _ in each.updates]
        first, *values = assembler.segment([each.sound, *(value for _, value in each.updates)], [None, *written])
        sound.append(-1 if each.sound is TRUE else first)
        sources.append(values)
    code = assembler.finish()

    def placed(register: int) -> int:
        return -1 if register < 0 else code.place[register]

    places = [slots[name] for each in transitions for name, _ in each.updates]
    return data.Program(
        code=code.code,
        prologue=code.prologue,
        body=code.body,
        registers=code.registers,
        cells=code.cells,
        guard=np.array([placed(r) for r in guard], np.int64),
        defined=np.array([placed(r) for r in defined], np.int64),
        sound=np.array([placed(r) for r in sound], np.int64),
        segment=np.array(code.segment, np.int64),
        field=np.cumsum([0] + [len(each.updates) for each in transitions], dtype=np.int64),
        source=np.array([placed(r) for each in sources for r in each], np.int64),
        word=np.array([each.word for each in places], np.int64),
        shift=np.array([each.shift for each in places], np.int64),
        mask=np.array([each.mask for each in places], np.int64),
        low=np.array([each.record.low for each in places], np.int64),
    )


def conditions_program(layout: Layout, conditions: Sequence[tuple[Sequence[Expr], Mapping[str, Expr]]]) -> data.Program:
    """The program that computes conditions: for each its parts, all of which must hold, and the next values in them."""
    assembler = Assembler(layout)
    results = [assembler.condition(parts, then) for parts, then in conditions]
    code = assembler.finish()
    none = np.zeros(0, np.int64)
    place = np.array([code.place[register] for register in results], np.int64)
    return data.Program(
        code.code, code.prologue, code.body, code.registers, code.cells, place,
        none, none, none, none, none, none, none, none, none,
    )  # fmt: skip
