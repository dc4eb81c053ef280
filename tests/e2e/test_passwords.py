"""The first administrator and passwords that somebody else has set, on a server of which nothing is known."""

import os
import re
import subprocess

from conftest import ROOT, Server, wait_until


def printed_link(process):
    found = re.search(r"http\S+/setup#[0-9a-f]{64}", "\n".join(process.lines.queue))
    return found and found[0]


def test_the_first_administrator_is_made_by_the_link_that_is_printed_once(start, tmp_path):
    server = Server(start, tmp_path / "new").run()
    wait_until(lambda: printed_link(server.process), 10, "the link is printed")
    link = printed_link(server.process)
    done = subprocess.run(
        ["node", "--test", "test/passwords.test.mjs"],
        cwd=ROOT / "web",
        env={**os.environ, "TAMTAP_SETUP": link},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]

    # The link is good for nothing any more, and the next start prints none.
    token = link.split("#")[1]
    again = {"token": token, "username": "eve", "password": "correct horse 8"}
    assert server.request("/api/auth/first-admin", "POST", again)[0] == 401
    server.process.stop()
    server.run()
    assert printed_link(server.process) is None
