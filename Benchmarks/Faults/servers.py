"""The servers under test, each configured as a careful operator would who has
two upstreams (or one) and wants an answer whatever becomes of them."""

import os
import shutil

import harness
import network


class Candidate:
    """One server with its upstreams. A subclass writes the configuration in
    `configure` and returns the command that runs it in the foreground."""

    program = ""
    kind = ""

    def __init__(self, name, program, folder, port, upstreams):
        self.name = name
        self.program = program
        self.port = port
        self.upstreams = [network.ADDRESSES[upstream] for upstream in upstreams]
        self.label = f"{name}-{len(upstreams)}"
        self.folder = folder / self.label
        self.folder.mkdir(exist_ok=True)
        self.process = None

    def configure(self):
        raise NotImplementedError

    def start(self):
        self.process = harness.Process("server", self.configure(), self.folder)

    def wait_until_it_answers(self):
        harness.wait_for(lambda: not self.process.running() or harness.answers(self.port), 30)
        if not self.process.running() or not harness.answers(self.port):
            raise harness.Failure(f"{self.label} does not answer:\n{self.process.said()}")

    def stop(self):
        if self.process is not None:
            self.process.stop()
            self.process = None


class Sinkhole(Candidate):
    kind = "sinkhole"

    def configure(self):
        path = self.folder / "sinkhole.yaml"
        upstreams = ", ".join(f'"{address}:{network.PORT}"' for address in self.upstreams)
        path.write_text(SINKHOLE.format(port=self.port, upstreams=upstreams,
                                        control=self.folder / "control.sock"))
        return [self.program, "run", "--config", path]


# Defaults, but for what has nothing to do with upstreams.
SINKHOLE = """\
listen: {{ dns: ["127.0.0.1:{port}"] }}
workers: 1
upstreams: [{upstreams}]
zones: []
notice: {{ http: off }}
control: "{control}"
access: {{ file: "off" }}
"""


class Unbound(Candidate):
    kind = "unbound"

    def configure(self):
        path = self.folder / "unbound.conf"
        upstreams = "\n".join(f"\tforward-addr: {address}@{network.PORT}" for address in self.upstreams)
        path.write_text(UNBOUND.format(port=self.port, upstreams=upstreams, folder=self.folder))
        return [self.program, "-d", "-c", path]


# Defaults, with answers that have expired (RFC 8767) and their fetching ahead of time. No validation: the names have
# no signatures, and the others do none.
UNBOUND = harness.UNBOUND_HEAD + """\
	num-threads: 1
	module-config: "iterator"
	do-ip6: no
	serve-expired: yes
	serve-expired-client-timeout: 1800
	prefetch: yes
forward-zone:
	name: "."
{upstreams}
remote-control:
	control-enable: no
"""


class Dnsdist(Candidate):
    kind = "dnsdist"

    def configure(self):
        path = self.folder / "dnsdist.conf"
        upstreams = "\n".join(f'newServer("{address}:{network.PORT}")' for address in self.upstreams)
        path.write_text(DNSDIST.format(port=self.port, upstreams=upstreams))
        return [self.program, "--supervised", "--disable-syslog", "-C", path]


# Defaults (a health check each second, one failure takes a server out, the least busy is asked), with a packet cache
# whose answers may be stale while no upstream is well.
DNSDIST = """\
setLocal("127.0.0.1:{port}")
setSecurityPollSuffix("")
setVerboseHealthChecks(false)
{upstreams}
getPool(""):setCache(newPacketCache(100000, {{maxTTL=86400, keepStaleData=true}}))
setStaleCacheEntriesTTL(3600)
"""

KINDS = {candidate.kind: candidate for candidate in (Sinkhole, Unbound, Dnsdist)}


def programs(wanted, replaced):
    """(name, class, program) of the servers to measure. `replaced` are the
    words NAME=PATH of --server: another sinkholed, beside or instead of ours."""
    found = {"sinkhole": (Sinkhole, os.environ.get("SINKHOLED", str(harness.SINKHOLED))),
             "unbound": (Unbound, "unbound"), "dnsdist": (Dnsdist, "dnsdist")}
    for word in replaced:
        name, _, path = word.partition("=")
        if not path:
            raise harness.Failure(f"--server {word}: NAME=PATH was expected")
        found[name] = (KINDS.get(name, Sinkhole), path)
    unknown = [name for name in wanted or [] if name not in found]
    if unknown:
        raise harness.Failure(f"no server {', '.join(unknown)}: choose from {', '.join(found)}")
    chosen = [(name, *found[name]) for name in found if not wanted or name in wanted]
    for name, _, program in chosen:
        if shutil.which(program) is None:
            raise harness.Failure(f"{name}: {program} is not there; `make setup-bench build` brings it")
    return chosen
