"""The two upstreams, and the faults that the first of them is made to have."""

import subprocess
import time

import harness
import network
from harness import Failure

# What every response takes, in ms: a resolver somewhere in the same country.
DISTANCE = 10


class FaultyUpstream:
    """One `faulty`; fails as it is told, and can be killed and started again."""

    def __init__(self, net, name, folder):
        self.net = net
        self.name = name
        self.address = network.ADDRESSES[name]
        self.folder = folder
        self.child = None
        self.start()

    def start(self):
        with open(self.folder / f"upstream-{self.name}.log", "ab") as log:
            self.child = subprocess.Popen(
                self.net.command([str(harness.BUILD / "faulty"), f"{self.address}:{network.PORT}",
                                  str(harness.LONGEST_RUN), str(DISTANCE)]),
                stdin=subprocess.PIPE, stdout=log, stderr=log, preexec_fn=harness.die_with_parent)
        if not harness.wait_for(lambda: answers(self.address), 5):
            raise Failure(f"upstream {self.name} does not answer")

    def fail(self, fault):
        self.child.stdin.write(fault.encode() + b"\n")
        self.child.stdin.flush()

    def stop(self):
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child.stdin.close()
            self.child = None


def answers(address):
    return harness.ask(network.PORT, "ready.example.com", address=address) is not None


class Fault:
    """One line of the table: a fault of fault.c, unless a subclass does more."""

    def __init__(self, name, about, mode=None):
        self.name = name
        self.about = about
        self.mode = mode or name

    def begin(self, net, upstream):
        upstream.fail(self.mode)

    def during(self, upstream, elapsed):
        """Called some times a second while the fault lasts."""

    def end(self, net, upstream):
        upstream.fail("none")


class Killed(Fault):
    """Its port is closed: ICMP says so, and connections are reset."""

    def begin(self, net, upstream):
        upstream.stop()

    def end(self, net, upstream):
        upstream.start()


class Blackholed(Fault):
    """Its address is gone: nobody says anything."""

    def begin(self, net, upstream):
        net.blackhole(upstream.address)

    def end(self, net, upstream):
        net.restore(upstream.address)


class Flapping(Fault):
    """Silent for a second, well for a second."""

    def begin(self, net, upstream):
        self.silent = False

    def during(self, upstream, elapsed):
        silent = int(elapsed) % 2 == 0
        if silent != self.silent:
            upstream.fail("silent" if silent else "none")
            self.silent = silent


FAULTS = [
    Fault("none", "nothing is wrong: what the machine itself does to the figures"),
    Killed("killed", "the process is gone: ICMP port unreachable"),
    Blackholed("blackholed", "the address is gone: silence"),
    Flapping("flapping", "1 s silent, 1 s well"),
    Fault("loss", "30 % of queries lost, 30 % of responses lost"),
    Fault("delay", "responses 500 ms late"),
    Fault("reorder", "responses 50 to 250 ms late, overtaking each other"),
    Fault("servfail", "SERVFAIL to everything"),
    Fault("refused", "REFUSED to everything"),
    Fault("wrong-id", "20 lies with other IDs before each right response"),
    Fault("wrong-question", "the right ID, another name and its address"),
    Fault("garbage", "random octets, half of them with the right ID and QR"),
    Fault("folded", "the question comes back in lower case"),
    Fault("truncated", "TC over UDP, right over TCP"),
    Fault("tcp-dead", "TC over UDP; TCP accepts and never answers"),
    Fault("edns-dropped", "queries with OPT get no response"),
    Fault("edns-formerr", "queries with OPT get FORMERR without OPT"),
    Fault("edns-stripped", "answers, but never an OPT"),
]


def run_fault(fault, net, upstream, begins, ends):
    """Has the fault from one instant of the monotonic clock to another."""
    time.sleep(max(0, begins - time.monotonic()))
    fault.begin(net, upstream)
    try:
        while (now := time.monotonic()) < ends:
            fault.during(upstream, now - begins)
            time.sleep(min(0.05, ends - now))
    finally:
        fault.end(net, upstream)
    return time.monotonic()
