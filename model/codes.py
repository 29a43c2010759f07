"""Codes: a short name for everything that hopcheck reports, the same in every release, so that it can be looked up.

A code is never given to something else. What it means is told by its page: ``hopcheck explain HOP031``.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What can be reported. The groups: 0 findings and verdicts, 08 and 09 warnings, 1 input, 2 inconclusive, 3 broken."""

    # findings in facts: why a value is not preserved
    NO_ENTRY = "HOP001"
    LATE_ENTRY = "HOP002"
    OLDER_ARRAY = "HOP003"
    WRONG_ARRAY = "HOP004"
    SIBLING_MISSED = "HOP005"
    WRONG_DRIVER = "HOP006"
    DEAD_DRIVER = "HOP007"
    ENTRY_DROPPED = "HOP008"
    ENTRY_CHANGED = "HOP009"
    EXTRA_ENTRY = "HOP010"
    PROPERTY_REMOVED = "HOP011"
    TYPE_RENAMED = "HOP012"
    BEHAVIOUR_CHANGED = "HOP013"
    ISLAND = "HOP020"

    # how a difference shows
    LOAD_ERROR = "HOP031"
    SILENT = "HOP032"
    STREAM = "HOP033"
    START_FAILURE = "HOP034"
    CARRIED = "HOP035"
    NOT_OBSERVABLE = "HOP036"
    UNKNOWN_MISMATCH = "HOP037"

    # what present releases violate, by the model that shows it
    PROTOCOL_FINDING = "HOP041"
    COOKIES_FINDING = "HOP042"
    STORAGE_FINDING = "HOP043"
    BITMAPS_FINDING = "HOP044"
    MIGRATION_FINDING = "HOP045"
    MODEL_FINDING = "HOP046"

    # sections of the migration stream: why one is refused
    SECTION_UNKNOWN = "HOP051"
    SECTION_TOO_NEW = "HOP052"
    SECTION_TOO_OLD = "HOP053"
    SECTION_LENGTH = "HOP054"
    SECTION_DIVIDED = "HOP055"
    SECTION_CONDITION = "HOP056"
    SECTION_UNTOLD = "HOP057"
    SUBSECTION_UNKNOWN = "HOP058"
    SUBSECTION_REFUSED = "HOP059"

    # verdicts, and verdicts against what was expected
    SAFE = "HOP060"
    UNSAFE = "HOP061"
    UNKNOWN = "HOP062"
    UNEXPECTED_VIOLATION = "HOP063"
    UNEXPECTED_PASS = "HOP064"
    INCONCLUSIVE = "HOP065"
    KNOWN_FINDING_GONE = "HOP066"
    FURTHER_UNKNOWN = "HOP067"

    # vacuity
    DEAD_ACTION = "HOP071"
    CONSTANT_VARIABLE = "HOP072"
    IDLE_ANTECEDENT = "HOP073"
    BLIND_PROPERTY = "HOP074"

    # warnings about a change
    ARRAY_OF_THE_FUTURE = "HOP080"
    ARRAY_TOO_OLD = "HOP081"
    ARRAY_RELEASED = "HOP082"
    ENTRY_MATCHES_NOTHING = "HOP083"
    ENTRY_WITHOUT_PROPERTY = "HOP084"
    ENTRY_ABORTS = "HOP085"
    ENTRY_MISSES_TYPES = "HOP086"
    RELEASED_ENTRY_TOUCHED = "HOP087"
    DEFAULT_NOT_TOLD = "HOP088"
    DEFAULT_NOT_NEUTRAL = "HOP089"
    MACHINES_GONE = "HOP090"
    TYPES_GONE = "HOP091"
    VALUE_RETURNS = "HOP092"
    NOT_JUDGED = "HOP093"
    SOURCE_NOT_READ = "HOP094"
    LOOK_AT_THIS = "HOP095"

    # input that cannot be used
    INPUT = "HOP100"
    USAGE = "HOP101"
    MODEL = "HOP110"
    MODEL_TOO_LARGE = "HOP111"
    FILE = "HOP120"
    FACTS = "HOP121"
    CHANGE = "HOP122"
    NO_CERTIFICATE = "HOP130"

    # nothing is concluded
    INTERRUPTED = "HOP201"
    LIMIT = "HOP202"

    # hopcheck itself
    DISAGREEMENT = "HOP301"
    REPLAY_FAILS = "HOP302"
    PROOF_FAILS = "HOP303"
    NO_PICTURES = "HOP304"
    INTERNAL = "HOP305"

    # exit codes: 4, then the exit code
    EXIT_EXPECTED = "HOP400"
    EXIT_UNEXPECTED = "HOP401"
    EXIT_USAGE = "HOP402"
    EXIT_INCONCLUSIVE = "HOP403"
    EXIT_VACUOUS = "HOP404"
    EXIT_BROKEN = "HOP470"

    # certificates
    CERTIFICATE_DAMAGED = "HOP501"
    CERTIFICATE_REFUTED = "HOP502"
    CERTIFICATE_OF_ANOTHER_MODEL = "HOP503"
    NOT_RECHECKED = "HOP504"
