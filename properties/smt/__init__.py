"""Models as SMT-LIB: terms, and the functions that describe a system's states and steps."""
