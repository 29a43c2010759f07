"""Chains, traces and states as pictures and graphs."""
