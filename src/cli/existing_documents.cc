#include "cli/existing_documents.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "base/ascii.h"
#include "base/disk.h"
#include "base/visible.h"
#include "central/stores.h"
#include "cli/command.h"
#include "tap/json_fields.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view kSheetEndings[] = {".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv"};

std::string NameOf(const char* collection, const json::object& document) {
  return fmt::format("{} {}", collection, TextOrNumberAt(document, "_id"));
}

// A teacher without a card is an account and taps nowhere.
bool HasCard(const json::object& document) {
  return !TextOrNumberAt(document, "nfc_id").empty() || !TextOrNumberAt(document, "uid").empty();
}

Result<> ReadSchool(central::ExistingDatabase& database, journal::LegacyReader& reader) {
  for (const auto& [collection, role] :
       {std::pair<const char*, Role>{"students", Role::kStudent}, {"teachers", Role::kTeacher}}) {
    TAMTAP_RETURN_IF_ERROR(database.ForEach(
        collection, [&, &collection = collection, &role = role](const json::object& document) {
          const bool teacher_without = role == Role::kTeacher && !HasCard(document);
          if (!teacher_without) reader.AddPerson(document, role, NameOf(collection, document));
        }));
  }
  TAMTAP_RETURN_IF_ERROR(database.ForEach("schedules", [&](const json::object& document) {
    reader.AddSchedule(document, NameOf("schedules", document));
  }));
  TAMTAP_RETURN_IF_ERROR(database.ForEach("calendar", [&](const json::object& document) {
    reader.AddCalendarEntry(document, NameOf("calendar", document));
  }));
  return database.ForEach("settings", [&](const json::object& document) {
    reader.AddSetting(document, NameOf("settings", document));
  });
}

// Its admins are asked first when somebody signs in, so that their account is the one of two of the
// same name.
Result<> ReadAccounts(central::ExistingDatabase& database, journal::LegacyReader& reader) {
  for (const auto& [collection, is_admin] :
       {std::pair<const char*, bool>{"admins", true}, {"teachers", false}}) {
    TAMTAP_RETURN_IF_ERROR(database.ForEach(
        collection,
        [&, &collection = collection, &is_admin = is_admin](const json::object& document) {
          reader.AddAccount(document, is_admin, NameOf(collection, document));
        }));
  }
  return {};
}

Result<> ReadAttendance(central::ExistingDatabase& database, journal::LegacyReader& reader) {
  for (const char* const collection : {"attendance", "attendance_archives"}) {
    TAMTAP_RETURN_IF_ERROR(database.ForEach(collection, [&](const json::object& document) {
      const std::string where = NameOf(collection, document);
      // An archive may hold many days in one document.
      const json::value* const records = document.if_contains("records");
      if (records == nullptr || !records->is_array()) {
        return reader.AddAttendance(document, /*confirmed=*/true, where);
      }
      for (const json::value& each : records->get_array()) {
        reader.AddAttendance(each, /*confirmed=*/true, where);
      }
    }));
  }
  return {};
}

// Where the address names none, as for the central store.
std::string DatabaseName() {
  const char* const name = std::getenv("MONGODB_NAME");
  return name == nullptr || *name == '\0' ? "tamtap" : name;
}

// Whether it names one: "mongodb://user:secret@host:1,host:2/DB?options".
bool NamesDatabase(std::string_view uri) {
  const std::string shown = WithoutSecrets(uri);
  const size_t host = shown.find("://") + 3;
  const size_t slash = shown.find('/', host);
  return slash != std::string::npos && slash + 1 < shown.size();
}

// A mistyped name is no error to a database server: it has nothing of that name.
Result<> CheckHasSome(const std::string& source, size_t documents) {
  if (documents > 0) return {};
  return Error{ErrorCode::kRejected, fmt::format("read {}", NameOfExisting(source)), 0,
               "there is nothing of an existing school in it; look at the name of the database, "
               "which is what MONGODB_URI or MONGODB_NAME of the existing server says"};
}

// Lists have commands of their own.
Result<> CheckIsNoSheet(const std::string& source) {
  const std::string lower = LowerAscii(source);
  const bool sheet = std::any_of(std::begin(kSheetEndings), std::end(kSheetEndings),
                                 [&](std::string_view end) { return lower.ends_with(end); });
  if (!sheet) return {};
  return Error{
      ErrorCode::kRejected, fmt::format("read {}", source), 0,
      "there is nothing of an existing school in it: it is a sheet; `tamtap roster import` "
      "takes people, and `tamtap schedule import` schedules"};
}

// Counts what it is asked for.
class CountedDatabase final : public central::ExistingDatabase {
 public:
  explicit CountedDatabase(central::ExistingDatabase& database) : database_(database) {}
  Result<> ForEach(const std::string& collection,
                   const std::function<void(const json::object&)>& visit) override {
    return database_.ForEach(collection, [&](const json::object& document) {
      ++documents_;
      visit(document);
    });
  }
  size_t documents() const { return documents_; }

 private:
  central::ExistingDatabase& database_;
  size_t documents_ = 0;
};

}  // namespace

bool IsDatabase(const std::string& source) {
  return source.starts_with("mongodb://") || source.starts_with("mongodb+srv://");
}

std::string NameOfExisting(const std::string& source) {
  if (!IsDatabase(source)) return source;
  std::string shown = WithoutSecrets(source);
  if (NamesDatabase(source)) return shown;
  return shown + (shown.ends_with('/') ? "" : "/") + DatabaseName();
}

Result<journal::LegacyImport> ReadExisting(const std::string& source, const TimeZone& zone) {
  if (!IsDatabase(source)) {
    TAMTAP_RETURN_IF_ERROR(CheckIsNoSheet(source));
    TAMTAP_TRY(const std::string text, ReadFile(PosixDisk(), source));
    return journal::ReadLegacyFile(text, zone);
  }
  if (!NamesDatabase(source)) {
    Complain(fmt::format("tamtap: {} names no database; {} is read", WithoutSecrets(source),
                         NameOfExisting(source)));
  }
  TAMTAP_TRY(const auto opened, central::OpenExistingDatabaseModule({source, DatabaseName()}));
  CountedDatabase database(*opened);
  journal::LegacyReader reader(zone);
  TAMTAP_RETURN_IF_ERROR(ReadSchool(database, reader));
  TAMTAP_RETURN_IF_ERROR(ReadAccounts(database, reader));
  TAMTAP_RETURN_IF_ERROR(ReadAttendance(database, reader));
  TAMTAP_RETURN_IF_ERROR(CheckHasSome(source, database.documents()));
  return reader.Take();
}

Result<journal::LegacyImport> ReadExistingAccounts(const std::string& uri,
                                                   const std::string& name) {
  TAMTAP_TRY(const auto database, central::OpenExistingDatabaseModule({uri, name}));
  TAMTAP_TRY(const TimeZone utc, TimeZone::Load("Etc/UTC"));
  journal::LegacyReader reader(utc);
  TAMTAP_RETURN_IF_ERROR(database->ForEach("schedules", [&](const json::object& document) {
    reader.AddSchedule(document, NameOf("schedules", document));
  }));
  TAMTAP_RETURN_IF_ERROR(ReadAccounts(*database, reader));
  return reader.Take();
}

}  // namespace tamtap::cli
