"""A TCP proxy that does to connections what bad networks do, on command.

Control: one JSON object a line on standard input, one answer a line on standard output; the end of
standard input ends it. Ports are its own, on 127.0.0.1.

    {"do": "listen", "to": ["127.0.0.1", 27017]}        -> {"port": 40001}
    {"do": "plan", "port": 40001, "seed": 7, "phases": [FAULT, ...]}
    {"do": "stats", "port": 40001}                      -> {"connections": ..., "reply": ...}
    {"do": "close", "port": 40001}

The phases of a plan follow each other, each for its `for_ms`; after the last one the link is well
again. A phase without `for_ms` stays. Whatever is drawn at random is drawn from the plan's seed.

FAULT, all of it optional:
    delay_ms, jitter_ms   each way
    rate                  bytes a second, each way
    refuse                connections are refused by the kernel
    cut                   connections that are there when the phase begins are reset
    silent                connections stay open and nothing passes any more, even when it is over
    stall                 nothing passes until it is over
    reset_up, reset_down  after so many bytes of a connection in that direction, it is reset
    arm                   counts those bytes from the request in which this text stands near the
                          beginning; its answer counts as well
    times                 so many resets, then the link is well
    limit                 more connections than that are reset at once
    replay                chance that a whole request (HTTP, MongoDB) is sent again, later, by itself
"""

import asyncio
import collections
import dataclasses
import json
import random
import socket
import struct
import sys

from wire_requests import Requests

HIGH_WATER = 1 << 20
ARM_WITHIN = 256
LATEST_REPLAY_S = 0.1
SLICE_S = 0.02


@dataclasses.dataclass
class Fault:
    for_ms: float = 0
    delay_ms: float = 0
    jitter_ms: float = 0
    rate: int = 0
    refuse: bool = False
    cut: bool = False
    silent: bool = False
    stall: bool = False
    reset_up: int | None = None
    reset_down: int | None = None
    arm: str = ""
    times: int = 0
    limit: int = 0
    replay: float = 0


WELL = Fault()


def abort(transport):
    """Closes with a reset, so that the peer sees an error and not an end."""
    if transport is None or transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # closed meanwhile by the other side
    transport.abort()


class Pipe:
    """One direction of a connection."""

    def __init__(self, link):
        self.link = link
        self.source = None
        self.sink = None
        self.queue = collections.deque()  # (due, bytes)
        self.queued = 0
        self.left = None  # bytes until a reset
        self.counted = None  # bytes since the link was armed
        self.last_due = 0
        self.timer = None
        self.blocked = False
        self.ended = False

    def feed(self, data):
        fault = self.link.listener.fault
        now = self.link.loop.time()
        delay = fault.delay_ms / 1000
        if fault.jitter_ms:
            delay += self.link.listener.dice.uniform(0, fault.jitter_ms / 1000)
        self.last_due = max(self.last_due, now + delay)
        self.queue.append((self.last_due, data))
        self.queued += len(data)
        if self.queued > HIGH_WATER:
            self.source.pause_reading()
        self.pump()

    def end(self):
        self.ended = True
        self.pump()

    def pump(self):
        if self.timer:
            self.timer.cancel()
            self.timer = None
        link = self.link
        while self.queue and not link.gone and not link.silent and not self.blocked:
            fault = link.listener.fault
            if fault.stall or self.sink is None:
                return
            due, data = self.queue[0]
            wait = due - link.loop.time()
            if wait > 0:
                self.timer = link.loop.call_later(wait, self.pump)
                return
            self.queue.popleft()
            if fault.rate:
                piece = max(1, int(fault.rate * SLICE_S))
                data, rest = data[:piece], data[piece:]
                after = link.loop.time() + len(data) / fault.rate
                if rest:
                    self.queue.appendleft((after, rest))
                elif self.queue:
                    self.queue[0] = (max(self.queue[0][0], after), self.queue[0][1])
                else:
                    self.last_due = after
            self.queued -= len(data)
            if self.queued <= HIGH_WATER // 2 and not self.source.is_closing():
                self.source.resume_reading()
            self.deliver(data)
        if self.ended and not self.queue and self.sink is not None and not link.silent:
            link.close()

    def deliver(self, data):
        if self.counted is not None:
            self.counted += len(data)
        if self.left is None or len(data) < self.left:
            if self.left is not None:
                self.left -= len(data)
            self.sink.write(data)
            return
        if self.left:
            self.sink.write(data[: self.left])
        self.link.reset(counted=True)


class Side(asyncio.Protocol):
    """The socket to the client, or to the server."""

    def __init__(self, pipe_from, pipe_to):
        self.pipe_from, self.pipe_to = pipe_from, pipe_to

    def connection_made(self, transport):
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pipe_from.source = transport
        self.pipe_to.sink = transport

    def data_received(self, data):
        self.pipe_from.link.received(self.pipe_from, data)

    def eof_received(self):
        self.pipe_from.end()
        return True

    def connection_lost(self, _):
        self.pipe_from.end()

    def pause_writing(self):
        self.pipe_to.blocked = True

    def resume_writing(self):
        self.pipe_to.blocked = False
        self.pipe_to.pump()


class Link:
    """One connection through the proxy."""

    def __init__(self, listener):
        self.listener = listener
        self.loop = listener.loop
        self.up, self.down = Pipe(self), Pipe(self)
        self.requests = Requests()
        self.silent = False
        self.gone = False
        self.enter_phase()

    async def open(self, client):
        await self.loop.connect_accepted_socket(
            lambda: Side(self.up, self.down), client
        )
        try:
            await self.loop.create_connection(
                lambda: Side(self.down, self.up), *self.listener.to
            )
        except OSError:
            self.reset()
            return
        if self.gone:
            abort(self.up.sink)
        else:
            self.up.pump()  # what came before there was anywhere to send it

    def enter_phase(self):
        fault = self.listener.fault
        if fault.silent:
            self.silent = True
        if fault.arm:
            self.up.left = self.down.left = None
        else:
            self.up.left, self.down.left = fault.reset_up, fault.reset_down
        self.up.pump()
        self.down.pump()

    def received(self, pipe, data):
        if self.gone or self.silent:
            return
        if pipe is self.up:
            self.watch(data)
        pipe.feed(data)

    def watch(self, data):
        fault = self.listener.fault
        begins = self.requests.at_boundary()
        if fault.arm and begins and fault.arm.encode() in data[:ARM_WITHIN]:
            self.up.left, self.down.left = fault.reset_up, fault.reset_down
            self.up.counted = self.down.counted = 0
            self.listener.armed = self
        elif fault.arm and begins and self.up.counted is not None:
            # The next request: the conversation that is counted is over.
            self.listener.note(self)
            self.up.counted = self.down.counted = None
            self.up.left = self.down.left = None
        for request in self.requests.feed(data):
            if fault.replay and self.listener.dice.random() < fault.replay:
                self.listener.replay(request)

    def reset(self, counted=False):
        if self.gone:
            return
        self.finish()
        abort(self.up.source)
        abort(self.up.sink)
        if counted:
            self.listener.reset_done()

    def close(self):
        if self.gone:
            return
        self.finish()
        for transport in (self.up.source, self.up.sink):
            if transport is not None:
                transport.close()

    def finish(self):
        self.gone = True
        self.listener.note(self)
        self.listener.links.discard(self)
        for pipe in (self.up, self.down):
            if pipe.timer:
                pipe.timer.cancel()


class Listener:
    def __init__(self, to):
        self.loop = asyncio.get_running_loop()
        self.to = to
        self.fault = WELL
        self.dice = random.Random(0)
        self.links = set()
        self.tasks = set()
        self.connections = self.resets = self.replays = self.armed_requests = 0
        self.counts = [0, 0]
        self.armed = None
        self.phases = None
        self.socket = self.bound(0)
        self.port = self.socket.getsockname()[1]
        self.accepting = False
        self.listen()

    @staticmethod
    def bound(port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind(("127.0.0.1", port))
        return listener

    def listen(self):
        if not self.accepting:
            self.socket.listen(256)
            self.loop.add_reader(self.socket, self.accept)
            self.accepting = True

    def refuse(self):
        """The port stays ours, and nobody listens: the kernel refuses."""
        if self.accepting:
            self.stop_listening()
            self.socket = self.bound(self.port)

    def stop_listening(self):
        if self.accepting:
            self.loop.remove_reader(self.socket)
            self.accepting = False
        self.socket.close()

    def spawn(self, work):
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def accept(self):
        try:
            client, _ = self.socket.accept()
        except OSError:
            return  # the client was gone before
        client.setblocking(False)
        self.connections += 1
        if self.fault.limit and len(self.links) >= self.fault.limit:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            return
        link = Link(self)
        self.links.add(link)
        self.spawn(link.open(client))

    def plan(self, seed, phases):
        if self.phases:
            self.phases.cancel()
        self.dice = random.Random(seed)
        self.phases = self.spawn(self.run([Fault(**phase) for phase in phases]))

    async def run(self, phases):
        for fault in phases:
            self.enter(fault)
            if not fault.for_ms:
                return
            await asyncio.sleep(fault.for_ms / 1000)
        self.enter(WELL)

    def enter(self, fault):
        self.fault = fault
        if fault.cut:
            for link in list(self.links):
                link.reset()
        for link in list(self.links):
            link.enter_phase()
        if fault.refuse:
            self.refuse()
        else:
            self.listen()

    def reset_done(self):
        self.resets += 1
        if self.fault.times and self.resets >= self.fault.times:
            self.enter(WELL)

    def note(self, link):
        if link is self.armed:
            self.counts = [link.up.counted, link.down.counted]
            self.armed_requests += 1
            self.armed = None

    def replay(self, request):
        self.replays += 1
        self.spawn(self.send_again(request, self.dice.uniform(0, LATEST_REPLAY_S)))

    async def send_again(self, request, delay):
        await asyncio.sleep(delay)
        try:
            answer, sink = await asyncio.open_connection(*self.to)
            sink.write(request)
            await asyncio.wait_for(answer.read(1), 5)
            sink.close()
        except (OSError, asyncio.TimeoutError):
            pass  # a duplicate that got lost is none

    def stats(self):
        if self.armed is not None:
            self.counts = [self.armed.up.counted, self.armed.down.counted]
        return {
            "connections": self.connections,
            "open": len(self.links),
            "resets": self.resets,
            "replays": self.replays,
            "request": self.counts[0],
            "reply": self.counts[1],
        }

    def close(self):
        for link in list(self.links):
            link.reset()
        for task in list(self.tasks):
            task.cancel()
        self.stop_listening()


async def main():
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader(limit=16 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    listeners = {}
    while line := await commands.readline():
        command = json.loads(line)
        what = command["do"]
        answer = {}
        if what == "listen":
            listener = Listener(tuple(command["to"]))
            listeners[listener.port] = listener
            answer = {"port": listener.port}
        elif what == "plan":
            listeners[command["port"]].plan(command.get("seed", 0), command["phases"])
        elif what == "stats":
            answer = listeners[command["port"]].stats()
        elif what == "close":
            listeners.pop(command["port"]).close()
        else:
            raise ValueError(f"what is '{what}'?")
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
