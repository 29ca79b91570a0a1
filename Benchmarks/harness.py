"""What the benchmark, the soak and the generator's own check have in common:
building the C programs, the names and lists, starting servers, one load run.

Standard library only. Everything listens on 127.0.0.1, on ports the kernel
gives; nothing is installed; every process started here ends with its parent.
"""

import ctypes
import json
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUILD = HERE / "build"
RESULTS = HERE / "results"
SINKHOLED = ROOT / ".build" / "release" / "sinkholed"

PROGRAMS = {
    "load": ["load.c", "clients.c", "questions.c", "reply.c"],
    "floor": ["floor.c"],
    "upstream": ["upstream.c"],
    "faulty": ["Faults/faulty.c", "Faults/fault.c", "Faults/response.c", "Faults/later.c",
               "Faults/connections.c"],
}
CFLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]

HIT_COUNT = 10_000
BLOCKED_COUNT = 1_000
SINKHOLE = "192.0.2.53"
SINKHOLE_TTL = 5
UNIQUE_ZONE = "new.example.net"

# The helper programs end by themselves, should everything else fail.
LONGEST_RUN = 3600


class Failure(Exception):
    """The benchmark cannot go on; the text says why and what to do."""


# --- building ----------------------------------------------------------------

def build():
    """Compiles what is older than its sources."""
    BUILD.mkdir(exist_ok=True)
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Failure("no C compiler: run the set-up step of the Makefile")
    headers = [*HERE.glob("*.h"), *HERE.glob("Faults/*.h")]
    for name, sources in PROGRAMS.items():
        program, paths = BUILD / name, [HERE / source for source in sources]
        newest = max(path.stat().st_mtime for path in paths + headers)
        if not program.exists() or program.stat().st_mtime < newest:
            subprocess.run([compiler, *CFLAGS, "-o", program, *paths], check=True)


# --- names and lists ---------------------------------------------------------

def hit_names(mixed_lengths=False):
    """Names of one length, or, asked so, of 10 to 40 characters."""
    if not mixed_lengths:
        return [f"host{i:05}.www.example.com" for i in range(HIT_COUNT)]
    lengths = random.Random(1)
    return [f"h{i}{'x' * lengths.randint(0, 24)}.www.example.com" for i in range(HIT_COUNT)]


def blocked_names():
    """Not below `test` or `invalid`: servers know those names by themselves."""
    return [f"blocked{i:04}.ai.example.org" for i in range(BLOCKED_COUNT)]


def write_questions(folder, mixed_lengths=False):
    """The names files of the generator: hits, blocked, and both for the mix."""
    hits = [f"{name} A upstream" for name in hit_names(mixed_lengths)]
    blocked = [f"{name} A {SINKHOLE}" for name in blocked_names()]
    shuffle = random.Random(2).shuffle
    # 10 hits to 1 blocked; with 1 unique name in 100 that is 90/9/1.
    mix = hits + blocked
    for lines in (hits, blocked, mix):
        shuffle(lines)
    for name, lines in (("hits", hits), ("blocked", blocked), ("mix", mix)):
        (folder / name).write_text("\n".join(lines) + "\n")


def policy_zone(extra_names=(), serial=1):
    """The block list as an RPZ zone: every name, and all that is below it."""
    lines = [
        "$ORIGIN bench.rpz.sinkhole.internal.",
        "$TTL 3600",
        f"@ SOA localhost. root.localhost. {serial} 3600 600 86400 60",
        "@ NS localhost.",
        'bench.service.sinkhole.internal TXT "name=Bench" "vendor=Bench"'
        ' "jurisdiction=ZZ" "category=chat"',
    ]
    for name in [*blocked_names(), *extra_names]:
        lines.append(f"{name} CNAME bench.service.sinkhole.internal.")
        lines.append(f"*.{name} CNAME bench.service.sinkhole.internal.")
    return "\n".join(lines) + "\n"


# --- processes ---------------------------------------------------------------

def free_port():
    """A port that is free for UDP and TCP now."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, \
                socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            udp.bind(("127.0.0.1", 0))
            port = udp.getsockname()[1]
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def die_with_parent():
    """In the child: PR_SET_PDEATHSIG, so that no server outlives a benchmark
    that was killed and could not clean up."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Process:
    """One program, pinned to a core, its output in a log file."""

    def __init__(self, name, command, folder, core=None):
        self.name = name
        self.log = folder / f"{name}.log"
        if core is not None:
            command = ["taskset", "-c", str(core), *command]
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent)

    @property
    def pid(self):
        """taskset replaces itself by the program: its PID is the program's."""
        return self.child.pid

    def running(self):
        return self.child.poll() is None

    def said(self):
        """The end of its log, for a message."""
        return self.log.read_text(errors="replace")[-1500:]

    def stop(self):
        if self.running():
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


class Upstream(Process):
    """The upstream of every server; counts the queries it was sent."""

    def __init__(self, folder, core=None):
        self.port = free_port()
        self.counter = folder / "upstream.count"
        super().__init__("upstream", [
            BUILD / "upstream", f"127.0.0.1:{self.port}", LONGEST_RUN, self.counter,
        ], folder, core)

    def count(self):
        return struct.unpack("=Q", self.counter.read_bytes())[0]


class Server:
    """A server under test. A subclass writes its configuration in
    `configure` and returns the command that runs it in the foreground."""

    name = ""
    program = ""
    echo = False            # answers with the query itself: the floor
    setting = {}            # of this line of the table

    def __init__(self, folder, upstream_port, core):
        self.folder = folder
        self.upstream_port = upstream_port
        self.core = core
        self.port = None
        self.process = None

    @classmethod
    def available(cls):
        return shutil.which(cls.program) is not None

    @classmethod
    def version(cls):
        return ""

    def configure(self):
        raise NotImplementedError

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.port = free_port()
        self.process = Process(self.name.replace(" ", "-").replace(",", ""),
                               self.configure(), self.folder, self.core)

    def wait_until_it_answers(self, seconds=30):
        wait_for(lambda: not self.process.running() or answers(self.port), seconds)
        if not self.process.running() or not answers(self.port):
            raise Failure(f"{self.name} does not answer:\n{self.process.said()}")

    def stop(self):
        if self.process is not None:
            self.process.stop()
            self.process = None


class Floor(Server):
    name = "floor"
    echo = True

    @classmethod
    def available(cls):
        return True

    def configure(self):
        return [BUILD / "floor", self.address, LONGEST_RUN]


class Unbound(Server):
    name = "unbound"
    program = "unbound"

    @classmethod
    def version(cls):
        return first_line([cls.program, "-V"])

    def configure(self):
        path = self.folder / "unbound.conf"
        zones = "".join(
            f'\tlocal-zone: "{name}." redirect\n'
            f'\tlocal-data: "{name}. {SINKHOLE_TTL} A {SINKHOLE}"\n'
            for name in blocked_names())
        path.write_text(UNBOUND.format(
            port=self.port, upstream=self.upstream_port, folder=self.folder, zones=zones))
        return [self.program, "-d", "-c", path]


# Of every Unbound here: in the foreground, below its folder, as whoever starts it.
UNBOUND_HEAD = """\
server:
	interface: 127.0.0.1@{port}
	directory: "{folder}"
	chroot: ""
	username: ""
	pidfile: ""
	do-daemonize: no
	use-syslog: no
	verbosity: 0
"""

UNBOUND = UNBOUND_HEAD + """\
	statistics-interval: 0
	# One thread that shares nothing: no lock is contended, one slab will do.
	num-threads: 1
	msg-cache-slabs: 1
	rrset-cache-slabs: 1
	infra-cache-slabs: 1
	key-cache-slabs: 1
	so-reuseport: yes
	so-rcvbuf: 4m
	so-sndbuf: 4m
	# Room for every name of a run, and for every query in flight.
	msg-cache-size: 256m
	rrset-cache-size: 512m
	outgoing-range: 8192
	num-queries-per-thread: 4096
	# A forwarder that trusts its upstream: no validation, no minimisation.
	module-config: "iterator"
	qname-minimisation: no
	aggressive-nsec: no
	minimal-responses: yes
	do-not-query-localhost: no
	do-ip6: no
{zones}
forward-zone:
	name: "."
	forward-addr: 127.0.0.1@{upstream}
remote-control:
	control-enable: no
"""


class Dnsdist(Server):
    """With recvmmsg and sendmmsg, 32 datagrams a call, as the floor has: off
    by default in dnsdist, and worth 10 to 20 % to its own answers."""

    name = "dnsdist"
    program = "dnsdist"
    setting = {"batch": 32}

    @classmethod
    def version(cls):
        return first_line([cls.program, "--version"])

    def configure(self):
        path = self.folder / f"dnsdist-{self.setting['batch']}.conf"
        names = "".join(f'blocked:add(newDNSName("{name}."))\n' for name in blocked_names())
        path.write_text(DNSDIST.format(
            port=self.port, upstream=self.upstream_port, names=names,
            sinkhole=SINKHOLE, ttl=SINKHOLE_TTL, batch=self.setting["batch"]))
        return [self.program, "--supervised", "--disable-syslog", "-C", path]


class DnsdistOneByOne(Dnsdist):
    """As most people run it: one datagram a call."""

    name = "dnsdist, no batch"
    setting = {"batch": 1}


DNSDIST = """\
setLocal("127.0.0.1:{port}", {{reusePort=true}})
setSecurityPollSuffix("")
setVerboseHealthChecks(false)
setMaxUDPOutstanding(65535)
setUDPMultipleMessagesVectorSize({batch})
newServer({{address="127.0.0.1:{upstream}", healthCheckMode="up"}})
-- Room for every name of a run; one listener, so one shard has no contention.
cache = newPacketCache(2000000, {{maxTTL=86400, numberOfShards=1}})
getPool(""):setCache(cache)
blocked = newSuffixMatchNode()
{names}
addAction(SuffixMatchNodeRule(blocked), SpoofAction({{"{sinkhole}"}}, {{ttl={ttl}}}))
"""


class Sinkholed(Server):
    name = "sinkholed"
    program = str(SINKHOLED)
    setting = {"reply_trains": False, "cache": "64MiB"}

    @classmethod
    def version(cls):
        """The commit, because that is what its figures belong to."""
        return first_line(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])

    def configure(self):
        tag = "trains" if self.setting["reply_trains"] else "plain"
        self.zone = self.folder / f"sinkholed-{tag}.zone"
        self.control = self.folder / f"sinkholed-{tag}.sock"
        path = self.folder / f"sinkholed-{tag}.yaml"
        self.zone.write_text(policy_zone())
        path.write_text(SINKHOLED_YAML.format(
            port=self.port, upstream=self.upstream_port, zone=self.zone,
            control=self.control, sinkhole=SINKHOLE, ttl=SINKHOLE_TTL,
            trains=str(self.setting["reply_trains"]).lower(),
            cache=self.setting["cache"]))
        return [self.program, "run", "--config", path]

    def command(self, *words):
        """One of its own commands against the control socket."""
        return subprocess.run(
            [self.program, *words, "--control", str(self.control)],
            capture_output=True, text=True, timeout=30)


class SinkholedWithTrains(Sinkholed):
    name = "sinkholed, trains"
    setting = {"reply_trains": True, "cache": "64MiB"}


SINKHOLED_YAML = """\
listen: {{ dns: ["127.0.0.1:{port}"] }}
workers: 1
reply_trains: {trains}
upstreams: ["127.0.0.1:{upstream}"]
sinkhole: {{ ipv4: {sinkhole}, ttl: {ttl}s }}
zones: ["{zone}"]
cache: {{ size: {cache} }}
notice: {{ http: off }}
control: "{control}"
access: {{file: "off"}}
"""


def first_line(command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (run.stdout + run.stderr).strip().splitlines()
    return lines[0] if lines else ""


# --- asking ------------------------------------------------------------------

def query_bytes(name, qtype=1, identifier=0x5157):
    labels = [label.encode() for label in name.split(".")]
    qname = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack("!6H", identifier, 0x0100, 1, 0, 0, 0) + qname \
        + struct.pack("!2H", qtype, 1)


def ask(port, name, seconds=0.5, address="127.0.0.1"):
    """The response to one A query, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(seconds)
        udp.connect((address, port))
        try:
            udp.send(query_bytes(name))
            return udp.recv(4096)
        except OSError:
            return None


def wait_for(condition, seconds=10):
    """Whether it came true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def answers(port):
    return ask(port, "ready.example.com") is not None


def is_sinkholed(port, name):
    """Whether the answer to an A query ends in the sinkhole address."""
    response = ask(port, name)
    return response is not None and response.endswith(socket.inet_aton(SINKHOLE))


def load_command(server, core=None, **options):
    """The generator against a server. Options are those of `load`, with `_`
    for `-`; True is an option without value, None and False leave it out."""
    options = {"server": server.address, "pid": server.process.pid,
               "echo": server.echo, **options}
    command = [] if core is None else ["taskset", "-c", str(core)]
    command.append(str(BUILD / "load"))
    for name, value in options.items():
        if value is None or value is False:
            continue
        command.append("--" + name.replace("_", "-"))
        if value is not True:
            command.append(str(value))
    return command


def load(server, core=None, **options):
    """Runs the generator to its end; its report."""
    run = subprocess.run(load_command(server, core, **options),
                         capture_output=True, text=True)
    if run.stderr:
        print(f"{server.name}: {run.stderr.rstrip()}", file=sys.stderr)
    if run.returncode != 0:
        raise Failure(f"{server.name}: the generator gave up ({run.returncode})")
    return json.loads(run.stdout)


def end_on_signals():
    """SIGTERM and SIGHUP unwind like SIGINT, so that `finally` stops servers."""
    def unwind(number, frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, unwind)
    signal.signal(signal.SIGHUP, unwind)
