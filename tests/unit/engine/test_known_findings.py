"""The file of known findings of the models: what it may say, and what is told of what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from hopcheck.engine.known_findings import load_findings
from hopcheck.model.errors import InputError

WHOLE = """
[model.toy]
releases = "toy 1"
[model.toy.settings]
size = 3
fast = true
[[finding]]
id = "toy.it-breaks"
property = "holds"
rule = "model/domain/toy.py"
reason = "always did"
settings = { fast = false, name = "a" }
"""


def test_settings_of_the_model_hold_unless_a_finding_sets_them(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(WHOLE)
    (found,) = load_findings(file)
    assert (found.id, found.model, found.prop) == ("toy.it-breaks", "toy", "holds")
    assert found.settings == {"size": "3", "fast": "false", "name": "a"}
    assert (found.releases, found.rule, found.reason) == ("toy 1", "model/domain/toy.py", "always did")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[model.toy]", "[[", "this is not TOML"),
        ("[model.toy]", "other = 1\n[model.toy]", "'other' is nothing here"),
        (WHOLE, "model = 1", "model is no table of tables"),
        (WHOLE, "finding = [1]", "finding is no list of tables"),
        ('property = "holds"', "", "finding 1 has no property"),
        ('reason = "always did"', "reason = 1", "finding 1 has no reason"),
        ('"toy.it-breaks"', '"toy"', "'toy' is no id"),
        ('"toy.it-breaks"', '"toy.It breaks"', "is no id"),
        ('releases = "toy 1"', "", "finding 1 has no releases"),
        ('reason = "always', 'because = 1\nreason = "always', "'because' is nothing here"),
        ('{ fast = false, name = "a" }', "[1]", "settings of finding 1 are no table"),
        ("size = 3", "size = [3]", "settings of model.toy are no table"),
        (WHOLE, WHOLE + WHOLE[WHOLE.index("[[") :], "toy.it-breaks is there twice"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert before in WHOLE
    file = tmp_path / "known.toml"
    file.write_text(WHOLE.replace(before, after))
    with pytest.raises(InputError, match=said) as error:
        load_findings(file)
    assert str(file) in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the known findings"):
        load_findings(tmp_path / "none.toml")
