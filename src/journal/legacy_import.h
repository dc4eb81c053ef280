// Reads what an existing TamTap installation has: its JSON file (tamtap_users.json), which is
// {students{nfc->obj}, teachers{}, attendance[], pending_attendance[]}, or the documents of its
// database one by one. What can't be read is left out and named; all else is taken.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/journal.h"
#include "journal/legacy_staff.h"
#include "tap/imported_tap_id.h"
#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap::journal {

using tamtap::FormerImportedTapId;
using tamtap::ImportedTapId;

struct LegacyImport {
  School school;
  std::vector<LegacyAccount> accounts;
  // `attendance` is confirmed, `pending_attendance` is not. An entry that is there more than once
  // is one tap, and pending if one of them is.
  std::vector<ImportedTap> taps;
  std::vector<Record> marks;        // absences and excuses that staff entered: no taps
  size_t repeated = 0;              // entries that were left out for being there already
  std::vector<std::string> errors;  // entries that can't be read: "attendance[3]: ..."
  std::vector<std::string> notes;   // what came along otherwise than one would think
};

// Takes an installation in piece by piece; `where` names a piece for people. Those of the school
// come before the attendance, whose entries may not say whose they are beyond the card.
class LegacyReader {
 public:
  explicit LegacyReader(TimeZone zone) : zone_(zone) {}

  void AddPerson(const boost::json::value& entry, Role role, const std::string& where);
  void AddSchedule(const boost::json::value& entry, const std::string& where);
  void AddCalendarEntry(const boost::json::value& entry, const std::string& where);
  void AddSetting(const boost::json::value& entry, const std::string& where);
  // A document of `admins` or, with `is_admin` false, of `teachers`; those of `admins` come first.
  void AddAccount(const boost::json::value& entry, bool is_admin, const std::string& where);
  // Also of one that our own gates have written there: its taps come along as they are.
  void AddAttendance(const boost::json::value& entry, bool confirmed, const std::string& where);
  void LeaveOut(const std::string& where, const Error& why);

  // Once, when all has been added.
  LegacyImport Take();

 private:
  // Who the entry is of, and what it says of them.
  void AddOurs(const boost::json::object& entry, bool confirmed, const std::string& where);
  Result<Record> OwnerOf(const boost::json::object& entry);
  void AddTap(Record record, bool confirmed);
  void AddMark(Record mark);

  TimeZone zone_;
  LegacyImport import_;
  std::map<std::string, size_t> people_;  // places in the school's list, by PersonKeyOf the card
  std::map<std::string, size_t> taps_;    // places in the list, by tap id
  std::map<std::string, size_t> marks_;
  LegacyStaff staff_;
};

// `bytes` are UTF-8, with or without a byte-order mark, or UTF-16 with one. kRejected: no such
// file's content at all.
Result<LegacyImport> ReadLegacyFile(std::string_view bytes, const TimeZone& zone);

// Gives what was read of people to whom they are here: `keys` is their `person` here, by the card
// there (CardIdentity). Who replaced their card since then keeps what they did with the one before.
void AdoptPeople(const std::map<std::string, std::string>& keys, const TimeZone& zone,
                 LegacyImport& import);

}  // namespace tamtap::journal
