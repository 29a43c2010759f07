"""Repairs: the fewest compat entries that make a change keep what guests have been promised."""
