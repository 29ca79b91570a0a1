#!/usr/bin/env python3
"""Asks one server at a steady rate and writes down what became of each query.

    asker.py PORT ZONE RATE WARM_RATE BEGINS SECONDS

Two kinds of names, all below ZONE: `new` are asked once, `warm` are 40 names
with a TTL of 2 s that are asked over and over. It asks as the resolver of the C
library does: over UDP, over TCP what came back truncated, and waits 5 s. It
does not ask again, so that a lost answer is seen. BEGINS is an instant of the
monotonic clock. Lines: KIND SENT LATENCY VERDICT, times in seconds.
"""

import asyncio
import random
import socket
import struct
import sys
import time

TIMEOUT = 5
WARM_NAMES = 40
WARM_TTL = 2
VERDICTS = {1: "formerr", 2: "servfail", 3: "nxdomain", 5: "refused"}


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def invented_address(name):
    """As dns.h has it."""
    value = 2166136261
    for octet in name:
        if 65 <= octet <= 90:
            octet |= 0x20
        value = (value ^ octet) * 16777619 & 0xffffffff
    return struct.pack("!I", 0xc6120000 | ((value ^ value >> 15) & 0x1ffff))


def verdict(response, question, name):
    """What a response to our question is worth."""
    if len(response) < 12 + len(question) or response[12:12 + len(question)].lower() != question:
        return "wrong"
    rcode = response[3] & 15
    if rcode != 0:
        return VERDICTS.get(rcode, "rcode")
    if struct.unpack("!H", response[6:8])[0] != 1:
        return "wrong"
    # One record: a pointer, its head, an address.
    address = response[12 + len(question) + 12:12 + len(question) + 16]
    return "right" if address == invented_address(name) else "wrong"


class Asker(asyncio.DatagramProtocol):
    def __init__(self, port, zone):
        self.port = port
        self.zone = zone
        self.asked = {}         # ID: (kind, sent, name, question, query)
        self.lines = []
        self.connections = set()

    def connection_made(self, transport):
        self.transport = transport

    def error_received(self, error):
        """A server that is gone: its queries run into their timeout."""

    def ask(self, kind, number):
        first = f"n{number}" if kind == "new" else f"t{WARM_TTL}-w{number % WARM_NAMES}"
        name = wire_name(f"{first}.{self.zone}")
        question = name + b"\0\1\0\1"
        identifier = random.randrange(65536)
        while identifier in self.asked:
            identifier = random.randrange(65536)
        query = struct.pack("!6H", identifier, 0x0100, 1, 0, 0, 0) + question
        self.asked[identifier] = (kind, time.monotonic(), name, question, query)
        self.transport.sendto(query)

    def datagram_received(self, response, address):
        if len(response) < 12 or not response[2] & 0x80:
            return
        entry = self.asked.get(response[0] << 8 | response[1])
        if entry is None:
            return
        if response[2] & 2:
            task = asyncio.ensure_future(self.ask_over_tcp(entry))
            self.connections.add(task)
            task.add_done_callback(self.connections.discard)
        else:
            self.answered(entry, response)

    def answered(self, entry, response):
        kind, sent, name, question, query = entry
        if self.asked.pop(query[0] << 8 | query[1], None) is not None:
            self.write(kind, sent, time.monotonic() - sent, verdict(response, question, name))

    async def ask_over_tcp(self, entry):
        query = entry[4]
        writer = None
        try:
            async with asyncio.timeout(entry[1] + TIMEOUT - time.monotonic()):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(struct.pack("!H", len(query)) + query)
                size = struct.unpack("!H", await reader.readexactly(2))[0]
                self.answered(entry, await reader.readexactly(size))
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass                # runs into the timeout of its query
        finally:
            if writer is not None:
                writer.close()

    def give_up_on_the_old(self):
        limit = time.monotonic() - TIMEOUT
        for identifier, entry in list(self.asked.items()):
            if entry[1] > limit:
                break           # in the order they were asked
            del self.asked[identifier]
            self.write(entry[0], entry[1], TIMEOUT, "lost")

    def write(self, kind, sent, latency, what):
        self.lines.append(f"{kind} {sent:.6f} {latency:.6f} {what}")


async def run(port, zone, rate, warm_rate, begins, seconds):
    loop = asyncio.get_running_loop()
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    udp.connect(("127.0.0.1", port))
    udp.setblocking(False)
    _, asker = await loop.create_datagram_endpoint(lambda: Asker(port, zone), sock=udp)
    due = sorted([(i / rate, "new", i) for i in range(int(rate * seconds))]
                 + [(i / warm_rate, "warm", i) for i in range(int(warm_rate * seconds))])
    for at, kind, number in due:
        wait = begins + at - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        asker.ask(kind, number)
        asker.give_up_on_the_old()
    while asker.asked:
        await asyncio.sleep(0.05)
        asker.give_up_on_the_old()
    print("\n".join(asker.lines))


if __name__ == "__main__":
    words = sys.argv[1:]
    asyncio.run(run(int(words[0]), words[1], *(float(word) for word in words[2:6])))
