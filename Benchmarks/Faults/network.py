"""Two network namespaces with a cable between them.

The upstreams have one, the servers and their clients the other, so that an
address can vanish without a word, and a port can refuse, as on a network. The
calling process moves into the servers' namespace: what it starts stands there.
"""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from harness import Failure

ADDRESSES = {"A": "198.51.100.1", "B": "198.51.100.2"}
PORT = 53
PREFIX = "sinkhole-faults-"
CLONE_NEWNET = 0x40000000


def ip(*words):
    run = subprocess.run(["ip", *words], capture_output=True, text=True)
    if run.returncode != 0:
        raise Failure(f"ip {' '.join(words)}: {run.stderr.strip()}")
    return run.stdout


def remove_left_over():
    """Namespaces of a run that was killed and could not clean up."""
    for line in ip("netns", "list").splitlines():
        name = line.split()[0] if line else ""
        owner = name.removeprefix(PREFIX).split("-")[0]
        if name.startswith(PREFIX) and not Path(f"/proc/{owner}").exists():
            ip("netns", "del", name)


class Network:
    """The namespaces, from `with` to its end."""

    def __enter__(self):
        if os.geteuid() != 0:
            raise Failure("network namespaces need root: run it with sudo")
        if shutil.which("ip") is None:
            raise Failure("`ip` of the package iproute2 is not there: run `make setup-bench`")
        remove_left_over()
        self.upstreams = f"{PREFIX}{os.getpid()}-upstreams"
        self.servers = f"{PREFIX}{os.getpid()}-servers"
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.connect()
            self.enter(os.open(f"/run/netns/{self.servers}", os.O_RDONLY | os.O_CLOEXEC))
        except BaseException:
            self.__exit__()
            raise
        return self

    def connect(self):
        for name in (self.upstreams, self.servers):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", self.servers, "link", "add", "up0", "type", "veth",
           "peer", "name", "down0", "netns", self.upstreams)
        for name, link, address in ((self.servers, "up0", "192.0.2.1/24"),
                                    (self.upstreams, "down0", "192.0.2.2/24")):
            ip("-n", name, "addr", "add", address, "dev", link)
            ip("-n", name, "link", "set", link, "up")
        ip("-n", self.servers, "route", "add", "198.51.100.0/24", "via", "192.0.2.2")
        # A packet for an address that is not there is dropped in silence by a host that does not forward.
        ip("netns", "exec", self.upstreams, "sh", "-c", "echo 0 >/proc/sys/net/ipv4/ip_forward")
        for address in ADDRESSES.values():
            self.restore(address)

    def enter(self, namespace):
        if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET) != 0:
            raise Failure(f"setns: {os.strerror(ctypes.get_errno())}")

    def command(self, words):
        """The command, in the upstreams' namespace."""
        return ["ip", "netns", "exec", self.upstreams, *words]

    def blackhole(self, address):
        """Its packets are dropped from now on; sockets stay bound to it."""
        ip("-n", self.upstreams, "addr", "del", f"{address}/32", "dev", "lo")

    def restore(self, address):
        ip("-n", self.upstreams, "addr", "add", f"{address}/32", "dev", "lo")

    def __exit__(self, *error):
        self.enter(self.home)
        for name in (self.upstreams, self.servers):
            if Path(f"/run/netns/{name}").exists():
                subprocess.run(["ip", "netns", "del", name], check=False)
        os.close(self.home)
