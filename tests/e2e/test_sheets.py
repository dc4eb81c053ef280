"""A school's files as they come: read whole or refused with a sentence, and exported as they were."""

import io
import json
import subprocess
import zipfile

import pytest
from conftest import TAMTAP, tamtap

HEADER = "nfc_id,first_name,last_name,grade,section\n"
HOURS = "Section,Grade,Adviser Name,Mon Start,Mon End\n"


@pytest.fixture
def office(tmp_path):
    """Imports bytes as a file of that name, and lists what the school then is."""

    class Office:
        data = tmp_path / "data"

        def run(self, *words):
            return subprocess.run([TAMTAP, *map(str, words), "--data", self.data], capture_output=True, text=True,
                                  timeout=60)  # fmt: skip

        def bring(self, content, *flags, what="roster", name="file.csv"):
            path = tmp_path / name
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            return self.run(what, "import", path, *flags)

        def people(self):
            school = json.loads(tamtap("roster", "list", "--data", self.data, "--json").stdout)
            return [
                (each["nfc_id"], each["first_name"], each["last_name"], each["grade"], each["section"])
                for each in school["students"] + school["teachers"]
            ]

        def hours(self):
            listed = json.loads(tamtap("schedule", "list", "--data", self.data, "--json").stdout)
            return {each["section"]: each["weekly_schedule"] for each in listed}

    return Office()


def workbook(rows):
    """As spreadsheets save it: texts shared, numbers and times as numbers."""
    texts = []
    data = ""
    for number, row in enumerate(rows, 1):
        data += f'<row r="{number}">'
        for column, value in enumerate(row):
            place = f'{chr(65 + column)}{number}'
            if isinstance(value, str):
                data += f'<c r="{place}" t="s"><v>{len(texts)}</v></c>'
                texts.append(f"<si><t>{value}</t></si>")
            else:
                data += f'<c r="{place}"><v>{value}</v></c>'
        data += "</row>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", '<workbook><sheets><sheet name="S" r:id="r" xmlns:r="r"/></sheets></workbook>')
        parts.writestr("xl/_rels/workbook.xml.rels", '<R><Relationship Id="r" Target="worksheets/sheet1.xml"/></R>')
        parts.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{data}</sheetData></worksheet>")
        parts.writestr("xl/sharedStrings.xml", f"<sst>{''.join(texts)}</sst>")
    return file.getvalue()


@pytest.mark.parametrize("content", [
    b"04A2B3C4,Ben,Pe\xf1a,7,Narra\n",
    "nfc_id,last_name,first_name,section,grade\n04A2B3C4,Peña,Ben,Narra,7\n",
    "Card ID;Family name;Given name;Class;Grade Level\n04A2B3C4;Peña;Ben;Narra;7\n",
    "04A2B3C4,Ben,Peña,7,\"Narra \"\n",
    "04A2B3C4,Ben,Peña,7,Narra\u00a0,,,\n,,,,\n",
    "\ufeffRFID\tSurname\tGiven Name\tSex\tGrade Level\tSection\r\n04A2B3C4\tPeña\tBen\tM\t7\tNarra\r\n".encode("utf-16-le"),
    workbook([["UID", "First name", "Last name", "Grade", "Section"], ["04A2B3C4", "Ben", "Peña", 7, "Narra"]]),
], ids=["windows-1252", "order", "names", "spaces", "padding", "utf-16", "workbook"])  # fmt: skip
def test_a_roster_is_read_as_it_comes(office, content):
    done = office.bring(content)
    assert done.returncode == 0, done.stderr
    assert office.people() == [("04A2B3C4", "Ben", "Peña", "7", "Narra")]


@pytest.mark.parametrize("content, sentence", [
    ("Card ID,Given name,Class\n04A2B3C4,Ben,Narra\n", "line 1: there is no column for the last name"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "(.xls)"),
    ("%PDF-1.7", "it is a PDF"),
    (HEADER + "1.00583E+11,Ben,Cruz,7,Narra\n", "line 2: '1.00583E+11' is a card's number that a spreadsheet has shortened"),
    (HEADER, "there is nobody under its header"),
    (HOURS + "Narra,7,,7:00,4:00\n", "line 2: monday: classes from 07:00 to 04:00 the next day would last 21 hours"),
])  # fmt: skip
def test_what_cannot_be_believed_is_refused_with_a_sentence(office, content, sentence):
    assert office.bring("176B3325,Ana,Reyes,7,Narra\n").returncode == 0
    done = office.bring(content)
    assert done.returncode == 1
    assert sentence in done.stderr and "nothing was imported" in done.stderr
    assert [each[0] for each in office.people()] == ["176B3325"] and office.hours() == {}


@pytest.mark.parametrize("time", [
    "7:00\u202fAM", "7:00:00 AM", "07:00:00", "7:00 a.m.", "0.291666667", "700", "7:00 AM", "07:00",
])  # fmt: skip
def test_seven_in_the_morning_is_seven_in_the_morning(office, time):
    done = office.bring(HOURS + f"Narra,7,M. Santos,{time},16:00\n", what="schedule")
    assert done.returncode == 0, done.stderr
    assert office.hours() == {"Narra": {"monday": {"start": "07:00", "end": "16:00"}}}


@pytest.mark.parametrize("hours, end", [("13:00,24:00", "24:00"), ("18:00,00:00", "24:00"), ("22:00,06:00", "06:00")])
def test_evening_classes_end_at_midnight_or_after_it(office, hours, end):
    assert office.bring(HOURS + f"Narra,7,,{hours}\n").returncode == 0
    assert office.hours()["Narra"]["monday"]["end"] == end
    exported = tamtap("schedule", "export", "--data", office.data).stdout
    assert office.bring(exported, what="schedule").stdout.count("1 unchanged") == 1


def test_what_is_exported_is_imported_the_same(office):
    people = HEADER + "04A2B3C4,Ana,-,7,Narra\n04123456,=1+1,＝x,7,Peña\n"
    assert office.bring(people).returncode == 0
    before = office.people()
    assert "-" in [each[2] for each in before]
    for reader in ((), ("--for", "spreadsheet")):
        done = subprocess.run([TAMTAP, "roster", "export", "--data", office.data, *reader], capture_output=True)
        assert done.stdout.startswith(b"\xef\xbb\xbf") == bool(reader)
        again = office.bring(done.stdout)
        assert again.returncode == 0 and "0 new, 0 changed, 2 unchanged" in again.stdout, again
    assert office.people() == before


def test_guardians_are_brought_in_by_a_list_and_taken_along_the_same(office):
    columns = ["name", "mail", "phone", "language", "told"]
    header = ["nfc_id", "first_name", "last_name", "section"] + [f"guardian_1_{each}" for each in columns]
    book = workbook([header, ["04A2B3C4", "Ben", "Peña", "Narra", "Nena, ang lola", "n@example.org", "09171234567",
                              "fil", "arrival absence"]])  # fmt: skip
    trial = office.bring(book, "--dry-run", name="file.xlsx")
    assert "guardians of Ben Peña: 1, before 0" in trial.stdout
    assert office.bring(book, name="file.xlsx").returncode == 0
    assert "Nena" not in office.run("roster", "export").stdout, "without being asked for they stay"
    for reader in ("program", "spreadsheet"):
        taken = office.run("roster", "export", "--guardians", "--for", reader)
        assert "Nena, ang lola" in taken.stdout and "09171234567" in taken.stdout
        again = json.loads(office.bring(taken.stdout, "--json").stdout)
        assert again["imported"] and "guardians" not in again and len(again["unchanged"]) == 1
    wrong = office.bring("nfc_id,first_name,last_name,section,guardian_1_name\n04A2B3C4,Ben,Peña,Narra,Nena\n")
    assert wrong.returncode == 1 and "give a mail address or a telephone number" in wrong.stderr


def test_a_dry_run_says_all_and_changes_nothing(office):
    office.bring("04A2B3C4,Ana,Cruz,7,Narra\n04A2B3C5,Ben,Lim,7,Narra\n04A2B3C6,Cy,Go,7,Narra\n")
    file = "04A2B3C4,Ana,Cruz,8,Narra\n04A2B3C6,Cy,Go,7,Narra\n04A2B3C7,Dan,Yu,7,Narra\n"
    done = office.bring(file, "--dry-run", "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert [each["nfc_id"] for each in report["new"]] == ["04A2B3C7"]
    assert report["changed"][0]["changes"] == [{"field": "grade", "from": "7", "to": "8"}]
    assert [each["nfc_id"] for each in report["unchanged"]] == ["04A2B3C6"]
    assert [each["name"] for each in report["missing"]] == ["Ben Lim"]
    assert report["replacements"] == report["left_out"] == [] and not report["imported"]
    said = office.bring(file, "--dry-run").stdout
    assert "Dan Yu of Narra (04A2B3C7) is new" in said and "not in the file: Ben Lim" in said
    assert len(office.people()) == 3
    assert office.bring(file, "--remove-missing").returncode == 0
    assert [each[1] for each in office.people()] == ["Ana", "Cy", "Dan"]


def test_somebody_with_a_new_card_is_a_question(office):
    office.bring("04A2B3C4,Ana,Cruz,7,Narra\n")
    file = "04FFFF01,Ana,Cruz,7,Narra\n04A2B3C5,Ben,Lim,7,Narra\n"
    asked = office.bring(file)
    assert asked.returncode == 1 and "--same-name replace-card" in asked.stderr
    assert [each[0] for each in office.people()] == ["04A2B3C4"]
    assert office.bring(file, "--same-name", "replace-card").returncode == 0
    assert [each[0] for each in office.people()] == ["04FFFF01", "04A2B3C5"]
    assert office.bring("04FFFF02,Ana,Cruz,7,Narra\n", "--same-name", "another-person").returncode == 0
    assert len(office.people()) == 3


def test_a_card_of_somebody_else_is_refused_with_both_names(office):
    office.bring("04A2B3C4,Ana,Cruz,7,Narra\n")
    done = office.bring("04A2B3C4,Ben,Lim,7,Narra\n")
    assert done.returncode == 1 and "Ana Cruz" in done.stderr and "Ben Lim" in done.stderr


def test_a_schedule_that_is_removed_is_gone_and_what_is_not_there_is_said(office):
    assert office.bring("Section,Mon Start,Mon End\nNarra,07:00,12:00\nMolave,08:00,16:00\n", what="schedule").returncode == 0
    removed = office.run("schedule", "remove", "Narra")
    assert removed.returncode == 0 and "Narra has no schedule any more" in removed.stdout
    assert list(office.hours()) == ["Molave"]
    again = office.run("schedule", "remove", "Narra")
    assert again.returncode == 1 and "tamtap schedule list" in again.stderr
