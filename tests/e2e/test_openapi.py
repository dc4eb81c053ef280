"""Schemathesis, which makes requests up from the API's document, finds no answer of 5xx and none that the document
doesn't have: no status, type of content, header or member. By an administrator, an adviser, a teacher, a gate and
nobody, in a small school that is really there; and what ends sessions and accounts by callers who get others.

TAMTAP_LONG=1 makes 60 requests up for each operation and caller; all callers then try what lies at its limits, too.
"""

import collections
import hashlib
import json
import os
import pathlib
import subprocess
import time

from conftest import BUILD, PATIENCE, SCHEDULE, Server, card, tamtap, terminal_arguments, wait_until
from test_photos import PHOTOGRAPH, photos_of

LONG = os.environ.get("TAMTAP_LONG") == "1"
SCHEMATHESIS = BUILD / "schemathesis"
PASSWORD = "tamaraw grazes at dawn"
STAFF = {
    "admin": {"role_type": "admin"},
    "adviser": {"role_type": "adviser", "advised_section": "Narra"},
    "teacher": {"sections_handled": ["Narra", "Molave"]},
}
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance",
)  # fmt: skip
# What this run needs itself. Whole schools are removed, and own accounts, in a run of its own, too.
SPARED = (
    ("^/api/admin/teachers", "username", [*STAFF, "head"], "spare-0"),
    ("^/api/terminals(/{name})?$", "name", ["gate-1"], "gate-2"),
    ("^/api/admin/students/bulk", "remove_missing", [], "false"),
)
# What ends the session that it is asked with; signing in by another's session does, too.
ENDING = "^/api/auth/(login|logout|sessions/|change-password)"
# About the caller's own account, there; and what removes everybody who is not in a list.
OWN = "^/api/admin/(teachers/|students/bulk)"
OTHERS = {
    "remove_missing": ["true"], "dry_run": ["false"], "id": ["others"],
    "/api/admin/students/bulk": [{"students": [{"nfc_id": card(1), "name": "Ana Cruz", "section": "Narra"}]}],
}  # fmt: skip
LONG_FORM = ("--phases", "examples,coverage,fuzzing", "-n", "60")
# Who may most is asked most: what others may not is refused before it is looked at.
CALLERS = {
    "adviser": ("--phases", "examples,fuzzing", "-n", "2"),
    "teacher": ("--phases", "fuzzing", "-n", "2"),
    "gate": ("--phases", "examples,coverage,fuzzing", "-n", "2", "--include-path-regex", "^/api/(terminal|hardware)/"),
    "admin": ("--phases", "examples,coverage,fuzzing", "-n", "2"),
    "nobody": ("--phases", "fuzzing", "-n", "1"),
}


def strict(document):
    """The document, but an answer may have no member that it doesn't name."""

    def closed(schema, whole=True):
        if "$ref" in schema:
            return closed(document["components"]["schemas"][schema["$ref"].split("/")[-1]], whole)
        schema = dict(schema)
        if "properties" in schema:
            schema["properties"] = {name: closed(each) for name, each in schema["properties"].items()}
        for name, is_whole in (("anyOf", True), ("allOf", False)):
            if name in schema:
                schema[name] = [closed(each, is_whole) for each in schema[name]]
        if "items" in schema:
            schema["items"] = closed(schema["items"])
        if whole and ("properties" in schema or "allOf" in schema) and "additionalProperties" not in schema:
            schema["unevaluatedProperties"] = False
        return schema

    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for responses in [document["components"]["responses"], *(each["responses"] for each in operations)]:
        for response in responses.values():
            for content in response.get("content", {}).values():
                content["schema"] = closed(content.get("schema", {}))
    return document


class School:
    """Two sections, staff, gates, and what one of them brought: taps, a refusal, photos; marks and a calendar."""

    def __init__(self, start, directory, more=()):
        self.start, self.directory = start, directory
        self.server = Server(start, directory / "server", more=more).prepare()
        people = directory / "people.csv"
        people.write_text("".join(
            f"{card(n)},First{n},Last{n},7,{('Narra', 'Molave')[n % 2]}\n" for n in range(60)
        ))  # fmt: skip
        hours = directory / "hours.csv"
        hours.write_text(SCHEDULE + SCHEDULE.splitlines()[1].replace("Narra", "Molave") + "\n")
        for file in (people, hours):
            tamtap("roster", "import", file, "--data", self.server.data)
        self.server.run().sign_in()
        for role, rights in STAFF.items():
            self.do("POST", "/api/admin/teachers", {"username": role, "password": PASSWORD, **rights})

    def do(self, method, path, body=None, headers=None):
        code, answer, _ = self.server.request(path, method, body, headers)
        assert code in (200, 201), (method, path, code, answer)
        return json.loads(answer)

    def fill(self):
        self.bring()
        for n in range(6):
            self.do("POST", "/api/admin/teachers", {"username": f"spare-{n}"})
            self.do("POST", "/api/teachers", {"nfc_id": card(100 + n), "first_name": f"Tess{n}", "last_name": "Go"})
        self.tokens = [self.do("POST", "/api/terminals", {"name": f"gate-{n}"})["token"] for n in range(2, 6)]
        for n in range(1, 9):
            mark = {"nfc_id": card(n), "status": "excused", "reason": "Medical", "note": "Fever"}
            self.do("POST", f"/api/attendance/{self.today}/marks", mark)
        for day in range(10, 20):
            no_class = {"date": f"2031-12-{day}", "section": "Narra", "reason": "Excursion"}
            self.do("POST", "/api/calendar/no-class", no_class)
            self.do("POST", "/api/calendar/suspension", {"date": f"2032-01-{day}", "reason": "Storm"})
        for day in ("06", "13", "20"):
            self.do("POST", "/api/calendar/saturday-makeup", {"date": f"2031-12-{day}", "reason": "Storm"})
        return self

    def bring(self):
        """A real gate with a camera, and a tap of one whose clock was not sure."""
        data, pictures = self.directory / "gate", self.directory / "pictures"
        self.server.enroll(data)
        pictures.mkdir()
        (pictures / "1.png").write_bytes(PHOTOGRAPH.read_bytes())
        gate = self.start(*terminal_arguments(data, self.server.url, "--camera", f"files:{pictures}"))
        wait_until(lambda: "First2" in tamtap("roster", "list", "--data", data).stdout, 20, "the gate has the school")
        gate.type(card(0), card(2), "DEADBEEF")
        gate.acks(3)
        wait_until(lambda: len(photos_of(self.server.data)) == 2, 30, "the photos arrive")
        assert gate.stop() == 0
        self.taps = json.loads(tamtap("journal", "export", "--data", data).stdout)["attendance"]
        self.today = self.taps[0]["day"]
        self.picture = (self.server.data / "photos" / self.today / self.taps[0]["photo"]).read_bytes()
        self.secret = json.loads((data / "credentials.json").read_text())["secret"]
        self.unsure = self.tap_of(40, 2, clock="unsure")
        self.do("POST", "/api/terminal/records", json.dumps(self.unsure).encode(),
                {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/x-ndjson"})  # fmt: skip

    def tap_of(self, number, sequence, **more):
        """A tap that the gate might bring of somebody who did not come to it."""
        boot = self.taps[0]["tap"].rsplit(".", 1)[0]
        return {**self.taps[0], "tap": f"{boot}.{sequence + 1000}", "photo": "", "tamtap_id": f"{number + 1:03}",
                **dict.fromkeys(("person", "nfc_id", "card"), card(number)), "name": f"First{number} Last{number}",
                "first_name": f"First{number}", "last_name": f"Last{number}", **more}  # fmt: skip

    def known(self):
        """By parameter's or member's name; by path and name; by path: bodies."""
        days = [self.today, "2031-12-06", "2031-12-10", "2032-01-10"]
        name, picture = self.taps[0]["photo"], self.picture
        status = {"state": "IDLE", "pending": 1, "last_error": "", "quarantined": 1, "quarantined_taps": [{}]}
        refusal = {"refusal": self.tap_of(1, 7)["tap"], "reason": "UNKNOWN_CARD", "card": "00112233",
                   **{key: self.taps[0][key] for key in ("date", "time", "day", "clock", "terminal")},
                   "refused_at": self.taps[0]["tapped_at"], "refused_at_us": self.taps[0]["tapped_at_us"]}  # fmt: skip
        change = {"id": "1", "kind": "person", "key": card(3), "fields": {"grade": "8"}, "at_us": 5, "by": ""}
        lacking = {key: self.taps[0][key] for key in ("tap", "day", "person")}
        tapped = [json.dumps(self.tap_of(number, number)) for number in range(20, 30)]
        settings = self.do("GET", "/api/admin/settings")["data"]
        known = {
            "nfc": [card(n) for n in range(60)], "nfc_id": [card(n) for n in range(60)],
            "section": ["Narra", "Molave"], "sections": ["Narra", "Narra,Molave"], "csv": ["Narra", "Narra,Molave"],
            "grade": ["7"], "date": days, "day": [self.today], "from": [self.today], "to": [self.today],
            "since": [self.today], "startDate": days, "endDate": days, "month": [self.today[:7]], "days": ["7"],
            "file": [name], "key": list(settings), "name": [f"gate-{n}" for n in range(1, 6)], "terminal": ["gate-1"],
            "username": [f"spare-{n}" for n in range(6)], "password": [PASSWORD], "email": ["a@school.example"],
            "limit": ["1", "20"], "q": ["First", card(3), "Narra"], "dry_run": ["true", "false"], "sex": ["M", "F"],
            "status": ["excused", "absent", "present"], "time": ["07:05"], "lrn": ["136542100123"],
            "tap": [self.unsure["tap"], self.taps[0]["tap"]], "store": ["1"], "token": self.tokens,
        }  # fmt: skip
        for path, values in {
            "/api/admin/students": {"nfc_id": [card(n) for n in range(200, 300)]},
            "/api/teachers": {"nfc_id": [card(n) for n in range(300, 400)]},
            "/api/teachers/{nfc}": {"nfc": [card(100 + n) for n in range(6)], "nfc_id": [card(400)]},
            "/api/admin/teachers": {"username": [f"new-{n}" for n in range(9)]},
            "/api/admin/people/{nfc}/erase": {"nfc": [card(50)], "confirm": [card(50)]},
            "/api/attendance/{date}/accepted": {"date": [self.today], "tap": [self.unsure["tap"]]},
            "/api/attendance/{date}/marks/{nfc}": {"date": [self.today], "nfc": [card(n) for n in range(1, 9)]},
            "/api/notifications/mark-absent": {"nfc_id": [card(n) for n in range(42, 50)]},
            "/api/calendar/suspension/{id}": {"id": [f"2032-01-{day}" for day in range(10, 20)]},
            "/api/calendar/no-class/{id}": {"id": [f"2031-12-{day}" for day in range(10, 20)]},
            "/api/calendar/saturday-makeup/{id}": {"id": ["2031-12-06", "2031-12-13", "2031-12-20"]},
            "/api/terminals": {"name": [f"gate-{n}" for n in range(2, 9)]},
            "/api/admin/settings/{key}": {"key": [*settings, *["grace_period_minutes"] * 20], "value": [20, "30"]},
            "/photos/{date}/{file}": {"date": [self.today]},
            "/api/terminal/photos/{date}/{file}": {
                "date": [self.today], "file": ["b_gate-1.jpg"], "length": [str(len(picture))], "offset": ["0"],
                "sha256": [hashlib.sha256(picture).hexdigest()],
            },
        }.items():  # fmt: skip
            known.update({f"{path} {name}": each for name, each in values.items()})
        return known | {
            "/api/terminal/records": tapped + ["\n".join(tapped[:3]), json.dumps(self.taps[0])],
            "/api/hardware/attendance": [json.loads(each) for each in tapped],
            "/api/terminal/refusals": [{"refusals": [refusal]}],
            "/api/terminal/school/changes": [{"changes": [change]}],
            "/api/hardware/status": [status],
            "/api/terminal/lacking": [{"taps": [lacking]}],
            "/api/terminal/photos/{date}/{file}": ["hex:" + picture.hex()],
            "/api/schedules/import": [SCHEDULE],
        }

    def credentials(self, caller):
        """The header that says who asks: its name and its value."""
        if caller == "gate":
            return "Authorization", f"Bearer {self.secret}"
        if caller not in STAFF:
            return None, None
        someone = Server(None, None, self.server.port)
        code, body, headers = someone.request("/api/auth/login", "POST", {"username": caller, "password": PASSWORD})
        assert code == 200, body
        return "Cookie", headers["Set-Cookie"].split(";")[0]

    def ask(self, name, *arguments, known=None, spared=(), callers=()):
        """How each operation was answered, by status; fails with what Schemathesis printed."""
        asking, answers = self.directory / f"{name}.json", self.directory / f"{name}-answers.json"
        asking.write_text(json.dumps({
            "url": self.server.url, "admin": self.server.cookie, "known": known or {}, "spared": spared,
            "callers": callers, "answers": str(answers),
        }))  # fmt: skip
        document = self.directory / "openapi.json"
        document.write_text(json.dumps(strict(json.loads(self.server.request("/api/openapi.json")[1]))))
        assert (SCHEMATHESIS / ".complete-1").exists(), "fetch it: scripts/test-schemathesis"
        began = time.monotonic()
        done = subprocess.run(
            ["/usr/bin/python3", "-m", "schemathesis.cli", "run", document, "--url", self.server.url,
             "--checks", ",".join(CHECKS), "--seed", "7", "--continue-on-failure", "--max-redirects", "0",
             "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off", "--no-color",
             *arguments],
            capture_output=True, text=True, timeout=1800 * PATIENCE, cwd=self.directory,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks", "TAMTAP_ASKING": str(asking),
                 "PYTHONPATH": f"{SCHEMATHESIS}:{pathlib.Path(__file__).parent}"},
        )  # fmt: skip
        assert self.server.process.process.poll() is None, f"the server ended: {done.stdout[-4000:]}"
        assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
        found = json.loads(answers.read_text())
        total = collections.Counter()
        for each in found.values():
            total.update(each)
        print(f"{name}: {sum(total.values())} requests of {len(found)} operations in {time.monotonic() - began:.0f} s:",
              ", ".join(f"{count} x {status}" for status, count in sorted(total.items())))  # fmt: skip
        return found


def test_whatever_is_asked_is_answered_as_the_document_says(start, tmp_path):
    school = School(start, tmp_path).fill()
    reached = collections.Counter()
    for caller, short in CALLERS.items():
        name, value = school.credentials(caller)
        arguments = [*(LONG_FORM if LONG else short), *(("-H", f"{name}: {value}") if name else ())]
        if name:
            arguments += ["--exclude-path-regex", ENDING]
        for operation, answers in school.ask(caller, *arguments, known=school.known(), spared=SPARED).items():
            reached[operation] += sum(count for status, count in answers.items() if status.startswith("2"))
        if name:
            path = "/api/auth/me" if caller in STAFF else "/api/terminal/hello?store=1"
            alone = Server(None, None, school.server.port)
            assert alone.request(path, headers={name: value})[0] == 200, f"{caller} was shut out"
    # Here nobody is told the right password, and nobody may be the first administrator.
    refused = {operation for operation, count in reached.items() if not count and "/api/auth/" not in operation}
    assert len(refused) <= 2, f"what only ever refuses isn't known any better: {sorted(refused)}"


def test_what_ends_sessions_and_accounts_is_answered_as_the_document_says(start, tmp_path):
    """Each request comes from another address, through a proxy that is believed, so that guesses don't have to wait."""
    school = School(start, tmp_path, more=("--trusted-proxy", "127.0.0.1"))
    callers = [{"username": role, "password": PASSWORD, **rights} for role, rights in STAFF.items()]
    form = LONG_FORM if LONG else ("--phases", "examples,fuzzing", "-n", "6")
    found = school.ask("ending", *form, "--include-path-regex", f"{ENDING}|{OWN}", known=OTHERS, callers=callers)
    assert sum(1 for answers in found.values() if answers.get("200")) >= len(found) - 1, found
