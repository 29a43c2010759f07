"""Importers fill the fact schema: from a source tree, from a git revision, from a patch on either, from a binary.

Whatever they read is data: nothing of it is ever executed.
"""
