#include "school/roster_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school/workbook_fixture.h"
#include "tap/person_cards.h"
#include "tap/record.h"

namespace tamtap {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Result<RosterSheet> ReadPeople(std::string_view bytes) {
  TAMTAP_TRY(Table table, ReadTable(bytes));
  return ReadRosterSheet(std::move(table));
}

// "card|first|last|grade|section|email|role" of each; and what was left out as "line N: why".
std::vector<std::string> Rows(std::string_view bytes) {
  const auto sheet = ReadPeople(bytes);
  if (!sheet) return {sheet.error().Message()};
  std::vector<std::string> rows;
  for (const ImportedPerson& each : sheet->people) {
    const Person& person = each.person;
    rows.push_back(person.NfcId() + "|" + person.first_name + "|" + person.last_name + "|" +
                   person.grade + "|" + person.section + "|" + person.email + "|" +
                   std::string(each.has_role ? ToString(person.role) : ""));
  }
  for (const LeftOut& each : sheet->left_out) {
    rows.push_back("line " + std::to_string(each.line) + ": " + each.why);
  }
  return rows;
}

TEST(RosterSheetTest, WithoutAHeaderTheOrderIsFixed) {
  const std::string bytes =
      "\xEF\xBB\xBF"
      "100582761834,Ana,Reyes,7,Narra\r\n"
      "\r\n"
      "04a2b3c4d5e680,\"Juan \"\"JD\"\"\",\"Dela Cruz, Jr.\",8,Molave,jd@example.org\r\n"
      "DEADBEEF,Maria,Santos,,,maria@example.org,Teacher";
  EXPECT_THAT(Rows(bytes),
              ElementsAre("100582761834|Ana|Reyes|7|Narra||",
                          "04a2b3c4d5e680|Juan \"JD\"|Dela Cruz, Jr.|8|Molave|jd@example.org|",
                          "DEADBEEF|Maria|Santos|||maria@example.org|teacher"));
  const auto sheet = ReadPeople(bytes);
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->people[0].person.name, "Ana Reyes");
  EXPECT_EQ(sheet->people[0].person.card.text(), "176B3325");
  EXPECT_EQ(sheet->people[1].person.card.text(), "04A2B3C4D5E680");
  EXPECT_EQ(sheet->people[1].line, 3u);
}

TEST(RosterSheetTest, WithAHeaderColumnsStandInAnyOrder) {
  EXPECT_THAT(Rows("nfc_id,last_name,first_name,section,grade\n04A2B3C4,Pe\u00F1a,Ben,Narra,7\n"),
              ElementsAre("04A2B3C4|Ben|Pe\u00F1a|7|Narra||"));
  EXPECT_THAT(Rows("Card ID;Family name;Given name;Class\n04A2B3C4;Cruz;Ben;Narra\n"),
              ElementsAre("04A2B3C4|Ben|Cruz||Narra||"));
}

TEST(RosterSheetTest, ColumnsGoByTheNamesThatSchoolsUse) {
  for (const char* header :
       {"NFC ID,First Name,Last Name,Grade Level,Section", "UID\tGiven Names\tSurname\tYear\tClass",
        "RFID No.;Given name;Family name;Strand/Grade level;Section",
        "card,first,last,grade,section", "RFID Card Number,Fname,Lname,Level,Class/Section",
        "Tag ID,Forename,Surname,Year Level,Homeroom", "nfc_id,first_name,last_name,grade,section",
        "\"Card\nID\",\"First\nName\",\"Last\nName\",\"Grade\nLevel\",Section",
        "Card ID*,First name (given),Surname,Grade & Strand,Section [required]",
        "NFC,Unang Pangalan,Apelyido,Baitang,Pangkat",
        "Student UID,Student First Name,Student Last Name,Student Grade,Student Section",
        "  CARD NO. ,GIVEN NAME,FAMILY NAME,TRACK/STRAND,SECTION NAME"}) {
    const std::string name = header;
    const char separator = name.find('\t') != std::string::npos  ? '\t'
                           : name.find(';') != std::string::npos ? ';'
                                                                 : ',';
    std::string row = "04A2B3C4,Ben,Cruz,7,Narra\n";
    std::replace(row.begin(), row.end(), ',', separator);
    EXPECT_THAT(Rows(name + "\n" + row), ElementsAre("04A2B3C4|Ben|Cruz|7|Narra||")) << header;
  }
}

TEST(RosterSheetTest, WhatIsKnownAndNotKeptIsPassedOverAndSaid) {
  const auto sheet = ReadPeople(
      "No.,LRN,Card ID,Surname,Given Name,Middle Name,Sex,Birthdate,Grade "
      "Level,Section,Adviser,E-mail\n"
      "1,136542100123,04A2B3C4,Cruz,Ben,Lim,M,2013-05-04,7,Narra,M. Santos,ben@example.org\n");
  ASSERT_TRUE(sheet) << sheet.error().Message();
  ASSERT_EQ(sheet->people.size(), 1u);
  EXPECT_EQ(sheet->people[0].person.email, "ben@example.org");
  EXPECT_THAT(sheet->notes, ElementsAre("not kept: No., Middle Name, Birthdate, Adviser"));
  EXPECT_EQ(sheet->people[0].person.sex, "M");
  EXPECT_EQ(sheet->people[0].person.lrn, "136542100123");
  EXPECT_THAT(Rows("nfc_id,tamtap_id,name,first_name,last_name,email,grade,section,registered\n"
                   "176B3325,001,Ana Reyes,Ana,Reyes,,7,Narra,2026-06-01 07:00:00\n"),
              ElementsAre("176B3325|Ana|Reyes|7|Narra||"));
}

TEST(RosterSheetTest, SexAndLrnAreKeptIfTheyAreThatAndNobodyIsLeftOutForThem) {
  const auto sheet = ReadPeople(
      "nfc_id,first_name,last_name,grade,section,email,role,gender,LRN No.\n"
      "04A2B3C4,Ben,Cruz,7,Narra,,,Lalaki,'136542100123\n"
      "04A2B3C5,Ana,Reyes,7,Narra,,,x,1.36542E+11\n"
      "04A2B3C6,Eve,Sy,7,Narra,,,,\n");
  ASSERT_TRUE(sheet) << sheet.error().Message();
  ASSERT_EQ(sheet->people.size(), 3u);
  EXPECT_EQ(sheet->people[0].person.sex, "M");
  EXPECT_EQ(sheet->people[0].person.lrn, "136542100123");
  EXPECT_EQ(sheet->people[1].person.sex + sheet->people[1].person.lrn, "");
  EXPECT_EQ(sheet->notes.size(), 2u);
  People people;
  for (const ImportedPerson& each : sheet->people) people.push_back(each.person);
  for (const CsvFor reader : {CsvFor::kPrograms, CsvFor::kSpreadsheets}) {
    const auto again = ReadPeople(RosterCsv(people, reader));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->people[0].person.lrn, "136542100123");
    EXPECT_EQ(again->people[0].person.sex, "M");
    EXPECT_TRUE(again->notes.empty());
  }
}

TEST(RosterSheetTest, AHeaderThatIsNotBelievedIsOneSentence) {
  EXPECT_THAT(Rows("Card ID,Given name,Class\n04A2B3C4,Ben,Narra\n"),
              ElementsAre(AllOf(HasSubstr("line 1: there is no column for the last name"),
                                HasSubstr("name the columns nfc_id, first_name, last_name"))));
  EXPECT_THAT(Rows("LRN,Name,Grade,Section\n136542100123,Ben Cruz,7,Narra\n"),
              ElementsAre(HasSubstr("no column for the card, the first name and the last name")));
  EXPECT_THAT(Rows("Card ID,First name,Last name,Section,Favourite colour,Locker\nA,B,C,D,E,F\n"),
              ElementsAre(HasSubstr("nothing is known as 'Favourite colour' or 'Locker'")));
  EXPECT_THAT(Rows("Carte,Nom,Pr\u00E9nom,Classe\n04A2B3C4,Cruz,Ben,Narra\n"),
              ElementsAre(AllOf(HasSubstr("no column for the card"), HasSubstr("'Pr\u00E9nom'"))));
  EXPECT_THAT(
      Rows("Card ID,First name,Given name,Last name,Section\n04A2B3C4,Ben,Ben,Cruz,Narra\n"),
      ElementsAre(HasSubstr("'First name' and 'Given name' are both the first name")));
  EXPECT_THAT(Rows("UID,Card ID,First name,Last name,Section\n04A2B3C4,04A2B3C4,Ben,Cruz,Narra\n"),
              ElementsAre(HasSubstr("'UID' and 'Card ID' are both the card")));
}

TEST(RosterSheetTest, TitlesAboveTheHeaderArePassedOverAndSaid) {
  const auto sheet = ReadPeople(
      "List of Students,,,\n\nSchool Year 2026-2027,Adviser: M. Santos\n"
      "Card ID,First name,Last name,Section\n04A2B3C4,Ben,Cruz,Narra\n");
  ASSERT_TRUE(sheet) << sheet.error().Message();
  EXPECT_EQ(sheet->people.size(), 1u);
  EXPECT_THAT(sheet->notes, ElementsAre(HasSubstr("above the header in line 4")));
}

TEST(RosterSheetTest, ARowIsNoHeaderThoughNamesInItAreThoseOfColumns) {
  EXPECT_THAT(Rows("04A2B3C4,Grace,Grade,7,Class\n"),
              ElementsAre("04A2B3C4|Grace|Grade|7|Class||"));
  EXPECT_THAT(Rows("FACEFACE,First,Last,,Section\n"),
              ElementsAre("FACEFACE|First|Last||Section||"));
}

TEST(RosterSheetTest, EachBadLineIsNamedWithItsNumberAndReason) {
  EXPECT_THAT(
      Rows("nfc_id,first_name,last_name,grade,section,role\n"
           "176B3325,Ana,Reyes,7,Narra\n"
           "nonsense,Ben,Cruz,7,Narra\n"
           "DEADBEEF,Cara\n"
           "100582761834,Ana,Again,7,Narra\n"
           "CAFEBABE,,,7,Narra\n"
           "CAFEBABF,Dan,Lim,7,\n"
           ",Dan,Lim,7,Narra\n"
           "CAFEBAC0,Dan,Lim,7,Narra,janitor\n"
           "CAFEBAC1,Dan,Lim, Jr.,7,Narra,student\n"
           "CAFEBAC2,\"Dan\nLim\",Cruz,7,Narra\n"
           "CAFEBAC3,Dan,#N/A,7,Narra\n"
           "0BADF00D,Eve,\"Yu,7,Narra\n"),
      ElementsAre("176B3325|Ana|Reyes|7|Narra||", "nonsense|Ben|Cruz|7|Narra||",
                  "line 4: the section is missing",
                  HasSubstr("line 5: card 100582761834 stands in line 2"),
                  "line 6: the name is missing", "line 7: the section is missing",
                  "line 8: the card is missing", HasSubstr("line 9: role 'janitor'; use student"),
                  HasSubstr("line 10: 'student' stands in column 7, which has no name"),
                  HasSubstr("line 11: a cell with a line break"),
                  HasSubstr("line 13: '#N/A' is an error of the spreadsheet's"),
                  HasSubstr("line 14: a quote is opened")));
}

TEST(RosterSheetTest, IdsAreKeptAsTheSchoolSpellsThem) {
  EXPECT_THAT(Rows("0563537489,Ana,Cruz,7,Narra\n2710951593,Ben,Cruz,7,Narra\n"
                   "584193394409,Cy,Cruz,7,Narra\nLRN-102938,Dina,Cruz,7,Narra\n"),
              ElementsAre("0563537489|Ana|Cruz|7|Narra||", "2710951593|Ben|Cruz|7|Narra||",
                          "584193394409|Cy|Cruz|7|Narra||", "LRN-102938|Dina|Cruz|7|Narra||"));
  // Columns in another order, and nobody says so.
  EXPECT_THAT(Rows("Ana,Cruz,7,Narra,0563537489\n"), ElementsAre(HasSubstr("'Ana' is no card")));
  EXPECT_THAT(Rows("Card,First,Last,Section\nANA,Ana,Cruz,Narra\n"),
              ElementsAre("ANA|Ana|Cruz||Narra||"));
}

TEST(RosterSheetTest, ACardThatASpreadsheetHasShortenedIsRefused) {
  for (const char* card : {"1.00583E+11", "1E+11", "1.23457E+12", "2,71E+09"}) {
    EXPECT_THAT(Rows(std::string("Card;First;Last;Section\n") + card + ";Ben;Cruz;Narra\n"),
                ElementsAre(Not(HasSubstr("Ben|Cruz"))))
        << card;
  }
  EXPECT_THAT(Rows("1.00583E+11,Ben,Cruz,7,Narra\n"), ElementsAre(HasSubstr("has shortened")));
  EXPECT_THAT(Rows("12345E67,Ben,Cruz,7.0,Narra\n100582761834.0,Ana,Cruz,8.0,Narra\n"),
              ElementsAre("12345E67|Ben|Cruz|7|Narra||", "100582761834|Ana|Cruz|8|Narra||"));
}

TEST(RosterSheetTest, LimitsAreCountedInCharacters) {
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "\u00F1";
  EXPECT_THAT(Rows("04A2B3C4," + longest + ",Cruz,7,Narra\n"),
              ElementsAre("04A2B3C4|" + longest + "|Cruz|7|Narra||"));
  EXPECT_THAT(Rows("04A2B3C4,x" + longest + ",Cruz,7,Narra\n"),
              ElementsAre("line 1: a cell of 201 characters; at most 200 are allowed"));
}

TEST(RosterSheetTest, PaddingAndBlankRowsOfASpreadsheetMeanNothing) {
  EXPECT_THAT(
      Rows(
          "04A2B3C4,Ben,Cruz,7,\"Narra \",,,,\n,,,,,\n176B3325,Ana,Cruz,7,\u00A0Narra\u202F\n,,,,"),
      ElementsAre("04A2B3C4|Ben|Cruz|7|Narra||", "176B3325|Ana|Cruz|7|Narra||"));
}

TEST(RosterSheetTest, ASectionIsTheSameHoweverItsLettersAreSpelled) {
  EXPECT_THAT(Rows("04A2B3C4,Ben,Cruz,7,\"Pen\u0303a \"\n176B3325,Ana,Cruz,7,Pe\u00F1a\n"),
              ElementsAre("04A2B3C4|Ben|Cruz|7|Pe\u00F1a||", "176B3325|Ana|Cruz|7|Pe\u00F1a||"));
}

TEST(RosterSheetTest, AWorkbookIsReadAsACsvFileIs) {
  EXPECT_THAT(Rows(Workbook(
                  Row(1, {"RFID", "Surname", "Given name", "Grade", "Section"}) +
                      R"(<row r="2"><c r="A2"><v>100582761834</v></c><c r="B2" t="s"><v>0</v></c>)"
                      R"(<c r="C2" t="inlineStr"><is><t>Ana</t></is></c><c r="D2"><v>7</v></c>)"
                      R"(<c r="E2" t="inlineStr"><is><t>Narra&#160;</t></is></c></row>)",
                  "<si><t>Pe\u00F1a</t></si>")),
              ElementsAre("100582761834|Ana|Pe\u00F1a|7|Narra||"));
}

TEST(RosterSheetTest, NobodyIsAnError) {
  EXPECT_THAT(Rows(""), ElementsAre(HasSubstr("there is nothing in it")));
  EXPECT_THAT(Rows("\n \n,,,\n"), ElementsAre(HasSubstr("there is nothing in it")));
  EXPECT_THAT(Rows("nfc_id,first_name,last_name,grade,section\n"),
              ElementsAre(HasSubstr("there is nobody under its header")));
}

Person MakePerson(const char* card, std::string first, std::string last, std::string section) {
  Person person;
  SpellCard(card, CardId(), person);
  person.person = PersonKeyOf(card);
  person.first_name = std::move(first);
  person.last_name = std::move(last);
  person.name = person.first_name + " " + person.last_name;
  person.grade = "7";
  person.section = std::move(section);
  return person;
}

TEST(RosterSheetTest, WhatIsExportedIsReadBackTheSame) {
  std::vector<Person> people = {MakePerson("04A2B3C4", "Ana", "-", "Narra"),
                                MakePerson("176B3325", "=1+1", "\uFF1Dcmd", "@home"),
                                MakePerson("04123456", "O'Neil", "'-", "St. \"Rita\", East"),
                                MakePerson("123456E7", "\u2212", "+63", "Pe\u00F1a"),
                                MakePerson("04A2B3C4D5E680", "'Ana", "''=x", "7-Narra"),
                                MakePerson("360561731297", "Dan", "Yu", "Narra")};
  people[1].role = Role::kTeacher;
  people[1].email = "-@example.org";
  people[2].role = Role::kTeacher;
  people[2].section.clear();
  for (const CsvFor reader : {CsvFor::kPrograms, CsvFor::kSpreadsheets}) {
    const std::string csv = RosterCsv(people, reader);
    EXPECT_EQ(csv.starts_with("\xEF\xBB\xBF"), reader == CsvFor::kSpreadsheets);
    const auto sheet = ReadPeople(csv);
    ASSERT_TRUE(sheet) << sheet.error().Message();
    EXPECT_THAT(sheet->left_out, IsEmpty());
    ASSERT_EQ(sheet->people.size(), people.size());
    for (size_t i = 0; i < people.size(); ++i) {
      Person read = sheet->people[i].person;
      if (people[i].name != read.name) read.name = people[i].name;  // composed of both anyway
      EXPECT_EQ(read, people[i]) << csv;
    }
  }
}

TEST(RosterSheetTest, GuardiansStandBehindInNumberedColumnsAndAreReadBackTheSame) {
  const std::vector<Person> people = {MakePerson("04A2B3C4", "Ana", "Cruz", "Narra"),
                                      MakePerson("176B3325", "Ben", "Cruz", "Narra"),
                                      MakePerson("04123456", "Cy", "Go", "Narra")};
  const SheetGuardians guardians = {
      {people[0].person,
       {{"Nena \"Nanay\" Pe\u00F1a", "nena@example.org", "09171234567", "fil", "arrival absence"},
        {"'Tatay, Jun", "", "+639171234567", "en", ""}}},
      {people[2].person, {{"Lola Ba", "-x@example.org", "", "en", "departure"}}}};
  for (const CsvFor reader : {CsvFor::kPrograms, CsvFor::kSpreadsheets}) {
    const auto sheet = ReadPeople(RosterCsv(people, reader, guardians));
    ASSERT_TRUE(sheet) << sheet.error().Message();
    EXPECT_THAT(sheet->notes, IsEmpty());
    ASSERT_EQ(sheet->people.size(), 3u);
    EXPECT_EQ(sheet->people[0].guardians, guardians.at(people[0].person));
    EXPECT_THAT(sheet->people[1].guardians, IsEmpty());
    EXPECT_EQ(sheet->people[2].guardians, guardians.at(people[2].person));
  }
}

TEST(RosterSheetTest, WhatAListSaysOfParentsMakesNobodyAGuardianWhoIsTold) {
  const auto sheet = ReadPeople(
      "Card,First name,Last name,Section,Guardian Name,Guardian Contact No\n"
      "04A2B3C4,Ana,Cruz,Narra,Nena Cruz,09171234567\n");
  ASSERT_TRUE(sheet) << sheet.error().Message();
  EXPECT_THAT(sheet->people.at(0).guardians, IsEmpty());
  EXPECT_THAT(sheet->notes, ElementsAre(HasSubstr("not kept: Guardian Name")));
  const auto unknown = ReadPeople(
      "Card,First name,Last name,Section,guardian_9_name\n04A2B3C4,Ana,Cruz,Narra,Nena\n");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().Message(), Not(HasSubstr("guardian_8")));
}

TEST(RosterSheetTest, ACardKeepsTheSpellingOfTheSchool) {
  const auto sheet = ReadPeople(
      "100582761834,Ana,Cruz,7,Narra\n04a2b3c4,Ben,Cruz,7,Narra\n04A2B3C5,Cy,Go,7,Narra\n");
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->people[0].person.NfcId(), "100582761834");
  EXPECT_EQ(sheet->people[0].person.card.text(), "176B3325");
  EXPECT_EQ(sheet->people[0].person.person, "176B3325");
  EXPECT_EQ(sheet->people[1].person.NfcId(), "04a2b3c4");
  EXPECT_EQ(sheet->people[2].person.nfc_id, "");
}

TEST(RosterSheetTest, CardsThatASpreadsheetWouldTakeForNumbersAreKeptFromIt) {
  const std::vector<Person> people = {MakePerson("04123456", "Ana", "Cruz", "Narra"),
                                      MakePerson("123456E7", "Ben", "Cruz", "Narra"),
                                      MakePerson("04A2B3C4", "Cy", "Cruz", "Narra"),
                                      MakePerson("100582761834", "Di", "Cruz", "Narra")};
  EXPECT_THAT(RosterCsv(people, CsvFor::kSpreadsheets),
              AllOf(HasSubstr("\n'04123456,"), HasSubstr("\n'123456E7,"), HasSubstr("\n04A2B3C4,"),
                    HasSubstr("\n'100582761834,")));
  EXPECT_THAT(RosterCsv(people, CsvFor::kPrograms), Not(HasSubstr("'")));
}

}  // namespace
}  // namespace tamtap
