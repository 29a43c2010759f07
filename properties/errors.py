"""The errors of the tool itself: engines that contradict each other (exit code 70), never a user's mistake."""

from __future__ import annotations


class EngineError(Exception):
    """Something that one engine claims is contradicted by another: no verdict may be given."""


class DisagreementError(EngineError):
    """Two engines give different answers to the same question, or a counterexample cannot be replayed."""


class CertificateError(EngineError):
    """A proof does not stand up to its own obligations."""
