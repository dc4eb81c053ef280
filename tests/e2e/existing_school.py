"""An existing TamTap school as it is found: fifty people, their days, what staff said, its accounts and photos.

`Existing` makes it by seed; the file is its gate's tamtap_users.json, the documents are its database's.
"""

import collections
import datetime
import random
import warnings

from existing_server import mfrc522

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import crypt

PASSWORDS = {"office": "tamtap admin 1", "cruz": "pw1234", "Begoña": "ma\u00f1ana"}
FIRST = ("Ana", "Niño José", "Maria Clara", "Ben", "Ñora", "Cy", "Dina", "Eli", "Fe", "Gil")
LAST = ("Reyes", "Peña", "de la Cruz", "Santos", "Ibáñez")
DAYS = [f"2025-06-{day:02}" for day in (2, 3, 4, 5, 6, 9, 10)]


def bcrypt(password, kind="2b"):
    return crypt.crypt(password, f"${kind}$04$abcdefghijklmnopqrstuu")


class Existing:
    def __init__(self, seed=1):
        self.dice = random.Random(seed)
        self.students = [self.person(n) for n in range(47)]
        self.teachers = [self.person(n, section="") for n in range(47, 50)]
        self.taps, self.pending, self.marks = [], [], []
        for person in self.students + self.teachers:
            for day in DAYS:
                self.day_of(person, day)

    def card(self, n):
        if n == 7:
            return "2710951593"  # printed by an Arduino: four bytes as one number, no check byte
        if n == 8:
            return str(0x17070809)
        if n == 9:
            return "584193394409"  # a card of seven bytes, cut
        return mfrc522(f"{0x21000000 + n * 0x010203:08X}")

    def person(self, n, section=None):
        first, last = FIRST[n % len(FIRST)], LAST[n % len(LAST)]
        numbers = list(range(1, 200))
        random.Random(5).shuffle(numbers)
        return {
            "nfc_id": self.card(n), "tamtap_id": f"{numbers[n]:03}", "first_name": first, "last_name": f"{last} {n}",
            "name": f"{first} {last} {n}", "email": f"p{n}@school.example", "grade": 7 + n % 4,
            "section": ("Narra", "Molave", "Yakal")[n % 3] if section is None else section,
            "registered": f"2025-05-{1 + n % 28:02} 08:00:00",
        }  # fmt: skip

    def entry(self, person, day, time, status, **more):
        fields = ("nfc_id", "tamtap_id", "name", "first_name", "last_name", "email", "grade", "section")
        entry = {key: person[key] for key in fields}
        entry.update(date=f"{day} {time}" if time else day, time=time, session="AM", status=status, photo=None, **more)
        return entry

    def day_of(self, person, day):
        kind = self.dice.random()
        minute, second = self.dice.randrange(60), self.dice.randrange(60)
        time = f"07:{minute:02}:{second:02}"
        if kind < 0.7:
            status = "on_time" if minute < 20 else "late"
            entry = self.entry(person, day, time, status)
            if self.dice.random() < 0.5:
                entry["photo"] = self.photo_name(person, time)
            elif self.dice.random() < 0.3:  # as the oldest entries are
                entry["photo_path"] = f"/home/pi/tamtap/photos/{day}/{self.photo_name(person, time)}"
                entry["uid"] = entry.pop("nfc_id")
                entry["status"] = "present" if status == "on_time" else status
            (self.pending if day == DAYS[-1] else self.taps).append(entry)
        elif kind < 0.8:
            self.marks.append(self.entry(person, day, None, "absent", marked_by="cruz", marked_by_name="T. Cruz",
                                         marked_at=f"{day}T09:30:00Z"))  # fmt: skip
        elif kind < 0.9:
            self.marks.append(self.entry(
                person, day, None, "excused", excuse_reason="Medical", excuse_note="fever; señor \u00d1", marked_by="cruz",
                marked_by_name="T. Cruz", marked_at=f"{day}T10:00:00Z",
            ))  # fmt: skip

    @staticmethod
    def photo_name(person, time):
        """As the existing system names photos: letters without marks, blanks as '_', 30 characters a part."""
        plain = str.maketrans({"ñ": "n", "Ñ": "N", "é": "e", "á": "a", "í": "i", " ": "_"})
        first, last = (person[key].translate(plain)[:30] for key in ("first_name", "last_name"))
        return f"{person['tamtap_id']}_{first}_{last}_{time.replace(':', '')}_AM.jpg"

    def photos(self):
        """(day, file) of each entry that has one."""
        for entry in self.taps + self.pending:
            name = entry["photo"] or entry.get("photo_path", "").rpartition("/")[2]
            if name:
                yield entry["date"][:10], name

    def file(self):
        """Of a gate: it knows of no marks but those that it was told of."""
        by_card = lambda people: {person["nfc_id"]: {k: v for k, v in person.items() if k != "nfc_id"} for person in people}  # noqa: E731
        return {
            "students": by_card(self.students), "teachers": by_card(self.teachers),
            "attendance": self.taps + self.marks, "pending_attendance": self.pending,
            "next_tamtap_id": 200, "last_sync": "2025-06-10 17:00:00",
        }  # fmt: skip

    def fill(self, database):
        """Its database; `database` is pymongo's."""
        database.students.insert_many([{**each, "_id": f"student-{n}"} for n, each in enumerate(self.students)])
        staff = [
            {**each, "username": f"teacher{n}", "role_type": "teacher", "sections_handled": ["Yakal"]}
            for n, each in enumerate(self.teachers)
        ]
        database.teachers.insert_many(staff)
        cruz = database.teachers.insert_one({
            "username": "cruz", "email": "cruz@school.example", "password": bcrypt(PASSWORDS["cruz"], "2a"),
            "role_type": "admin", "sections_handled": ["Molave"],
        }).inserted_id  # fmt: skip
        database.teachers.insert_one({
            "username": "Begoña", "password": bcrypt(PASSWORDS["Begoña"], "2y"), "role_type": "adviser",
            "advised_section": "Yakal", "sections_handled": [],
        })  # fmt: skip
        database.admins.insert_one({"username": "office", "password": bcrypt(PASSWORDS["office"])})
        hours = {"start": "7:00 AM", "end": None}
        week = {day: dict(hours) for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}
        database.schedules.insert_many([
            {"section": "Narra", "grade": 7, "adviser_id": cruz, "adviser_name": "T. Cruz",
             "weekly_schedule": {**week, "saturday": {"start": None, "end": None}}},
            {"section": "Molave", "grade": "8", "weekly_schedule": {"monday": {"start": "0730", "end": 0.708333333}}},
            {"section": "Yakal", "time_in": "06:30"},
        ])  # fmt: skip
        database.calendar.insert_one({"type": "suspension", "date": "2025-06-05", "section": None, "reason": "Typhoon"})
        database.settings.insert_many([{"key": "saturdayClassesEnabled", "value": True}, {"key": "theme", "value": "dark"}])
        middle = len(self.taps) // 3
        dated = [
            {**each, "marked_at": datetime.datetime.fromisoformat(each["marked_at"].replace("Z", "+00:00"))}
            for each in self.marks
        ]
        taps = [dict(each) for each in self.taps + self.pending]  # the driver writes ids into what it is given
        database.attendance_archives.insert_many(taps[:middle])
        database.attendance.insert_many(taps[middle:] + dated)

    def counts(self):
        """By (card, day): the status, as any page of it shows it."""
        found = {}
        for entry in self.taps + self.pending + self.marks:
            status = "on_time" if entry["status"] == "present" else entry["status"]
            found[(entry.get("nfc_id") or entry["uid"], entry["date"][:10])] = status
        return found

    def summary(self):
        return collections.Counter(self.counts().values())
