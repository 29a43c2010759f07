"""Small source trees in memory, written for the tests: the macros that declarations need, and files on top."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from hopcheck.model.facts.check import check
from hopcheck.model.facts.schema import SCHEMA, Build, Facts
from hopcheck.model.importers.source import import_source

PROPERTIES = """
#ifndef PROPS_H
#define PROPS_H
#define PROP(_n, _s, _f, _info, _t, ...) { .name = (_n), .info = &(_info), .offset = offsetof(_s, _f), __VA_ARGS__ }
#define DEFINE_PROP_NUMBER(_n, _s, _f, _d, _info, _t) \\
    PROP(_n, _s, _f, _info, _t, .set_default = true, .defval.u = (_t)_d)
#define DEFINE_PROP_UINT32(_n, _s, _f, _d) DEFINE_PROP_NUMBER(_n, _s, _f, _d, qdev_prop_uint32, uint32_t)
#define DEFINE_PROP_UINT8(_n, _s, _f, _d) DEFINE_PROP_NUMBER(_n, _s, _f, _d, qdev_prop_uint8, uint8_t)
#define DEFINE_PROP_TRISTATE(_n, _s, _f, _d) DEFINE_PROP_NUMBER(_n, _s, _f, _d, qdev_prop_tristate, TriState)
#define DEFINE_PROP_BOOL(_n, _s, _f, _d) \\
    PROP(_n, _s, _f, qdev_prop_bool, bool, .set_default = true, .defval.u = (bool)_d)
#define DEFINE_PROP_BIT(_n, _s, _f, _bit, _d) \\
    PROP(_n, _s, _f, qdev_prop_bit, uint32_t, .bitnr = (_bit), .set_default = true, .defval.u = (bool)_d)
#define DEFINE_PROP_STRING(_n, _s, _f) PROP(_n, _s, _f, qdev_prop_string, char *)
#define DEFINE_PROP_END_OF_LIST() {}
#endif
"""

BOARDS = """
#define TYPE_MACHINE "machine"
#define MACHINE_TYPE_NAME(name) (name "-machine")
#define stringify_(x) #x
#define stringify(x) stringify_(x)
"""

ROOT = """
static const TypeInfo machine_info = { .name = TYPE_MACHINE, .parent = "object", .abstract = true, };
static const TypeInfo device_info = { .name = "device", .parent = "object", .abstract = true, };
"""


class MemoryTree:
    """A `Tree` of texts; what was read is remembered."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        """Take the contents by path."""
        self._contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        self.asked: list[str] = []

    @property
    def label(self) -> str:
        """Return what messages call it."""
        return "memory"

    @property
    def files(self) -> Mapping[str, str]:
        """Return the paths with digests of their contents."""
        return {path: hashlib.sha256(data).hexdigest() for path, data in self._contents.items()}

    def read(self, path: str) -> bytes:
        """Return a content."""
        self.asked.append(path)
        return self._contents[path]

    def read_all(self, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield contents in order."""
        for path in paths:
            yield path, self.read(path)


def tree(files: Mapping[str, str | bytes], version: str = "9.0.0") -> MemoryTree:
    """Return a tree with the common headers and roots, and the given files."""
    common = {"VERSION": version + "\n", "include/props.h": PROPERTIES, "include/boards.h": BOARDS, "hw/core/roots.c": ROOT}
    return MemoryTree({**common, **files})


def imported(files: Mapping[str, str | bytes], version: str = "9.0.0") -> Build:
    """Return the facts of such a tree, after checking them as every facts document is."""
    build = import_source(tree(files, version), name="test")
    check(Facts(SCHEMA, (build,)), "test")
    return build


def device(properties: str, extra: str = "", name: str = "dev") -> dict[str, str]:
    """Return a file with one device type that declares properties."""
    text = f"""
{extra}
static const Property {name}_properties[] = {{
{properties}
}};
static void {name}_class_init(ObjectClass *klass, void *data)
{{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, {name}_properties);
}}
static const TypeInfo {name}_info = {{
    .name = "{name}",
    .parent = "device",
    .class_init = {name}_class_init,
}};
"""
    return {f"hw/misc/{name}.c": text}
