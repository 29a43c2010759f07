"""The loader of nets: what it reads, what it passes over, and what it refuses."""

from __future__ import annotations

import pytest

from hopcheck.explorer import Exploration, Verdict
from hopcheck.model.errors import InputError, ModelError

from . import pnml_search
from .pnml import Net, parse
from .pnml_search import AT_MOST, REACHED, explored

HEAD = '<pnml xmlns="http://www.pnml.org/version-2009/grammar/pnml">'
TYPE = "http://www.pnml.org/version-2009/grammar/ptnet"


def place(name: str, tokens: int | str | None = None) -> str:
    marking = "" if tokens is None else f"<initialMarking><text> {tokens}\n</text></initialMarking>"
    return f'<place id="{name}">{marking}</place>'


def transition(name: str, *arcs: tuple[str, str] | tuple[str, str, int | str]) -> str:
    """The transition and its arcs; ``-`` stands for itself."""
    text = f'<transition id="{name}"/>'
    for source, target, *weight in arcs:
        ends = f'source="{name if source == "-" else source}" target="{name if target == "-" else target}"'
        inscription = f"<inscription><text>{weight[0]}</text></inscription>" if weight else ""
        text += f'<arc id="{name}-{len(text)}" {ends}>{inscription}</arc>'
    return text


def document(*body: str) -> str:
    return f'{HEAD}<net id="n" type="{TYPE}"><page id="g">{"".join(body)}</page></net></pnml>'


def read(*body: str) -> Net:
    return parse(document(*body).encode(), "net.pnml", "net")


def counts(found: Exploration) -> tuple[int, int]:
    return found.states, found.transitions


def test_tokens_move_by_the_weights_of_the_arcs() -> None:
    # (4, 0) - (2, 3) - (0, 6)
    net = read(place("a", 4), place("b"), transition("t", ("a", "-", 2), ("-", "b", 3)))
    found = explored(net)
    assert counts(found) == (3, 2)
    assert found.values == {"a": (0, 2, 4), "b": (0, 3, 6)}


def test_a_weight_is_one_and_a_marking_none_unless_stated() -> None:
    net = read(place("a", 1), place("b"), transition("t", ("a", "-"), ("-", "b")))
    assert net.marking == {"a": 1, "b": 0}
    assert counts(explored(net)) == (2, 1)


def test_arcs_between_the_same_two_nodes_add_up() -> None:
    net = read(place("a", 3), transition("t", ("a", "-"), ("a", "-", 2)))
    assert net.transitions[0].take == {"a": 3}


def test_every_enabled_transition_counts_as_an_edge() -> None:
    both = transition("t", ("a", "-"), ("-", "b")), transition("u", ("a", "-"), ("-", "b"))
    loop = transition("v", ("b", "-"), ("-", "b"))
    found = explored(read(place("a", 1), place("b"), *both, loop))
    assert counts(found) == (2, 3)


def test_a_transition_takes_before_it_puts() -> None:
    # The place is full before and after: a bound of 1 holds.
    found = explored(read(place("a", 1), transition("t", ("a", "-"), ("-", "a"))), in_place=1)
    assert counts(found) == (1, 1)


def test_a_transition_without_places_before_it_always_fires() -> None:
    net = read(place("a", 1), place("b"), transition("t", ("a", "-"), ("-", "b")), transition("free"))
    assert counts(explored(net)) == (2, 3)


def test_a_net_without_transitions_has_one_marking() -> None:
    assert counts(explored(read(place("a", 7)))) == (1, 0)


def test_names_may_hold_odd_characters() -> None:
    odd = "p: 1/2 &amp; “ä” [3] #"
    net = read(place(odd, 1), place("état"), transition("t(1, 'x')", (odd, "-"), ("-", "état")))
    assert list(net.marking) == ["p: 1/2 & “ä” [3] #", "état"]
    assert counts(explored(net)) == (2, 1)


def test_several_pages_hold_one_net_and_references_lead_from_page_to_page() -> None:
    body = (
        f'<page id="1">{place("a", 1)}<transition id="t"/></page>'
        '<page id="2"><referencePlace id="r" ref="s"/><referencePlace id="s" ref="a"/><page id="3">'
        f'<referenceTransition id="u" ref="t"/>{place("b")}<arc id="x" source="r" target="u"/></page></page>'
        '<arc id="y" source="t" target="b"/>'
    )
    net = read(body)
    assert net.transitions[0].take == {"a": 1}
    assert net.transitions[0].put == {"b": 1}


@pytest.mark.parametrize(
    "head",
    ['<?xml version="1.0"?><pnml><net type="T">', '<x:pnml xmlns:x="urn:x"><x:net type="PTNet">'],
)
def test_the_namespace_does_not_matter(head: str) -> None:
    prefix = "x:" if "x:" in head else ""
    kind = head.replace('type="T"', f'type="{TYPE}"')
    text = f'{kind}<{prefix}place id="a"/></{prefix}net></{prefix}pnml>'
    assert parse(text.encode(), "f", "n").marking == {"a": 0}


def test_what_is_meant_for_tools_and_for_drawing_is_passed_over() -> None:
    foreign = (
        '<toolspecific tool="x" version="1"><place id="a"/><net/><type value="inhibitor"/>'
        "<initialMarking><text>9</text></initialMarking></toolspecific>"
    )
    drawn = "<graphics><position x='1' y='2'/><text>8</text></graphics><name><text>5</text></name>"
    marked = "<initialMarking><graphics/><text>2</text>" + foreign + "</initialMarking>"
    net = read(foreign, f'<place id="a">{drawn}{marked}{foreign}</place>')
    assert net.marking == {"a": 2}


def test_a_bound_that_is_too_small_is_an_error_of_the_search() -> None:
    net = read(place("a", 3), place("b"), transition("t", ("a", "-"), ("-", "b")))
    with pytest.raises(ModelError, match="b the value 3"):
        explored(net, in_place=2)
    assert counts(explored(net, in_place=3)) == (4, 3)


def test_an_unknown_bound_is_found() -> None:
    net = read(place("a", 1), place("b"), place("c", 1), transition("t", ("a", "-"), ("-", "b", 5)),
               transition("u", ("b", "-"), ("c", "-"), ("-", "a", 2)))  # fmt: skip
    known, found = explored(net, in_place=14), explored(net)
    assert counts(found) == counts(known)
    assert max(found.values["b"]) == 14


def test_a_net_without_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pnml_search, "MOST_TOKENS", 16)
    with pytest.raises(InputError, match="a place holds more than 16 tokens; give a bounded net"):
        explored(read(place("a"), transition("t", ("-", "a"))))


def test_a_transition_that_never_fires_may_move_more_than_the_bound() -> None:
    dead = transition("d", ("a", "-", 3), ("-", "b", 7))
    assert counts(explored(read(place("a", 1), place("b"), dead), in_place=1)) == (1, 0)
    late = transition("d", ("b", "-"), ("-", "b", 7))
    assert counts(explored(read(place("a", 1), place("b"), late), in_place=1)) == (1, 0)


@pytest.mark.parametrize(
    ("most", "verdicts"),
    [
        (3, (Verdict.VIOLATED, Verdict.WITNESS)),
        (4, (Verdict.HOLDS, Verdict.WITNESS)),
        (5, (Verdict.HOLDS, Verdict.NO_WITNESS)),
    ],
)
def test_the_most_tokens_of_a_marking_are_asked_for(most: int, verdicts: tuple[Verdict, Verdict]) -> None:
    net = read(place("a", 2), place("b"), transition("t", ("a", "-"), ("-", "b", 2)))
    answers = explored(net, in_marking=most).answers
    assert (answers[AT_MOST].verdict, answers[REACHED].verdict) == verdicts


BOMB = '<!DOCTYPE pnml [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
FILE = '<!DOCTYPE pnml [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
T = '<transition id="t"/>'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f'{BOMB}<pnml><net type="{TYPE}"><place id="&c;"/></net></pnml>', "1: the document declares a document type"),
        (f'\n{FILE}<pnml><net type="{TYPE}"><place id="&f;"/></net></pnml>', "2: the document declares a document type"),
        ("<!DOCTYPE pnml SYSTEM 'http://localhost/x.dtd'><pnml/>", "1: the document declares a document type"),
        (document(place("a", "&c;")), "1: this is no XML: undefined entity"),
        (document(place("a"))[:-8], "1: this is no XML"),
        ("", "1: this is no XML: no element found"),
        ("plain", "1: this is no XML"),
        (document("<page>" * 999 + "</page>" * 999), "1: elements nest deeper than 100 levels"),
        ("<html/>", "1: the document is a <html>; write a <pnml> document"),
        ("<pnml/>", "there is no place"),
        (document(T), "there is no place"),
        (document(place("a")).replace("ptnet", "symmetricnet"), "1: the net is of the type '.*symmetricnet'"),
        (document(place("a")).replace("</pnml>", f'\n<net type="{TYPE}"/></pnml>'), "2: there is a second net"),
        (document(place("a"), "\n", place("a")), "2: the id 'a' stands twice, here and in line 1"),
        (document(place("a"), '<transition id="a"/>'), "1: the id 'a' stands twice"),
        (document(place(" a")), "1: a place has the id ' a'"),
        (document("\n<place/>"), "2: a place has the id ''"),
        (document(place("a", -1)), "1: the initialMarking of the place is '-1'"),
        (document(place("a", "1.5")), "1: the initialMarking of the place is '1.5'"),
        (document(place("a", "٣")), "1: the initialMarking of the place is '٣'"),
        (document(place("a", "9" * 5000)), "write a whole number of at most 15 digits"),
        (document(place("a"), transition("t", ("a", "-", 0))), "1: an arc has no weight"),
        (document(place("a"), transition("t", ("a", "-", "x"))), "1: the inscription of the arc is 'x'"),
        (document(place("a"), transition("t", ("b", "-"))), "1: an arc ends at 'b', which is no place or transition"),
        (document(place("a"), place("b"), T, '<arc id="x" source="a" target="b"/>'), "an arc leads from 'a' to 'b'"),
        (document(place("a"), T, "\n", '<arc id="x" target="t"/>'), "2: an arc ends at ''"),
        (
            document(place("a"), T, '<arc id="x" source="a" target="t">\n<type value="inhibitor"/></arc>'),
            "2: an arc is of the type 'inhibitor'",
        ),
        (
            document(place("a"), T, '<referencePlace id="r" ref="s"/><referencePlace id="s" ref="r"/>',
                     '<arc id="x" source="r" target="t"/>'),
            "1: an arc ends at 'r'",
        ),
        (
            document(place("a"), T, '<referencePlace id="r" ref="t"/><arc id="x" source="a" target="r"/>'),
            "1: a referencePlace refers to 't', another kind of node",
        ),
    ],
)  # fmt: skip
def test_what_is_no_net_is_an_input_error_with_a_line(text: str, what: str) -> None:
    with pytest.raises(InputError, match=f"^net.pnml:.*{what}"):
        parse(text.encode(), "net.pnml", "net")
