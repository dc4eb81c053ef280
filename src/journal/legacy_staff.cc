#include "journal/legacy_staff.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "tap/json_fields.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

// As names are compared: in any case and spelling of their letters, with one blank between words.
std::string Folded(std::string_view text) {
  std::string folded;
  for (const char c : Nfc(TrimSpace(text))) {
    if (c == ' ' && folded.ends_with(' ')) continue;
    folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return folded;
}

std::string Trimmed(const json::object& entry, std::string_view key) {
  return std::string(TrimSpace(TextOrNumberAt(entry, key)));
}

std::string CardOf(const json::object& entry) {
  std::string card = Trimmed(entry, "nfc_id");
  return card.empty() ? Trimmed(entry, "uid") : card;
}

std::string FirstAndLast(const json::object& entry) {
  const std::string both = Trimmed(entry, "first_name") + " " + Trimmed(entry, "last_name");
  return std::string(TrimSpace(both));
}

bool IsTrue(const json::object& entry, std::string_view key) {
  const json::value* const value = entry.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

bool Holds(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

LegacyAccount AccountOf(const json::object& entry, bool is_admin) {
  LegacyAccount account;
  account.password_hash = TextAt(entry, "password");
  if (account.password_hash.empty()) account.password_hash = TextAt(entry, "password_hash");
  account.username = Trimmed(entry, "username");
  account.email = TrimSpace(TextAt(entry, "email"));
  if (account.username.empty()) account.username = account.email;
  account.name = Trimmed(entry, "name");
  if (account.name.empty()) account.name = FirstAndLast(entry);
  account.is_admin = is_admin;
  account.must_change_password =
      IsTrue(entry, "forcePasswordChange") || IsTrue(entry, "force_password_change");
  if (std::string section = TextOrNumberAt(entry, "advised_section"); !section.empty()) {
    account.advised.push_back(std::move(section));
  }
  const json::value* const handled = entry.if_contains("sections_handled");
  if (handled == nullptr || !handled->is_array()) return account;
  for (const json::value& section : handled->get_array()) {
    if (section.is_string()) account.sections.emplace_back(section.get_string());
  }
  return account;
}

}  // namespace

void LegacyStaff::AddMember(const json::object& entry, bool is_admin, const std::string& where) {
  LegacyAccount account = AccountOf(entry, is_admin);
  Member member;
  member.is_admin = is_admin;
  member.document = TextOrNumberAt(entry, "_id");
  for (const std::string& text :
       {account.username, account.email, CardOf(entry), Trimmed(entry, "tamtap_id")}) {
    if (!text.empty()) member.called.push_back(Folded(text));
  }
  for (const std::string& text : {account.name, FirstAndLast(entry)}) {
    if (!text.empty()) member.names.push_back(Folded(text));
  }
  member.shown = account.name.empty() ? account.username : account.name;
  if (account.password_hash.empty()) {
    NameWithoutPassword(entry, account, where);
  } else if (account.username.empty()) {
    errors_.push_back(fmt::format("{}: an account without a username", where));
  } else if (AddAccount(std::move(account), where)) {
    member.account = accounts_.size() - 1;
  }
  members_.push_back(std::move(member));
}

// Who taps has come along all the same, and so have teachers that our own programs wrote there.
void LegacyStaff::NameWithoutPassword(const json::object& entry, const LegacyAccount& account,
                                      const std::string& where) {
  const bool is_ours = !TextAt(entry, "person").empty();
  const std::string named = Trimmed(entry, "username");
  const bool taps = !CardOf(entry).empty();
  if (is_ours || (taps && named.empty())) return;
  std::string said = fmt::format(
      "account {}: it has no password there, so that nobody can sign in with it; give it one here: "
      "tamtap account add",
      account.username.empty() ? where : account.username);
  (taps ? notes_ : errors_).push_back(std::move(said));
}

bool LegacyStaff::AddAccount(LegacyAccount account, const std::string& where) {
  const std::string name = Folded(account.username);
  const auto owner_in = [](const std::map<std::string, size_t>& known, const std::string& text) {
    const auto found = known.find(text);
    return found == known.end() ? std::optional<size_t>() : std::optional(found->second);
  };
  const auto refuse = [&](size_t owner, std::string_view what) {
    const LegacyAccount& other = accounts_[owner];
    errors_.push_back(fmt::format(
        "account {} ({}): {} {} {}; only that one signs in by it, so give this one another name "
        "here: tamtap account add",
        account.username, where, what, other.is_admin ? "the admin" : "the teacher",
        other.username));
    return false;
  };
  if (const auto owner = owner_in(names_, name)) {
    return refuse(*owner, "in any case of its letters, that is the name of");
  }
  if (const auto owner = owner_in(addresses_, name)) {
    return refuse(*owner, "that is the address of");
  }
  if (const std::string address = Folded(account.email); !address.empty() && address != name) {
    auto owner = owner_in(addresses_, address);
    if (!owner) owner = owner_in(names_, address);
    if (owner) {
      errors_.push_back(fmt::format(
          "address {} of account {}: account {} has it; {} signs in by its name alone",
          account.email, account.username, accounts_[*owner].username, account.username));
      account.email.clear();
    } else {
      addresses_.emplace(address, accounts_.size());
    }
  }
  names_.emplace(name, accounts_.size());
  accounts_.push_back(std::move(account));
  return true;
}

void LegacyStaff::AddAdviser(const json::object& entry, size_t schedule) {
  Adviser adviser{schedule, Trimmed(entry, "adviser_id"), Trimmed(entry, "adviser_name")};
  if (!adviser.id.empty() || !adviser.name.empty()) advisers_.push_back(std::move(adviser));
}

// What says it most surely comes first: the document, what only one person has, a name. Teachers
// come before admins, who may be the same people.
LegacyStaff::Members LegacyStaff::Fitting(const Adviser& adviser) const {
  const auto is_document = [](const Member& member, const std::string& text) {
    return !text.empty() && member.document == text;
  };
  const auto is_called = [](const Member& member, const std::string& text) {
    return Holds(member.called, Folded(text));
  };
  const auto is_named = [](const Member& member, const std::string& text) {
    return Holds(member.names, Folded(text));
  };
  using Fits = bool (*)(const Member&, const std::string&);
  const std::pair<Fits, const std::string&> ways[] = {{is_document, adviser.id},
                                                      {is_called, adviser.id},
                                                      {is_named, adviser.id},
                                                      {is_named, adviser.name},
                                                      {is_called, adviser.name}};
  Members several;
  for (const auto& [fits, text] : ways) {
    for (const bool is_admin : {false, true}) {
      Members found;
      for (size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].is_admin == is_admin && fits(members_[i], text)) found.push_back(i);
      }
      if (found.size() == 1) return found;
      if (found.empty()) continue;
      several = std::move(found);
      break;
    }
  }
  return several;
}

void LegacyStaff::Settle(std::vector<Schedule>& schedules) {
  for (const Adviser& adviser : advisers_) {
    Schedule& schedule = schedules[adviser.schedule];
    if (!adviser.name.empty()) schedule.adviser_id = adviser.name;
    const Members found = Fitting(adviser);
    if (found.size() != 1) {
      notes_.push_back(fmt::format(
          "adviser {} of section {} {}", adviser.name.empty() ? adviser.id : adviser.name,
          schedule.section,
          found.empty() ? "is nobody known here"
                        : "may be any of several people here, so that none has the section"));
      continue;
    }
    const Member& member = members_[found.front()];
    // The number of a document means nothing outside of that database.
    if (adviser.name.empty() && !member.shown.empty()) schedule.adviser_id = member.shown;
    if (member.account) accounts_[*member.account].advised.push_back(schedule.section);
  }
  for (LegacyAccount& account : accounts_) {
    account.sections.insert(account.sections.begin(), account.advised.begin(),
                            account.advised.end());
  }
}

}  // namespace tamtap::journal
