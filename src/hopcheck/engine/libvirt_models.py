"""The models of what libvirt and QEMU do around a migration: how each is built from its settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

from hopcheck.engine.variant import Variant
from hopcheck.model.domain.settings import written


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model's parts come from: ``model`` has ``Settings`` and ``system``, ``catalog`` its properties and variants.

    ``proved``: the variants that the main job proves as well: the others take provers longer than they are worth there.
    """

    model: Callable[[], ModuleType]
    catalog: Callable[[], Any]
    proved: Collection[str]

    def variants(self) -> tuple[Variant, ...]:
        """The named variants."""
        return tuple(
            self._variant(name, settings, proved=name in self.proved) for name, settings in self.catalog().variants()
        )

    def as_set(self, settings: Any) -> Variant:
        """The model as somebody set it, called by what was set."""
        default = type(settings)()
        said = [
            f"{each.name}={written(getattr(settings, each.name))}"
            for each in fields(settings)
            if getattr(settings, each.name) != getattr(default, each.name)
        ]
        return self._variant(" ".join(said) or "as it is", settings, proved=True)

    def _variant(self, name: str, settings: Any, *, proved: bool) -> Variant:
        system = self.model().system(settings)
        return Variant(name, system, self.catalog().properties(settings, system), settings, proved)


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


BITMAPS = Source(_bitmaps, _bitmaps_catalog, frozenset())
PROTOCOL = Source(_protocol, _protocol_catalog, frozenset({"11.3 offline", "11.3 direct"}))
COOKIES = Source(_cookies, _cookies_catalog, frozenset({"libvirt 11.3, QEMU 10.0"}))
STORAGE = Source(_storage, _storage_catalog, frozenset({"close before the last chunk"}))
