"""What continuous integration runs: the GitHub action, the GitLab component and the pre-commit hook.

The shell in them runs here, with stand-ins for hopcheck and for the services; their syntax is checked against the published
schemas where those are installed.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

ROOT = Path(__file__).parents[2]
SHOWN = "**UNSAFE**: `x` | <!-- y -->\n"

STAND_IN = """#!/usr/bin/env bash
printf '%s\\0' "${0##*/}" "$@" >> "$RECORD"
printf '\\n' >> "$RECORD"
"""
HOPCHECK = """
for each in "$@"; do
  case $each in markdown=*) test "$STATUS" = 2 || cp "$SUMMARY" "${each#markdown=}" ;; esac
done
exit "$STATUS"
"""


def action() -> dict[str, Any]:
    made = yaml.safe_load((ROOT / "action.yml").read_text())
    assert isinstance(made, dict)
    return made


def step(name: str) -> dict[str, Any]:
    return next(dict(each) for each in action()["runs"]["steps"] if each.get("name") == name)


def component() -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs of the GitLab component, and its job."""
    spec, jobs = yaml.safe_load_all((ROOT / "templates" / "hopcheck.yml").read_text())
    return spec["spec"]["inputs"], jobs["hopcheck"]


@dataclass(frozen=True, slots=True)
class Job:
    """How a script ended: its status, what it called, and what it wrote."""

    status: int
    calls: tuple[tuple[str, ...], ...]
    out: str


Run = Callable[..., Job]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a script with stand-ins for the programs that it calls; ``status``: what hopcheck ends with."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, more in (("hopcheck", HOPCHECK), ("curl", "exit ${CURL:-0}\n"), ("gh", "exit ${GH:-0}\n")):
        path = programs / name
        path.write_text(STAND_IN + more)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "summary.md").write_text(SHOWN)

    def call(script: str, shell: tuple[str, ...], status: int, environment: Mapping[str, str]) -> Job:
        record = tmp_path / "record"
        record.write_text("")
        done = subprocess.run(
            [*shell, script],
            cwd=tmp_path,
            env={
                "PATH": f"{programs}{os.pathsep}/usr/bin:/bin",
                "RECORD": str(record),
                "SUMMARY": str(tmp_path / "summary.md"),
                "STATUS": str(status),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        calls = tuple(tuple(line.split("\0")[:-1]) for line in record.read_text().splitlines())
        return Job(done.returncode, calls, done.stdout + done.stderr)

    return call


GITHUB_SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")
"""What ``shell: bash`` is."""


def _github(run: Run, tmp_path: Path, status: int = 0, **given: str) -> Job:
    for name in ("output", "steps"):
        (tmp_path / name).write_text("")
    environment = {
        "CHANGE": "",
        "TREE": ".",
        "REPORTS": "reports",
        "ARGUMENTS": "",
        "BASE": "0123abc",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "steps"),
        **given,
    }
    return run(step("Prove")["run"], GITHUB_SHELL, status, environment)


REPORTS = (
    "sarif=reports/report.sarif",
    "junit=reports/report.xml",
    "html=reports/report.html",
    "markdown=reports/report.md",
)


@pytest.mark.parametrize(("status", "verdict"), [(0, "safe"), (1, "unsafe"), (3, "unknown"), (2, "error"), (70, "error")])
def test_the_action_proves_the_pull_request(run: Run, tmp_path: Path, status: int, verdict: str) -> None:
    job = _github(run, tmp_path, status)
    assert job.status == status
    (call,) = job.calls
    assert call[:4] == ("hopcheck", "prove", "--quiet", "--cache")
    assert call[-2:] == ("--", "0123abc..HEAD")
    assert call[call.index("--tree") + 1] == "."
    assert tuple(call[at + 1] for at, each in enumerate(call) if each == "--report") == REPORTS
    assert (tmp_path / "output").read_text() == f"verdict={verdict}\n"
    assert (tmp_path / "steps").read_text() == ("" if status == 2 else SHOWN)


def test_the_action_proves_what_it_is_given(run: Run, tmp_path: Path) -> None:
    (call,) = _github(run, tmp_path, CHANGE="changes/a b.toml", ARGUMENTS="--timeout 60").calls
    assert call[-1] == "changes/a b.toml"
    assert "--tree" not in call
    assert call[4:6] == ("--timeout", "60")
    hostile = "$(touch hit); `touch hit`.patch"
    (call,) = _github(run, tmp_path, CHANGE=hostile, TREE="; touch hit").calls
    assert (call[-1], call[call.index("--tree") + 1]) == (hostile, "; touch hit")
    assert not (tmp_path / "hit").exists()


def test_no_step_puts_an_expression_into_its_script() -> None:
    """What strangers name, such as a branch, reaches a script through its environment only."""
    for each in action()["runs"]["steps"]:
        assert "${{" not in each.get("run", "")


def test_the_action_comments_on_the_pull_request(run: Run, tmp_path: Path) -> None:
    script = step("Post the summary")["run"]
    given = {"GH_TOKEN": "t", "REPORTS": "reports", "NUMBER": "7", "REPOSITORY": "o/r"}
    assert run(script, GITHUB_SHELL, 0, given).calls == ()
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "report.md").write_text(SHOWN)
    posted = ("gh", "pr", "comment", "7", "--repo", "o/r", "--body-file", "reports/report.md")
    assert run(script, GITHUB_SHELL, 0, given).calls == ((*posted, "--edit-last"),)
    failed = run(script, GITHUB_SHELL, 0, {**given, "GH": "1"})
    assert failed.calls == ((*posted, "--edit-last"), posted)
    assert failed.status == 1


GITLAB_SHELL = ("sh", "-e", "-c")


def _gitlab(run: Run, status: int = 0, **given: str) -> Job:
    _, job = component()
    variables = {name: value for name, value in job["variables"].items() if "$" not in value}
    environment = {
        **variables,
        "CHANGE": "",
        "TREE": ".",
        "ARGUMENTS": "",
        "REPORTS": "reports",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": "0123abc",
        "CI_COMMIT_SHA": "4567def",
        "CI_API_V4_URL": "https://gitlab.example.org/api/v4",
        "CI_PROJECT_ID": "11",
        "CI_MERGE_REQUEST_IID": "7",
        **given,
    }
    return run("\n".join(job["script"]), GITLAB_SHELL, status, environment)


@pytest.mark.parametrize("status", [0, 1, 2, 3, 70])
def test_the_component_proves_the_merge_request(run: Run, status: int) -> None:
    job = _gitlab(run, status)
    assert job.status == status
    (call,) = job.calls
    assert call[:6] == ("hopcheck", "prove", "--quiet", "--cache", "--tree", ".")
    assert call[-2:] == ("--", "0123abc..4567def")
    assert tuple(call[at + 1] for at, each in enumerate(call) if each == "--report") == REPORTS


def test_the_component_proves_what_it_is_given(run: Run, tmp_path: Path) -> None:
    (call,) = _gitlab(run, CHANGE="changes/a b.toml", ARGUMENTS="--timeout 60").calls
    assert call[4:6] == ("--timeout", "60")
    assert "--tree" not in call
    assert call[-1] == "changes/a b.toml"
    (call,) = _gitlab(run, CHANGE="$(touch hit).patch").calls
    assert call[-1] == "$(touch hit).patch"
    assert not (tmp_path / "hit").exists()


def test_the_component_posts_the_summary_where_it_may(run: Run) -> None:
    job = _gitlab(run, 1, HOPCHECK_TOKEN="secret")
    assert job.status == 1
    _, posted = job.calls
    assert posted[0] == "curl"
    assert posted[posted.index("--header") + 1] == "PRIVATE-TOKEN: secret"
    assert posted[posted.index("--data-urlencode") + 1] == "body@reports/report.md"
    assert posted[-1] == "https://gitlab.example.org/api/v4/projects/11/merge_requests/7/notes"
    assert len(_gitlab(run, 2, HOPCHECK_TOKEN="secret").calls) == 1


def test_a_summary_that_cannot_be_posted_changes_no_verdict(run: Run) -> None:
    job = _gitlab(run, 0, HOPCHECK_TOKEN="secret", CURL="22")
    assert job.status == 0
    assert "the summary could not be posted" in job.out


def test_the_component_keeps_what_it_writes() -> None:
    inputs, job = component()
    assert "default" not in inputs["package"]  # nobody but the user says where hopcheck comes from
    folder = job["variables"]["REPORTS"]
    assert job["artifacts"]["paths"] == [f"{folder}/"]
    assert job["artifacts"]["reports"] == {"junit": f"{folder}/report.xml"}
    assert job["artifacts"]["when"] == "always"
    used = {name for name in inputs if f"$[[ inputs.{name} ]]" in (ROOT / "templates/hopcheck.yml").read_text()}
    assert used == set(inputs)


def test_every_input_of_the_action_is_used() -> None:
    text = (ROOT / "action.yml").read_text()
    for name in action()["inputs"]:
        assert f"inputs.{name}" in text


def test_the_options_are_those_of_hopcheck() -> None:
    """The reports that the templates ask for are formats of the command line, and so are their options."""
    from hopcheck.cli.check import command as check
    from hopcheck.cli.prove import command as prove

    known = {option for parameter in prove.params for option in parameter.opts}
    assert {"--quiet", "--cache", "--tree", "--report"} <= known
    (form,) = [each for each in prove.params if each.name == "form"]
    assert {each.partition("=")[0] for each in REPORTS} <= set(getattr(form.type, "choices", ()))
    entry = hook()["entry"].split()
    assert entry[:2] == ["hopcheck", "check"]
    assert set(entry[2:]) <= {option for parameter in check.params for option in parameter.opts}


def hook() -> dict[str, Any]:
    (made,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(made, dict)
    return made


def test_the_hook_has_what_pre_commit_asks_for() -> None:
    made = hook()
    assert {"id", "name", "entry", "language"} <= made.keys()
    assert made["language"] == "python"
    assert made["require_serial"] is True  # one run for all files


SCHEMAS = "check_jsonschema.builtin_schemas.vendor"


@pytest.mark.parametrize(("name", "schema"), [("action", "github-actions"), ("component", "gitlab-ci")])
def test_the_syntax_is_that_of_the_published_schemas(tmp_path: Path, name: str, schema: str) -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    document = action() if name == "action" else {"hopcheck": component()[1]}
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document))
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    broken = {**document, "runs": 3} if name == "action" else {"hopcheck": {**component()[1], "script": 3}}
    path.write_text(json.dumps(broken))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("dialect", ["bash", "sh"])
def test_shellcheck_has_nothing_to_say(tmp_path: Path, dialect: str) -> None:
    found = shutil.which("shellcheck") or shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("shellcheck is not installed")
    if dialect == "bash":
        scripts = [each["run"] for each in action()["runs"]["steps"] if "run" in each]
    else:
        scripts = ["\n".join(component()[1]["script"])]
    for number, script in enumerate(scripts):
        path = tmp_path / f"{number}.sh"
        path.write_text(f"#!/usr/bin/env {dialect}\n{script}")
        done = subprocess.run([found, str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
