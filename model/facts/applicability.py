"""Which types a machine type can have, and which of them users create.

A machine type belongs to one architecture, by its name. For x86-64 the binaries next to a build answer which types
its QEMU has. For other architectures only the defining file and the place in the hierarchy can be asked: what lies
under ``hw/ARCH`` or ``target/ARCH`` is of that architecture, buses that users plug devices into are generic, and what
is bound to a board by its nature is *doubtful*: listed apart, and no violation.

The facts do not hold the flag by which QEMU refuses ``-device``. `Applicability.creatable` uses what is known: which
objects were made with ``-device`` in the observed runs, which only ever came with a board, and the bus of the type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hopcheck.model.facts.hierarchy import Hierarchy, hierarchy
from hopcheck.model.facts.schema import Build, Facts
from hopcheck.model.facts.versions import nearest_binaries, same_release


class Presence(StrEnum):
    """Whether a machine type's QEMU has a type."""

    PRESENT = "present"
    """The binary has it, or nothing binds it to another architecture or board."""
    ABSENT = "absent"
    """Another architecture's, or the binaries of this one do not have it."""
    DOUBTFUL = "doubtful"
    """Bound to a board or a bus that this machine type may lack; the facts cannot tell."""


class Creatable(StrEnum):
    """Who creates objects of a type."""

    USER = "user"
    """Users do, with -device, -object or -cpu; the layers below their options decide."""
    CORE = "core"
    """QEMU itself, once per process (the migration object); compat entries apply."""
    BOARD = "board"
    """The board's code, which may set properties: their values are unknown."""
    NOBODY = "nobody"
    """The type is abstract."""
    UNKNOWN = "unknown"
    """The facts do not tell."""


@dataclass(frozen=True, slots=True)
class Applies:
    """Whether a type applies to a machine type or architecture, and why."""

    presence: Presence
    reason: str


@dataclass(frozen=True, slots=True)
class Creation:
    """Who creates objects of a type, and how that is known."""

    creatable: Creatable
    reason: str


_MACHINES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"m68k:virt-.*"), "m68k"),
    (re.compile(r"virt-.*"), "arm"),
    (re.compile(r"s390-ccw-virtio-.*"), "s390x"),
    (re.compile(r"pseries-.*"), "ppc64"),
    (re.compile(r"pc-.*|microvm|isapc|xenfv.*|xenpv|x-remote|nitro"), "x86_64"),
)

_FOLDERS: Mapping[str, str] = MappingProxyType(
    {"i386": "x86_64", "xenpv": "x86_64", "hyperv": "x86_64", "arm": "arm", "s390x": "s390x"}
    | {"ppc": "ppc64", "m68k": "m68k"}
    | {
        name: name
        for name in [
            "alpha",
            "avr",
            "cris",
            "hexagon",
            "hppa",
            "lm32",
            "loongarch",
            "microblaze",
            "mips",
            "moxie",
            "nios2",
        ]
    }
    | {
        name: name
        for name in ["openrisc", "or1k", "riscv", "rx", "sh4", "sparc", "sparc64", "tricore", "unicore32", "xtensa"]
    }
)
"""Folders under hw/ and target/ that belong to one architecture."""

_OWN_FILES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "arm": re.compile(r"hw/arm/(virt|smmu|sysbus-fdt|boot)[\w.-]*"),
        "ppc64": re.compile(r"hw/ppc/(spapr|fdt)[\w.-]*"),
        "m68k": re.compile(r"hw/m68k/virt[\w.-]*"),
        "s390x": re.compile(r"hw/s390x/.*"),
        "x86_64": re.compile(r"hw/i386/.*"),
    }
)
"""Files of an architecture's folder that the versioned machine types use; the others are other boards'."""

_BOARD_FILES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "arm": re.compile(
            r"hw/(intc/arm_gic|char/pl011|rtc/pl031|gpio/pl061|gpio/gpio_key|pci-host/gpex|nvram/fw_cfg"
            r"|virtio/virtio-mmio|block/pflash_cfi01|acpi/generic_event|tpm/tpm_tis_sysbus)"
        ),
        "ppc64": re.compile(r"hw/(intc/(xi|spapr)|nvram/spapr|char/spapr|net/spapr|scsi/spapr|tpm/tpm_spapr)"),
        "m68k": re.compile(r"hw/((char|intc|rtc)/goldfish|intc/m68k|misc/virt_ctrl|virtio/virtio-mmio)"),
        "s390x": re.compile(r"(?!)"),
        "x86_64": re.compile(r"hw/(acpi|isa|pci-host|intc|timer|rtc|nvram|input|block/pflash_cfi01)"),
    }
)
"""Generic files whose system-bus devices the versioned machine types of an architecture create."""

_BOUND: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"vfio-(ap|ccw)|sclp|diag288|s390|zpci"), "s390x"),
    (re.compile(r"spapr|vio-|pnv|xive|xics|ic[sp]-|ppc|powernv|uni-north|macio"), "ppc64"),
    (re.compile(r"(kvm-)?i?o?apic|hpet|kvm(clock|vapic)|vmport|igd|isa-pit|pit-"), "x86_64"),
    (re.compile(r"goldfish|virt-ctrl|q800|mcf|nubus|next-"), "m68k"),
    (re.compile(r"arm|smmu|pl0\d\d|gpex|vmapple"), "arm"),
)
"""Beginnings of type names that tell the architecture, in files that do not."""

_FAMILIES = re.compile(
    r"(?i)aspeed|allwinner|stm32|xlnx|xilinx|imx|fsl|npcm|nrf51|bcm2|exynos|cadence|sse-|mss-|msf2|renesas|lasi|via-"
    r"|vt82|sun|adb|nubus|swim|aux-|mips|riscv|designware|grlib|axi|sabre|raven|bonito|prep|dino|astro|esp32|max78|sifive|s3c|tegra"
)
"""Beginnings of type names of device families that only their own boards have."""

_CHIP_SETS = re.compile(r"(?i)(piix|ich9[- ](lpc|smb)|i440fx|q35|mch$|vt82|sii3112)")
_NO_PCI = frozenset({"m68k"})
_BEHIND_PCI = re.compile(r"(?i)nvme-|hda-")
"""Beginnings of names of devices on buses that only PCI devices have."""

_NO_ISA = frozenset({"arm", "s390x", "m68k"})
_PLUGGABLE = (
    "pci-device",
    "usb-device",
    "scsi-device",
    "ide-device",
    "virtio-device",
    "ccw-device",
    "virtio-serial-port",
)


def arch_of(machine: str) -> str:
    """Return the architecture of a machine type by its name, "" where the name tells nothing (``none``)."""
    return next((arch for pattern, arch in _MACHINES if pattern.fullmatch(machine)), "")


class Applicability:
    """Answers for one build."""

    def __init__(self, facts: Facts, build: Build, own: Hierarchy | None = None) -> None:
        """Take the build's hierarchy and the x86-64 binaries next to it."""
        self._own = own or hierarchy(facts, build)
        binaries = nearest_binaries(facts, build, "x86_64")
        self._binaries = binaries[:1] if binaries and same_release(binaries[0], build) else binaries
        self._made: dict[str, bool] = {}
        for binary in binaries:
            for run in binary.runs:
                for seen in run.objects:
                    by_user = seen.path.startswith("id:")
                    self._made[seen.type] = self._made.get(seen.type, False) or by_user

    def on(self, machine: str, name: str) -> Applies:
        """Return whether a type applies to a machine type of the build."""
        arch = arch_of(machine)
        if not arch:
            return Applies(Presence.DOUBTFUL, f"the architecture of {machine} is not known")
        return self.in_arch(arch, name)

    def in_arch(self, arch: str, name: str) -> Applies:
        """Return whether a type applies to the versioned machine types of an architecture."""
        if name not in self._own:
            return Applies(Presence.ABSENT, "the build has no such type")
        if arch == "x86_64" and self._binaries:
            return self._on_x86(name)
        return self._elsewhere(arch, name)

    def _on_x86(self, name: str) -> Applies:
        for binary in self._binaries:
            if name in binary.types:
                return Applies(Presence.PRESENT, f"the binary {binary.name} has it")
        names = " and ".join(binary.name for binary in self._binaries)
        if _arch_folder(self._own.types[name].file) == "x86_64":
            return Applies(Presence.DOUBTFUL, f"an x86 file defines it, and {names} do not have it")
        return Applies(Presence.ABSENT, f"{names} do not have it")

    def _elsewhere(self, arch: str, name: str) -> Applies:
        """Judge by the file that defines the type or, where that is not known, an ancestor; then by the bus."""
        files = [self._own.types[a].file for a in self._own.ancestors(name) if a in self._own.types]
        foreign = next((f for f in files if _arch_folder(f) not in {"", arch}), None)
        if foreign is not None:
            return Applies(Presence.ABSENT, f"{foreign} is {_arch_folder(foreign)}'s")
        file = next((f for f in files if f), "")
        if not _arch_folder(file):
            return self._generic(arch, name, file)
        if file.startswith("target/") or _OWN_FILES[arch].fullmatch(file):
            return Applies(Presence.PRESENT, f"{file} is {arch}'s")
        return Applies(Presence.DOUBTFUL, f"{file} is {arch}'s, but another board's")

    def _generic(self, arch: str, name: str, file: str) -> Applies:
        chain = self._own.ancestors(name)
        bound = next((a for pattern, a in _BOUND if pattern.match(name)), arch)
        if bound != arch:
            return Applies(Presence.DOUBTFUL, f"named after {bound} or one of its boards")
        if _FAMILIES.match(name):
            return Applies(Presence.DOUBTFUL, "of a device family that only its own boards have")
        if _CHIP_SETS.search(name) or file.startswith(("hw/isa/", "hw/xen", "hw/vmapple/")):
            return Applies(Presence.DOUBTFUL, "part of another board's chip set")
        if "sys-bus-device" in chain and name != "sys-bus-device":
            if _BOARD_FILES[arch].match(file) or file.startswith("hw/core/"):
                return Applies(Presence.PRESENT, f"the {arch} boards use {file}")
            return Applies(Presence.DOUBTFUL, "on the system bus: a board has to create it")
        if "isa-device" in chain and arch in _NO_ISA:
            return Applies(Presence.DOUBTFUL, "on the ISA bus, which the machine types lack")
        if arch in _NO_PCI and ("pci-device" in chain or _BEHIND_PCI.match(name)):
            return Applies(Presence.DOUBTFUL, "on a PCI bus, which the machine types lack")
        board = file.startswith(("hw/misc/", "hw/ssi/", "hw/sd/", "hw/gpio/", "hw/i2c/", "hw/sensor/", "hw/adc/", "hw/fsi/"))
        if board and not any(bus in chain for bus in _PLUGGABLE):
            return Applies(Presence.DOUBTFUL, f"{file} serves boards of several kinds")
        return Applies(Presence.PRESENT, "nothing binds it to an architecture")

    def creatable(self, name: str) -> Creation:
        """Return who creates objects of exactly this type."""
        chain = self._own.ancestors(name)
        stated = [b.types[name].concrete for b in self._binaries if name in b.types]
        if stated and not any(stated) and "device" in chain:
            return Creation(Creatable.NOBODY, "the binaries do not list it as a concrete device")
        if self._made.get(name):
            return Creation(Creatable.USER, "seen made with -device, or as part of such a device")
        if name == "migration":
            return Creation(Creatable.CORE, "made once by QEMU itself")
        if "cpu" in chain:
            return Creation(Creatable.USER, "chosen with -cpu")
        if name in self._made or _CHIP_SETS.search(name):
            return Creation(Creatable.BOARD, "comes with the board")
        if "sys-bus-device" in chain:
            return Creation(Creatable.BOARD, "on the system bus, and not seen made with -device")
        if any(bus in chain for bus in _PLUGGABLE):
            return Creation(Creatable.USER, "on a bus that users plug devices into")
        if "device" not in chain:
            return Creation(Creatable.UNKNOWN, "not a device; which objects users may create is not in the facts")
        return Creation(Creatable.UNKNOWN, "not seen, and its bus tells nothing")


def user_creatable(facts: Facts, build: Build, name: str) -> Creation:
    """Return who creates objects of a type in a build (`Applicability` answers many such questions faster)."""
    return Applicability(facts, build).creatable(name)


def _arch_folder(file: str) -> str:
    """Return the architecture whose folder a file lies in, "" for a generic one."""
    match = re.match(r"(?:hw|target)/(\w+)/", file)
    return _FOLDERS.get(match[1], "") if match else ""
