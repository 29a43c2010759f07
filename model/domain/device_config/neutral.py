"""Whether the default of a new device property is neutral: a device without the property behaved the same.

A property that is new in a release and that no compat entry names says by omission: nothing changes for old machine
types. That is believed where the default is the conventional "nothing", and listed for review everywhere else.
"""

from __future__ import annotations

import re

from hopcheck.model.facts.kinds import Family, kind_of
from hopcheck.model.facts.values import Form, Known

_BEHAVES_LIKE_BEFORE = re.compile(
    r"(^|-|_)(bug|legacy|backcompat|compat|pre|old|broken|before|disable|no|not|without)(-|_|$)"
)
"""Words in the name of a switch that turn its meaning round: off is then the new behaviour, on the old one."""


def is_neutral(prop: str, kind: str, default: Known) -> bool:
    """Whether the default changes nothing against a device that lacks the property, by convention of its kind.

    Off for a switch (unless its name asks for old behaviour), unset for what the user names, zero for a number.
    """
    if default.form is Form.UNSET:
        return True
    if default.form is Form.SYMBOL:
        return False
    family = kind_of(kind).family
    if family is Family.BOOL or default.text in ("on", "off"):
        return default.text == "off" and _BEHAVES_LIKE_BEFORE.search(prop) is None
    if family in (Family.INTEGER, Family.SIZE):
        return default.text == "0"
    return default.text == ""
