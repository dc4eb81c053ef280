#include "cli/former_staff.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "base/text.h"
#include "cli/existing_documents.h"
#include "server/credentials.h"
#include "server/former_password.h"

namespace tamtap::cli {
namespace {

constexpr std::chrono::milliseconds kLookEvery{60'000};

// Why nobody could sign in to it; empty: somebody can.
std::string WhyUnfit(const journal::LegacyAccount& account) {
  if (account.username.size() > kLongestName) return "its name is longer than 64 bytes";
  if (!IsFormerHash(account.password_hash)) {
    return fmt::format(
        "its password is no bcrypt hash of a cost up to {}, so it must be set anew: add the "
        "account "
        "here with another (tamtap account add)",
        kMostBcryptCost);
  }
  return {};
}

Account AccountFrom(const journal::LegacyAccount& former) {
  Account account;
  account.username = Nfc(former.username);
  account.role = former.is_admin          ? AccountRole::kAdmin
                 : former.advised.empty() ? AccountRole::kTeacher
                                          : AccountRole::kAdviser;
  for (const std::string& section : former.sections) {
    std::string name = Nfc(TrimSpace(section));
    const auto& known = account.sections;
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (!name.empty() && !is_known) account.sections.push_back(std::move(name));
  }
  account.password_hash = former.password_hash;
  account.name = Nfc(former.name);
  account.email = Nfc(former.email);
  account.must_change_password = former.must_change_password;
  return account;
}

}  // namespace

Result<StaffTaken> TakeInStaff(IdentityStore& identity,
                               const std::vector<journal::LegacyAccount>& accounts) {
  StaffTaken taken;
  for (const journal::LegacyAccount& each : accounts) {
    if (const std::string why = WhyUnfit(each); !why.empty()) {
      taken.left_out.push_back(fmt::format("account {}: {}", each.username, why));
      continue;
    }
    TAMTAP_TRY(const FormerOutcome outcome, identity.Former().Take(AccountFrom(each)));
    switch (outcome) {
      case FormerOutcome::kAdded:
        ++taken.added;
        break;
      case FormerOutcome::kChanged:
        ++taken.changed;
        break;
      case FormerOutcome::kThere:
        ++taken.there;
        break;
      case FormerOutcome::kRemoved:
        ++taken.removed;
        break;
      case FormerOutcome::kOtherRole:
        taken.left_out.push_back(fmt::format(
            "account {}: it is {} there now, and was not when it was taken in; it stays as it was. "
            "To give it its new role: tamtap account remove, tamtap account add",
            each.username, each.is_admin ? "an admin's" : "a teacher's"));
        break;
      case FormerOutcome::kTaken:
        taken.left_out.push_back(
            fmt::format("account {}: there is one of that name here already (in any case of its "
                        "letters), with a password of its own",
                        each.username));
        break;
    }
  }
  return taken;
}

StaffOfDatabase::StaffOfDatabase(std::string uri, std::string database, IdentityStore& identity)
    : uri_(std::move(uri)),
      database_(std::move(database)),
      identity_(identity),
      thread_("former accounts", [this] { return Look(); }) {}

std::chrono::milliseconds StaffOfDatabase::Look() {
  const auto there = ReadExistingAccounts(uri_, database_);
  if (!there) {
    SayOnce(
        fmt::format("{}; accounts of the existing installation that are new there are not "
                    "known here yet",
                    there.error().Message()));
    return kLookEvery;
  }
  const auto taken = TakeInStaff(identity_, there->accounts);
  if (!taken) {
    SayOnce(taken.error().Message());
    return kLookEvery;
  }
  if (taken->added > 0) {
    LogInfo("{} accounts of the existing installation sign in here with their passwords",
            taken->added);
  }
  std::string left_out;
  for (const auto* const list : {&there->errors, &there->notes, &taken->left_out}) {
    for (const std::string& each : *list) left_out += (left_out.empty() ? "" : "; ") + each;
  }
  SayOnce(std::move(left_out));
  return kLookEvery;
}

// What stays as it is need not be said each minute.
void StaffOfDatabase::SayOnce(std::string what) {
  if (what == said_) return;
  said_ = std::move(what);
  if (!said_.empty()) LogWarning("server: {}", said_);
}

}  // namespace tamtap::cli
