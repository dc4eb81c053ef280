// Who of an existing installation has an account of its pages, and who advises which section.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tap/school.h"

namespace tamtap::journal {

// An account of its pages, with the password's hash as it is there (bcrypt).
struct LegacyAccount {
  std::string username;
  std::string name;   // of the person; empty where the installation has none
  std::string email;  // empty, too, where another account has that address
  std::string password_hash;
  bool is_admin = false;
  bool must_change_password = false;  // somebody else has set it
  std::vector<std::string> advised;   // sections whose adviser they are
  std::vector<std::string> sections;  // that they may see, these included
};

// Takes in the documents of `admins`, those of `teachers` after them, and who the schedules say
// advises a section. No two of the accounts answer to one name: names and addresses are the same in
// any case here, and an admin's account is asked first there when somebody signs in.
class LegacyStaff {
 public:
  void AddMember(const boost::json::object& entry, bool is_admin, const std::string& where);
  // `schedule` is the place of the section's schedule in the school's list.
  void AddAdviser(const boost::json::object& entry, size_t schedule);
  // Gives advisers their sections, and `schedules` names to show. At the end, once.
  void Settle(std::vector<Schedule>& schedules);

  std::vector<LegacyAccount> TakeAccounts() { return std::move(accounts_); }
  std::vector<std::string> TakeErrors() { return std::move(errors_); }
  std::vector<std::string> TakeNotes() { return std::move(notes_); }

 private:
  struct Member {
    bool is_admin = false;
    std::string document;                // its _id
    std::vector<std::string> called;     // user name, address, card, number: folded
    std::vector<std::string> names;      // folded
    std::string shown;                   // the name, as people write it
    std::optional<size_t> account = {};  // its place in the list
  };
  struct Adviser {
    size_t schedule = 0;
    std::string id;
    std::string name;
  };
  // Who somebody may be meant to be; more than one: nobody can tell.
  using Members = std::vector<size_t>;

  bool AddAccount(LegacyAccount account, const std::string& where);
  void NameWithoutPassword(const boost::json::object& entry, const LegacyAccount& account,
                           const std::string& where);
  Members Fitting(const Adviser& adviser) const;

  std::vector<Member> members_;
  std::vector<Adviser> advisers_;
  std::vector<LegacyAccount> accounts_;
  std::map<std::string, size_t> names_;      // places of accounts, by folded user name
  std::map<std::string, size_t> addresses_;  // likewise
  std::vector<std::string> errors_;
  std::vector<std::string> notes_;
};

}  // namespace tamtap::journal
