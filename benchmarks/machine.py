"""The machine and the tools that a measurement was taken with."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

VERSIONS = {
    "spin": (["spin", "-V"], r"Version (\S+)"),
    "rumur": (["rumur", "--version"], r"version v?(\S+)"),
    "gcc": (["gcc", "--version"], r"(\d+\.\d+\.\d+)"),
    "java": (["java", "-version"], r'version "([^"]+)"'),
}
"""How each tool says its version."""


def memory_bytes() -> int:
    """The memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def described() -> dict[str, Any]:
    """The machine, the versions of the tools (None for one that is absent), and the commit of this checkout."""
    return {
        "when": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_bytes": memory_bytes(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "tools": {tool: _version(*how) for tool, how in VERSIONS.items()},
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _said(command: list[str]) -> str:
    ran = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr if ran.returncode == 0 else ""


def _version(command: list[str], pattern: str) -> str | None:
    found = re.search(pattern, _said(command)) if shutil.which(command[0]) else None
    return found[1] if found else None


def _commit() -> str | None:
    """The commit, with a mark where files differ from it; None outside a repository."""
    if shutil.which("git") is None:
        return None
    commit = _said(["git", "rev-parse", "HEAD"]).strip()
    changed = commit and _said(["git", "status", "--porcelain", "--untracked-files=no"]).strip()
    return f"{commit} with changes" if changed else commit or None
