"""A small report with one of everything, made by hand: renderers are tested on it and on nothing of the engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hopcheck.report.schema.report import (
    SCHEMA,
    BuildValue,
    ChainStepReport,
    CoverageReport,
    Doubt,
    EntryReport,
    FindingReport,
    Gap,
    LemmaReport,
    MismatchReport,
    ModelReport,
    PremiseReport,
    PropertyReport,
    Report,
    SecondOpinion,
    TheoremResult,
    TraceReport,
    TraceStep,
    ViolationReport,
)
from hopcheck.report.schema.search import SearchReport

GONE = "toy-device.gone: no entry @ 8.0"

TRACE = TraceReport(
    {"build": "8.0", "guest": 0, "status": "off", "ready": False},
    (
        TraceStep("boot", {"build": "8.0"}, {"status": ("off", "running")}),
        TraceStep("migrate", {"destination": "8.1"}, {"build": ("8.0", "8.1"), "ready": (False, True)}),
        TraceStep("wait", {}, {}),
    ),
)

SAFE = PropertyReport(
    model="toy",
    variant="two hosts",
    name="never lost",
    kind="always",
    meaning="The guest runs somewhere.",
    outcome="safe",
    method="exhausted",
    engine="explorer",
    reason="12,345 states",
    expected="safe",
    expected_because="the protocol keeps it",
    judgement="as expected",
    second=SecondOpinion("z3", "safe", "Spacer"),
    states=12345,
    transitions=67890,
    depth=17,
    complete=True,
    bound=None,
    seconds=3.21,
    shortest=False,
    trace=None,
)

UNSAFE = replace(
    SAFE,
    name="configuration preserved after any chain of hops",
    meaning="The guest keeps what it has seen.",
    outcome="unsafe",
    judgement="against expectation",
    expected_because="the entry gives old machine types one queue in every build",
    second=None,
    shortest=True,
    trace=TRACE,
)

UNKNOWN = replace(
    SAFE,
    variant="",
    name="settles",
    outcome="unknown",
    method=None,
    judgement="inconclusive",
    reason="the search stopped at its limit: states",
    second=None,
    states=None,
    transitions=None,
    depth=None,
    complete=None,
    seconds=20.4,
)

SILENT = FindingReport(
    number=1,
    id="toy-device.queues: no entry @ 8.1",
    slug="toy-device.queues-no-entry-since-8.1",
    device="toy-device",
    prop="queues",
    cause="no entry",
    why="The default of toy-device.queues changes from 1 to <auto> in 8.1, and no entry in hw_compat_8_0 keeps 1.",
    remedy='8.1 would have { "toy-device", "queues", "1" } in hw_compat_8_0, so that older machine types keep 1.',
    open=True,
    known=None,
    machine="pc-q35-8.0",
    type="toy-device",
    machines=("pc-q35-7.2", "pc-q35-8.0", "virt-8.0"),
    types=("toy-device",),
    also=(),
    old="1",
    new="<auto>",
    before="8.0",
    since="8.1",
    fixed=None,
    mismatch=MismatchReport("silent", "neither", "seen with a register"),
    entry=None,
    needed=EntryReport("hw_compat_8_0", "toy-device", "queues", "1", "hw/core/machine.c"),
    file="hw/core/toy.c",
    violates=("preserved",),
    chain=(
        ChainStepReport("boot", "8.0", "1", "1", "running", False),
        ChainStepReport("migrate", "8.1", "<auto>", "1", "running", True),
        ChainStepReport("guest_reset", "8.1", "<auto>", "<auto>", "running", True),
    ),
    values=(
        BuildValue("8.0", "1", True, "stated", "static default"),
        BuildValue("8.0.5-debian", "?", False, "unknown", "the binary does not tell"),
        BuildValue("8.1", "<auto>", True, "stated", "static default"),
        BuildValue("8.2", "<auto>", True, "stated", "static default"),
    ),
    trace=TRACE,
)

FAILING = replace(
    SILENT,
    number=2,
    id="toy-device.serial: late entry @ 8.1",
    slug="toy-device.serial-late-entry-since-8.1",
    prop="serial",
    cause="late entry",
    why='The entry { "toy-device", "serial", "42" } in hw_compat_8_0 comes only in 8.2.',
    open=False,
    known="repaired in 8.2",
    machines=("pc-q35-8.0",),
    old="",
    new="42",
    fixed="8.2",
    mismatch=MismatchReport("load error", "older to newer", ""),
    entry=EntryReport("hw_compat_8_0", "toy-device", "serial", "42", ""),
    needed=None,
    chain=(
        ChainStepReport("boot", "8.0", "", "", "running", False),
        ChainStepReport("migrate_fails", "8.1", "42", "", "stranded", True),
    ),
    values=(
        BuildValue("8.0", "", True, "stated", "static default"),
        BuildValue("8.1", "42", True, "stated", "static default"),
        BuildValue("8.2", "", True, "stated", "entry in hw_compat_8_0 on toy-device"),
    ),
)

VIOLATION = ViolationReport(
    id="toy.nobody-asks",
    slug="toy.nobody-asks",
    model="toy",
    why="the destination never asks whether the guest is ready",
    releases="toy 8.0 and 8.1",
    rule="model/domain/toy.py",
    known="as it is written",
    settings={"ready": "false"},
    violates=("settles", UNSAFE.name),
    shown=replace(UNSAFE, judgement="as expected", expected="unsafe", expected_because="nobody asks"),
)

NEW_VIOLATION = replace(
    VIOLATION, id="toy.settles: nobody knows", slug="toy.settles-nobody-knows", known=None, rule="", settings={}
)

COVERAGE = CoverageReport(
    builds=("8.0", "8.0.5-debian", "8.1", "8.2"),
    triples=1234567,
    constant=1234000,
    rows=321,
    explored=123,
    unknown=(Gap("toy-device.name", "8.0", "set by code", 12), Gap("toy-device.size", "8.1", "set by code", 30)),
    review=(Gap("toy-device.new", "8.0", "new in 8.2 with default on", 4),),
    doubtful=(Doubt("pci-device.rombar", "on a PCI bus, which the machine types lack"),),
)

SEARCH = SearchReport(
    "two hosts", True, False, {"boot": 12, "migrate": 67878, "wait": 0}, {"build": 2, "ready": 1}, {"never lost": True}
)

THEOREM = TheoremResult(
    statement="Whoever keeps the rules keeps the configuration.",
    proved=False,
    sharp=True,
    lemmas=(
        LemmaReport("one hop", "one hop preserves it", "unsat", "unsat", True),
        LemmaReport("all hops", "so do all", "unsat", "unknown", False),
    ),
    premises=(PremiseReport("entry", ("entry missing: 8.0 -> 8.1",)),),
    seconds=2.04,
)


@pytest.fixture
def silent() -> FindingReport:
    """A difference that the guest sees, on a chain with a reset; its new value needs escaping."""
    return SILENT


@pytest.fixture
def failing() -> FindingReport:
    """A difference at which the migration fails; its old value is the empty text."""
    return FAILING


@pytest.fixture
def unsafe() -> PropertyReport:
    """A violated property of a model, with its trace."""
    return UNSAFE


@pytest.fixture
def violation() -> ViolationReport:
    """Something that a present release violates, and that is known."""
    return VIOLATION


@pytest.fixture
def report() -> Report:
    """A report with one of everything."""
    nothing = ((), (), (), None, None)
    return Report(
        schema=SCHEMA,
        hopcheck="0.0.0",
        job="check",
        exit_code=1,
        meaning="1 finding is new. Exit code 1: a property is violated, or holds, against expectation.",
        seconds=12.5,
        models=(
            ModelReport(
                "toy",
                (SAFE, UNSAFE, UNKNOWN),
                ("wait: the action never fires",),
                *nothing,
                violations=(VIOLATION, NEW_VIOLATION),
                searches=(SEARCH,),
            ),
            ModelReport("theorem", (), (), (), (), (), None, THEOREM),
            ModelReport(
                "device_config", (), (), (SILENT, FAILING), ("toy-device.gone: no entry @ 8.0",), (), COVERAGE, None
            ),
        ),
        agreement=("compat lists, 8.0 against 8.0.5-debian: 61 machine types equal in order",),
        change=None,
    )
