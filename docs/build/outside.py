"""A hook of the site: pages link to files of the project outside of this folder, so the site shows those files too.

Text in Markdown becomes a page as it is, other text a page that quotes it, a folder the list of what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_LINK = re.compile(r"(\[[^\]]*\]\()(?!\w+:|#|/)([^)\s#]+)((?:#[^)\s]*)?\))")
_LANGUAGES = {".py": "python", ".toml": "toml", ".yml": "yaml", ".json": "json", ".txt": "text", "": "text"}

_origins: dict[str, str] = {}
"""Where what a page of the site shows lies in the project, for those from outside of the folder."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that pages link to, and those that these link to."""
    root = Path(config.config_file_path).parent
    _origins.clear()
    waiting = [file for file in files if file.is_documentation_page() and file.abs_src_path]
    while waiting:
        file = waiting.pop()
        for target in _outside(file.content_string, _origin(file.src_uri)):
            made = _made(root, target, config)
            if made is not None and made.src_uri not in _origins:
                _origins[made.src_uri] = target
                files.append(made)
                if target.endswith(".md"):
                    waiting.append(made)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links at where the site shows the files; links to what is nowhere stay, and the strict build refuses them."""
    origin = _origin(page.file.src_uri)
    places = {target: uri for uri, target in _origins.items()}

    def point(found: re.Match[str]) -> str:
        target = _resolved(found[2], origin)
        uri = places.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else None)
        if uri is None or files.get_file_from_path(uri) is None:
            return found[0]
        return f"{found[1]}{relpath(uri, PurePosixPath(page.file.src_uri).parent)}{found[3]}"

    return _LINK.sub(point, markdown)


def _origin(uri: str) -> str:
    return _origins.get(uri, f"docs/{uri}")


def _resolved(link: str, origin: str) -> str:
    """The path of a link's target in the project."""
    return normpath(PurePosixPath(origin).parent / link)


def _outside(text: str, origin: str) -> Iterator[str]:
    for found in _LINK.finditer(text):
        target = _resolved(found[2], origin)
        if not target.startswith(("docs/", "..")):
            yield target


def _made(root: Path, target: str, config: MkDocsConfig) -> File | None:
    path = root / target
    if target.endswith(".md") and path.is_file():
        return File.generated(config, f"project/{target}", content=path.read_text("utf-8"))
    if path.is_dir():
        listed = "".join(f"- `{each.name}`\n" for each in sorted(path.iterdir()) if not each.name.startswith(("_", ".")))
        return File.generated(config, f"project/{target}/index.md", content=f"# `{target}/`\n\n{listed}")
    if path.is_file() and path.suffix in _LANGUAGES:
        quoted = f"````{_LANGUAGES[path.suffix]}\n{path.read_text('utf-8')}````\n"
        return File.generated(config, f"project/{target}.md", content=f"# `{target}`\n\n{quoted}")
    return None
