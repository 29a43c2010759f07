"""Which code stands for what a report holds, and the page that tells what a code means.

The pages are in ``codes.toml``. Where reports already have words for something (``causes.py``), its page uses those.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hopcheck.model.codes import Code
from hopcheck.model.domain.device_config.cause import Cause
from hopcheck.model.domain.device_config.mismatch import Kind
from hopcheck.model.domain.vmstate.judgement import Why
from hopcheck.properties import Judgement, Outcome
from hopcheck.properties.vacuity import Finding as Suspicion
from hopcheck.report.text.causes import CAUSES, EXIT_CODES, KINDS, VERDICTS
from hopcheck.report.text.page import Look, Page

CAUSE_CODES: Mapping[Cause, Code] = {
    Cause.NO_ENTRY: Code.NO_ENTRY,
    Cause.LATE_ENTRY: Code.LATE_ENTRY,
    Cause.OLDER_ARRAY: Code.OLDER_ARRAY,
    Cause.WRONG_ARRAY: Code.WRONG_ARRAY,
    Cause.SIBLING_MISSED: Code.SIBLING_MISSED,
    Cause.WRONG_DRIVER: Code.WRONG_DRIVER,
    Cause.DEAD_DRIVER: Code.DEAD_DRIVER,
    Cause.ENTRY_DROPPED: Code.ENTRY_DROPPED,
    Cause.ENTRY_CHANGED: Code.ENTRY_CHANGED,
    Cause.EXTRA_ENTRY: Code.EXTRA_ENTRY,
    Cause.PROPERTY_REMOVED: Code.PROPERTY_REMOVED,
    Cause.TYPE_RENAMED: Code.TYPE_RENAMED,
    Cause.BEHAVIOUR: Code.BEHAVIOUR_CHANGED,
}
"""Why a value is not preserved: the code of a finding in the facts."""

KIND_CODES: Mapping[Kind, Code] = {
    Kind.LOAD_ERROR: Code.LOAD_ERROR,
    Kind.SILENT: Code.SILENT,
    Kind.STREAM: Code.STREAM,
    Kind.START_FAILURE: Code.START_FAILURE,
    Kind.CARRIED: Code.CARRIED,
    Kind.NOT_OBSERVABLE: Code.NOT_OBSERVABLE,
    Kind.UNKNOWN: Code.UNKNOWN_MISMATCH,
}
"""How a difference shows."""

SECTION_CODES: Mapping[Why, Code] = {
    Why.SECTION_UNKNOWN: Code.SECTION_UNKNOWN,
    Why.TOO_NEW: Code.SECTION_TOO_NEW,
    Why.TOO_OLD: Code.SECTION_TOO_OLD,
    Why.LENGTH: Code.SECTION_LENGTH,
    Why.DIVIDED: Code.SECTION_DIVIDED,
    Why.CONDITION: Code.SECTION_CONDITION,
    Why.UNTOLD: Code.SECTION_UNTOLD,
    Why.SUBSECTION_UNKNOWN: Code.SUBSECTION_UNKNOWN,
    Why.SUBSECTION_REFUSED: Code.SUBSECTION_REFUSED,
}
"""Why a section of the migration stream is refused."""

OUTCOME_CODES: Mapping[Outcome, Code] = {
    Outcome.SAFE: Code.SAFE,
    Outcome.UNSAFE: Code.UNSAFE,
    Outcome.UNKNOWN: Code.UNKNOWN,
}
"""What is known of a property."""

VACUITY_CODES: Mapping[Suspicion, Code] = {
    Suspicion.DEAD_ACTION: Code.DEAD_ACTION,
    Suspicion.CONSTANT_VARIABLE: Code.CONSTANT_VARIABLE,
    Suspicion.IDLE_ANTECEDENT: Code.IDLE_ANTECEDENT,
    Suspicion.BLIND_PROPERTY: Code.BLIND_PROPERTY,
}
"""What holds only because nothing happens."""

MODEL_CODES: Mapping[str, Code] = {
    "protocol": Code.PROTOCOL_FINDING,
    "cookies": Code.COOKIES_FINDING,
    "storage": Code.STORAGE_FINDING,
    "bitmaps": Code.BITMAPS_FINDING,
    "migration": Code.MIGRATION_FINDING,
}
"""What present releases violate, by the name of the model that shows it; for any other model ``Code.MODEL_FINDING``."""

EXIT_CODE_CODES: Mapping[int, Code] = {
    0: Code.EXIT_EXPECTED,
    1: Code.EXIT_UNEXPECTED,
    2: Code.EXIT_USAGE,
    3: Code.EXIT_INCONCLUSIVE,
    4: Code.EXIT_VACUOUS,
    70: Code.EXIT_BROKEN,
}
"""What the exit code of a run says."""


def finding_code(cause: str) -> Code:
    """The code of a finding in the facts, from its cause as reports spell it."""
    return CAUSE_CODES[Cause(cause)]


def violation_code(model: str, id_: str) -> Code:
    """The code of what a present release violates, from the name of the model and the finding's id."""
    for why, code in SECTION_CODES.items():
        if model == "vmstate" and f": {why} @" in id_:
            return code
    return MODEL_CODES.get(model, Code.MODEL_FINDING)


def judgement_code(outcome: str, judgement: str) -> Code:
    """The code of a property's verdict (``safe``, ...) measured against what was expected (``as expected``, ...)."""
    if judgement == Judgement.EXPECTED.value:
        return OUTCOME_CODES[Outcome(outcome)]
    if judgement == Judgement.INCONCLUSIVE.value:
        return Code.INCONCLUSIVE
    return Code.UNEXPECTED_PASS if outcome == Outcome.SAFE.value else Code.UNEXPECTED_VIOLATION


@dataclass(frozen=True, slots=True)
class CodePage:
    """What a code means: ``title``, a few words; ``text``: one or two sentences; ``remedy``: what to do about it."""

    code: Code
    title: str
    text: str
    remedy: str


@cache
def pages() -> Mapping[Code, CodePage]:
    """Every page, in the order of the codes."""
    file = resources.files("hopcheck.report.text").joinpath("codes.toml")
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    worded = _worded()
    made = {}
    for name, entry in written.items():
        code = Code(name)
        title, text = worded.get(code, (entry.get("title", ""), entry.get("text", "")))
        made[code] = CodePage(code, title, text, entry["remedy"])
    return {code: made[code] for code in Code if code in made}


def _worded() -> Mapping[Code, tuple[str, str]]:
    """Title and text of what reports have words for already."""
    topics = {topic.name: topic.text for topic in (*CAUSES, *KINDS)}
    said = {code: (str(cause), topics[cause]) for cause, code in CAUSE_CODES.items()}
    said |= {code: (str(kind), topics[kind]) for kind, code in KIND_CODES.items()}
    verdicts = {topic.name: topic.text for topic in VERDICTS}
    said |= {code: (each.value, verdicts[each.value]) for each, code in OUTCOME_CODES.items()}
    exits = {int(topic.name): topic.text for topic in EXIT_CODES}
    said |= {code: (f"exit code {number}", exits[number]) for number, code in EXIT_CODE_CODES.items()}
    return said


def code_named(name: str) -> Code | None:
    """The code of that name, whatever its case; None where it is none."""
    wanted = name.strip().upper()
    return next((code for code in Code if code.value == wanted), None)


def code_text(code: Code, look: Look) -> str:
    """The page of a code."""
    told = pages()[code]
    page = Page(look)
    page.line(f"{told.code}  {told.title}", "bold")
    page.paragraph(_sentence(told.text))
    page.heading("What to do")
    page.paragraph(_sentence(told.remedy))
    return page.text


def codes_text(look: Look) -> str:
    """Every code with its title."""
    page = Page(look)
    page.line("Codes", "bold")
    for code, told in pages().items():
        page.labelled(code, told.title, indent=2)
    page.blank()
    page.paragraph("hopcheck explain CODE tells what one means and what to do.")
    return page.text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
