"""Machine types: arrays in the order of application, whatever macro registers them."""

from __future__ import annotations

from tests.unit.importers.source.trees import imported

from hopcheck.model.facts.schema import Entry

ARRAYS = """
GlobalProperty hw_compat_2[] = { { "dev", "p", "2" }, };
GlobalProperty hw_compat_1[] = {
    { TYPE_DEV, "p", stringify(OLD) },
    { .driver = "dev", .property = "q", .value = "off", .optional = true },
};
"""

OPTIONS = """
static void board_3_0_options(MachineClass *m)
{
    m->max_cpus = 8;
}
static void board_2_0_options(MachineClass *m)
{
    board_3_0_options(m);
    m->max_cpus = 4;
    m->desc = "old";
    compat_props_add(m->compat_props, hw_compat_2, hw_compat_2_len);
}
static void board_1_0_options(MachineClass *m)
{
    static GlobalProperty compat[] = { { "dev", "r", "0" }, };

    board_2_0_options(m);
    compat_props_add(m->compat_props, hw_compat_1, hw_compat_1_len);
    compat_props_add(m->compat_props, compat, G_N_ELEMENTS(compat));
}
"""

REGISTER = """
#define DEFINE_BOARD(suffix, namestr) \\
    static void board_##suffix##_class_init(ObjectClass *oc, void *data) \\
    { \\
        MachineClass *mc = MACHINE_CLASS(oc); \\
        board_##suffix##_options(mc); \\
        mc->desc = "board " namestr; \\
    } \\
    static const TypeInfo board_##suffix##_info = { \\
        .name = MACHINE_TYPE_NAME("board-" namestr), \\
        .parent = TYPE_MACHINE, \\
        .class_init = board_##suffix##_class_init, \\
    }; \\
    static void board_##suffix##_register(void) \\
    { \\
        DELETION(suffix); \\
        type_register(&board_##suffix##_info); \\
    } \\
    type_init(board_##suffix##_register)
#define DELETION(suffix)
"""

USES = 'DEFINE_BOARD(3_0, "3.0");\n\nDEFINE_BOARD(2_0, "2.0")\n\nDEFINE_BOARD(1_0, "1.0")\n'


def board(text: str, **more: str) -> dict[str, str]:
    """Return the files of a board."""
    header = '#define TYPE_DEV "dev"\n#define OLD 1\n'
    return {"hw/core/machine.c": ARRAYS, "include/dev.h": header, "hw/x/board.c": text, **more}


def test_arrays_apply_newest_first_and_fields_are_set_last_by_the_oldest() -> None:
    build = imported(board(REGISTER + OPTIONS + USES))
    assert build.machines["board-3.0"].arrays == ()
    assert build.machines["board-2.0"].arrays == ("hw_compat_2",)
    assert build.machines["board-1.0"].arrays == ("hw_compat_2", "hw_compat_1", "board_1_0_options:compat")
    assert build.machines["board-3.0"].class_fields == {"m->max_cpus": "8"}
    assert build.machines["board-1.0"].class_fields == {"m->max_cpus": "4"}
    assert not build.unresolved


def test_entries_and_their_places() -> None:
    text = REGISTER + OPTIONS + USES
    build = imported(board(text))
    array = build.compat_arrays["hw_compat_1"]
    assert (array.file, array.line) == ("hw/core/machine.c", 3)
    assert array.entries == (
        Entry("dev", "p", "1", False, "hw/core/machine.c:4"),
        Entry("dev", "q", "off", True, "hw/core/machine.c:5"),
    )
    assert build.machines["board-1.0"].origin == f"hw/x/board.c:{text[: text.index('DEFINE_BOARD(1_0')].count(chr(10)) + 1}"


def test_variadic_registration_picks_its_variant_by_the_number_of_arguments() -> None:
    pick = """
#define PICK(x1, x2, x3, x4, ...) x4
#define SYM2(sym, major, minor) board_##major##_##minor##_##sym
#define SYM3(sym, major, minor, micro) board_##major##_##minor##_##micro##_##sym
#define SYM(sym, ...) PICK(__VA_ARGS__, SYM3, SYM2) (sym, __VA_ARGS__)
#define STR2(major, minor) #major "." #minor
#define STR3(major, minor, micro) #major "." #minor "." #micro
#define STR(...) PICK(__VA_ARGS__, STR3, STR2) (__VA_ARGS__)
#define DEFINE_ANY(...) \\
    static void SYM(class_init, __VA_ARGS__)(ObjectClass *oc, void *data) \\
    { \\
        SYM(options, __VA_ARGS__)(MACHINE_CLASS(oc)); \\
    } \\
    static const TypeInfo SYM(info, __VA_ARGS__) = { \\
        .name = "board-" STR(__VA_ARGS__) "-machine", .parent = TYPE_MACHINE, \\
        .class_init = SYM(class_init, __VA_ARGS__), \\
    };
#define DEFINE_BUGFIX(major, minor, micro) DEFINE_ANY(major, minor, micro)
"""
    bugfix = "static void board_2_0_1_options(MachineClass *m)\n{\n    board_2_0_options(m);\n}\n"
    build = imported(board(pick + OPTIONS + bugfix + "DEFINE_ANY(2, 0)\n\nDEFINE_BUGFIX(2, 0, 1)\n"))
    assert set(build.machines) == {"board-2.0", "board-2.0.1"}
    assert build.machines["board-2.0.1"].arrays == ("hw_compat_2",)


def test_a_machine_type_that_the_release_no_longer_registers_is_gone() -> None:
    deletion = """
#undef DELETION
#define EXPIRED_1_0 (QEMU_VERSION_MAJOR >= 9)
#define EXPIRED_2_0 (QEMU_VERSION_MAJOR >= 99)
#define EXPIRED_3_0 0
#define DELETION(suffix) \\
    do { if (EXPIRED_##suffix) { if (getenv("KEEP") || QEMU_VERSION_MINOR >= 0) { return; } } } while (0)
"""
    text = REGISTER.replace("#define DELETION(suffix)\n", "") + deletion + OPTIONS + USES
    assert set(imported(board(text)).machines) == {"board-2.0", "board-3.0"}
    assert "board-1.0-machine" not in imported(board(text)).types
    assert set(imported(board(text), "8.2.0").machines) == {"board-1.0", "board-2.0", "board-3.0"}


def test_base_defaults_that_a_helper_adds_come_before_the_versioned_arrays() -> None:
    helper = """
static GlobalProperty board_defaults[] = { { "dev", "base", "on" }, };
static void board_defaults_set(MachineClass *mc)
{
    compat_props_add(mc->compat_props, board_defaults, 1);
}
"""
    text = REGISTER.replace(
        "        board_##suffix##_options(mc); \\\n",
        "        board_defaults_set(mc); \\\n        board_##suffix##_options(mc); \\\n",
    )
    build = imported(board(text + helper + OPTIONS + USES))
    assert build.machines["board-2.0"].arrays == ("board_defaults", "hw_compat_2")


def test_an_array_may_reach_the_helper_that_adds_it_as_an_argument() -> None:
    text = """
static void add(MachineClass *mc, GlobalProperty *props, size_t n)
{
    compat_props_add(mc->compat_props, props, n);
}
static void one_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    add(mc, hw_compat_1, 2);
}
static const TypeInfo one_info = { .name = "one-1.0-machine", .parent = TYPE_MACHINE, .class_init = one_class_init };
"""
    assert imported(board(text)).machines["one-1.0"].arrays == ("hw_compat_1",)


def test_an_array_under_an_unknown_condition_counts_and_is_reported() -> None:
    text = """
static void one_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    if (somebody_knows()) {
        compat_props_add(mc->compat_props, hw_compat_1, 2);
    }
    if (false) {
        compat_props_add(mc->compat_props, hw_compat_2, 2);
    }
}
static const TypeInfo one_info = { .name = "one-1.0-machine", .parent = TYPE_MACHINE, .class_init = one_class_init };
"""
    build = imported(board(text))
    assert build.machines["one-1.0"].arrays == ("hw_compat_1",)
    assert [(left.place, left.reason) for left in build.unresolved] == [
        ("hw/x/board.c:7", "it is added under a condition, and taken as added")
    ]


def test_an_array_that_is_added_twice_stands_where_it_has_its_effect() -> None:
    adds = "".join(f"    compat_props_add(m->compat_props, hw_compat_{i}, 1);\n" for i in (1, 2, 1))
    text = f"static void init(ObjectClass *oc, void *data)\n{{\n    MachineClass *m = MACHINE_CLASS(oc);\n{adds}}}\n"
    info = 'static const TypeInfo i = { .name = "m-1.0-machine", .parent = TYPE_MACHINE, .class_init = init };\n'
    assert imported(board(text + info)).machines["m-1.0"].arrays == ("hw_compat_2", "hw_compat_1")


def test_downstream_machine_types_and_arrays_need_no_list_of_names() -> None:
    text = """
GlobalProperty vendor_compat[] = { { "dev", "p", "vendor" }, };
static void vendor_class_init(ObjectClass *oc, void *data)
{
    MachineClass *m = MACHINE_CLASS(oc);

    board_2_0_options(m);
    compat_props_add(m->compat_props, vendor_compat, 1);
}
static const TypeInfo a = { .name = "board-vendor9.2.0-machine", .parent = TYPE_MACHINE, .class_init = vendor_class_init };
static const TypeInfo b = { .name = "board-jammy-machine", .parent = TYPE_MACHINE, .class_init = vendor_class_init };
static const TypeInfo c = { .name = "toy-machine", .parent = TYPE_MACHINE, };
"""
    machines = imported(board(REGISTER + OPTIONS + USES + text)).machines
    assert machines["board-vendor9.2.0"].arrays == machines["board-jammy"].arrays == ("hw_compat_2", "vendor_compat")
    assert "toy" not in machines


def test_equal_names_of_two_folders_are_told_apart_and_arms_keeps_its_name() -> None:
    one = 'static const TypeInfo v = { .name = "virt-1.0-machine", .parent = TYPE_MACHINE, };\n'
    build = imported({"hw/arm/virt.c": one, "hw/m68k/virt.c": one})
    assert {name: machine.origin for name, machine in build.machines.items()} == {
        "virt-1.0": "hw/arm/virt.c:1",
        "m68k:virt-1.0": "hw/m68k/virt.c:1",
    }


def test_array_names_that_two_files_use_get_keys_of_their_own() -> None:
    one = 'GlobalProperty compat[] = { { "dev", "p", "%s" }, };\n'
    arrays = imported({"hw/a/a.c": one % "1", "hw/b/b.c": one % "2"}).compat_arrays
    assert {key: array.entries[0].value for key, array in arrays.items()} == {"compat": "1", "hw/b/b.c:compat": "2"}


def test_an_entry_that_is_no_constant_is_unresolved_and_the_others_stay() -> None:
    text = 'GlobalProperty arr[] = {\n { "dev", "p", some_variable },\n { "dev", "q", "1" },\n};\n'
    build = imported({"hw/a/a.c": text})
    assert [entry.property for entry in build.compat_arrays["arr"].entries] == ["q"]
    assert [(left.place, left.reason) for left in build.unresolved] == [("hw/a/a.c:2", "its value is no constant string")]
