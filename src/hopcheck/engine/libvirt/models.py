"""The models of what libvirt and QEMU do around a migration: how each is built from its settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from hopcheck.engine.variant import Variant
from hopcheck.model.domain.settings import differing


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model's parts come from: ``model`` has ``Settings`` and ``system``, ``catalog`` its properties and variants.

    ``proved``: the variants that the main job proves as well: the others take provers longer than they are worth there.
    ``others``: the variants that do not tell of the present releases alone: of older ones, or of what was only proposed.
    """

    model: Callable[[], ModuleType]
    catalog: Callable[[], Any]
    proved: Collection[str]
    others: Collection[str]

    def variants(self) -> tuple[Variant, ...]:
        """The named variants."""
        return tuple(
            self._variant(name, settings, proved=name in self.proved, present=name not in self.others)
            for name, settings in self.catalog().variants()
        )

    def as_set(self, settings: Any) -> Variant:
        """The model as somebody set it, called by what was set."""
        said = [f"{name}={value}" for name, value in differing(settings).items()]
        return self._variant(" ".join(said) or "as it is", settings, proved=True, present=False)

    def _variant(self, name: str, settings: Any, *, proved: bool, present: bool) -> Variant:
        system = self.model().system(settings)
        return Variant(name, system, self.catalog().properties(settings, system), settings, proved, present)


def _protocol() -> ModuleType:
    from hopcheck.model.domain import protocol

    return protocol


def _protocol_catalog() -> ModuleType:
    from hopcheck.properties.catalog import protocol

    return protocol


def _cookies() -> ModuleType:
    from hopcheck.model.domain import cookies

    return cookies


def _cookies_catalog() -> ModuleType:
    from hopcheck.properties.catalog import cookies

    return cookies


def _storage() -> ModuleType:
    from hopcheck.model.domain import storage

    return storage


def _storage_catalog() -> ModuleType:
    from hopcheck.properties.catalog import storage

    return storage


def _bitmaps() -> ModuleType:
    from hopcheck.model.domain import bitmaps

    return bitmaps


def _bitmaps_catalog() -> ModuleType:
    from hopcheck.properties.catalog import bitmaps

    return bitmaps


def _migration() -> ModuleType:
    from hopcheck.model.domain import migration

    return migration


def _migration_catalog() -> ModuleType:
    from hopcheck.properties.catalog import migration

    return migration


BITMAPS = Source(_bitmaps, _bitmaps_catalog, frozenset(), frozenset({"QEMU 5.0"}))
PROTOCOL = Source(
    _protocol,
    _protocol_catalog,
    frozenset({"11.3 offline", "11.3 direct"}),
    frozenset({"9.0 p2p", "7.0 p2p, post-copy", "1.3.2 p2p", "v2 to 1.2.19"}),
)
COOKIES = Source(_cookies, _cookies_catalog, frozenset({"libvirt 11.3, QEMU 10.0"}), frozenset({"all mixes"}))
_PROPOSED = frozenset({"close before the last chunk"})
STORAGE = Source(_storage, _storage_catalog, _PROPOSED, _PROPOSED)
MIGRATION = Source(_migration, _migration_catalog, frozenset(), frozenset())
