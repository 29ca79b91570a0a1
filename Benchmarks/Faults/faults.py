#!/usr/bin/env python3
"""How clients fare when an upstream is slow, wrong, lying or gone.

Sinkhole and its peers are asked side by side while the first of their two
upstreams (and, in a second set of servers, their only one) has one fault after
the other. ../README.md says what each fault and each column is.
"""

import argparse
import datetime
import json
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import figures
import harness
import servers
from harness import Failure
from network import Network
from upstreams import FAULTS, FaultyUpstream, run_fault

FIRST_PORT = 5300


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", metavar="FAULTS", help="comma between: killed,loss")
    parser.add_argument("--servers", metavar="NAMES", help="comma between: sinkhole,unbound,dnsdist")
    parser.add_argument("--server", metavar="NAME=PATH", action="append", default=[],
                        help="another sinkholed under that name; sinkhole=PATH instead of ours")
    parser.add_argument("--upstreams", metavar="NUMBERS", default="2,1", help="default 2,1")
    parser.add_argument("--quick", action="store_true", help="4 s for each fault instead of 10")
    parser.add_argument("--rate", type=float, default=200, help="new names a second and server")
    parser.add_argument("--warm-rate", type=float, default=40, help="warm names a second and server")
    parser.add_argument("--list", action="store_true", help="name the faults and end")
    chosen = parser.parse_args()
    wanted = chosen.only.split(",") if chosen.only else [fault.name for fault in FAULTS]
    for name in wanted:
        if name not in [fault.name for fault in FAULTS]:
            parser.error(f"no fault {name}: --list names them")
    chosen.faults = [fault for fault in FAULTS if fault.name in wanted]
    chosen.upstreams = [int(number) for number in chosen.upstreams.split(",")]
    if any(number not in (1, 2) for number in chosen.upstreams):
        parser.error("--upstreams: 1, 2 or both")
    # Seconds of health, of the fault, and of health again.
    chosen.phases = (2, 4, 3) if chosen.quick else (3, 10, 4)
    return chosen


class Run:
    """All servers under all faults, in one pair of namespaces."""

    def __init__(self, chosen, folder, net):
        self.chosen = chosen
        self.folder = folder
        self.net = net
        self.programs = servers.programs(
            chosen.servers.split(",") if chosen.servers else None, chosen.server)
        self.upstreams = []
        self.results = {}

    def candidates(self):
        made = []
        for number in self.chosen.upstreams:
            for name, kind, program in self.programs:
                made.append(kind(name, program, self.folder, FIRST_PORT + len(made), "AB"[:number]))
        return made

    def all(self):
        try:
            for name in "AB":
                self.upstreams.append(FaultyUpstream(self.net, name, self.folder))
            for fault in self.chosen.faults:
                self.one(fault)
        finally:
            for upstream in self.upstreams:
                upstream.stop()

    def one(self, fault):
        """Fresh servers for each fault: none remembers what the last one did."""
        candidates, askers = self.candidates(), []
        try:
            for candidate in candidates:
                candidate.start()
            for candidate in candidates:
                candidate.wait_until_it_answers()
            before, during, after = self.chosen.phases
            starts = time.monotonic() + 0.7
            for candidate in candidates:
                askers.append(self.asker(candidate, fault, starts, before + during + after))
            begins = starts + before
            ends = run_fault(fault, self.net, self.upstreams[0], begins, begins + during)
            for candidate, asker in zip(candidates, askers):
                self.take(candidate, asker, fault, begins, ends)
        finally:
            for asker in askers:
                if asker.poll() is None:
                    asker.kill()
                asker.wait()
                asker.stdout.close()
            for candidate in candidates:
                candidate.stop()
        for number in self.chosen.upstreams:
            rows = {(fault.name, number): self.results[(fault.name, number)]}
            print("\n".join(figures.table(rows).splitlines()[2:]), flush=True)

    def asker(self, candidate, fault, starts, seconds):
        words = [sys.executable, str(HERE / "asker.py"), str(candidate.port),
                 f"{fault.name}.{candidate.label}.example.net", str(self.chosen.rate),
                 str(self.chosen.warm_rate), str(starts), str(seconds)]
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                preexec_fn=harness.die_with_parent)

    def take(self, candidate, asker, fault, begins, ends):
        output, _ = asker.communicate(timeout=60)
        if asker.returncode != 0:
            raise Failure(f"{candidate.label}: its asker ended with {asker.returncode}")
        if not candidate.process.running():
            raise Failure(f"{candidate.label} has ended under {fault.name}:\n{candidate.process.said()}")
        result = figures.figures(figures.read(output), begins, ends)
        result["peer"] = not isinstance(candidate, servers.Sinkhole)
        key = (fault.name, len(candidate.upstreams))
        self.results.setdefault(key, {})[candidate.name] = result


def save(run, chosen):
    """The table and every figure of it; their paths."""
    harness.RESULTS.mkdir(exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    versions = {name: harness.first_line([program, "--version" if name == "dnsdist" else "-V"])
                for name, _, program in run.programs if name in ("unbound", "dnsdist")}
    paths = {name: program for name, _, program in run.programs}
    about = {fault.name: fault.about for fault in chosen.faults}
    text = harness.RESULTS / f"faults-{stamp}.md"
    data = harness.RESULTS / f"faults-{stamp}.json"
    text.write_text(figures.table(run.results) + "\n" + "".join(
        f"- `{name}`: {what}\n" for name, what in about.items()))
    data.write_text(json.dumps({
        "machine": platform.platform(), "versions": versions, "programs": paths, "phases": chosen.phases,
        "rate": chosen.rate, "warm_rate": chosen.warm_rate, "faults": about,
        "results": [{"fault": fault, "upstreams": number, "servers": found}
                    for (fault, number), found in run.results.items()]}, indent=1) + "\n")
    return text, data


def main():
    chosen = options()
    if chosen.list:
        for fault in FAULTS:
            print(f"{fault.name:15} {fault.about}")
        return 0
    harness.end_on_signals()
    harness.build()
    with tempfile.TemporaryDirectory(prefix="sinkhole-faults-") as folder, Network() as net:
        run = Run(chosen, Path(folder), net)
        print(figures.HEAD, figures.RULE, sep="\n", flush=True)
        try:
            run.all()
        finally:
            if run.results:
                for path in save(run, chosen):
                    print(path)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"faults: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
