#!/usr/bin/env python3
"""Whether the generator can be believed.

1. Against a server that lies in one way at a time: is each lie counted, under
   its own name?
2. Against the upstream: did as many queries arrive as it says it asked?
3. Against dnsperf: same server, same names, same rate; do both see the same?
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import harness
from harness import Failure

COUNT = 100
RATE = 50_000
SECONDS = 5


# --- 1: a lying server -------------------------------------------------------

# A lie is a function from the right response to the datagrams sent instead.

def altered(change):
    """Sends the response after a change to it, or what the change returns."""
    return lambda response: [change(response) or response]


def put(index, value):
    def change(response):
        response[index] = value
    return altered(change)


def flip(index, bits):
    def change(response):
        response[index] ^= bits
    return altered(change)


def without_answer(response):
    response[7] = 0
    return response[:-16]


# What the server does, and the counters that must then hold every query.
LIES = [
    ("tells the truth", lambda response: [response], set()),
    ("does not answer", lambda response: [], {"lost"}),
    ("sends another ID", flip(1, 0x80), {"stray", "lost"}),
    ("sends every reply twice", lambda response: [response, response], {"stray"}),
    ("leaves QR clear", flip(2, 0x80), {"qr"}),
    ("sets TC", flip(2, 0x02), {"truncated"}),
    ("changes the case of the question", flip(13, 0x20), {"question"}),
    ("says QDCOUNT 0", put(5, 0), {"question"}),
    ("says SERVFAIL", flip(3, 0x02), {"rcode"}),
    ("gives another address", flip(-1, 0x01), {"answer"}),
    ("gives no address", altered(without_answer), {"answer"}),
    ("ends inside the address", altered(lambda r: r[:-2]), {"answer"}),
    ("ends inside the question", altered(lambda r: r[:20]), {"short"}),
    ("sends four octets", altered(lambda r: r[:4]), {"stray", "lost"}),
]


def serve(udp, upstream_port, lie):
    """Forwards each query and spoils the response; an empty datagram ends it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
        upstream.connect(("127.0.0.1", upstream_port))
        while True:
            query, client = udp.recvfrom(4096)
            if not query:
                return
            upstream.send(query)
            for datagram in lie(bytearray(upstream.recv(4096))):
                udp.sendto(datagram, client)


def ask_liar(folder, upstream, lie):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        thread = threading.Thread(target=serve, args=(udp, upstream.port, lie))
        thread.start()
        server = SimpleNamespace(name="liar", address=f"127.0.0.1:{port}", echo=False,
                                 process=SimpleNamespace(pid=None))
        # Its messages about bad replies are expected here.
        run = subprocess.run(
            harness.load_command(server, names=folder / "hits", count=COUNT,
                                 sockets=2, window=50, timeout=0.3),
            capture_output=True, text=True, check=True)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"", ("127.0.0.1", port))
        thread.join()
    return json.loads(run.stdout)


def check_lies(folder, upstream):
    faulty = 0
    for title, lie, expected in LIES:
        report = ask_liar(folder, upstream, lie)
        counters = {**report["faults"], "lost": report["lost"], "stray": report["stray"]}
        counted = {name for name, value in counters.items() if value == COUNT}
        right = counted == expected and all(
            value in (0, COUNT) for value in counters.values())
        faulty += not right
        print(f"  {'ok ' if right else 'NO '} a server that {title}:"
              f" {', '.join(sorted(counted)) or 'nothing'} counted")
    return faulty == 0


# --- 2: the upstream's own count ---------------------------------------------

def check_count(folder, upstream):
    server = SimpleNamespace(name="upstream", address=f"127.0.0.1:{upstream.port}",
                             echo=False, process=upstream)
    right = True
    for title, wanted in (("as fast as answered", {}), (f"{RATE:,} a second", {"rate": RATE})):
        before = upstream.count()
        report = harness.load(server, core=0, unique=harness.UNIQUE_ZONE, seconds=2,
                              train=16, **wanted)
        arrived = upstream.count() - before
        right = right and arrived == report["asked"] and report["lost"] == 0
        print(f"  {title}: asked {report['asked']:,}, arrived {arrived:,},"
              f" lost {report['lost']}, {report['replies_per_second']:,.0f} replies/s")
    return right


# --- 3: dnsperf --------------------------------------------------------------

def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def figure(text, title):
    return float(re.search(rf"{title}:\s+([0-9.]+)", text).group(1))


def run_dnsperf(server, names):
    before = cpu_seconds(server.process.pid)
    run = subprocess.run(
        ["taskset", "-c", "0", "dnsperf", "-s", "127.0.0.1", "-p", str(server.port),
         "-d", str(names), "-c", "8", "-q", "128", "-Q", str(RATE), "-l", str(SECONDS)],
        capture_output=True, text=True, check=True)
    used = cpu_seconds(server.process.pid) - before
    text = run.stdout
    completed = figure(text, "Queries completed")
    return {"replies/s": figure(text, "Queries per second"),
            "lost": figure(text, "Queries lost"),
            "mean us": figure(text, r"Average Latency \(s\)") * 1e6,
            "CPU us": used / completed * 1e6}


def run_load(server, names):
    report = harness.load(server, core=0, names=names, rate=RATE, seconds=SECONDS)
    return {"replies/s": report["replies_per_second"], "lost": report["lost"],
            "mean us": report["mean_us"], "CPU us": report["server_cpu_ns"] / 1e3}


def compare(folder, upstream):
    """In turn, three times: the machine's noise falls on both."""
    if shutil.which("dnsperf") is None or not harness.Unbound.available():
        print("  left out: needs dnsperf and unbound")
        return
    plain = folder / "plain"
    plain.write_text("".join(f"{name} A\n" for name in harness.hit_names()))
    server = harness.Unbound(folder, upstream.port, core=1)
    server.start()
    try:
        server.wait_until_it_answers()
        harness.load(server, names=folder / "hits", count=harness.HIT_COUNT, sockets=2)
        print(f"  {'':8} {'replies/s':>10} {'lost':>5} {'mean us':>8} {'CPU us':>7}")
        for _ in range(3):
            for name, run, names in (("dnsperf", run_dnsperf, plain),
                                     ("load", run_load, folder / "hits")):
                line = run(server, names)
                print(f"  {name:8} {line['replies/s']:>10,.0f} {line['lost']:>5.0f}"
                      f" {line['mean us']:>8.0f} {line['CPU us']:>7.2f}")
    finally:
        server.stop()


def main():
    harness.end_on_signals()
    harness.build()
    with tempfile.TemporaryDirectory(prefix="sinkhole-check-") as name:
        folder = Path(name)
        harness.write_questions(folder)
        upstream = harness.Upstream(folder, core=1)
        try:
            harness.wait_for(lambda: harness.answers(upstream.port))
            print("1. A lying server, 100 queries each:")
            right = check_lies(folder, upstream)
            print("2. Queries asked and arrived:")
            right = check_count(folder, upstream) and right
            print(f"3. unbound, {RATE:,} cached names a second, {SECONDS} s each:")
            compare(folder, upstream)
        finally:
            upstream.stop()
    return 0 if right else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"check_load: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
