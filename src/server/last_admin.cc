#include "server/last_admin.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace tamtap {
namespace {

constexpr const char* kTaking = "administrators";
constexpr std::chrono::seconds kTakingTakes{30};
constexpr size_t kDrawnBytes = 8;

// "<until in microseconds> <who>"
bool HoldsAt(const std::string& note, WallTime now) {
  int64_t until_us = 0;
  std::from_chars(note.data(), note.data() + note.size(), until_us);
  return WallTime(std::chrono::microseconds(until_us)) > now;
}

}  // namespace

Result<bool> LastAdmin::Take(const std::string& username, const std::function<Result<>()>& take) {
  SharedState& shared = identity_.Shared();
  const WallTime now = clock_.Now();
  const WallTime until = now + kTakingTakes;
  const std::optional<std::string> mine =
      fmt::format("{} {}", until.time_since_epoch().count(), random_.Hex(kDrawnBytes));
  TAMTAP_TRY(const auto there, shared.Read(kTaking));
  bool alone = false;
  if (!there || !HoldsAt(*there, now)) {
    TAMTAP_TRY(alone, shared.Exchange(kTaking, there, mine, until));
  }
  if (!alone) {
    return Error{ErrorCode::kRetry, "change an administrator", 0,
                 "another one is just being changed; look who is left, and try again"};
  }
  auto taken = TakeAlone(username, take);
  static_cast<void>(shared.Exchange(kTaking, mine, std::nullopt, {}));
  return taken;
}

Result<bool> LastAdmin::TakeAlone(const std::string& username,
                                  const std::function<Result<>()>& take) {
  TAMTAP_TRY(const auto accounts, identity_.Accounts());
  const bool another = std::any_of(accounts.begin(), accounts.end(), [&](const Account& each) {
    return each.role == AccountRole::kAdmin && each.username != username;
  });
  if (!another) return false;
  TAMTAP_RETURN_IF_ERROR(take());
  return true;
}

}  // namespace tamtap
