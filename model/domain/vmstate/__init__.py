"""Sections of the migration stream: which of them a build loads from another, as their descriptions tell."""

from hopcheck.model.domain.vmstate.compare import SectionMismatch, compare
from hopcheck.model.domain.vmstate.judgement import Judgement, Outcome, Reason, Why
from hopcheck.model.domain.vmstate.load import load, load_section

__all__ = ["Judgement", "Outcome", "Reason", "SectionMismatch", "Why", "compare", "load", "load_section"]
