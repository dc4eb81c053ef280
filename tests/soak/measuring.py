"""What processes take of the machine, looked at every second from their start to their end."""

import os
import threading
import time

WARM_S = 10  # a process is warm when it is that old; slopes are of warm processes only


class Watched:
    """One kind of process; it may be killed and started again."""

    def __init__(self):
        self.samples = []  # (seconds since the first look, MB, descriptors, seconds old)
        self.pid = self.born = None

    def look(self, pid, now):
        try:
            with open(f"/proc/{pid}/statm") as statm:
                mb = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return  # it was killed just now
        if mb == 0:
            return  # it is ending
        if pid != self.pid:
            self.pid, self.born = pid, now
        self.samples.append((now, mb, descriptors, now - self.born))

    def report(self):
        if not self.samples:
            return {"samples": 0}
        end = self.samples[-1][0]
        warm = [each for each in self.samples if each[0] >= end / 2 and each[3] >= WARM_S]
        sizes, descriptors = ([each[n] for each in self.samples] for n in (1, 2))
        return {
            "samples": len(self.samples),
            "mb": [round(each, 1) for each in (min(sizes), max(sizes), sizes[-1])],
            "mb_an_hour": slope([(at / 3600, mb) for at, mb, _, _ in warm]),
            "descriptors": [min(descriptors), max(descriptors), descriptors[-1]],
            "descriptors_an_hour": slope([(at / 3600, count) for at, _, count, _ in warm]),
        }


def slope(points):
    """An hour, by least squares; nothing for less than five minutes."""
    if not points or points[-1][0] - points[0][0] < 1 / 12:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return round(sum((x - mean_x) * (y - mean_y) for x, y in points) / spread, 2)


class Watch:
    """Looks at the processes that `pids` names, {kind: process id}, every second, on its own."""

    def __init__(self, pids):
        self.pids = pids
        self.kinds = {}
        self.ended = threading.Event()
        self.began = time.monotonic()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ended.wait(1):
            for kind, pid in self.pids().items():
                self.kinds.setdefault(kind, Watched()).look(pid, time.monotonic() - self.began)

    def stop(self):
        self.ended.set()
        self.thread.join()
        return {kind: watched.report() for kind, watched in sorted(self.kinds.items())}
