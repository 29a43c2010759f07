"""Lowering: from a model's text to the arrays that kernels run on.

The way of a model: ``values`` (which values each variable can have) -> ``footprint`` (which transitions share a table)
-> ``records`` (which variables are stored as one number) -> ``layout`` (where the numbers stand) -> ``tabulate``,
``rows`` and ``program`` (the three forms of a transition) -> ``lower``.
"""
