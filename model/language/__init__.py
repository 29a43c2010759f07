"""The language in which models are written: a small one for finite transition systems.

system = SystemBuilder("door")
door = system.variable("door", Enum("open", "shut"), initial="shut")
visits = system.variable("visits", Range(0, 3), initial=0)
may = (door == "shut") & (visits < 3)
system.action("open", guard=may, updates=[becomes(door, "open"), becomes(visits, visits + 1)])
system.action("shut", guard=door == "open", updates=[becomes(door, "shut")])
model = system.build()
"""

from hopcheck.model.language.action import Action, Update, becomes
from hopcheck.model.language.compose import compose
from hopcheck.model.language.digest import digest
from hopcheck.model.language.expr import FALSE, TRUE, Expr, If, Op, after, literal
from hopcheck.model.language.expr import parameter as Parameter  # noqa: N812 (declares one, like a type constructor)
from hopcheck.model.language.ground import Transition, ground, symbolic
from hopcheck.model.language.interpret import (
    State,
    Step,
    evaluate,
    holds,
    initial_states,
    reachable,
    successors,
)
from hopcheck.model.language.location import Location
from hopcheck.model.language.quantify import all_of, any_of, at_most_one, count, exists, for_all, select
from hopcheck.model.language.slicing import influence, slice_for
from hopcheck.model.language.system import System, SystemBuilder, Variable
from hopcheck.model.language.table import Lookup, Table, coded_table, table
from hopcheck.model.language.trace import ReplayError, Trace, replay
from hopcheck.model.language.types import Bool, Enum, EnumType, Range, RangeType, Type, Value

__all__ = [
    "FALSE",
    "TRUE",
    "Action",
    "Bool",
    "Enum",
    "EnumType",
    "Expr",
    "If",
    "Location",
    "Lookup",
    "Op",
    "Parameter",
    "Range",
    "RangeType",
    "ReplayError",
    "State",
    "Step",
    "System",
    "SystemBuilder",
    "Table",
    "Trace",
    "Transition",
    "Type",
    "Update",
    "Value",
    "Variable",
    "after",
    "all_of",
    "any_of",
    "at_most_one",
    "becomes",
    "coded_table",
    "compose",
    "count",
    "digest",
    "evaluate",
    "exists",
    "for_all",
    "ground",
    "holds",
    "influence",
    "initial_states",
    "literal",
    "reachable",
    "replay",
    "select",
    "slice_for",
    "successors",
    "symbolic",
    "table",
]
