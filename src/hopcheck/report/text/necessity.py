"""What every compat entry of a build is good for, as text."""

from __future__ import annotations

import itertools

from hopcheck.engine.repairing.necessity import Necessity
from hopcheck.model.domain.device_config.need import Need, Needed, Witness
from hopcheck.report.schema.report import EntryReport
from hopcheck.report.text.notation import count, shown
from hopcheck.report.text.page import Look, Page

_WHY = {
    Need.NO_DRIVER: "no type has the name of its driver",
    Need.NOT_APPLIED: "no versioned machine type applies its array",
    Need.NO_PROPERTY: "no type that it matches has the property",
    Need.NO_DEVICE: "no machine type that applies it is known to have such a device",
    Need.OVERRIDDEN: "an entry that is applied later decides wherever it applies",
    Need.SAME_VALUE: "the value is the same without it",
    Need.UNTOLD: "no other build tells its value, or nobody knows what it would be without the entry",
    Need.UNSEEN: "neither a guest nor a migration can tell the difference",
    Need.BREAKS_ANYWAY: "the other builds differ among themselves, and no further chain breaks without it",
}


def necessity_text(made: Necessity, look: Look) -> str:
    """Array by array: each entry with the chain that breaks without it, or why no known chain does."""
    page = Page(look)
    needed = sum(each.need is Need.NEEDED for each in made.entries)
    page.heading(f"The compat entries of {made.build}, in chains through {count(len(made.builds), 'build')}")
    page.paragraph(
        f"{count(len(made.entries), 'entry', 'entries')}: without {needed} of them a chain of migrations breaks that holds "
        f"with them; on the other {len(made.entries) - needed} nothing known depends."
    )
    for array, entries in itertools.groupby(made.entries, key=lambda each: each.placed.array):
        page.heading(array)
        for each in entries:
            _write_entry(page, each, made.build)
    return page.text


def _write_entry(page: Page, each: Needed, build: str) -> None:
    entry = each.placed.entry
    page.paragraph(EntryReport("", entry.driver, entry.property, entry.value, "").notation, indent=2)
    if each.witness is not None:
        page.labelled("needed", _chain(each.witness, build), indent=6)
    else:
        page.labelled("spare", _WHY[each.need], "yellow", indent=6)


def _chain(witness: Witness, build: str) -> str:
    """The hop that shows the difference, in a sentence."""
    kept, lost = f"({shown(witness.kept)})", f"({shown(witness.lost)} without it)"
    hop = f"{witness.other} {kept} -> {build} {lost}" if witness.upwards else f"{build} {lost} -> {witness.other} {kept}"
    return f"{witness.duty.machine}, {witness.duty.type}: {hop}; {witness.duty.mismatch.kind}"
