"""The program of a solver process: reads one request, runs one SMT-LIB script, writes one answer, ends.

Run as a script by ``processes``; it imports nothing of the project, so that starting it costs one solver's import.
Request (stdin, JSON): ``solver``, ``smtlib``, ``seconds`` (after which the kernel ends the process even if nobody is
left to do so), ``megabytes`` (of address space). Answer (stdout, JSON): ``answer``, ``reason``, and for "sat" the
``model`` as the solver prints it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h: the signal to get when the parent dies


def limit(seconds: float, megabytes: int, parent: int) -> None:
    """Bind this process's life to its parent's, its time and its memory."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the line above
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def z3_runner() -> Callable[[str], str]:
    """What z3 prints for a piece of SMT-LIB text."""
    import z3

    context = z3.Context()
    return lambda text: str(z3.Z3_eval_smtlib2_string(context.ref(), text))


def cvc5_runner() -> Callable[[str], str]:
    """What cvc5 prints for a piece of SMT-LIB text."""
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("produce-models", "true")
    symbols = cvc5.SymbolManager(solver)

    def run(text: str) -> str:
        parser = cvc5.InputParser(solver, symbols)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "obligation")
        printed = []
        while not (command := parser.nextCommand()).isNull():
            printed.append(str(command.invoke(solver, symbols)))
        return "".join(printed)

    return run


def solve(solver: str, smtlib: str) -> dict[str, str]:
    """Run the script; its last answer counts."""
    run = z3_runner() if solver == "z3" else cvc5_runner()
    printed = run(smtlib)
    answers = [line.strip() for line in printed.splitlines() if line.strip() in ("sat", "unsat", "unknown")]
    if "(error" in printed or not answers:
        return {"answer": "unknown", "reason": f"{solver} rejects the script: {printed.strip()[:500]}"}
    if answers[-1] == "sat":
        return {"answer": "sat", "reason": "", "model": run("(get-model)")}
    if answers[-1] == "unknown":
        reason = run("(get-info :reason-unknown)").strip().removeprefix("(:reason-unknown").strip(' )"\n')
        return {"answer": "unknown", "reason": f"{solver} gave up ({reason})"}
    return {"answer": "unsat", "reason": ""}


def main() -> None:
    """Answer the request on stdin."""
    request = json.load(sys.stdin)
    limit(request["seconds"], request["megabytes"], request["parent"])
    try:
        answer = solve(request["solver"], request["smtlib"])
    except Exception as error:  # whatever a solver raises is its answer
        answer = {"answer": "unknown", "reason": f"{request['solver']} failed: {type(error).__name__}: {error}"[:500]}
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # taking a large solver apart can take longer than the answer did


if __name__ == "__main__":
    main()
