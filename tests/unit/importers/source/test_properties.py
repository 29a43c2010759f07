"""Properties and their defaults: whatever macros they are declared with."""

from __future__ import annotations

import pytest
from tests.unit.importers.source.trees import device, imported

from hopcheck.model.facts.schema import Property, Symbol


def props(properties: str, extra: str = "", **files: str) -> dict[str, Property]:
    """Return the properties of one device, without their places."""
    build = imported({**device(properties, extra), **files})
    return {name: Property(fact.kind, fact.default) for name, fact in build.types["dev"].props.items()}


@pytest.mark.parametrize(
    ("written", "kind", "default"),
    [
        ('DEFINE_PROP_UINT32("p", Dev, p, 0x10)', "UINT32", 16),
        ('DEFINE_PROP_UINT32("p", Dev, p, -1)', "UINT32", -1),
        ('DEFINE_PROP_UINT32("p", Dev, p, 1 << 3 | 1)', "UINT32", 9),
        ('DEFINE_PROP_UINT32("p", Dev, p, (8 > 7) ? 5 : 6)', "UINT32", 5),
        ('DEFINE_PROP_UINT32("p", Dev, p, UINT32_MAX)', "UINT32", 4294967295),
        ('DEFINE_PROP_UINT8("p", Dev, p, (uint8_t)-1)', "UINT8", 255),
        ('DEFINE_PROP_BOOL("p", Dev, p, true)', "BOOL", True),
        ('DEFINE_PROP_BIT("p", Dev, p, 3, 1)', "BIT", True),
        ('DEFINE_PROP_STRING("p", Dev, p)', "STRING", None),
        ('PROP("p", Dev, p, special, int)', "RAW", None),
        ('{ .name = "p", .info = &special, }', "RAW", None),
        ('DEFINE_PROP_NUMBER("p", Dev, p, 2, special, int)', "NUMBER", 2),
    ],
)
def test_kind_and_default_are_those_of_the_macros_of_the_tree(
    written: str, kind: str, default: bool | int | str | None
) -> None:
    assert props(f"    {written},") == {"p": Property(kind, default)}


def test_a_local_wrapper_has_the_kind_of_what_it_wraps() -> None:
    wrapper = "#define DEFINE_PROP_CAP(_n, _x) DEFINE_PROP_BOOL(_n, Dev, caps[_x], false)"
    assert props('    DEFINE_PROP_CAP("x-cap", 3),', wrapper) == {"x-cap": Property("BOOL", False)}


def test_bundles_expand_to_their_properties_also_those_in_another_file() -> None:
    bundle = (
        "#define DEV_BUNDLE(_s) /* the\n two */ \\\n"
        '    DEFINE_PROP_UINT32("a", _s, a, 1), \\\n'
        '    DEFINE_PROP_UINT32("b", _s, b, BASE + 1)\n'
    )
    found = props("    DEV_BUNDLE(Dev),", "#define BASE 41\n", **{"include/bundle.h": bundle})
    assert found == {"a": Property("UINT32", 1), "b": Property("UINT32", 42)}


def test_arrays_end_with_a_marker_or_without() -> None:
    assert props('    DEFINE_PROP_BOOL("p", Dev, p, true),\n    DEFINE_PROP_END_OF_LIST(),') == {"p": Property("BOOL", True)}


def test_a_branch_inside_an_array_is_the_system_emulators() -> None:
    written = """
#ifdef CONFIG_USER_ONLY
    DEFINE_PROP_UINT32("id", Dev, id, 0),
#else
    DEFINE_PROP_UINT32("id", Dev, id, 7),
#endif
#if defined(CONFIG_EXTRA)
    DEFINE_PROP_BOOL("extra", Dev, extra, false),
#endif
"""
    assert props(written) == {"id": Property("UINT32", 7), "extra": Property("BOOL", False)}


def test_what_an_unread_branch_says_is_unresolved_with_its_place() -> None:
    one, other = (f'    DEFINE_PROP_BOOL("{name}", Dev, x, true),' for name in "ab")
    written = f"#ifdef TARGET_WIDE\n{one}\n#else\n{other}\n#endif"
    build = imported(device(written))
    assert set(build.types["dev"].props) == {"a"}
    (left,) = build.unresolved
    assert left.place == "hw/misc/dev.c:7"
    assert "not read" in left.reason


def test_enumerations_of_the_schema_give_the_names_that_users_write() -> None:
    schema = "{ 'enum': 'TriState', 'data': [ 'on', 'off', { 'name': 'auto-x', 'if': 'CONFIG_X' } ] }\n"
    found = props('    DEFINE_PROP_TRISTATE("t", Dev, t, TRI_STATE_AUTO_X),', **{"qapi/common.json": schema})
    assert found == {"t": Property("TRISTATE", "auto-x")}


@pytest.mark.parametrize("name", ["MULTIFD_COMPRESSION_ZLIB", "MULTI_FD_COMPRESSION_ZLIB"])
def test_both_generations_of_constant_names_are_known(name: str) -> None:
    schema = "{ 'enum': 'MultiFDCompression',\n  # a comment\n  'prefix': 'P', 'data': [ 'none' ] }\n"
    schema += "{ 'enum': 'MultiFDCompression', 'data': [ 'zlib' ] }"
    found = props(f'    DEFINE_PROP_TRISTATE("t", Dev, t, {name}),', **{"qapi/m.json": schema})
    assert found["t"].default == "zlib"


def test_enumeration_constants_of_c_are_counted() -> None:
    extra = "enum { ZERO, ONE, TEN = 10, ELEVEN, ALSO = ELEVEN << 1 };"
    found = props('    DEFINE_PROP_UINT32("a", Dev, a, ELEVEN), DEFINE_PROP_UINT32("b", Dev, b, ALSO + ONE),', extra)
    assert {name: fact.default for name, fact in found.items()} == {"a": 11, "b": 23}


def test_an_unknown_name_stays_as_text_and_is_unresolved() -> None:
    build = imported(device('    DEFINE_PROP_UINT32("p", Dev, p, FROM_ELSEWHERE + 1),'))
    assert build.types["dev"].props["p"].default == Symbol("FROM_ELSEWHERE + 1")
    (left,) = build.unresolved
    assert left.place == "hw/misc/dev.c:4"
    assert left.reason == "the value of FROM_ELSEWHERE is not known"


def test_a_name_means_what_the_included_header_says() -> None:
    headers = {"include/one.h": "#define SIZE_OF_IT 1\n", "include/two.h": "#define SIZE_OF_IT 2\n"}
    found = props('    DEFINE_PROP_UINT32("p", Dev, p, SIZE_OF_IT),', '#include "two.h"', **headers)
    assert found["p"].default == 2


def test_two_headers_that_disagree_leave_the_name_open() -> None:
    headers = {"include/one.h": "#define SIZE_OF_IT 1\n", "include/two.h": "#define SIZE_OF_IT 2\n"}
    found = props('    DEFINE_PROP_UINT32("p", Dev, p, SIZE_OF_IT),', **headers)
    assert found["p"].default == Symbol("SIZE_OF_IT")


def test_places_are_recorded_per_property() -> None:
    build = imported(device('    DEFINE_PROP_BOOL("a", Dev, a, true),\n    DEFINE_PROP_BOOL("b", Dev, b, true),'))
    assert [fact.origin for fact in build.types["dev"].props.values()] == ["hw/misc/dev.c:4", "hw/misc/dev.c:5"]


def test_a_missing_comma_after_a_macro_does_not_swallow_the_next_property() -> None:
    bundle = '#define ONE(_s) DEFINE_PROP_BOOL("one", _s, one, true),'
    assert set(props('    ONE(Dev)\n    DEFINE_PROP_BOOL("two", Dev, two, true)', bundle)) == {"one", "two"}


def test_arrays_of_old_and_new_trees_are_one_property() -> None:
    old = '{ .name = "len-" "sizes", .info = &qdev_prop_arraylen, .defval.u = 0, .arrayinfo = &(x), }'
    new = '{ .name = "sizes", .info = &qdev_prop_array, .set_default = true, .defval.u = 0, .arrayinfo = &(x), }'
    assert props(f"    {old},") == props(f"    {new},") == {"sizes": Property("RAW", None)}
