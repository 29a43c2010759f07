"""Exhaustive search of a finite transition system on compiled kernels."""
