"""Mending a change, and which entries a tree needs."""
