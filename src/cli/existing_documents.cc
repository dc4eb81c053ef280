#include "cli/existing_documents.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "base/disk.h"
#include "base/visible.h"
#include "central/stores.h"
#include "tap/json_fields.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

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

}  // namespace

bool IsDatabase(const std::string& source) {
  return source.starts_with("mongodb://") || source.starts_with("mongodb+srv://");
}

std::string NameOfExisting(const std::string& source) {
  return IsDatabase(source) ? WithoutSecrets(source) : source;
}

Result<journal::LegacyImport> ReadExisting(const std::string& source, const TimeZone& zone) {
  if (!IsDatabase(source)) {
    TAMTAP_TRY(const std::string text, ReadFile(PosixDisk(), source));
    return journal::ReadLegacyFile(text, zone);
  }
  const char* const name = std::getenv("MONGODB_NAME");
  TAMTAP_TRY(const auto database,
             central::OpenExistingDatabaseModule({source, name == nullptr ? "" : name}));
  journal::LegacyReader reader(zone);
  TAMTAP_RETURN_IF_ERROR(ReadSchool(*database, reader));
  TAMTAP_RETURN_IF_ERROR(ReadAccounts(*database, reader));
  TAMTAP_RETURN_IF_ERROR(ReadAttendance(*database, reader));
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
