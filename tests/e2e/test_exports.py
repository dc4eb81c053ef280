"""Reports that a server makes, opened with other programs and compared with what it has.

TAMTAP_LONG=1 adds a school year of 2,000 people, which LibreOffice opens, too.
"""

import contextlib
import csv
import datetime
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import time
import zipfile

import openpyxl
import pytest
from conftest import Server, card, wait_until

DAY = "2026-11-%02d"
CLASS_DAYS = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20]
SECTION = "Narra"


def record(n, day, status, section=SECTION, time_in="07:03:12", date=None):
    if date is None:
        date = DAY % day
    else:
        day = datetime.date.fromisoformat(date).toordinal() - datetime.date(2026, 11, 1).toordinal() + 1
    return {
        "tap": f"gate-1.00112233445566ff.{(day + 1_000) * 100_000 + n}", "person": card(n), "nfc_id": card(n),
        "card": card(n), "tamtap_id": "", "name": f"First{n} Last{n}", "first_name": f"First{n}",
        "last_name": f"Last{n}", "email": "", "role": "student", "grade": "7", "section": section,
        "date": f"{date} {time_in}", "time": time_in, "day": date, "session": "AM", "status": status,
        "photo": None, "tapped_at": f"{date}T{time_in}.000+08:00",
        "tapped_at_us": 1_793_574_192_000_000 + day * 86_400_000_000 + n, "clock": "synchronised",
        "terminal": "gate-1",
    }  # fmt: skip


def store(database, records):
    """As the server's own store keeps them."""
    with contextlib.closing(sqlite3.connect(database)) as central, central:
        central.executemany(
            "INSERT INTO attendance(id, day, person, section, tapped_at_us, tap) VALUES(?, ?, ?, ?, ?, ?)",
            ((f"{r['day']}/{r['person']}", r["day"], r["person"], r["section"], r["tapped_at_us"], r["tap"])
             for r in records),
        )  # fmt: skip
        central.executemany(
            "INSERT INTO attendance_taps(tap, attendance, terminal, tapped_at, tapped_at_us, record)"
            " VALUES(?, ?, ?, ?, ?, ?)",
            ((r["tap"], f"{r['day']}/{r['person']}", r["terminal"], r["tapped_at"], r["tapped_at_us"],
              json.dumps(r)) for r in records),
        )  # fmt: skip


@pytest.fixture
def server_of(start, school):
    """A server on a school of so many people, in sections of `each`; and what it is."""

    def make(people, each):
        data = school("server", 1)
        server = Server(start, data).prepare().run().sign_in()
        lines = ["nfc_id,first_name,last_name,grade,section,sex,lrn"]
        sections = {}
        for n in range(2, people + 2):
            section = f"Section {n // each:03}"
            sections[n] = section
            lines.append(f"{card(n)},First{n},Last{n},7,{section},{'MF'[n % 2]},{100_000_000_000 + n}")
        code, body, _ = server.request(
            "/api/admin/students/bulk", "POST", "\n".join(lines).encode(), {"Content-Type": "text/csv"}
        )
        assert code == 200 and json.loads(body)["imported"], body[:500]
        return server, sections

    return make


def fetch(server, path, timeout=10):
    code, body, headers = server.request("/api/export/" + path, timeout=timeout)
    assert code == 200, body[:500]
    return body, headers


def test_what_is_exported_is_what_is_there(server_of, tmp_path):
    server, sections = server_of(30, 10)
    statuses = {}
    for n in sections:
        for day in CLASS_DAYS:
            kind = (n * 7 + day * 3) % 10
            if kind != 0:
                statuses[n, day] = "late" if kind == 1 else "excused" if kind == 2 else "on_time"
    store(server.data / "central.db", [record(n, day, s, sections[n]) for (n, day), s in statuses.items()])
    period = "from=2026-11-01&to=2026-11-30"
    _, day = server.get(f"/api/attendance/range/query?{period}")
    known = {(r["nfc_id"], r["day"]): r for r in day["records"]}
    assert len(known) == len(statuses)

    # A workbook: a sheet a section, and a summary that adds up.
    body, headers = fetch(server, f"xlsx?{period}")
    assert "attachment" in headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames[-1] == "Summary"
    seen = {}
    for sheet in book.worksheets[:-1]:
        rows = list(sheet.iter_rows(values_only=True))
        header = next(i for i, row in enumerate(rows) if row[0] == "Student Name")
        for row in rows[header + 1 :]:
            if row[3]:
                assert row[2] == sheet.title
                seen[row[6], row[3]] = row[4]
    words = {"on_time": "On time", "late": "Late", "excused": "Excused"}
    assert seen == {key: words[r["status"]] for key, r in known.items()}
    total = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "All"][0]
    count = {s: list(statuses.values()).count(s) for s in words}
    assert total[3:6] == (count["on_time"], count["late"], count["excused"])

    # CSV says the same, and spreadsheets read it as it is.
    body, _ = fetch(server, f"csv?{period}")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert {(row["NFC ID"].lstrip("'"), row["Date"]): row["Status"] for row in rows} == seen

    # With those of whom nothing is known, it is all class days of everybody since they have come.
    words["absent"] = "Absent"
    begun = {n: min(day for day in CLASS_DAYS if (n, day) in statuses) for n in sections}
    due = {
        (card(n), DAY % day): words[statuses.get((n, day), "absent")]
        for n in sections
        for day in CLASS_DAYS
        if day >= begun[n]
    }
    until_the_20th = "from=2026-11-01&to=2026-11-20&absent=1"
    body, _ = fetch(server, f"csv?{until_the_20th}")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert {(row["NFC ID"].lstrip("'"), row["Date"]): row["Status"] for row in rows} == due
    assert {row["Remarks"] for row in rows if row["Status"] == "Absent"} == {"No tap"}
    body, _ = fetch(server, f"xlsx?{until_the_20th}")
    book = openpyxl.load_workbook(io.BytesIO(body))
    listed = [row[4] for sheet in book.worksheets[:-1] for row in sheet.iter_rows(values_only=True)]
    total = [row for row in book["Summary"].iter_rows(values_only=True) if row[0] == "All"][0]
    assert total[6] == listed.count("Absent") == list(due.values()).count("Absent")
    body, _ = fetch(server, f"pdf?{until_the_20th}")
    (tmp_path / "a.pdf").write_bytes(body)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, text=True).stdout
    assert len(re.findall(r"Absent +\S+ +No tap", text)) == listed.count("Absent")

    # The register of a section: x, half marks and totals are those of the days.
    section = sections[12]
    name = {"value": "Niño & <Sons> High"}
    assert server.request("/api/admin/settings/school.name", "PUT", name)[0] == 200
    body, _ = fetch(server, f"register/xlsx?month=2026-11&section={section.replace(' ', '%20')}")
    sheet = openpyxl.load_workbook(io.BytesIO(body))[section]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == "Niño & <Sons> High"
    header = next(row for row in rows if row[2] == "LEARNER'S NAME")
    column = {int(name.split()[0]): i for i, name in enumerate(header) if name and re.match(r"\d+ [MTWFS]", name)}
    held = [day for day in column if (DAY % day) <= time.strftime("%Y-%m-%d")]
    for n in [n for n in sections if sections[n] == section]:
        row = next(row for row in rows if row[2] == f"Last{n}, First{n}")
        assert row[1] == str(100_000_000_000 + n)
        # Nobody is absent before the first tap of somebody who was registered just now.
        begun = min(day for day in column if (n, day) in statuses)
        assert all(row[column[day]] == "-" for day in held if day < begun)
        marks = {day: statuses.get((n, day)) for day in held if day >= begun}
        for day, status in marks.items():
            assert row[column[day]] == {"on_time": None, "late": "\u25e4"}.get(status, "x"), (n, day)
        absent = sum(status not in ("on_time", "late") for status in marks.values())
        late = sum(status == "late" for status in marks.values())
        behind = max(column.values()) + 1
        assert row[behind : behind + 2] == (absent, late)

    # On paper: everybody of the section, and lines to sign.
    body, _ = fetch(server, f"register/pdf?month=2026-11&section={section.replace(' ', '%20')}")
    (tmp_path / "a.pdf").write_bytes(body)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "a.pdf", "-"], capture_output=True, text=True).stdout
    for n in [n for n in sections if sections[n] == section]:
        assert f"Last{n}, First{n}" in text
    assert "School Form 2" in text and "Signature of Teacher" in text

    # A student's days.
    body, _ = fetch(server, f"student/{card(12)}/xlsx?{period}")
    book = openpyxl.load_workbook(io.BytesIO(body))
    days = {row[0]: row[2] for row in book["Days"].iter_rows(values_only=True) if row[0] and "-" in row[0][4:5]}
    begun = min(day for day in CLASS_DAYS if (12, day) in statuses)
    for day in CLASS_DAYS[CLASS_DAYS.index(begun) :]:
        assert days[DAY % day] == words.get(statuses.get((12, day)), "Absent")


def year_of_days():
    """The school days of a year that is over, so that none of them is yet to come."""
    day = datetime.date(2025, 6, 16)
    days = []
    while len(days) < 200:
        if day.weekday() < 5:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def kind_of(n, day):
    """Of a day of somebody: nothing if they were away."""
    kind = (n * 7 + day.toordinal() * 3) % 20
    return None if kind == 0 else "late" if kind == 1 else "excused" if kind == 2 else "on_time"


@pytest.mark.skipif(os.environ.get("TAMTAP_LONG") != "1", reason="takes minutes; TAMTAP_LONG=1 runs it")
def test_a_school_year_of_two_thousand_people_is_what_other_programs_read(server_of, tmp_path):
    assert shutil.which("soffice"), "LibreOffice is missing: apt-get install libreoffice-calc-nogui"
    server, sections = server_of(2_000, 40)
    days = year_of_days()
    said = {(n, day): kind for n in sections for day in days if (kind := kind_of(n, day))}
    store(
        server.data / "central.db",
        [record(n, None, kind, sections[n], date=day.isoformat()) for (n, day), kind in said.items()],
    )
    words = {"on_time": "On time", "late": "Late", "excused": "Excused"}
    expected = {(card(n), day.isoformat()): words[kind] for (n, day), kind in said.items()}
    period = f"from={days[0]}&to={days[-1]}"

    def seen_in(rows, section):
        """Of the rows of a sheet: (card, day): status."""
        rows = iter(rows)
        for row in rows:
            if row[0] == "Student Name":
                break
        found = {}
        for row in rows:
            if row[3]:
                assert row[2] == section
                found[row[6], row[3]] = row[4]
        return found

    book = tmp_path / "year.xlsx"
    book.write_bytes(fetch(server, f"xlsx?{period}", timeout=300)[0])
    sheets = openpyxl.load_workbook(book, read_only=True)
    seen = {}
    for sheet in sheets.worksheets[:-1]:
        seen |= seen_in(sheet.iter_rows(values_only=True), sheet.title)
    assert seen == expected
    # LibreOffice writes each sheet into a file of its own.
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", every_sheet,
         "--outdir", tmp_path / "sheets", book],
        check=True, capture_output=True, timeout=1800,
    )  # fmt: skip
    seen = {}
    for section in sorted(set(sections.values())):
        with open(tmp_path / "sheets" / f"year-{section}.csv", encoding="utf-8", newline="") as rows:
            seen |= seen_in(csv.reader(rows), section)
    assert seen == expected

    # On paper: a line a learner and month, by the month's register of each section.
    month = [day for day in days if (day.year, day.month) == (2025, 9)]
    learners = 0
    for section in sorted(set(sections.values())):
        paper = tmp_path / "register.pdf"
        asked = f"month=2025-09&section={section.replace(' ', '%20')}"
        paper.write_bytes(fetch(server, f"register/pdf?{asked}", timeout=300)[0])
        text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
        for n in [n for n in sections if sections[n] == section]:
            line = next(line for line in text.splitlines() if f"Last{n}, First{n}" in line)
            # Nobody is absent before the first day, in that month, of somebody who was registered later.
            begun = min(day for day in month if (n, day) in said)
            here = [said.get((n, day)) for day in month if day >= begun]
            absent = sum(kind not in ("on_time", "late") for kind in here)
            tail = rf"\s{absent}\s+{here.count('late')}(\s+{here.count('excused')} excused.*)?$"
            assert re.search(tail, line), line
            learners += 1
    print(f"{len(expected)} days of {learners} learners, in {len(sheets.sheetnames)} sheets: the same in all")
    assert learners == 2_000


def peak_kib(process):
    status = open(f"/proc/{process.process.pid}/status").read()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def test_a_month_of_five_thousand_people_is_exported_in_little_memory(server_of):
    server, sections = server_of(5_000, 40)
    days = [*CLASS_DAYS, 23, 24, 25, 26, 27]
    store(
        server.data / "central.db",
        [record(n, day, "late" if (n + day) % 9 == 0 else "on_time", sections[n]) for day in days for n in sections],
    )
    period = "from=2026-11-01&to=2026-11-30"
    fetch(server, f"csv?{period}&section=Section%20003")  # the school is known by now
    before = peak_kib(server.process)
    figures = {}
    for path in (f"csv?{period}", f"xlsx?{period}", "register/xlsx?month=2026-11", "register/pdf?month=2026-11"):
        began = time.monotonic()
        body, _ = fetch(server, path)
        figures[path] = (round(time.monotonic() - began, 2), len(body))
        # Taps are taken meanwhile and afterwards.
        wait_until(server.answers, 5, "it answers")
    grown = (peak_kib(server.process) - before) / 1024
    print(f"seconds and bytes: {figures}; {grown:.0f} MiB over {before / 1024:.0f}")
    assert grown < 64, figures
    assert max(seconds for seconds, _ in figures.values()) < 30, figures
    assert not list((server.data / "exports").iterdir())
    body, _ = fetch(server, "register/xlsx?month=2026-11")
    assert len([name for name in zipfile.ZipFile(io.BytesIO(body)).namelist() if "worksheets/sheet" in name]) > 120
