"""Which compat entries of a build are needed, and by which chain of migrations."""

from __future__ import annotations

from dataclasses import dataclass

from hopcheck.engine.comparing.operand import Operand
from hopcheck.engine.comparing.placing import placed
from hopcheck.engine.results import Began, Listener, ignore
from hopcheck.model.domain.device_config.need import Needed, needs
from hopcheck.model.errors import InputError
from hopcheck.model.facts.check import nearest
from hopcheck.model.facts.load import bundled
from hopcheck.model.facts.schema import Build, BuildKind, Facts
from hopcheck.model.facts.versions import version_key
from hopcheck.model.importers.source import CacheFile, import_source
from hopcheck.model.importers.trees import open_tree


@dataclass(frozen=True, slots=True)
class Necessity:
    """Every entry of ``build``, in the order of its arrays, with what it is good for; ``builds``: all that were asked."""

    build: str
    builds: tuple[str, ...]
    entries: tuple[Needed, ...]


def necessity(
    facts: Facts | None = None,
    *,
    build: str | None = None,
    tree: str | None = None,
    cache: CacheFile | None = None,
    listener: Listener = ignore,
) -> Necessity:
    """Judge the entries of a known build (the newest source tree unless named), or of a tree put among the known builds.

    Raises:
        InputError: there is no such build or tree, or it states no entries of its own.
    """
    known = facts or bundled()
    if tree is not None:
        listener(Began(f"reading {tree}"))
        operand = Operand(tree, import_source(open_tree(tree), name=tree, cache=cache), False)
        made = placed(known, operand, operand)
        known, name = made.facts, made.new
    else:
        name = _named(known, build).name
    listener(Began(f"looking at every entry of {name}"))
    return Necessity(name, tuple(each.name for each in known.stations()), needs(known, name))


def _named(facts: Facts, build: str | None) -> Build:
    trees = [each for each in facts.stations() if each.kind is not BuildKind.BINARY]
    names = [each.name for each in trees]
    if not trees:
        raise InputError("the facts hold no source tree with entries", hint="give facts of one")
    if build is None:
        return max(trees, key=lambda each: version_key(each.version))
    if build not in names:
        hint = nearest(build, names) or f"write one of {', '.join(names)}"
        raise InputError(f"there is no source tree {build!r} with entries", hint=hint)
    return facts.build(build)
