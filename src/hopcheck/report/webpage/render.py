"""From a report to the text of its page: the template, the style and the script, put together into one file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hopcheck.report.schema.report import Report
from hopcheck.report.text.causes import DIRECTIONS, kind_meaning
from hopcheck.report.text.findings import change, lasting, machines, outcome
from hopcheck.report.text.notation import count, families, seconds, shown
from hopcheck.report.webpage.view import facets, families_of, groups, newest, spans, subject, tallies, variants, verdict_word

Pictures: TypeAlias = Mapping[tuple[str, str, str], str]
"""Model, variant and property of a trace to its message-sequence picture, an SVG that this application drew."""


def webpage(report: Report, pictures: Pictures | None = None) -> str:
    """The page of a report.

    Everything in it but the pictures is escaped; its policy lets nothing be loaded, and no script run but the page's own.
    """
    style, script = _asset("style.css"), _asset("script.js")
    policy = (
        "default-src 'none'",
        f"style-src {_hash(style)}",
        f"script-src {_hash(script)}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    template = _environment().get_template("page.html.j2")
    return template.render(
        report=report,
        pictures={key: Markup(svg) for key, svg in (pictures or {}).items()},
        style=Markup(style),
        script=Markup(script),
        policy="; ".join(policy),
        facets=facets(report),
        groups=groups(report),
        subject=subject(report),
        newest=newest(report),
        tallies=tallies(report),
        verdict=verdict_word(report),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hopcheck.report", "webpage"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "change": change,
        "count": count,
        "direction": DIRECTIONS.__getitem__,
        "families_of": families_of,
        "kind_meaning": kind_meaning,
        "lasting": lasting,
        "machine_families": families,
        "machines": machines,
        "outcome": outcome,
        "plain": _plain,
        "seconds": seconds,
        "sentence": _sentence,
        "shown": shown,
        "spans": spans,
        "variants": variants,
    }
    return environment


def _asset(name: str) -> str:
    return resources.files("hopcheck.report.webpage").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """How a content security policy names an inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _sentence(text: str) -> str:
    """A clause as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _plain(value: bool | int | str) -> str:
    """A value of a variable as the model writes it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else shown(str(value))
