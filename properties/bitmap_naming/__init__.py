"""Can a policy put a bitmap on the wrong disk? Asked of z3 for any number of disks, nodes and names.

``check_naming`` answers for each policy: with a naming that leads astray, replayed by the rules of the bitmaps model, or
with a proof in two solvers that there is none. ``premises`` says what the two sides' names must have in common for that,
``theory`` states names and policies as formulas, ``example`` reads and replays what leads astray.
"""

from hopcheck.properties.bitmap_naming.check import NamingReport, PolicyNaming, check_naming, obligation
from hopcheck.properties.bitmap_naming.example import Example, arrival, confirm, find
from hopcheck.properties.bitmap_naming.premises import NEEDED, Premise

__all__ = [
    "NEEDED",
    "Example",
    "NamingReport",
    "PolicyNaming",
    "Premise",
    "arrival",
    "check_naming",
    "confirm",
    "find",
    "obligation",
]
