"""hopcheck on the fleet against SPIN, rumur, TLC, C written by hand and the machine's limit, in one run.

    python benchmarks/fleet.py [--json FILE] [--quick] [--instances 3-2,4-2] [--repeat 5] [--only hopcheck,c,...]

See benchmarks/README.md for what is compared, and what is fair about it. Times are in seconds, sizes in bytes.
Ends with 1 where an engine failed or counted something else than is known; an absent tool is no failure.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import acceptance
import machine
import starts
import table
from instances import Instance, instance
from peers.c import STRUCTURES, C, Limit
from peers.engine import Engine, MeasurementError
from peers.hopcheck import Hopcheck
from peers.rumur import Rumur
from peers.spin import Spin
from peers.tlc import Tlc
from ratios import Samples
from rounds import Case, Measured, Rounds
from starts import Start

GROUPS = ("hopcheck", "c", "limit", "spin", "rumur", "tlc", "wide", "witness", "start")
"""What ``--only`` may name: the engines, and what is measured beside the instances."""

QUICK = Instance(3, 2)
QUICK_WIDE = Instance(10, 1, 2)


def main() -> int:
    """See the module."""
    given = _arguments()
    cases = _cases(given)
    with tempfile.TemporaryDirectory(prefix="hopcheck-benchmark-") as folder:
        rounds = Rounds(cases, Path(folder), given.timeout)
        rounds.build()
        started: list[Start] = []
        try:
            _run(given, rounds, started)
        except KeyboardInterrupt:
            print("interrupted: what follows was measured before", file=sys.stderr)
    _report(given, rounds.measured, started)
    return 1 if rounds.measured.failed else 0


def _run(given: argparse.Namespace, rounds: Rounds, started: list[Start]) -> None:
    for number in range(1, given.repeat + 1):
        rounds.round(number)
        if "start" in given.only and "start" not in rounds.measured.failed:
            try:
                started += _starts(number, given.timeout)
            except MeasurementError as error:
                rounds.measured.failed["start"] = str(error)


def _starts(number: int, timeout_s: float) -> list[Start]:
    """The starts of one round; only in the first round the kernels are compiled for one of them."""
    first = [starts.first(timeout_s)] if number == 1 else []
    return first + [each for actions in starts.SIZES for each in starts.measured(actions, number, timeout_s)]


def _report(given: argparse.Namespace, measured: Measured, started: list[Start]) -> None:
    samples = Samples(tuple(measured.samples))
    rows = acceptance.rows(samples, started, max(given.workers), given.small)
    parts = [table.of_instance(samples, name) for name in dict.fromkeys(each.instance for each in samples.all)]
    parts += [table.of_starts(started)] if started else []
    parts += [table.of_absent(measured.absent, measured.failed), table.of_acceptance(rows)]
    if given.small != acceptance.SMALL:
        parts.append(f"The bounds are meant for {acceptance.SMALL}: what {given.small} reaches says little of them.")
    print("\n\n".join(part for part in parts if part))
    if given.json:
        report: dict[str, Any] = {
            "machine": machine.described(),
            "arguments": sys.argv[1:],
            "samples": [dataclasses.asdict(each) for each in samples.all],
            "starts": [dataclasses.asdict(each) for each in started],
            "acceptance": [{**dataclasses.asdict(each), "verdict": each.verdict} for each in rows],
            "absent": measured.absent,
            "failed": measured.failed,
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n")


def _cases(given: argparse.Namespace) -> list[Case]:
    """Every case, hopcheck first: the machine's limit is measured for its table."""
    made = [
        Case(engine, each)
        for each in given.instances
        for engine in _engines(given.workers, given.tlc)
        if engine.group in given.only
    ]
    if "witness" in given.only:
        made += [Case(Hopcheck(1), given.small), Case(Hopcheck(1, witness=True), given.small)]
    if "wide" in given.only:
        wide = (QUICK_WIDE,) if given.quick else (acceptance.WIDE, acceptance.REMAINDERS, acceptance.WORD)
        made += [Case(Hopcheck(1), each) for each in wide]
        made.append(Case(Spin(1), wide[0]))
    threads = max(given.workers)
    if given.large:
        made.append(Case(Hopcheck(threads, memory_bytes=acceptance.LARGE_MEMORY), acceptance.LARGE))
    if given.symmetry:
        made += [Case(Hopcheck(threads, symmetry=True), each) for each in (acceptance.LARGE, acceptance.LARGER)]
    return list({(each.engine.name, each.instance): each for each in made}.values())


def _engines(workers: list[int], jar: Path | None) -> list[Engine]:
    several = max(workers)
    made: list[Engine] = [Hopcheck(threads) for threads in workers]
    made += [Limit(threads) for threads in workers]
    made += [C(structure, threads) for structure in STRUCTURES for threads in workers]
    made += [Spin(threads) for threads in workers]
    made += [Rumur(threads) for threads in workers]
    return [*made, Tlc(several, jar)]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to this file")
    parser.add_argument("--quick", action="store_true", help="fleet(3,2), one round, about a minute")
    parser.add_argument("--instances", type=_instances, help="machines-in flight, with commas between (default: 3-2,4-2)")
    parser.add_argument("--repeat", type=_positive, help="rounds (default: 5; with --quick 1)")
    parser.add_argument("--only", type=_groups, help=f"some of {','.join(GROUPS)} (default: all)")
    parser.add_argument("--workers", type=_workers, help="numbers of threads (default: 1 and all cores)")
    parser.add_argument("--tlc", type=Path, metavar="JAR", help="tla2tools.jar (default: TLA2TOOLS in the environment)")
    parser.add_argument("--large", action="store_true", help="fleet(5,2), too: 512 million states")
    parser.add_argument("--symmetry", action="store_true", help="fleet(5,2) and fleet(6,2) up to the order of the machines")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds after which a run is given up (default: 1800)")
    parser.add_argument("--vms", type=int, help="with --in-flight: hopcheck alone, on that fleet")
    parser.add_argument("--in-flight", type=int)
    return _completed(parser, parser.parse_args())


def _completed(parser: argparse.ArgumentParser, given: argparse.Namespace) -> argparse.Namespace:
    """The arguments with their defaults, which depend on each other."""
    if given.vms is not None or given.in_flight is not None:
        if given.instances is not None:
            parser.error("--vms and --in-flight name an instance, and so does --instances: write one of the two")
        try:
            given.instances = [instance(f"{given.vms or 4}-{given.in_flight or 2}")]
        except argparse.ArgumentTypeError as error:
            parser.error(str(error))
        given.only = given.only or ["hopcheck"]
    if given.instances is None:
        given.instances = [QUICK] if given.quick else [QUICK, acceptance.SMALL]
    given.small = acceptance.SMALL if acceptance.SMALL in given.instances else given.instances[-1]
    given.only = list(GROUPS) if given.only is None else given.only
    given.repeat = given.repeat or (1 if given.quick else 5)
    given.workers = given.workers or sorted({1, os.cpu_count() or 1})
    jar = given.tlc or (Path(os.environ["TLA2TOOLS"]) if os.environ.get("TLA2TOOLS") else None)
    given.tlc = jar.resolve() if jar else None
    return given


def _instances(text: str) -> list[Instance]:
    return list(dict.fromkeys(instance(each) for each in text.split(",")))


def _groups(text: str) -> list[str]:
    named = [each.strip() for each in text.split(",")]
    for each in named:
        if each not in GROUPS:
            raise argparse.ArgumentTypeError(f"{each!r} is nothing that is measured: write some of {','.join(GROUPS)}")
    return named


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number")
    return int(text)


def _workers(text: str) -> list[int]:
    return sorted({_positive(each.strip()) for each in text.split(",")})


if __name__ == "__main__":
    sys.exit(main())
