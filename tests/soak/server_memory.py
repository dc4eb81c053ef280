#!/usr/bin/env python3
"""Whether a server's memory grows with the taps it has taken.

    python3 tests/soak/server_memory.py --taps 200000

One school's days go by, as fast as the server stores them: PEOPLE taps a day, sent in small batches
as terminals send them, while a real gate taps and a page listens. Prints taps and resident memory
as they go, then the slope over the second half. --today makes all of them arrivals of one day:
that is what a server remembers for its pages. --gates N has N real gates come instead, one by one,
with 300 people each, and stay.
"""

import argparse
import datetime
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from conftest import (  # noqa: E402
    ROOT,
    SCHEDULE,
    Process,
    Server,
    card,
    status,
    tamtap,
    terminal_arguments,
    wait_until,
)
from gates import Gate  # noqa: E402

MANILA = datetime.timezone(datetime.timedelta(hours=8))
# The server takes no day to come, and none from before there was this software.
OLDEST_DAY = datetime.date(2026, 1, 2)
BATCH = 8


def record(sequence, person, moment):
    iso = moment.isoformat(timespec="milliseconds")
    return {
        "tap": f"gate-2.00112233445566ff.{sequence}",
        "person": card(person), "nfc_id": card(person), "tamtap_id": f"TT-{person}",
        "name": f"First{person} Last{person}", "first_name": f"First{person}",
        "last_name": f"Last{person}", "email": "", "role": "student", "grade": "7",
        "section": "Narra", "date": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "time": moment.strftime("%H:%M:%S"), "day": moment.strftime("%Y-%m-%d"), "session": "AM",
        "status": "on_time", "photo": None, "tapped_at": iso,
        "tapped_at_us": int(moment.timestamp() * 1000) * 1000, "clock": "synchronised",
        "terminal": "gate-2",
    }  # fmt: skip


def first_day(days):
    """The morning of the first of so many days, of which yesterday is the last."""
    first = datetime.datetime.now(MANILA).date() - datetime.timedelta(days=days)
    if first < OLDEST_DAY:
        sys.exit("so many taps want more days than there have been: more --people, or fewer --taps")
    return datetime.datetime.combine(first, datetime.time(7), MANILA)


def memory_mb(pid):
    with open(f"/proc/{pid}/status") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024


def slope(points):
    """MB a 100,000 taps, by least squares."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread * 100_000


def run(arguments, directory, started):
    (directory / "people.csv").write_text(
        "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(arguments.people))
    )
    (directory / "schedule.csv").write_text(SCHEDULE)
    gate = directory / "gate-1"
    for file in ("people.csv", "schedule.csv"):
        tamtap("roster", "import", directory / file, "--data", gate)
    server = Server(Process, directory / "server").prepare().run()
    started.append(server.process.process)
    server.sign_in()
    server.enroll(gate)
    server.enroll(directory / "gate-2", "gate-2")
    secret = json.loads((directory / "gate-2" / "credentials.json").read_text())["secret"]
    terminal = Process(*terminal_arguments(gate, server.url))
    started.append(terminal.process)
    page = subprocess.Popen(
        ["node", ROOT / "tests" / "node" / "listen.mjs", server.url, "websocket", server.cookie],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    started.append(page)
    assert json.loads(page.stdout.readline()) == {"event": "connect"}
    listener = subprocess.Popen(["wc", "-l"], stdin=page.stdout, stdout=subprocess.PIPE, text=True)
    page.stdout.close()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    pid = server.process.process.pid
    points = []
    begin = first_day(-(-arguments.taps // arguments.people))
    for first in range(0, arguments.taps, BATCH):
        lines = []
        for n in range(first, first + BATCH):
            day, person = divmod(n, arguments.people)
            moment = begin + datetime.timedelta(days=day, seconds=person)
            if arguments.today:
                day, person = 0, n
                moment = datetime.datetime.now(MANILA)
            lines.append(json.dumps(record(n + 1, person, moment)))
        connection.request(
            "POST", "/api/terminal/records", "\n".join(lines), {"Authorization": f"Bearer {secret}"}
        )
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status == 200, body
        assert {each["outcome"] for each in body["results"]} == {"stored"}, body
        if first % 200 == 0:
            terminal.type(card(first // 200 % arguments.people))
        if first % 1000 == 0:
            now, most = memory_mb(pid)
            points.append((first, now))
            if (first // 1000) % max(1, arguments.taps // 20_000) == 0:
                print(f"{first:9} taps  {now:6.1f} MB  (most {most:6.1f})", flush=True)
        time.sleep(arguments.pause_ms / 1000)
    time.sleep(arguments.idle)
    now, most = memory_mb(pid)
    print(f"{arguments.taps:9} taps  {now:6.1f} MB  (most {most:6.1f}), {arguments.idle} s later")
    second_half = [point for point in points if point[0] >= arguments.taps / 2]
    print(f"slope of the second half: {slope(second_half):+.2f} MB a 100,000 taps")
    terminal.stop()
    server.process.stop()
    heard = int(listener.communicate(timeout=30)[0])
    page.wait(30)
    print(f"events that the page heard: {heard}")


def run_gates(arguments, directory, started):
    server = Server(Process, directory / "server").prepare().run()
    started.append(server.process.process)
    for number in range(arguments.gates):
        people = range(number * 300, number * 300 + 300)
        gate = Gate(f"gate-{number + 1}", directory, server, people)
        gate.start()
        started.append(gate.process.process)
        gate.process.type(*(card(n) for n in people))
        wait_until(lambda: len(gate.acknowledged) == 300, 30, "all have tapped")
        wait_until(lambda: status(gate.data)["pending"] == 0, 30, "all is sent")
        now, _ = memory_mb(server.process.process.pid)
        print(f"{number + 1:9} gates {now:6.1f} MB", flush=True)
    time.sleep(arguments.idle)
    now, _ = memory_mb(server.process.process.pid)
    print(f"{arguments.gates:9} gates {now:6.1f} MB, {arguments.idle} s later")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--taps", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--pause-ms", type=float, default=0, help="between batches of 8")
    parser.add_argument("--idle", type=float, default=20, help="seconds before the last look")
    parser.add_argument("--today", action="store_true")
    parser.add_argument("--gates", type=int, default=0)
    arguments = parser.parse_args()
    started = []
    with tempfile.TemporaryDirectory(prefix="tamtap-memory-") as directory:
        try:
            (run_gates if arguments.gates else run)(arguments, pathlib.Path(directory), started)
        finally:
            for process in started:
                process.kill()
                process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
