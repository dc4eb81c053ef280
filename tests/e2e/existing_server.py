"""An existing TamTap server, as far as it meets our gates: its database, its questions, its marks, its ears.

It finds attendance by `nfc_id` and by a `date` that begins with the day, counts documents by `status`, and makes
documents of its own. It knows nothing of our fields, our indexes and our secrets.
"""

import datetime
import http.server
import json
import re
import threading
import zoneinfo

import pymongo

MANILA = zoneinfo.ZoneInfo("Asia/Manila")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def today():
    return f"{datetime.datetime.now(MANILA):%Y-%m-%d}"


def mfrc522(uid):
    """The number that SimpleMFRC522 prints for a card of four bytes: with their check byte."""
    check = 0
    for byte in bytes.fromhex(uid):
        check ^= byte
    return str(int(uid, 16) << 8 | check)


class ExistingServer:
    def __init__(self, uri):
        self.db = pymongo.MongoClient(uri)["tamtap"]

    def make(self, people):
        """Its collections, with its indexes, and `people` students of two sections."""
        self.db.students.create_index("nfc_id", unique=True)
        self.db.teachers.create_index("username", unique=True)
        self.db.teachers.create_index("nfc_id", unique=True, sparse=True)
        self.db.schedules.create_index("section", unique=True)
        self.db.students.insert_many([self.student(n) for n in range(people)])
        self.db.teachers.insert_one(
            {"username": "cruz", "password": "$2b$10$" + "x" * 53, "role_type": "adviser", "advised_section": "Narra"}
        )
        hours = {"start": "00:00", "end": "23:59"}
        for section in ("Narra", "Molave", "Yakal"):
            self.db.schedules.insert_one({
                "section": section, "grade": "7", "adviser_name": "M. Santos", "weekly_schedule": dict.fromkeys(WEEKDAYS, hours),
                "grace_period_minutes": 1440, "absent_threshold_minutes": 1440,
            })  # fmt: skip
        self.db.calendar.insert_one({"type": "suspension", "date": "2020-01-06", "section": None, "reason": "Typhoon"})
        self.db.settings.insert_one({"key": "saturdayClassesEnabled", "value": False})
        return self

    @staticmethod
    def uid(n):
        return f"{0x17000000 + n * 0x010101:08X}"

    @classmethod
    def student(cls, n):
        return {
            "nfc_id": mfrc522(cls.uid(n)), "tamtap_id": f"{n + 1:03}", "name": f"First{n} Last{n}",
            "first_name": f"First{n}", "last_name": f"Last{n}", "email": f"s{n}@school.example", "grade": "7",
            "section": "Molave" if n % 5 == 4 else "Narra", "registered": "2025-06-02 08:00:00",
        }  # fmt: skip

    # What its pages ask.

    def of_day(self, day=None, **more):
        return list(self.db.attendance.find({"date": {"$regex": "^" + re.escape(day or today())}, **more}))

    def pending(self, section):
        seen = {document["nfc_id"] for document in self.of_day()}
        students = self.db.students.find({"section": section})
        return sorted(each["nfc_id"] for each in students if each["nfc_id"] not in seen)

    def history(self, nfc_id):
        first, last = today(), today()
        dates = {"$gte": first, "$lte": last + " 23:59:59"}
        return list(self.db.attendance.find({"nfc_id": nfc_id, "date": dates}).sort("date", -1))

    def summary(self, section):
        counts = {}
        for document in self.of_day(section=section):
            counts[document["status"]] = counts.get(document["status"], 0) + 1
        return counts

    def export(self, section):
        return [
            {
                "Student Name": each.get("name") or f"{each['first_name']} {each['last_name']}",
                "Student Email": each.get("email", ""), "Section": each["section"], "Date": each["date"][:10],
                "Status": each["status"], "Time In": each.get("time") or "", "NFC ID": each["nfc_id"],
                "Photo Path": each.get("photo") or "",
            }
            for each in self.of_day(section=section)
        ]  # fmt: skip

    # What its staff say.

    def _mark(self, student, status, reason):
        return {
            "nfc_id": student["nfc_id"], "tamtap_id": student["tamtap_id"], "name": student["name"],
            "first_name": student["first_name"], "last_name": student["last_name"], "grade": student["grade"],
            "section": student["section"], "date": today(), "time": None, "session": "AM", "status": status,
            "photo": None, "excuse_reason": reason, "excuse_note": "", "marked_by": "cruz",
            "marked_by_name": "T. Cruz", "marked_at": datetime.datetime.now(datetime.timezone.utc),
        }  # fmt: skip

    def mark_absent(self, nfc_id):
        """The HTTP status."""
        if self.of_day(nfc_id=nfc_id):
            return 409
        self.db.attendance.insert_one(self._mark(self.db.students.find_one({"nfc_id": nfc_id}), "absent", None))
        return 200

    def mark_excused(self, nfc_id, reason="Medical"):
        there = self.of_day(nfc_id=nfc_id)
        mark = self._mark(self.db.students.find_one({"nfc_id": nfc_id}), "excused", reason)
        if there:
            fields = {key: mark[key] for key in mark if key.startswith(("excuse", "marked", "status"))}
            self.db.attendance.update_one({"_id": there[0]["_id"]}, {"$set": fields})
        else:
            self.db.attendance.insert_one(mark)

    def bulk_absent(self, section):
        pending = self.pending(section)
        for nfc_id in pending:
            assert self.mark_absent(nfc_id) == 200
        return pending


class Ears:
    """The paths of its API that gates call. Only what it knows how to read is taken."""

    NEEDED = {
        "/api/hardware/attendance": ("nfc_id", "name", "date", "time", "session", "status"),
        "/api/hardware/fail": ("nfc_id", "name", "reason"),
    }

    def __init__(self, port=0):
        ears = self
        self.heard = []
        self.refused = []
        self.credentials = []  # that somebody showed it

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 2  # it closes connections that are idle for long

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                ears.credentials += self.headers.get_all("Authorization", [])
                needed = ears.NEEDED.get(self.path)
                if needed is None:
                    return self.answer(404, {"error": "Not found"})
                if not all(body.get(field) for field in needed):
                    ears.refused.append((self.path, body))
                    return self.answer(400, {"error": "missing fields"})
                ears.heard.append((self.path, body))
                return self.answer(200, {"success": True})

            def answer(self, status, body):
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, kind):
        return [body for path, body in self.heard if path.endswith(kind)]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
