"""Writing entries into C text: everything but the array stays byte for byte."""

from __future__ import annotations

import pytest

from hopcheck.model.errors import InputError
from hopcheck.model.facts.schema import Entry
from hopcheck.model.importers.initializer import rewritten

ENTRY = Entry("disk", "queues", "1")
OTHER = Entry("tape", "speed", "fast")


def _added(text: str, line: int = 1, *entries: Entry) -> str:
    return rewritten(text.encode("latin-1"), "a.c", added={line: entries or (ENTRY,)}).decode("latin-1")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'GlobalProperty a[] = {\n    { "x", "y", "z" },\n};\n',
            'GlobalProperty a[] = {\n    { "x", "y", "z" },\n    { "disk", "queues", "1" },\n};\n',
        ),
        (
            'GlobalProperty a[] = {\n\t{"x", "y", "z"}\n};\n',
            'GlobalProperty a[] = {\n\t{"x", "y", "z"},\n\t{"disk", "queues", "1"},\n};\n',
        ),
        (
            'GlobalProperty a[] = {\n    { TYPE_X, "y", "z"}, /* why { */\n    /* the end; */\n};\n',
            'GlobalProperty a[] = {\n    { TYPE_X, "y", "z"}, /* why { */\n    /* the end; */\n'
            '    { "disk", "queues", "1"},\n};\n',
        ),
        ("GlobalProperty a[] = {};\n", 'GlobalProperty a[] = {\n    { "disk", "queues", "1" },\n};\n'),
        ("GlobalProperty a[] = {\n};\n", 'GlobalProperty a[] = {\n    { "disk", "queues", "1" },\n};\n'),
        (
            '  static GlobalProperty a[] = {\n      {\n          .driver = "x",\n      },\n  };\n',
            '  static GlobalProperty a[] = {\n      {\n          .driver = "x",\n      },\n      {\n'
            '          .driver   = "disk",\n          .property = "queues",\n          .value    = "1",\n      },\n  };\n',
        ),
        (
            'GlobalProperty a[] = {\r\n    { "x", "y", "}" },\r\n};\r\n',
            'GlobalProperty a[] = {\r\n    { "x", "y", "}" },\r\n    { "disk", "queues", "1" },\r\n};\r\n',
        ),
        (
            'GlobalProperty a[] = { { "x", "y", "z" } };\n',
            'GlobalProperty a[] = { { "x", "y", "z" },\n    { "disk", "queues", "1" },\n};\n',
        ),
        (
            'GlobalProperty a[] =\n{\n    { "x", "\\"", "z" },\n#ifdef MORE }\n    { "u", "v", "w" },\n#endif\n};\n',
            'GlobalProperty a[] =\n{\n    { "x", "\\"", "z" },\n#ifdef MORE }\n    { "u", "v", "w" },\n#endif\n'
            '    { "disk", "queues", "1" },\n};\n',
        ),
    ],
    ids=["plain", "no comma", "comments", "empty", "empty lines", "named", "crlf", "one line", "preprocessor"],
)
def test_an_entry_comes_to_the_end(before: str, after: str) -> None:
    assert _added(before) == after


def test_the_rest_of_the_file_stays_as_it_is() -> None:
    head, tail = "/* caf\xe9 { */\nint x = '{';\n", '\nstatic const char *s = "};";\n'
    text = _added(f'{head}GlobalProperty a[] = {{\n    {{ "x", "y", "z" }},\n}};{tail}', 3)
    assert text.startswith(head)
    assert text.endswith(f'{{ "disk", "queues", "1" }},\n}};{tail}')


def test_an_optional_entry_says_so() -> None:
    text = _added('GlobalProperty a[] = {\n    { "x", "y", "z" },\n};\n', 1, Entry("d", "p", "v", True))
    assert '{ "d", "p", "v", .optional = true },' in text


def test_entries_go_and_come_in_several_arrays() -> None:
    text = 'GlobalProperty a[] = {\n    { "disk", "queues", "1" },\n    { "x", "y", "z" },\n};\nGlobalProperty b[] = {\n};\n'
    found = rewritten(text.encode(), "a.c", added={5: [ENTRY, OTHER]}, removed=[(1, 2, ENTRY)]).decode()
    assert found == (
        'GlobalProperty a[] = {\n    { "x", "y", "z" },\n};\nGlobalProperty b[] = {\n'
        '    { "disk", "queues", "1" },\n    { "tape", "speed", "fast" },\n};\n'
    )


def test_of_two_entries_on_a_line_the_right_one_goes() -> None:
    text = b'GlobalProperty a[] = { { "disk", "queues", "1" }, { "tape", "speed", "fast" }, };\n'
    assert rewritten(text, "a.c", added={}, removed=[(1, 1, OTHER)]) == (
        b'GlobalProperty a[] = { { "disk", "queues", "1" },  };\n'
    )


@pytest.mark.parametrize(
    ("text", "line", "entry", "message"),
    [
        ("int a;\n", 1, ENTRY, "holds no array of entries here"),
        ("GlobalProperty a[] = {\n", 1, ENTRY, "holds no array of entries here"),
        ("GlobalProperty a[] = {};\n", 9, ENTRY, "holds no array of entries here"),
        ("}\nGlobalProperty a[] = {};\n", 1, ENTRY, "holds no array of entries here"),
        ("GlobalProperty a[] = {};\n", 1, Entry('d"', "p", "v"), "cannot be written as a C string"),
        ("GlobalProperty a[] = {};\n", 1, Entry("d", "p", "v\n"), "cannot be written as a C string"),
    ],
)
def test_what_is_no_array_or_no_entry_is_left_to_people(text: str, line: int, entry: Entry, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rewritten(text.encode(), "a.c", added={line: [entry]})


def test_an_entry_that_is_not_there_cannot_go() -> None:
    with pytest.raises(InputError, match="the entry is not found here"):
        rewritten(b"GlobalProperty a[] = {\n};\n", "a.c", added={}, removed=[(1, 2, ENTRY)])
