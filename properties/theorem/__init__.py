"""Why compat arrays work: the rules that make any chain of migrations safe, proved for any number of releases.

``check_theorem`` proves the theorem lemma by lemma, in two solvers, and shows for each premise the smallest chain that
breaks without it. ``premises`` says what is assumed, ``theory`` states it as formulas, ``lemmas`` is the argument and
``proof`` its rules; ``world``, ``bounded``, ``refute`` and ``replay`` make and check the chains that break.
"""

from hopcheck.properties.theorem.check import STATEMENT, Theorem, TheoremReport, check_theorem, theorem
from hopcheck.properties.theorem.premises import Mistake, Premise
from hopcheck.properties.theorem.refute import Refutation, refute
from hopcheck.properties.theorem.replay import confirm_refutation
from hopcheck.properties.theorem.world import Chain, Entry, World

__all__ = [
    "STATEMENT",
    "Chain",
    "Entry",
    "Mistake",
    "Premise",
    "Refutation",
    "Theorem",
    "TheoremReport",
    "World",
    "check_theorem",
    "confirm_refutation",
    "refute",
    "theorem",
]
