"""Source trees of a distribution's QEMU: own machine types, registered by macros of its own, and own compat arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.synthetic import Source

BOARD = """
#define DEFINE_{upper}_TYPE(suffix, text) \\
    static void {lower}_##suffix##_class_init(ObjectClass *oc, void *data) \\
    {{ \\
        {lower}_##suffix##_options(MACHINE_CLASS(oc)); \\
    }} \\
    static const TypeInfo {lower}_##suffix##_info = {{ \\
        .name = MACHINE_TYPE_NAME("{prefix}-" text), \\
        .parent = TYPE_MACHINE, \\
        .class_init = {lower}_##suffix##_class_init, \\
    }}; \\
    static void {lower}_##suffix##_register(void) \\
    {{ \\
        type_register_static(&{lower}_##suffix##_info); \\
    }} \\
    type_init({lower}_##suffix##_register)
#define DEFINE_{upper}_MACHINE(major, minor) \\
    DEFINE_{upper}_TYPE(rhel##major##minor##0, "rhel" #major "." #minor ".0")
"""


@dataclass(frozen=True)
class Downstream(Source):
    """A tree whose ``machines`` count the distribution's releases: ``virt-rhel9.6.0`` and ``pc-q35-rhel9.6.0``.

    ``entries`` stand in ``hw_compat_rhel_9_6``, which both boards apply; each label has a ``pc_rhel_9_6_compat`` too, with
    ``pc_entries``. ``named``: machine types that carry a name, each with the label from which on it applies arrays.
    """

    pc_entries: tuple[tuple[str, str, str, str], ...] = ()
    named: tuple[tuple[str, str], ...] = ()

    def files(self) -> dict[str, bytes]:
        """The files of the tree by path."""
        files = super().files()
        arrays = "".join(self._rhel_array(label) for label in self._labels)
        files["hw/core/machine.c"] = arrays.encode()
        files["hw/arm/virt.c"] = self._board("virt", "virt", pc=False).encode()
        pc = "".join(self._pc_array(label) for label in self._labels)
        files["hw/i386/pc_q35.c"] = (pc + self._board("q35", "pc-q35", pc=True)).encode()
        return files

    @property
    def _labels(self) -> list[str]:
        return sorted(self.entries, key=_key, reverse=True)

    def _rhel_array(self, label: str) -> str:
        return _array(f"hw_compat_rhel_{label.replace('.', '_')}", self.entries[label])

    def _pc_array(self, label: str) -> str:
        own = tuple((driver, prop, value) for at, driver, prop, value in self.pc_entries if at == label)
        return _array(f"pc_rhel_{label.replace('.', '_')}_compat", own)

    def _board(self, lower: str, prefix: str, *, pc: bool) -> str:
        text = BOARD.format(lower=lower, upper=lower.upper(), prefix=prefix)
        for version in sorted(self.machines, key=_key, reverse=True):
            newer = [each for each in self.machines if _key(each) > _key(version)]
            above = f"    {lower}_rhel{_digits(min(newer, key=_key))}_options(mc);\n" if newer else ""
            adds = _adds(version, pc) if version in self.entries else ""
            major, minor = version.split(".")
            text += f"\nstatic void {lower}_rhel{_digits(version)}_options(MachineClass *mc)\n{{\n{above}{adds}}}\n"
            text += f"DEFINE_{lower.upper()}_MACHINE({major}, {minor})\n"
        for name, label in self.named:
            adds = "".join(_adds(each, pc) for each in self._labels if _key(each) >= _key(label))
            text += f"\nstatic void {lower}_{name}_options(MachineClass *mc)\n{{\n{adds}}}\n"
            text += f'DEFINE_{lower.upper()}_TYPE({name}, "{name}")\n'
        return text


def with_machine(tree: Downstream, version: str) -> Downstream:
    """The tree with a new machine type."""
    return replace(tree, machines=(*tree.machines, version))


def _adds(label: str, pc: bool) -> str:
    suffix = label.replace(".", "_")
    names = [f"hw_compat_rhel_{suffix}", *([f"pc_rhel_{suffix}_compat"] if pc else [])]
    return "".join(f"    compat_props_add(mc->compat_props, {name}, {name}_len);\n" for name in names)


def _array(name: str, entries: tuple[tuple[str, str, str], ...]) -> str:
    lines = "".join(f'    {{ "{driver}", "{prop}", "{value}" }},\n' for driver, prop, value in entries)
    return f"GlobalProperty {name}[] = {{\n{lines}}};\nconst size_t {name}_len = G_N_ELEMENTS({name});\n\n"


def _digits(version: str) -> str:
    return version.replace(".", "") + "0"


def _key(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
