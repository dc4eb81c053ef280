"""What a gate brought is taken out of the attendance again, when it turns out that it lied."""

import json
import time

from conftest import card, status, tamtap, terminal_arguments, wait_until


def test_a_revoked_gates_records_are_voided_and_only_they(start, school, server):
    served = server().run()
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))  # in Manila
    taken = {}
    for name, first in (("gate-1", 0), ("gate-2", 5)):
        data = school(name=name)
        served.enroll(data, name)
        arguments = [name if a == "gate-1" else a for a in terminal_arguments(data, served.url)]
        gate = start(*arguments)
        gate.type(*(card(n) for n in range(first, first + 10)))
        # The second gate may have heard from the first who has tapped already.
        taken[name] = [ack["tap"] for ack in gate.acks(10) if ack["tap"]]
        wait_until(lambda data=data: status(data)["pending"] == 0, 30, f"{name} has sent all")
        gate.stop()
    served.sign_in()
    assert len(served.attendance()) == 15

    def void(check=True):
        return tamtap("terminals", "void", "gate-1", "--since", day, "--json", "--data", served.data,
                      check=check)  # fmt: skip

    refused = void(check=False)
    assert refused.returncode == 1 and "revoke it first" in refused.stderr
    tamtap("terminals", "revoke", "gate-1", "--data", served.data)
    assert json.loads(void().stdout) == {"taps": len(taken["gate-1"]), "days": 1}
    left = served.attendance()
    assert sorted(tap["tap"] for r in left for tap in r["taps"]) == sorted(taken["gate-2"])
    code, audit = served.get("/api/audit")
    assert code == 200 and audit["data"][0]["whom"] == "gate-1", audit
    assert json.loads(void().stdout)["taps"] == 0, "again: nothing more"
