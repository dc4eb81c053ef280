#include "server/voiding.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "server/attendance_pages.h"
#include "tap/mark.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

// In one call of the store, which takes no taps meanwhile.
constexpr size_t kTogether = 100;
// No school's records are older, imported ones included.
constexpr std::string_view kFirstDay = "2000-01-01";
constexpr std::string_view kLastDay = "9998-12-31";  // its next day is one, too

Error Refused(const std::string& terminal, std::string why) {
  return {ErrorCode::kRejected, "void the records of " + terminal, 0, std::move(why)};
}

class Voider {
 public:
  Voider(SchoolStore& store, IdentityStore& identity, const VoidRequest& request)
      : store_(store), identity_(identity), request_(request) {}

  Result<VoidedRecords> Run() {
    TAMTAP_RETURN_IF_ERROR(FindNames());
    // Before any tap is taken out: none of them may come back meanwhile.
    for (const std::string& name : names_) {
      if (request_.preview) break;
      TAMTAP_RETURN_IF_ERROR(identity_.Trust().AddVoided(
          {name, request_.since, AddDays(request_.today, 1), request_.by, request_.now}));
    }
    const std::string first = std::max(request_.since, std::string(kFirstDay));
    TAMTAP_RETURN_IF_ERROR(TakeOut(first, AddDays(request_.today, 1)));
    // Days that were yet to come when there was no judge of them.
    TAMTAP_TRY(const auto to_come,
               store_.FindAttendance(
                   {AddDays(request_.today, 2), std::string(kLastDay), std::nullopt, {}}));
    for (const Attendance& attendance : to_come) Choose(attendance);
    TAMTAP_RETURN_IF_ERROR(Flush());
    return voided_;
  }

 private:
  Result<> FindNames() {
    TAMTAP_TRY(const auto terminals, identity_.Terminals());
    std::set<std::string> enrolled;
    bool found = false;
    for (const TerminalRow& each : terminals) {
      if (!each.revoked && !each.secret_hash.empty()) enrolled.insert(each.name);
      found = found || each.name == request_.terminal;
    }
    if (!found) return Refused(request_.terminal, "there is none of that name");
    if (enrolled.contains(request_.terminal) && !request_.preview) {
      return Refused(request_.terminal, "revoke it first, or it sends them again");
    }
    names_.insert(request_.terminal);
    TAMTAP_TRY(const auto former, identity_.Trust().FormerNamesOf(request_.terminal));
    for (const std::string& name : former) {
      if (!enrolled.contains(name)) names_.insert(name);
    }
    TAMTAP_TRY(const auto imports, identity_.Trust().ImportsOf(request_.terminal));
    imports_ = {imports.begin(), imports.end()};
    return {};
  }

  bool IsIts(const TapReference& tap) const {
    return tap.terminal == kImportTerminal ? imports_.contains(tap.tap)
                                           : names_.contains(tap.terminal);
  }

  Result<> TakeOut(const std::string& first, const std::string& last) {
    Result<> flushed;
    const auto read = ReadPage(store_, {first, last, std::nullopt, {}}, SIZE_MAX,
                               [&](const Attendance& attendance) {
                                 Choose(attendance);
                                 if (flushed && waiting_.size() >= kTogether) flushed = Flush();
                               });
    if (!read) return read.error();
    return flushed;
  }

  void Choose(const Attendance& attendance) {
    TapsOfDay taps{attendance.arrival.day, attendance.arrival.person, {}};
    for (const TapReference& tap : attendance.taps) {
      if (!IsIts(tap)) continue;
      taps.taps.push_back(tap.tap);
      if (tap.terminal == kImportTerminal) voided_imports_.push_back(tap.tap);
    }
    if (taps.taps.empty()) return;
    if (taps.day != last_day_) ++voided_.days;
    last_day_ = taps.day;
    waiting_.push_back(std::move(taps));
  }

  Result<> Flush() {
    if (request_.preview) {
      for (const TapsOfDay& each : waiting_) voided_.taps += each.taps.size();
      waiting_.clear();
      return {};
    }
    TAMTAP_RETURN_IF_ERROR(identity_.Trust().AddVoidedImports(voided_imports_));
    voided_imports_.clear();
    TAMTAP_TRY(const size_t taken, store_.VoidTaps(waiting_, {request_.by, request_.now}));
    voided_.taps += taken;
    waiting_.clear();
    return {};
  }

  SchoolStore& store_;
  IdentityStore& identity_;
  const VoidRequest& request_;
  std::set<std::string> names_;
  std::set<std::string> imports_;
  std::vector<std::string> voided_imports_;
  std::vector<TapsOfDay> waiting_;
  std::string last_day_;
  VoidedRecords voided_;
};

}  // namespace

Result<VoidedRecords> VoidRecords(SchoolStore& store, IdentityStore& identity,
                                  const VoidRequest& request) {
  if (!IsDay(request.since)) return Refused(request.terminal, "give the day as YYYY-MM-DD");
  auto voided = Voider(store, identity, request).Run();
  if (request.preview) return voided;
  if (!voided && voided.error().code == ErrorCode::kRejected) return voided;
  const std::string detail =
      voided
          ? fmt::format("since {}: {} taps on {} days", request.since, voided->taps, voided->days)
          : fmt::format("since {}: not finished: {}", request.since, voided.error().Message());
  LogWarning("audit: {} voids the records of {} {}", request.by, request.terminal, detail);
  TAMTAP_RETURN_IF_ERROR(identity.Trust().AddAudit(
      {request.now, request.by, "void records", request.terminal, detail}));
  return voided;
}

}  // namespace tamtap
