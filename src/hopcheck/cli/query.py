"""Questions to single models: what happens between these releases, what does that policy decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hopcheck.model.domain.settings import settings_from
from hopcheck.model.errors import InputError
from hopcheck.report.text.page import Look


@dataclass(frozen=True, slots=True)
class Query:
    """``src`` and ``dst``: releases of the two hosts, as written; ``given``: settings by name; ``policy``: of bitmaps."""

    src: str | None
    dst: str | None
    given: Mapping[str, str]
    policy: str | None = None

    def __bool__(self) -> bool:
        return self.src is not None or self.dst is not None or bool(self.given)


def answered(model: str, query: Query, look: Look) -> str | None:
    """The model's answer; None where there is nothing to answer. Raises ``InputError`` for a question it does not take."""
    if query and (query.src is None) is not (query.dst is None):
        raise InputError("a mix needs both hosts", hint="give --src and --dst")
    if query.src is not None and model != "cookies":
        raise InputError("--src and --dst are for cookies", hint="write hopcheck explain cookies --src ... --dst ...")
    if query.policy is not None and model != "bitmaps":
        raise InputError("--policy is for bitmaps", hint="write --set policy=NAME for other models")
    match model:
        case "cookies":
            return _cookies(query, look)
        case "storage":
            return _storage(query, look)
        case "bitmaps":
            return _bitmaps(query, look)
        case _ if query:
            raise InputError(f"{model or 'nothing'} answers no questions", hint="leave --set out, or name another model")
        case _:
            return None


def _cookies(query: Query, look: Look) -> str | None:
    from hopcheck.engine.libvirt.cookies import explain_mix
    from hopcheck.report.text.cookies import text

    if query.src is None or query.dst is None:
        if query.given:
            raise InputError("a mix needs both hosts", hint="give --src and --dst")
        return None
    return text(explain_mix(query.src, query.dst, query.given), look)


def _storage(query: Query, look: Look) -> str:
    from hopcheck.engine.libvirt.storage import table
    from hopcheck.model.domain.storage import Settings
    from hopcheck.report.text.storage import storage_text

    settings = settings_from(Settings, query.given)
    said = ", ".join(f"{name}={value}" for name, value in query.given.items())
    return storage_text(f"storage, as set: {said}" if said else "storage, as in the present releases", table(settings), look)


def _bitmaps(query: Query, look: Look) -> str:
    from hopcheck.engine.libvirt.bitmaps import fates
    from hopcheck.model.domain.bitmaps import Settings
    from hopcheck.report.text.bitmaps import fates_text

    given = dict(query.given)
    if query.policy is not None and given.setdefault("policy", query.policy) != query.policy:
        raise InputError("the policy is set twice", hint="give --policy or --set policy=, not both")
    settings = settings_from(Settings, given)
    return fates_text(settings, fates(settings), look)
