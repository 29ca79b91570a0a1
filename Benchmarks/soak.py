#!/usr/bin/env python3
"""Mixed load at a fixed rate while the policy is reloaded every second.

Fails when one query is lost or one reply is wrong, when a reload does not take
effect, or when the process has grown by more than 5 % since its first ten
seconds. Every reload is a real one: a name enters the list or leaves it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import harness
from harness import Failure

GROWTH_ALLOWED = 0.05
SETTLED_AFTER = 10      # seconds; the growth before is start-up
SWITCHED = "switched.ai.example.net"


class SoakServer(harness.Sinkholed):
    """A cache small enough to be full before the clock starts: a cache that
    is still filling would look like a leak."""

    setting = {"reply_trains": False, "cache": "8MiB"}


# More new names than the cache has room for.
FILL = 150_000


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20_000, help="queries a second")
    parser.add_argument("--reload-every", type=float, default=1, metavar="SECONDS")
    parser.add_argument("--trains", action="store_true", help="reply_trains on")
    return parser.parse_args()


def rss_kib(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise Failure("the server has ended")


def slope(samples):
    """Least squares through (seconds, KiB): KiB a minute."""
    count = len(samples)
    if count < 2:
        return 0.0
    mean_x = sum(x for x, _ in samples) / count
    mean_y = sum(y for _, y in samples) / count
    square = sum((x - mean_x) ** 2 for x, _ in samples)
    return 60 * sum((x - mean_x) * (y - mean_y) for x, y in samples) / square


class Reloads:
    """Switches one name on and off the list, and sees that it happened."""

    def __init__(self, server):
        self.server = server
        self.serial = 1
        self.slowest = 0.0
        self.faults = []

    def once(self):
        self.serial += 1
        listed = self.serial % 2 == 0
        # Renamed into place: the server never reads half a zone.
        new = self.server.zone.with_suffix(".new")
        new.write_text(harness.policy_zone([SWITCHED] if listed else [], self.serial))
        new.rename(self.server.zone)
        started = time.monotonic()
        run = self.server.command("reload")
        if run.returncode != 0:
            self.faults.append(f"reload {self.serial}: {(run.stdout + run.stderr).strip()}")
        elif not harness.wait_for(
                lambda: harness.is_sinkholed(self.server.port, SWITCHED) == listed, 2):
            self.faults.append(f"reload {self.serial}: no effect within 2 s")
        self.slowest = max(self.slowest, time.monotonic() - started)


def prepare(server, folder):
    """Every answer right once, and the cache full."""
    for names, count in (("hits", harness.HIT_COUNT), ("blocked", harness.BLOCKED_COUNT)):
        report = harness.load(server, names=folder / names, count=count, sockets=2)
        if report["bad"] or report["lost"] or report["stray"]:
            raise Failure(f"{names}: {report['bad']} wrong, {report['lost']} lost"
                          " before the soak began")
    harness.load(server, unique="fill.example.net", count=FILL)


def watch(server, load, reloads, seconds, every):
    """Reloads and samples the memory until the generator ends."""
    samples, printed = [], 0.0
    started = time.monotonic()
    next_reload = started + every
    while load.poll() is None:
        elapsed = time.monotonic() - started
        if elapsed > seconds + 30:
            load.kill()
            raise Failure("the generator did not end")
        samples.append((elapsed, rss_kib(server.process.pid)))
        if elapsed >= printed:
            print(f"{elapsed:6.0f} s  RSS {samples[-1][1]:,} KiB  reloads {reloads.serial - 1}",
                  flush=True)
            printed += 5
        if time.monotonic() >= next_reload:
            reloads.once()
            next_reload = max(next_reload + every, time.monotonic())
        time.sleep(max(0, min(0.25, next_reload - time.monotonic())))
    return samples


def judge(report, reloads, samples, seconds):
    """What went wrong, in words; prints the figures."""
    settled = min(SETTLED_AFTER, seconds / 3)
    late = [sample for sample in samples if sample[0] >= settled]
    faults = list(reloads.faults)
    for name in ("lost", "bad", "stray"):
        if report[name]:
            faults.append(f"{name}: {report[name]}")
    if reloads.serial == 1:
        faults.append("not one reload")
    if report["sent"] < 0.98 * report["seconds"] * report["rate"]:
        faults.append(f"the rate was not kept: {report['sent']:,} sent")
    growth = max(kib for _, kib in late) / late[0][1] - 1 if late else 0.0
    if growth > GROWTH_ALLOWED:
        faults.append(f"RSS grew by {growth:.1%} after the first {settled:.0f} s")
    print(f"sent {report['sent']:,}  lost {report['lost']}  bad {report['bad']}"
          f"  stray {report['stray']}  p50 {report['p50_us']:.0f} us"
          f"  p99 {report['p99_us']:.0f} us  longest silence {report['gap_ms']:.1f} ms"
          f"  generator late by {report['behind_ms']:.1f} ms at most")
    print(f"reloads {reloads.serial - 1}, slowest {reloads.slowest * 1e3:.0f} ms;"
          f" RSS slope {slope(late):+,.0f} KiB/min, growth {growth:+.1%}")
    return faults


def soak(chosen, folder):
    harness.write_questions(folder)
    upstream = harness.Upstream(folder)
    SoakServer.setting = {**SoakServer.setting, "reply_trains": chosen.trains}
    server = SoakServer(folder, upstream.port, core=None)
    load = None
    try:
        server.start()
        server.wait_until_it_answers()
        prepare(server, folder)
        load = subprocess.Popen(
            harness.load_command(
                server, names=folder / "mix", unique=harness.UNIQUE_ZONE, mix="1/100",
                rate=chosen.rate, seconds=chosen.seconds, warm_up=0, window=2048),
            stdout=subprocess.PIPE, text=True, preexec_fn=harness.die_with_parent)
        reloads = Reloads(server)
        samples = watch(server, load, reloads, chosen.seconds, chosen.reload_every)
        if load.returncode != 0:
            raise Failure(f"the generator gave up:\n{server.process.said()}")
        report = {**json.loads(load.stdout.read()), "rate": chosen.rate}
        faults = judge(report, reloads, samples, chosen.seconds)
        print(server.command("status").stdout.rstrip())
        return faults
    finally:
        if load is not None and load.poll() is None:
            load.kill()
        server.stop()
        upstream.stop()


def main():
    chosen = options()
    harness.end_on_signals()
    harness.build()
    if not SoakServer.available():
        raise Failure(f"{SoakServer.program} is not there: build it first")
    with tempfile.TemporaryDirectory(prefix="sinkhole-soak-") as folder:
        faults = soak(chosen, Path(folder))
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"soak: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
