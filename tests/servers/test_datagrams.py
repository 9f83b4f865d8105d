# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Datagrams with a forged source set no server of ours on another one, nor on itself."""
import os
import socket
import struct
import unittest

from harness import UDP_MODELS, Server, expand, for_each

PEERS = [(a, b) for a in UDP_MODELS for b in UDP_MODELS]
HOPS = 64  # what systems begin with
ANSWER_HOPS = 32  # what an answer begins with, see servers/datagram.c


def checksum(data):
    """The Internet's, of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff


def forge(address, source, server, hops=HOPS):
    """To a server of that address, a datagram that says it came from the port source of there."""
    v6 = ":" in address
    own = socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, address)
    payload = b"loop"
    length = 8 + len(payload)
    udp = struct.pack("!HHH", source, server.port, length)
    summed = own + own + struct.pack("!HH", socket.IPPROTO_UDP, length) + udp + payload
    udp += struct.pack("!H", checksum(summed))
    if v6:
        header = struct.pack("!LHBB", 6 << 28, length, socket.IPPROTO_UDP, hops) + own + own
    else:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, hops, socket.IPPROTO_UDP, 0) + own + own
    with socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_RAW) as raw:
        raw.sendto(header + udp + payload, (address, 0))


def ask(sock, message):
    sock.sendall(message)
    return sock.recv(64)


def assert_tally(test, server, messages, read, written):
    got = server.stop()
    test.assertEqual((got["reads"], got["bytes_in"], got["bytes_out"]), (messages, read, written))


@expand
class Forged(unittest.TestCase):
    """Whoever has a later answer knows that what was forged has been dealt with: on the loopback a
    datagram is in its queue, or was dropped, when the call that sends it returns."""

    def setUp(self):
        if os.geteuid():
            self.skipTest("forging a datagram needs root")

    def between(self, first, second, address):
        """One forged datagram, then a message for each: one echo of each, and one of the forged."""
        forge(address, second.port, first)
        for server in first, second:
            self.assertEqual(ask(server.connect(), b"echo!"), b"echo!")
        assert_tally(self, first, 2, 9, 9)
        assert_tally(self, second, 1, 5, 5)

    @for_each(PEERS)
    def test_from_another_server(self, models):
        first, second = (Server(self, model) for model in models)
        self.between(first, second, "127.0.0.1")

    def test_from_another_server_over_ipv6(self):
        first, second = (Server(self, model, address="::1") for model in UDP_MODELS)
        self.between(first, second, "::1")

    @for_each(["127.0.0.1", "::1"])
    def test_from_another_server_at_all_addresses(self, address):
        """Their sockets have both versions of IP."""
        first, second = (Server(self, model, address="::") for model in UDP_MODELS)
        self.between(first, second, address)

    @for_each([("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1")])
    def test_from_the_server_itself(self, addresses):
        bound, address = addresses
        server = Server(self, "sigio", address=bound)
        forge(address, server.port, server)
        self.assertEqual(ask(server.connect(), b"echo!"), b"echo!")
        assert_tally(self, server, 2, 9, 9)

    @for_each([("127.0.0.1", 7), ("127.0.0.1", 1023), ("::1", 19)])
    def test_from_a_well_known_port(self, source):
        address, port = source
        server = Server(self, "sigio", address=address)
        forge(address, port, server)
        self.assertEqual(ask(server.connect(), b"echo!"), b"echo!")
        assert_tally(self, server, 1, 5, 5)


@expand
class Far(unittest.TestCase):
    @for_each(["127.0.0.1", "::1"])
    def test_what_comes_with_more_hops_than_an_answer_is_answered(self, address):
        server = Server(self, "sigio", address=address)
        sock = server.connect()
        option = ((socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS) if ":" in address else
                  (socket.IPPROTO_IP, socket.IP_TTL))
        sock.setsockopt(*option, ANSWER_HOPS)
        sock.sendall(b"dropped")
        sock.setsockopt(*option, ANSWER_HOPS + 1)
        self.assertEqual(ask(sock, b"near"), b"near")
        assert_tally(self, server, 1, 4, 4)


@expand
class Public(unittest.TestCase):
    SAYS = ("wakelab: warning: {} is not a loopback address, so everyone who can reach this machine can reach "
            "the server\n")

    @for_each(["poll", "sigio"])
    def test_who_can_reach_it_is_said_once(self, model):
        for address in "0.0.0.0", "::":
            server = Server(self, model, address=address)
            server.stop()
            self.assertEqual(server.stderr, self.SAYS.format(address))

    @for_each(["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
    def test_the_loopback_is_nobody_elses(self, address):
        server = Server(self, "sigio", address=address)
        server.stop()
        self.assertEqual(server.stderr, "")
