"""A bare Debian 12 that is booted: a root made by mmdebstrap, with systemd as process 1 of namespaces of
its own. It shares this machine's network and nothing else, so a service runs there with the sandbox of its
unit, and what it serves is reached from here."""

import os
import pathlib
import signal
import subprocess
import time

BOOT = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
    touch dev/$node
    mount --bind /dev/$node dev/$node
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mkdir before
pivot_root . before
umount -l before
rmdir before
export container=tamtap-test PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec /lib/systemd/systemd --system --log-target=null --show-status=0
"""


def make_root(archive, *more, packages="systemd-sysv"):
    """A tar of the smallest Debian 12 with these packages; from the package sources of this machine."""
    sources = [path for path in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list") if os.path.exists(path)]
    subprocess.run(
        ["mmdebstrap", "--variant=minbase", "--format=tar", f"--include={packages}", *more, "bookworm", f"{archive}.new", sources[0]],
        check=True, capture_output=True,
    )  # fmt: skip
    os.rename(f"{archive}.new", archive)


class Machine:
    def __init__(self, archive, root):
        self.root = pathlib.Path(root)
        self.root.mkdir()
        subprocess.run(["tar", "-C", root, "-xf", archive], check=True)
        (self.root / "etc/resolv.conf").write_text(pathlib.Path("/etc/resolv.conf").read_text())
        # Its devices are this machine's; nothing here may change them.
        for unit in ("systemd-udevd.service", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket"):
            (self.root / "etc/systemd/system" / unit).symlink_to("/dev/null")
        self.process = None

    def boot(self):
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child", "bash", "-c", BOOT, "boot", self.root],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            self.init = int(children[0]) if children else None
            if self.init and self.run("systemctl is-system-running --wait", check=False).stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise AssertionError("the machine does not come up")

    def words(self, command):
        """To start `command` there."""
        return [
            "nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "-C", "--root", "--wd",
            "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive", "bash", "-c", command,
        ]  # fmt: skip

    def run(self, command, check=True, stdin="", timeout=600):
        done = subprocess.run(self.words(command), input=stdin, capture_output=True, text=True, timeout=timeout)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done

    def path(self, inside):
        """A file of the machine, as it is seen from here."""
        return pathlib.Path(f"/proc/{self.init}/root{inside}")

    def off(self):
        if self.process is None:
            return
        os.kill(self.init, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
