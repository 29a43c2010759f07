"""Verdicts that are known from an earlier run."""
