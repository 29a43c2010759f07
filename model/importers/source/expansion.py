"""Macro expansion as C does it: stringification, pasting, variadic macros, rescanning; bounded in every direction."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from hopcheck.model.importers.source.summary import Macro
from hopcheck.model.importers.source.text import CHARACTER, STRING

_TOKEN = re.compile(rf"{STRING}|{CHARACTER}|\x01?[A-Za-z_]\w*|\.?\d(?:[\w.]|[eEpP][+-])*|##|\s+|[^\0]")
_WORD = re.compile(r"[A-Za-z_]\w*")
_PAINT = "\x01"
"""Stands before a name that was met inside its own expansion: it is never expanded again, wherever it gets to."""

_MAX_TOKENS = 200_000
_MAX_DEPTH = 60
_MAX_LENGTH = 1 << 18

Lookup = Callable[[str], Macro | None]


class ExpansionLimitError(Exception):
    """Macros expand to more than any declaration needs."""


@dataclass(frozen=True, slots=True)
class _End:
    """Marks where the expansion of a macro ends: from there on its name may be expanded again."""

    name: str


_Token = str | _End


def tokens_of(text: str) -> list[str]:
    """Return the preprocessing tokens of a text; white space is one token."""
    return _TOKEN.findall(text)


def substitute(macro: Macro, given: list[str]) -> str:
    """Return the body of a function-like macro with its parameters replaced by the text of the arguments.

    One step only: neither the arguments nor the result are expanded further.
    """
    return "".join(_replaced(macro, given, given))


def expand(text: str, lookup: Lookup) -> str:
    """Return a text with all macros expanded.

    Raises:
        ExpansionLimitError: the expansion has no reasonable size.
    """
    if len(text) > _MAX_LENGTH:
        raise ExpansionLimitError(f"text of {len(text)} characters")
    plain = text.replace(_PAINT, " ")
    return "".join(_Expander(lookup).run(tokens_of(plain), frozenset(), 0)).replace(_PAINT, "")


class _Expander:
    """One expansion; ``spent`` bounds the work over all its parts."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._spent = 0

    def run(self, tokens: list[str], hidden: frozenset[str], depth: int) -> list[str]:
        """Expand tokens while the hidden names stay as they are."""
        if depth > _MAX_DEPTH:
            raise ExpansionLimitError("nested too deeply")
        stack: list[_Token] = list(reversed(tokens))
        active = dict.fromkeys(hidden, 1)
        done: list[str] = []
        while stack:
            token = stack.pop()
            self._spend(1)
            if isinstance(token, _End):
                active[token.name] -= 1
                continue
            macro = self._lookup(token) if _WORD.match(token) else None
            if macro is None:
                done.append(token)
                continue
            if active.get(token):
                done.append(_PAINT + token)
                continue
            body = self._invoke(macro, stack, active, depth)
            if body is None:
                done.append(token)
                continue
            self._spend(len(body))
            active[token] = active.get(token, 0) + 1
            stack.append(_End(token))
            stack += reversed(body)
        return done

    def _spend(self, tokens: int) -> None:
        self._spent += tokens
        if self._spent > _MAX_TOKENS:
            raise ExpansionLimitError(f"more than {_MAX_TOKENS} tokens")

    def _invoke(self, macro: Macro, stack: list[_Token], active: dict[str, int], depth: int) -> list[str] | None:
        """Return what to read instead of a macro's name, None where it is not invoked; arguments leave the stack."""
        if macro.parameters is None:
            return _pasted(_body_tokens(macro.body))
        ahead = len(stack) - 1
        while ahead >= 0 and (isinstance(stack[ahead], _End) or str(stack[ahead]).isspace()):
            ahead -= 1
        if ahead < 0 or stack[ahead] != "(":
            return None
        for token in stack[ahead:]:
            if isinstance(token, _End):
                active[token.name] -= 1
        del stack[ahead:]
        given = self._arguments(stack, active)
        if given is None:
            raise ExpansionLimitError(f"the arguments of {macro.name} do not end")
        hidden = frozenset(name for name, count in active.items() if count)
        full = ["".join(self.run(tokens_of(each), hidden, depth + 1)) for each in given]
        return tokens_of("".join(_replaced(macro, given, full)))

    def _arguments(self, stack: list[_Token], active: dict[str, int]) -> list[str] | None:
        """Take the arguments off the stack, after their opening parenthesis."""
        given: list[str] = []
        current: list[str] = []
        depth = 1
        while stack:
            token = stack.pop()
            self._spend(1)
            if isinstance(token, _End):
                active[token.name] -= 1
                continue
            if token == "(":
                depth += 1
            elif token == ")":
                depth -= 1
                if depth == 0:
                    given.append("".join(current).strip())
                    return given
            elif token == "," and depth == 1:
                given.append("".join(current).strip())
                current = []
                continue
            current.append(token)
        return None


def _replaced(macro: Macro, raw: list[str], full: list[str]) -> list[str]:
    """Return the tokens of a body with parameters replaced: ``raw`` beside ``#`` and ``##``, ``full`` elsewhere."""
    names = macro.parameters or ()
    plain: dict[str, str] = {}
    expanded: dict[str, str] = {}
    for i, name in enumerate(names):
        if name.endswith("..."):
            rest = name[:-3] or "__VA_ARGS__"
            plain[rest], expanded[rest] = ", ".join(raw[i:]), ", ".join(full[i:])
        else:
            plain[name] = raw[i] if i < len(raw) else ""
            expanded[name] = full[i] if i < len(full) else ""
    tokens = _body_tokens(macro.body)
    if "#" not in macro.body:
        return [expanded.get(token, token) for token in tokens]
    out: list[str] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.isspace():
            out.append(token)
            i += 1
            continue
        if token == "#" and (ahead := _next(tokens, i)) is not None and tokens[ahead] in plain:
            out.append(_quoted(plain[tokens[ahead]]))
            i = ahead + 1
            continue
        if token == "##":
            while out and out[-1].isspace():
                out.pop()
            following = _next(tokens, i)
            if following is None:
                break
            right = tokens[following]
            text = plain.get(right, right).replace(_PAINT, "")
            if out and out[-1] == "," and not text and right == "__VA_ARGS__":
                out.pop()
            elif out and out[-1] != ",":
                out[-1] = out[-1].replace(_PAINT, "") + text
            else:
                out.append(text)
            i = following + 1
            continue
        following = _next(tokens, i)
        pasted = following is not None and tokens[following] == "##"
        out.append((plain if pasted else expanded).get(token, token))
        i += 1
    return out


@lru_cache(maxsize=8192)
def _body_tokens(body: str) -> list[str]:
    """Return the tokens of a body, which callers leave as they are."""
    return tokens_of(body)


def _next(tokens: list[str], position: int) -> int | None:
    """Return the position of the next token that is no white space."""
    position += 1
    while position < len(tokens) and tokens[position].isspace():
        position += 1
    return position if position < len(tokens) else None


def _pasted(tokens: list[str]) -> list[str]:
    """Return an object-like body's tokens with ``##`` applied."""
    if "##" not in tokens:
        return tokens
    return tokens_of(re.sub(r"\s*##\s*", "", "".join(tokens)))


def _quoted(text: str) -> str:
    """Return an argument as a string literal."""
    return '"' + " ".join(text.replace(_PAINT, "").split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
