"""Types: wherever and however they are described."""

from __future__ import annotations

import pytest
from tests.unit.importers.source.trees import device, imported

from hopcheck.model.facts.schema import Property, QomType

OBJECT_DEFINE = """
#define OBJECT_DEFINE_TYPE(Obj, obj, OBJ, \\
                           PARENT) \\
    static const TypeInfo obj##_info = { \\
        .name = TYPE_##OBJ, .parent = TYPE_##PARENT, .class_init = obj##_class_init, .abstract = false, \\
    }; \\
    static void obj##_register_types(void) { type_register_static(&obj##_info); } \\
    type_init(obj##_register_types);
"""


def test_names_and_parents_may_be_built_from_macros_of_several_files() -> None:
    files = {
        "include/base.h": '#define SUFFIX "-device"\n#define TYPE_BASE "base" SUFFIX\n',
        "hw/a/a.c": 'static const TypeInfo a = { .name = "a" SUFFIX, .parent = TYPE_BASE, .abstract = true, };\n',
    }
    found = imported(files).types["a-device"]
    assert (found.parent, found.file, found.concrete) == ("base-device", "hw/a/a.c", False)


def test_object_define_macros_without_semicolons() -> None:
    text = OBJECT_DEFINE + (
        '#define TYPE_ONE "one"\n#define TYPE_TWO "two"\n'
        "OBJECT_DEFINE_TYPE(One, one, ONE, TWO)\n"
        "OBJECT_DEFINE_TYPE(Two, two, TWO, ONE_MORE)\n"
        "static void one_class_init(ObjectClass *oc, void *data)\n{\n"
        '    object_class_property_add_bool(oc, "flag", NULL, NULL);\n}\n'
    )
    build = imported({"hw/a/a.c": text})
    assert build.types["one"].parent == "two"
    assert build.types["one"].code_props == ("flag",)
    assert [left.what for left in build.unresolved] == ["parent of two: TYPE_ONE_MORE"]


def test_arrays_of_types() -> None:
    text = """
static const TypeInfo infos[] = {
    { .name = "x", .parent = "device", },
    {
        .name = "y",
        .parent = "x",
    },
};
DEFINE_TYPES(infos)
"""
    types = imported({"hw/a/a.c": text}).types
    assert (types["x"].parent, types["y"].parent) == ("device", "x")


def test_types_made_in_a_loop_over_a_table() -> None:
    text = """
static const Property old_properties[] = { DEFINE_PROP_BOOL("old", Dev, o, true), };
static const Property new_properties[] = { DEFINE_PROP_BOOL("new", Dev, n, true), };
static const ModelInfo models[] = {
    { .name = "model-a", .props = old_properties, .legacy = true },
    { .name = "model-b", .props = new_properties },
};
static void model_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    const ModelInfo *info = data;

    device_class_set_props(dc, info->props);
    if (info->legacy) {
        object_class_property_add_bool(klass, "legacy", NULL, NULL);
    }
}
static void register_all(void)
{
    for (int i = 0; i < ARRAY_SIZE(models); i++) {
        const ModelInfo *info = &models[i];
        TypeInfo type = { .parent = "device", .class_init = model_class_init };

        type.name = info->name;
        type.class_data = (void *)info;
        type_register_static(&type);
    }
}
"""
    build = imported({"hw/a/a.c": text})
    a, b = build.types["model-a"], build.types["model-b"]
    assert (set(a.props), a.code_props) == ({"old"}, ("legacy",))
    assert (set(b.props), b.code_props) == ({"new"}, ())
    assert not build.unresolved


def test_a_name_that_only_a_running_process_knows_is_unresolved() -> None:
    text = (
        "static void reg(const char *what)\n{\n"
        '    TypeInfo ti = { .name = make_name(what), .parent = "device" };\n\n'
        "    type_register(&ti);\n}\n"
    )
    build = imported({"hw/a/a.c": text})
    assert [(left.place, left.reason) for left in build.unresolved] == [("hw/a/a.c:3", "its name is made at run time")]


def test_virtio_pci_devices_get_the_types_that_are_made_for_them() -> None:
    generic = """
#define TYPE_VIRTIO_PCI "virtio-pci"
static const Property virtio_pci_generic_properties[] = { DEFINE_PROP_BOOL("disable-modern", Proxy, d, false), };
static void virtio_pci_generic_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    device_class_set_props(dc, virtio_pci_generic_properties);
}
"""
    devices = """
static const VirtioPCIDeviceTypeInfo blk = {
    .base_name = "blk-base", .generic_name = "blk", .transitional_name = "blk-t", .non_transitional_name = "blk-nt",
};
static const VirtioPCIDeviceTypeInfo gpu = { .generic_name = "gpu", .parent = "vga-base", };
"""
    types = imported(
        {"include/pci.h": '#define TYPE_VIRTIO_PCI "virtio-pci"\n', "hw/v/pci.c": generic, "hw/v/d.c": devices}
    ).types
    parents = {name: types[name].parent for name in types if name.startswith(("blk", "gpu"))}
    assert parents == {
        "blk-base": "virtio-pci",
        "blk": "blk-base",
        "blk-t": "blk-base",
        "blk-nt": "blk-base",
        "gpu-base-type": "vga-base",
        "gpu": "gpu-base-type",
    }
    assert [name for name in parents if "disable-modern" in types[name].props] == ["blk", "gpu-base-type"]
    assert types["blk-base"].concrete is False


def test_x86_models_versions_aliases_and_features() -> None:
    header = '#define TYPE_X86_CPU "x86_64-cpu"\n#define X86_CPU_TYPE_NAME(name) (name "-" TYPE_X86_CPU)\n'
    text = """
static const X86CPUDefinition builtin[] = {
    { .name = "Old", .level = 1, .features[FEAT_1] = A | B, },
    {
        .name = "New",
        .versions = (const X86CPUVersionDefinition[]) {
            { .version = 1 },
            { .version = 2, .alias = "New-IBRS", .props = (PropValue[]) { { "spec-ctrl", "on" }, { } } },
            { /* end of list */ }
        },
    },
};
FeatureWordInfo words[] = {
    [FEAT_1] = { .feat_names = { "fpu", NULL, "vme", [31] = "pbe", }, .cpuid = { .eax = 1, }, },
};
static const TypeInfo cpu = { .name = TYPE_X86_CPU, .parent = "device", };
"""
    types = imported({"target/i386/cpu.h": header, "target/i386/cpu.c": '#include "cpu.h"\n' + text}).types
    models = {name.removesuffix("-x86_64-cpu") for name, fact in types.items() if fact.parent == "x86_64-cpu"}
    assert models == {"Old", "Old-v1", "New", "New-v1", "New-v2", "New-IBRS"}
    assert types["x86_64-cpu"].code_props == ("fpu", "pbe", "vme")


def test_properties_set_through_helpers_of_other_files_and_before_5_0() -> None:
    files = device('    DEFINE_PROP_BOOL("p", Dev, p, true),')
    text = files["hw/misc/dev.c"].replace("device_class_set_props(dc, dev_properties);", "dc->props = dev_properties;")
    helper = "void add_it(Object *obj, const char *called)\n{\n    object_property_add(obj, called, NULL);\n}\n"
    user = """
static void other_init(Object *obj)
{
    ObjectProperty *op = object_property_add(obj, "direct", NULL);

    add_it(obj, "bootindex");
}
static const TypeInfo other = { .name = "other", .parent = "dev", .instance_init = other_init, };
"""
    types = imported({"hw/misc/dev.c": text, "system/add.c": helper, "hw/a/a.c": user}).types
    assert set(types["dev"].props) == {"p"}
    assert types["other"].code_props == ("bootindex", "direct")


def _with_helper(helper: str, init: str = 'add_it(obj, "bootindex");') -> QomType:
    user = (
        f"static void other_init(Object *obj)\n{{\n    {init}\n}}\n"
        'static const TypeInfo other = { .name = "other", .parent = "device", .instance_init = other_init, };\n'
    )
    return imported({"system/add.c": helper, "hw/a/a.c": user}).types["other"]


@pytest.mark.parametrize("arguments", ["obj, called, -1, NULL", "obj, -1, called, NULL"])
def test_a_value_that_a_helper_gives_what_it_added_is_a_default(arguments: str) -> None:
    """In either order: up to 5.0 the value stands before the name."""
    fact = _with_helper(
        "void add_it(Object *obj, const char *called)\n{\n"
        '    object_property_add(obj, called, "int32", get, set, NULL, NULL);\n'
        f"    object_property_set_int({arguments});\n}}\n"
    )
    assert fact.props == {"bootindex": Property("int32", -1, "system/add.c:3")}
    assert fact.code_props == ()


@pytest.mark.parametrize(
    "statement",
    [
        "object_property_set_int(other, called, -1, NULL);",
        'object_property_set_int(obj, "another", -1, NULL);',
        "object_property_set_int(obj, called, chosen(obj), NULL);",
        "if (is_late(obj)) {\n        object_property_set_int(obj, called, -1, NULL);\n    }",
    ],
)
def test_a_value_for_something_else_or_under_a_condition_is_no_default(statement: str) -> None:
    fact = _with_helper(
        "void add_it(Object *obj, const char *called)\n{\n"
        f"    object_property_add_bool(obj, called, get, set);\n    {statement}\n}}\n"
    )
    assert (fact.props, fact.code_props) == ({}, ("bootindex",))


def test_a_property_that_is_added_under_a_condition_has_no_default() -> None:
    helper = (
        "void add_it(Object *obj, const char *called)\n{\n"
        '    object_property_add(obj, called, "int32", get, set);\n    object_property_set_int(obj, called, -1, NULL);\n}\n'
    )
    fact = _with_helper(helper, 'if (has_drive(obj)) {\n        add_it(obj, "bootindex");\n    }')
    assert (fact.props, fact.code_props) == ({}, ("bootindex",))


def test_the_kind_of_what_code_adds_is_an_argument_or_in_the_name_of_the_function() -> None:
    helper = (
        "void add_it(Object *obj, const char *called)\n{{\n    object_property_add{};\n"
        '    object_property_set_str(obj, called, "a", NULL);\n}}\n'
    )
    added = (
        "_str(obj, called, get, set)",
        '_enum(obj, called, "OnOffAuto", &table)',
        "_uint8_ptr(obj, called, &v, 0)",
    )
    kinds = [_with_helper(helper.format(each)).props["bootindex"].kind for each in added]
    assert kinds == ["str", "OnOffAuto", "uint8"]


def test_an_instance_initialiser_that_only_calls_a_helper_is_followed() -> None:
    assert _with_helper(
        'void plain_init(Object *obj)\n{\n    object_property_add_bool(obj, "late", get, set);\n}\n', "plain_init(obj);"
    ).code_props == ("late",)


def test_a_circle_of_parents_is_cut_and_reported() -> None:
    one = 'static const TypeInfo a = { .name = "a", .parent = "b" };\n'
    other = 'static const TypeInfo b = { .name = "b", .parent = "a" };\n'
    text = one + other
    build = imported({"hw/a/a.c": text})
    assert (build.types["a"].parent, build.types["b"].parent) == ("b", None)
    assert [left.reason for left in build.unresolved] == ["the parents form a cycle"]
