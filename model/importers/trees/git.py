"""Asking git for what a repository holds, so that nothing of the repository is ever run.

A repository is as hostile as a patch: its configuration and hooks can name programs. Only commands that read objects are
used (``cat-file``, ``ls-tree``, ``merge-base``), without filters and without conversions; revisions are given on standard
input or as full object names, so that none can be taken for an option; and the few settings that could still reach a
program or the network are overruled.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import IO

from hopcheck.model.errors import InputError

SECONDS = 120.0
"""How long one command may take: listing a tree and reading all of its files takes git a few seconds."""

MAX_ANSWER = 256 << 20
"""Bytes of an answer that is read as a whole: the listing of 500,000 files is far below it."""

_ENVIRONMENT: Mapping[str, str] = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # A partial clone fetches what it lacks through any transport: none is allowed, in old versions of git and in new ones.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
}

_OVERRULED = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.alternateRefsCommand=", "core.pager=cat")

_NAME = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision: its object name, and its size in bytes."""

    name: str
    size: int


class Repository:
    """A repository of which objects are read; ``path`` is a work tree or the repository itself."""

    def __init__(self, path: Path) -> None:
        """Find the repository of a path.

        Raises:
            InputError: there is none. Folders above the path are not looked at.
        """
        self.path = path
        self.git_dir = _git_dir(path)

    def resolve(self, revision: str, kind: str) -> str:
        """Return the full name of the ``commit`` or ``tree`` that a revision names.

        Raises:
            InputError: it names nothing, more than one thing, or something else.
        """
        hint = f"write a commit, a branch or a tag of {self.path}"
        if not revision or "\n" in revision or "\0" in revision or not revision.isprintable():
            raise InputError(f"{revision!r} is no revision", hint=hint, file=str(self.path))
        answer = self._ask(("cat-file", "--batch-check"), f"{revision}^{{{kind}}}\n".encode())
        found = answer.decode(errors="replace").split()
        if len(found) != 3 or found[1] != kind or not _NAME.fullmatch(found[0]):
            ambiguous = found[-1:] == ["ambiguous"]
            what = "may be several revisions" if ambiguous else "is no revision that the repository holds"
            raise InputError(f"{revision!r} {what}", hint=hint, file=str(self.path))
        return found[0]

    def merge_base(self, one: str, other: str) -> str:
        """Return the best common ancestor of two commits, by full names.

        Raises:
            InputError: they have none.
        """
        try:
            found = self._ask(("merge-base", one, other)).decode(errors="replace").strip()
        except InputError:
            found = ""
        if not _NAME.fullmatch(found):
            raise InputError(
                f"{one[:12]} and {other[:12]} have no common ancestor",
                hint="write BASE..HEAD with HEAD made from BASE; a shallow clone may lack what lies between",
                file=str(self.path),
            )
        return found

    def files(self, tree: str) -> dict[str, Blob]:
        """Return the regular files of a tree, given its full name; links and submodules are left out."""
        answer = self._ask(("ls-tree", "-r", "-z", "-l", "--full-tree", tree))
        found: dict[str, Blob] = {}
        for line in answer.split(b"\0")[:-1]:
            about, _, raw = line.partition(b"\t")
            mode, kind, name, size = about.split()
            if kind == b"blob" and mode != b"120000" and size.isdigit():
                try:
                    found[raw.decode()] = Blob(name.decode(), int(size))
                except UnicodeDecodeError:
                    continue
        return found

    def blobs(self, names: Iterable[str], limit: int) -> Iterator[bytes]:
        """Yield the contents of blobs, by full names, in the order asked for; one process answers all.

        Raises:
            InputError: the repository lacks one, or one is larger than ``limit`` bytes.
        """
        with TemporaryFile() as asked:
            # A file, not a pipe: git may then answer faster than the contents are used, and the other way round.
            asked.writelines(f"{name}\n".encode() for name in names)
            asked.seek(0)
            process = self._start(("cat-file", "--batch"), asked)
            timer = Timer(SECONDS, process.kill)
            timer.start()
            try:
                assert process.stdout is not None
                while header := process.stdout.readline(200):
                    yield self._content(header, process.stdout, limit)
            finally:
                timer.cancel()
                process.kill()
                process.communicate()

    def _content(self, header: bytes, stream: IO[bytes], limit: int) -> bytes:
        found = header.split()
        if len(found) != 3 or found[1] != b"blob" or not found[2].isdigit() or int(found[2]) > limit:
            name = found[0][:12].decode(errors="replace") if found else "?"
            raise InputError(
                f"the object {name} cannot be read", hint="a partial or damaged clone: fetch it in full", file=str(self.path)
            )
        size = int(found[2])
        content = stream.read(size + 1)
        if len(content) != size + 1:
            raise InputError("git broke off its answer", hint="check the repository with git fsck", file=str(self.path))
        return content[:-1]

    def _ask(self, command: tuple[str, ...], question: bytes = b"") -> bytes:
        """Return what git answers on standard output."""
        with TemporaryFile() as asked:
            asked.write(question)
            asked.seek(0)
            process = self._start(command, asked)
            timer = Timer(SECONDS, process.kill)
            timer.start()
            try:
                assert process.stdout is not None
                answer = process.stdout.read(MAX_ANSWER + 1)
                if len(answer) > MAX_ANSWER:
                    process.kill()
                _, trouble = process.communicate()
            finally:
                timer.cancel()
                process.kill()
                process.wait()
        if process.returncode:
            told = (
                " ".join((trouble or b"").decode(errors="replace").split())[:200] or "it took too long, or answered too much"
            )
            raise InputError(
                f"git {command[0]} fails ({told})", hint="check the repository with git fsck", file=str(self.path)
            )
        return answer

    def _start(self, command: tuple[str, ...], asked: IO[bytes]) -> subprocess.Popen[bytes]:
        settings = [part for each in _OVERRULED for part in ("-c", each)]
        arguments = ["git", "--no-pager", "--literal-pathspecs", *settings, f"--git-dir={self.git_dir}", *command]
        try:
            return subprocess.Popen(
                arguments,
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if command[0] != "cat-file" else subprocess.DEVNULL,
                env=dict(_ENVIRONMENT),
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise InputError(f"git cannot be run ({error.strerror})", hint="install git to read revisions") from None


def _git_dir(path: Path) -> Path:
    """Return the repository of a path: the path itself, its ``.git``, or what a ``.git`` file points to."""
    inside = path / ".git"
    if inside.is_file():
        try:
            text = inside.read_text(encoding="utf-8")[:4096]
        except (OSError, UnicodeDecodeError):
            text = ""
        pointed = re.fullmatch(r"gitdir: (.+)\n?", text)
        inside = path / pointed[1] if pointed else path
    for found in (inside, path):
        if (found / "HEAD").is_file() and ((found / "objects").is_dir() or (found / "commondir").is_file()):
            return found.absolute()
    what = "is no git repository" if path.exists() else "there is no such directory"
    raise InputError(what, hint="write REPOSITORY@REVISION, or name a source tree", file=str(path))
