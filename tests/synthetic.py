"""Source trees of a QEMU that never was, written out as C: machine types ``virt-X.Y``, compat arrays, device types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hopcheck.model.facts.schema import SCHEMA, Build, Facts
from hopcheck.model.importers.patch import unified
from hopcheck.model.importers.source import import_source
from hopcheck.model.importers.trees import Directory, Patched
from tests.unit.importers.source.trees import BOARDS, PROPERTIES, ROOT

MACROS = {bool: "DEFINE_PROP_BOOL", int: "DEFINE_PROP_UINT32", str: "DEFINE_PROP_STRING"}

BOARD = """
#define DEFINE_VIRT(suffix, text) \\
    static void virt_##suffix##_class_init(ObjectClass *oc, void *data) \\
    { \\
        virt_##suffix##_options(MACHINE_CLASS(oc)); \\
    } \\
    static const TypeInfo virt_##suffix##_info = { \\
        .name = MACHINE_TYPE_NAME("virt-" text), \\
        .parent = TYPE_MACHINE, \\
        .class_init = virt_##suffix##_class_init, \\
    }; \\
    static void virt_##suffix##_register(void) \\
    { \\
        type_register_static(&virt_##suffix##_info); \\
    } \\
    type_init(virt_##suffix##_register)
"""


@dataclass(frozen=True)
class Device:
    """A device type: its parent, and its properties with their defaults (None: a text without one)."""

    parent: str = "device"
    props: Mapping[str, bool | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A tree: the text of its ``VERSION``, its machine type versions from old to new, entries by label, device types.

    The array of a label is applied by machine types of that version and older ones. ``optional``: (driver, property) of
    entries that QEMU leaves alone where the property is missing.
    """

    version: str
    machines: tuple[str, ...]
    entries: Mapping[str, tuple[tuple[str, str, str], ...]]
    devices: Mapping[str, Device]
    optional: frozenset[tuple[str, str]] = frozenset()

    def files(self) -> dict[str, bytes]:
        """The files of the tree by path."""
        texts = {
            "VERSION": f"{self.version}\n",
            "README": "A tree for tests.\n",
            "include/props.h": PROPERTIES,
            "include/boards.h": BOARDS,
            "hw/core/roots.c": ROOT,
            "hw/core/machine.c": "".join(self._array(label) for label in sorted(self.entries, key=_key, reverse=True)),
            "hw/arm/virt.c": BOARD
            + "".join(self._machine(version) for version in sorted(self.machines, key=_key, reverse=True)),
            **{f"hw/block/{name}.c": _device(name, device) for name, device in self.devices.items()},
        }
        return {path: text.encode() for path, text in texts.items()}

    def write(self, folder: Path) -> Path:
        """Write the tree into a folder."""
        for path, content in self.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder

    def build(self, folder: Path, name: str) -> Build:
        """The facts of the tree."""
        return import_source(Directory(self.write(folder)), name=name)

    def with_default(self, device: str, prop: str, default: bool | int | None) -> Source:
        """The tree with another default, or a new property."""
        old = self.devices[device]
        changed = replace(old, props={**old.props, prop: default})
        return replace(self, devices={**self.devices, device: changed})

    def with_entry(self, label: str, *entry: str) -> Source:
        """The tree with one more entry at the end of an array."""
        driver, prop, value = entry
        return replace(self, entries={**self.entries, label: (*self.entries.get(label, ()), (driver, prop, value))})

    def without_entry(self, label: str, *entry: str) -> Source:
        """The tree without an entry."""
        return replace(self, entries={**self.entries, label: tuple(each for each in self.entries[label] if each != entry)})

    def _array(self, label: str) -> str:
        lines = "".join(
            f'    {{ "{driver}", "{prop}", "{value}"{", .optional = true" if (driver, prop) in self.optional else ""} }},\n'
            for driver, prop, value in self.entries[label]
        )
        name = f"hw_compat_{label.replace('.', '_')}"
        return f"GlobalProperty {name}[] = {{\n{lines}}};\nconst size_t {name}_len = G_N_ELEMENTS({name});\n\n"

    def _machine(self, version: str) -> str:
        newer = [each for each in self.machines if _key(each) > _key(version)]
        suffix = version.replace(".", "_")
        above = f"    virt_{min(newer, key=_key).replace('.', '_')}_options(mc);\n" if newer else ""
        array = f"hw_compat_{suffix}"
        adds = f"    compat_props_add(mc->compat_props, {array}, {array}_len);\n" if version in self.entries else ""
        options = f"static void virt_{suffix}_options(MachineClass *mc)\n{{\n{above}{adds}}}\n"
        return f'\n{options}DEFINE_VIRT({suffix}, "{version}")\n'


def facts(folder: Path, **sources: Source) -> Facts:
    """A document of such trees as builds, named by their keys with dots for underscores, oldest first."""
    builds = [source.build(folder / name, name.strip("_").replace("_", ".")) for name, source in sources.items()]
    return Facts(SCHEMA, tuple(builds))


def _device(name: str, device: Device) -> str:
    symbol = name.replace("-", "_")
    props = "".join(f"    {_property(prop, default)},\n" for prop, default in device.props.items())
    return f"""
static const Property {symbol}_properties[] = {{
{props}}};
static void {symbol}_class_init(ObjectClass *klass, void *data)
{{
    device_class_set_props(DEVICE_CLASS(klass), {symbol}_properties);
}}
static const TypeInfo {symbol}_info = {{
    .name = "{name}",
    .parent = "{device.parent}",
    .class_init = {symbol}_class_init,
}};
"""


def _property(name: str, default: bool | int | None) -> str:
    field_ = name.replace("-", "_")
    if default is None:
        return f'DEFINE_PROP_STRING("{name}", State, {field_})'
    value = str(default).lower() if isinstance(default, bool) else str(default)
    return f'{MACROS[type(default)]}("{name}", State, {field_}, {value})'


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def write_patch(before: Source, after: Source) -> None:
    """Write ``tree`` and ``x.patch`` into the current folder."""
    tree = Directory(before.write(Path("tree")))
    old, new = before.files(), after.files()
    changes = {path: new.get(path) for path in {**old, **new} if old.get(path) != new.get(path)}
    Path("x.patch").write_text(unified(tree, Patched(tree, changes, "")))
