#!/usr/bin/env python3
"""Replies a second and CPU per query of sinkholed and its peers, side by side.

Every server runs with one thread on one core, the generator and the upstream
on the other. A round measures each workload on each server in turn, with the
order rotated, so that what disturbs the machine disturbs all of them; the
table shows medians over the rounds. README.md says what each workload is.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

import harness
from harness import Failure

SERVERS = [harness.Floor, harness.Sinkholed, harness.SinkholedWithTrains,
           harness.Unbound, harness.Dnsdist, harness.DnsdistOneByOne]
PEERS = ["unbound", "dnsdist"]

WORKLOADS = {
    "hit": ("10,000 names, all in the cache", {"names": "hits"}),
    "blocked": ("1,000 names, all on the block list", {"names": "blocked"}),
    "mix": ("90 hits, 9 blocked, 1 new name",
            {"names": "mix", "unique": harness.UNIQUE_ZONE, "mix": "1/100"}),
    "miss": ("every name is new", {"unique": harness.UNIQUE_ZONE}),
}


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="3 rounds of 1 s: under 2 minutes")
    parser.add_argument("--rounds", type=int, default=None, help="default 5")
    parser.add_argument("--seconds", type=float, default=None, help="of each measurement, default 3")
    parser.add_argument("--only", metavar="NAMES", help="servers, comma between: floor,unbound")
    parser.add_argument("--workloads", metavar="NAMES", default=",".join(WORKLOADS))
    parser.add_argument("--sockets", type=int, default=8, help="clients, default 8")
    parser.add_argument("--window", type=int, default=16, help="queries in flight on each, default 16")
    parser.add_argument("--rate", type=float, help="queries a second, instead of as fast as answered")
    parser.add_argument("--train", type=int, default=16,
                        help="queries the generator hands to the kernel at once, default 16")
    parser.add_argument("--edns", action="store_true", help="queries carry an OPT")
    parser.add_argument("--mixed-lengths", action="store_true", help="hit names of 10 to 40 characters")
    parser.add_argument("--server-core", type=int, default=1)
    parser.add_argument("--load-core", type=int, default=0)
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (3 if chosen.quick else 5)
    chosen.seconds = chosen.seconds or (1.0 if chosen.quick else 3.0)
    wanted = chosen.workloads.split(",")
    for name in wanted:
        if name not in WORKLOADS:
            parser.error(f"no workload {name}: choose from {', '.join(WORKLOADS)}")
    chosen.workloads = [name for name in WORKLOADS if name in wanted]
    return chosen


def servers_to_run(chosen):
    """Those asked for and installed. A missing one is said, not passed over."""
    wanted = chosen.only.split(",") if chosen.only else None
    found = []
    for server in SERVERS:
        if wanted is not None and server.name.split(",")[0] not in wanted:
            continue
        if server.available():
            found.append(server)
        else:
            print(f"{server.name}: {server.program} is not there and is left out;"
                  " the Makefile builds or installs it", file=sys.stderr)
    return found


# --- one round ---------------------------------------------------------------

class Bench:
    def __init__(self, chosen, folder):
        self.chosen = chosen
        self.folder = folder
        self.results = {}       # (workload, server): list of reports
        harness.write_questions(folder, chosen.mixed_lengths)

    def load(self, server, **wanted):
        """One generator run, with the share of its queries that the server
        sent on to the upstream."""
        if "names" in wanted:
            wanted["names"] = self.folder / wanted["names"]
        before = self.upstream.count()
        report = harness.load(server, core=self.chosen.load_core,
                              edns=self.chosen.edns, train=self.chosen.train, **wanted)
        forwarded = self.upstream.count() - before
        report["forwarded"] = forwarded / max(report["asked"], 1)
        return report

    def warm(self, server):
        """Every name once, gently: the cache is full after it, and every
        answer was right or the server is not doing the work."""
        if server.echo:
            return
        for names, count in (("hits", harness.HIT_COUNT), ("blocked", harness.BLOCKED_COUNT)):
            report = self.load(server, names=names, count=count, sockets=2, window=16)
            if report["bad"] or report["stray"] or report["lost"]:
                raise Failure(f"{server.name}: warming with {names}: "
                              f"{report['bad']} wrong, {report['lost']} lost of {count}")
            if names == "blocked" and report["forwarded"] > 0.01:
                raise Failure(f"{server.name}: asks the upstream for blocked names")

    def measure(self, server, workload):
        report = self.load(server, sockets=self.chosen.sockets, window=self.chosen.window,
                           rate=self.chosen.rate, seconds=self.chosen.seconds,
                           warm_up=min(0.5, self.chosen.seconds / 4), **WORKLOADS[workload][1])
        self.results.setdefault((workload, server.name), []).append(report)

    def round(self, number, classes):
        self.upstream = harness.Upstream(self.folder, self.chosen.load_core)
        servers = []
        try:
            time.sleep(0.1)
            for each in classes:
                server = each(self.folder, self.upstream.port, self.chosen.server_core)
                servers.append(server)
                server.start()
                server.wait_until_it_answers()
                self.warm(server)
            turn = number % len(servers)
            # In this order: only the last fills the caches with what is not asked again.
            for workload in self.chosen.workloads:
                for server in servers[turn:] + servers[:turn]:
                    self.measure(server, workload)
        finally:
            for server in servers:
                server.stop()
            self.upstream.stop()


# --- the table ---------------------------------------------------------------

MEDIANS = ["replies_per_second", "server_cpu_ns", "server_user_ns", "server_system_ns",
           "server_busy", "p50_us", "p99_us", "gap_ms", "forwarded"]
SUMS = ["lost", "bad", "stray"]


def summary(reports):
    line = {key: statistics.median(report[key] for report in reports) for key in MEDIANS}
    rates = [report["replies_per_second"] for report in reports]
    line["lowest"], line["highest"] = min(rates), max(rates)
    line.update({key: sum(report[key] for report in reports) for key in SUMS})
    return line


def summaries(results):
    lines = {key: summary(reports) for key, reports in results.items()}
    for (workload, _), line in lines.items():
        floor = lines.get((workload, "floor"))
        if floor and floor["server_cpu_ns"]:
            line["cpu_by_floor"] = line["server_cpu_ns"] / floor["server_cpu_ns"]
        for peer in PEERS:
            other = lines.get((workload, peer))
            if other and other["replies_per_second"]:
                line[f"by_{peer}"] = line["replies_per_second"] / other["replies_per_second"]
    return lines


def ratio(value):
    return "-" if value is None else f"{value:.2f}"


def print_table(lines, workloads, names):
    columns = (f"{'':18} {'replies/s':>10} {'CPU us':>7} {'user':>5} {'system':>6}"
               f" {'/floor':>7} {'xunbound':>9} {'xdnsdist':>9} {'p50 us':>7} {'p99 us':>7}"
               f" {'forwarded':>9} {'busy':>5} {'lost':>5} {'bad':>4}")
    for workload in workloads:
        print(f"\n{workload}: {WORKLOADS[workload][0]}\n{columns}")
        for name in names:
            line = lines.get((workload, name))
            if line is None:
                continue
            print(f"{name:18} {line['replies_per_second']:>10,.0f}"
                  f" {line['server_cpu_ns'] / 1e3:>7.2f} {line['server_user_ns'] / 1e3:>5.2f}"
                  f" {line['server_system_ns'] / 1e3:>6.2f}"
                  f" {ratio(line.get('cpu_by_floor')):>7} {ratio(line.get('by_unbound')):>9}"
                  f" {ratio(line.get('by_dnsdist')):>9} {line['p50_us']:>7.0f}"
                  f" {line['p99_us']:>7.0f} {line['forwarded']:>9.3f}"
                  f" {line['server_busy']:>5.2f} {line['lost']:>5} {line['bad'] + line['stray']:>4}")


def machine():
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"processor": model, "cores": os.cpu_count(), "kernel": platform.release()}


def write_results(chosen, classes, results, lines):
    harness.RESULTS.mkdir(exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    path = harness.RESULTS / f"bench-{stamp}.json"
    path.write_text(json.dumps({
        "machine": machine(),
        "versions": {each.name: each.version() for each in classes},
        "options": vars(chosen),
        "medians": [{"workload": workload, "server": name, **line}
                    for (workload, name), line in lines.items()],
        "rounds": [{"workload": workload, "server": name, "reports": reports}
                   for (workload, name), reports in results.items()],
    }, indent=1) + "\n")
    return path


def main():
    chosen = options()
    harness.end_on_signals()
    harness.build()
    classes = servers_to_run(chosen)
    if not classes:
        raise Failure("no server to measure")
    with tempfile.TemporaryDirectory(prefix="sinkhole-bench-") as folder:
        bench = Bench(chosen, Path(folder))
        for number in range(chosen.rounds):
            print(f"round {number + 1} of {chosen.rounds}", file=sys.stderr)
            bench.round(number, classes)
    lines = summaries(bench.results)
    print_table(lines, chosen.workloads, [each.name for each in classes])
    print(f"\n{write_results(chosen, classes, bench.results, lines)}")
    if any(line["bad"] or line["stray"] for line in lines.values()):
        print("some replies were wrong", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
