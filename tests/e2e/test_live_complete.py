"""Every client hears of every tap once, whatever happens to networks and servers meanwhile.

Two servers share one central store. Stock socket.io-clients, by WebSocket, by polling and with the
upgrade, reach them through proxies that cut, go silent, and lead to the other server now and then;
the servers are killed and stopped and come back. Taps are notified of and synced in every order, to
either server, some by a sync that needs no server. TAMTAP_LONG=1: half an hour of it, once with each
kind of store.

With SQLite a client that comes back is told what it missed. With MongoDB nobody can say what that is:
it is told that it has to begin anew, and reads the day, as a page does.
"""

import collections
import datetime
import json
import os
import random
import select
import shutil
import socket
import subprocess
import threading
import time
import zoneinfo

import pytest
from conftest import ROOT, Server, card, free_port, status, tamtap, terminal_arguments, wait_until

LONG = os.environ.get("TAMTAP_LONG") == "1"
SECONDS = int(os.environ.get("TAMTAP_LIVE_SECONDS", 1800 if LONG else 18))
TAPS_A_SECOND = {"sqlite": 10 if LONG else 25, "mongodb": 0.4 if LONG else 10}
# Between two faults, at most. Who reads a day of thousands anew takes a while.
PAUSE = {"sqlite": 0.8, "mongodb": 4 if LONG else 1.5}
CLIENTS = 9
PATIENCE = 120 if LONG else 20  # seconds, with whatever has to come to rest
MANILA = zoneinfo.ZoneInfo("Asia/Manila")


class Proxy:
    """From one client to a server that may change, with everything that a bad network does."""

    def __init__(self, target):
        self.target = target
        self.silent = False
        self.pairs = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near):
        try:
            far = socket.create_connection(("127.0.0.1", self.target), 2)
        except OSError:
            return near.close()
        pair = (near, far)
        with self.lock:
            self.pairs.add(pair)
        poller = select.poll()  # select() takes no descriptor beyond 1,023: those of an hour's restarts
        for each in pair:
            poller.register(each, select.POLLIN)
        try:
            while True:
                ready = [near if number == near.fileno() else far for number, _ in poller.poll(200)]
                if self.silent:  # what is on its way is lost: nobody hears of it
                    time.sleep(0.05)
                    continue
                for one in ready:
                    data = one.recv(65536)
                    if not data:
                        return
                    (far if one is near else near).sendall(data)
        except (OSError, ValueError):
            pass
        finally:
            with self.lock:
                self.pairs.discard(pair)
            for each in pair:
                each.close()

    def cut(self):
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            for each in pair:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.listener.close()
        self.cut()


class Listeners:
    def __init__(self, cookie, urls):
        self.process = subprocess.Popen(
            ["node", ROOT / "tests" / "node" / "listeners.mjs", cookie, *urls],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.taps = [collections.Counter() for _ in urls]  # told since each last began anew
        self.read = [set() for _ in urls]  # what was there when it did
        self.twice = []  # (client, tap)
        for _ in urls:
            assert "connected" in self.process.stdout.readline()

    def report(self):
        self.process.stdin.write("{}\n")
        self.process.stdin.flush()
        report = json.loads(self.process.stdout.readline())["report"]
        for i, each in enumerate(report):
            for tap in each.pop("taps"):
                if tap is None:
                    self.taps[i].clear()
                    continue
                self.taps[i][tap] += 1
                if self.taps[i][tap] == 2:
                    self.twice.append((i, tap))
            self.read[i] = set(each.pop("read") or ())
        return report

    def shown(self):
        """What each client's page shows by now."""
        return [taps.keys() | read for taps, read in zip(self.taps, self.read, strict=True)]

    def close(self):
        self.process.kill()
        self.process.wait()


def record_of(n, terminal, generation):
    now = datetime.datetime.now(MANILA)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return {
        "tap": f"{terminal}.{generation:016x}.{n + 1}", "person": card(n), "card": card(n), "nfc_id": card(n),
        "tamtap_id": "", "name": f"First{n} Last{n}", "first_name": f"First{n}", "last_name": f"Last{n}",
        "email": "", "role": "student", "grade": "7", "section": "Narra",
        "date": now.strftime("%Y-%m-%d %H:%M:%S"), "time": now.strftime("%H:%M:%S"),
        "day": now.strftime("%Y-%m-%d"), "session": "AM" if now.hour < 12 else "PM", "status": "on_time",
        "photo": None, "tapped_at": now.isoformat(timespec="milliseconds"),
        "tapped_at_us": round(now.timestamp() * 1_000_000), "clock": "synchronised",
        "terminal": terminal,
    }  # fmt: skip


class Gate:
    """A gate as servers see one: it notifies once, and syncs until the server has confirmed."""

    def __init__(self, servers, name, secret, generation, rng):
        self.servers, self.name, self.generation, self.rng = servers, name, generation, rng
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}
        self.pending = []
        self.confirmed = []

    def post(self, path, record):
        server = self.rng.choice(self.servers)
        try:
            code, body, _ = server.request(path, "POST", json.dumps(record).encode(), self.headers)
        except OSError:
            return False
        assert code < 500 or code == 503, (code, body)
        assert code not in (400, 401, 403), body
        return code == 200 and b'"retry"' not in body

    def tap(self, n):
        record = record_of(n, self.name, self.generation)
        ways = ["notify", "sync"]
        self.rng.shuffle(ways)
        for way in ways[: self.rng.choice([1, 2, 2, 2])] if ways[0] == "sync" else ways:
            if way == "notify":
                self.post("/api/hardware/attendance", record)
            elif self.post("/api/terminal/records", record):
                self.confirmed.append(record["tap"])
            else:
                self.pending.append(record)

    def catch_up(self):
        self.pending = [each for each in self.pending if not self.store(each)]

    def store(self, record):
        if not self.post("/api/terminal/records", record):
            return False
        self.confirmed.append(record["tap"])
        return True


def trouble(stop, rng, proxies, servers, done, pause):
    """One thing after the other goes wrong until it is time to stop."""
    while not stop.wait(rng.uniform(0.2, pause)):
        what = rng.choice(["cut", "cut", "silence", "move", "move", "kill", "stop", "stop"])
        done[what] += 1
        proxy = rng.choice(proxies)
        if what == "cut":
            proxy.cut()
        elif what == "silence":
            proxy.silent = True
            stop.wait(rng.uniform(0.1, 1))
            proxy.cut()
            proxy.silent = False
        elif what == "move":
            proxy.target = rng.choice(servers).port
            proxy.cut()
        else:
            server = rng.choice(servers)
            if what == "kill":
                server.process.kill()
            else:
                server.process.process.terminate()
                server.process.process.wait(PATIENCE)
            stop.wait(rng.uniform(0, 0.5))
            server.run(patience=PATIENCE)


@pytest.mark.parametrize("seed", [int(os.environ.get("TAMTAP_SEED", "1"))])
@pytest.mark.parametrize("kind", ["sqlite", "mongodb"])
def test_every_client_hears_of_every_tap_once(start, school, tmp_path, mongo, kind, seed):
    rng = random.Random(seed)
    rate = TAPS_A_SECOND[kind]
    seconds = SECONDS if LONG or kind == "sqlite" else SECONDS / 2
    people = int(seconds * rate)
    central = f"sqlite:{tmp_path / 'central.db'}" if kind == "sqlite" else mongo.run().uri
    first = Server(start, school(people=people), central=central, more=["--timezone", "Asia/Manila"]).prepare()
    tamtap("roster", "import", tmp_path / "data.csv", "--data", first.data, "--central", central)
    tamtap("roster", "import", tmp_path / "data-schedule.csv", "--data", first.data, "--central", central)
    first.run().sign_in()
    secrets = {}
    for name in ("gate-1", "gate-2"):
        first.enroll(tmp_path / name, name)
        secrets[name] = json.loads((tmp_path / name / "credentials.json").read_text())["secret"]
    first.process.stop()
    # The other server knows the same accounts, sessions and gates.
    shutil.copytree(first.data, tmp_path / "other", ignore=shutil.ignore_patterns("*.sock", "lock"))
    other = Server(start, tmp_path / "other", central=central, more=["--timezone", "Asia/Manila"])
    other.cookie = first.cookie
    servers = [first.run(), other.run()]
    proxies = [Proxy(servers[i % 2].port) for i in range(CLIENTS)]
    # A gate that writes into the store by itself: only the servers' own looks find its taps.
    direct_data = school("direct", people)
    direct = start(*terminal_arguments(direct_data, central, "--notify", "http://127.0.0.1:9",
                                       "--timezone", "Asia/Manila"))  # fmt: skip
    listeners = Listeners(first.cookie, [proxy.url for proxy in proxies])
    stop = threading.Event()
    faults = collections.Counter()
    troubles = threading.Thread(target=trouble, args=(
        stop, random.Random(seed + 1), proxies, servers, faults, PAUSE[kind]))  # fmt: skip
    gates = [Gate(servers, name, secrets[name], 7 + i, rng) for i, name in enumerate(secrets)]
    begin = time.monotonic()
    troubles.start()
    typed = []
    for n in range(people):
        if time.monotonic() - begin > seconds:
            break  # this machine is too slow for all of them
        time.sleep(max(0, begin + n / rate - time.monotonic()))
        if n % 10 == 9:
            direct.type(card(n))
            typed.append(n)
        else:
            gates[n % 2].tap(n)
        if n % 20 == 0:
            for gate in gates:
                gate.catch_up()
        if n % 100 == 0:
            listeners.report()
    assert troubles.is_alive(), f"the faults ended with {dict(faults)}"
    stop.set()
    troubles.join()
    lasted = time.monotonic() - begin
    for gate in gates:
        wait_until(lambda gate=gate: gate.catch_up() or not gate.pending, PATIENCE, "the servers take what waits")
    expected = {tap for gate in gates for tap in gate.confirmed}
    expected |= {ack["tap"] for ack in direct.acks(len(typed))}
    wait_until(lambda: status(direct_data)["pending"] == 0, PATIENCE, "the store has what was tapped at the gate")
    report = []

    def all_heard():
        report[:] = listeners.report()
        return all(expected <= shown for shown in listeners.shown())

    try:
        wait_until(all_heard, PATIENCE, lambda: [
            f"client {i} lacks {sorted(expected - shown)[:5]}: {report[i]}"
            for i, shown in enumerate(listeners.shown()) if not expected <= shown
        ])  # fmt: skip
        time.sleep(3)  # what would be told twice would be told now
        listeners.report()
        assert listeners.twice == []
        for shown in listeners.shown():
            assert shown == expected, sorted(shown - expected)[:5]
        anew = sum(each["unrecovered"] for each in report)
        assert (anew == 0) == (kind == "sqlite"), report
    finally:
        listeners.close()
        for proxy in proxies:
            proxy.close()
    print(f"{kind}, {lasted:.0f} s: {len(expected)} taps, {CLIENTS} clients, {sum(each['lost'] for each in report)} losses, "
          f"{anew} times anew, faults {dict(faults)}: nothing missed, nothing twice")  # fmt: skip
