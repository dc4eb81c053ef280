"""A Debian 12 of another architecture, whose programs run by qemu-user. It shares this machine's network."""

import pathlib
import subprocess

from bare_machine import make_root

BINFMT = pathlib.Path("/proc/sys/fs/binfmt_misc")
RULE = pathlib.Path("/usr/lib/binfmt.d/qemu-aarch64.conf")
WITHIN = """
set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive sh -c "$2"
"""


def let_the_kernel_run_arm64():
    """What systemd-binfmt does at the start of a machine; a container has nobody who does it."""
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "none", BINFMT], check=True)
    if not (BINFMT / "qemu-aarch64").exists():
        assert RULE.exists(), "qemu-user-static is missing: scripts/install-packages scripts/packages-package.txt"
        (BINFMT / "register").write_bytes(RULE.read_bytes())


class ForeignRoot:
    def __init__(self, archive, root, architecture="arm64"):
        let_the_kernel_run_arm64()
        if not archive.exists():
            # Installed and not only unpacked: every script of a package runs.
            make_root(archive, f"--architectures={architecture}", "--skip=check/qemu", packages="ca-certificates")
        self.root = pathlib.Path(root)
        self.root.mkdir()
        subprocess.run(["tar", "-C", root, "-xf", archive], check=True)
        (self.root / "etc/resolv.conf").write_text(pathlib.Path("/etc/resolv.conf").read_text())

    def words(self, command):
        """To start `command` there; what it left running ends with it."""
        return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", WITHIN, "within", self.root, command]

    def run(self, command, check=True, stdin="", timeout=1200):
        done = subprocess.run(self.words(command), input=stdin, capture_output=True, text=True, timeout=timeout)
        assert not check or done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done
