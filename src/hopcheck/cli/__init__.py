"""The command line: reads arguments, asks the engine, hands the answer to the reports, and ends with an exit code.

Importing it imports neither numba nor a solver: what a verb needs is imported when it runs, so that ``hopcheck --help``
answers at once.
"""
