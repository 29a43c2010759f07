"""What differs between a git revision and the work tree, file by file, as it is asked for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from hopcheck.engine.own.model import files_of, own_model
from hopcheck.model.errors import InputError
from hopcheck.model.importers.trees.git import Repository
from hopcheck.model.importers.trees.identity import identity
from hopcheck.model.importers.trees.revision import Revision


@dataclass(frozen=True, slots=True)
class Since:
    """The work tree ``top`` against ``before``: the last commit that it has in common with a revision."""

    top: Path
    before: Revision

    def changed(self, path: Path) -> bool:
        """Whether a file is new or another. One outside the work tree, or that cannot be read, counts as changed."""
        try:
            name = path.resolve().relative_to(self.top).as_posix()
            return self.before.files.get(name) != identity(path.read_bytes())
        except (OSError, ValueError):
            return True

    def model_changed(self, name: str) -> bool:
        """Whether a model of the user's own, or a Python file of the work tree that it imports, is new or another.

        What else a model reads is not known here.
        """
        if self.changed(Path(name)):
            return True
        model = own_model(name)
        if model.variants is not None:
            model.variants()  # what its functions import counts as well
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        inside = {Path(file) for file in files if file and Path(file).resolve().is_relative_to(self.top)}
        return any(map(self.changed, inside | files_of(name)))


def since(folder: Path, revision: str) -> Since:
    """The work tree that a folder lies in, against a revision.

    Raises ``InputError`` where there is none, or it has nothing in common with the revision.
    """
    top = next((each for each in (folder.resolve(), *folder.resolve().parents) if (each / ".git").exists()), None)
    if top is None:
        raise InputError("lies in no git work tree", hint="run it in one, or leave --changed-since out", file=str(folder))
    repository = Repository(top)
    base = repository.merge_base(repository.resolve(revision, "commit"), repository.resolve("HEAD", "commit"))
    return Since(top, Revision(repository, base))
