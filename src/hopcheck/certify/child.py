"""The program of a solver process: reads scripts, asks cvc5 each, writes a line for each answer.

Run as a script by ``solver``; it imports nothing of the project. Only commands that state a question are carried out:
none of them can touch a file.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
import sys

import cvc5

PR_SET_PDEATHSIG = 1  # linux/prctl.h: the signal to get when the parent dies
ALLOWED = frozenset(
    ("set-logic", "declare-const", "declare-datatypes", "declare-fun", "declare-sort", "define-fun", "assert", "check-sat")
)


def limit(seconds: float, megabytes: int) -> None:
    """Bind this process's life to its parent's, its time and its memory."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def solve(script: str, seconds: float) -> dict[str, str]:
    """The answer to a script: that of its only question."""
    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("tlimit-per", str(int(seconds * 1000)))
    symbols = cvc5.SymbolManager(solver)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "obligation")
    answers: list[str] = []
    while not (command := parser.nextCommand()).isNull():
        name = command.getCommandName()
        if name not in ALLOWED or answers:
            return {"answer": "unknown", "reason": f"the script holds {name}, which states no question"}
        printed = str(command.invoke(solver, symbols)).strip()
        if name == "check-sat":
            answers.append(printed)
        elif printed not in ("", "success"):
            return {"answer": "unknown", "reason": f"cvc5 rejects the script: {printed[:200]}"}
    if answers and answers[0] in ("sat", "unsat"):
        return {"answer": answers[0]}
    return {"answer": "unknown", "reason": "cvc5 gave up" if answers else "the script asks nothing"}


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    limit(request["limit"], request["megabytes"])
    for script in request["scripts"]:
        try:
            answer = solve(script, request["seconds"])
        except Exception as error:  # whatever a solver raises is its answer
            answer = {"answer": "unknown", "reason": f"cvc5 failed: {error}"[:200]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
