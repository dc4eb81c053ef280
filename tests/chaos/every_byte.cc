#include "chaos/every_byte.h"

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "chaos/expected.h"
#include "tap/example_record.h"

namespace tamtap::chaos {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr int kAttempts = 40;
// FerretDB looks at every document of a collection for an update.
constexpr size_t kTapsADatabase = 100;

struct Cut {
  bool up = true;
  int64_t at = 0;
};

// The conversation that is cut: the insert, or the whole request.
json::object FaultOf(Kind kind, const Cut& cut) {
  json::object fault{{"arm", kind == Kind::kHttp ? "POST /api/terminal/records" : "insert"},
                     {"times", 1}};
  if (cut.up || cut.at >= 0) fault[cut.up ? "reset_up" : "reset_down"] = cut.at;
  return fault;
}

size_t GroupOf(size_t number) { return number / kTapsADatabase; }
std::string DatabaseOf(size_t number) { return fmt::format("every_byte_{}", GroupOf(number)); }

// Every one has the same length as every other.
Record TapOf(const std::string& terminal, size_t number) {
  return OnDay(ExampleRecord(100'000 + number, fmt::format("{:08X}", 0xD0000000 + number),
                             kExampleMorningUs, terminal),
               AddDays(kFirstDay, static_cast<int>(GroupOf(number))));
}

struct Outcomes {
  std::atomic<int> first_try{0};  // stored although the connection was reset
  std::atomic<int> again{0};
  std::atomic<int> not_reset{0};
  std::atomic<int> wrong{0};
};

void TryOne(Backends& backends, ChaosProxy& proxy, Kind kind, const std::string& database,
            const std::string& terminal, const Record& record, const Cut& cut, Outcomes& outcomes) {
  Link link(proxy, backends.PortOf(kind));
  const auto store = backends.OpenThrough(kind, link.port(), terminal, database);
  bool connected = false;
  for (int i = 0; i < kAttempts && !connected; ++i) connected = store->Ping().has_value();
  link.Set(FaultOf(kind, cut));
  Result<std::vector<Outcome>> stored = store->Store({&record, 1});
  const bool at_once = stored.has_value();
  for (int i = 0; i < kAttempts && (!stored || (*stored)[0].kind == OutcomeKind::kRetry); ++i) {
    std::this_thread::sleep_for(milliseconds(10));
    stored = store->Store({&record, 1});
  }
  if (link.Stat("resets") != 1) ++outcomes.not_reset;
  ++(at_once ? outcomes.first_try : outcomes.again);
  if (!stored || (*stored)[0].kind == OutcomeKind::kRejected) {
    ++outcomes.wrong;
    fmt::print("FAILED: {} reset at byte {} {}: {}\n", ToString(kind), cut.at,
               cut.up ? "of the request" : "of the reply",
               stored ? (*stored)[0].reason : stored.error().Message());
  }
}

}  // namespace

bool ResetAtEveryByte(Backends& backends, ChaosProxy& proxy, Kind kind, size_t stride,
                      int parallel) {
  const std::string terminal = "every-byte-gate";
  std::vector<Record> taps;

  // How long the conversation is, undisturbed.
  int64_t request = 0;
  int64_t reply = 0;
  {
    Link link(proxy, backends.PortOf(kind));
    const auto store = backends.OpenThrough(kind, link.port(), terminal, DatabaseOf(0));
    taps.push_back(TapOf(terminal, 0));
    bool connected = false;
    for (int i = 0; i < kAttempts && !connected; ++i) connected = store->Ping().has_value();
    link.Set({{"arm", kind == Kind::kHttp ? "POST /api/terminal/records" : "insert"}});
    const auto stored = store->Store({&taps[0], 1});
    request = link.Stat("request");
    reply = link.Stat("reply");
    if (!stored || request == 0 || reply == 0) {
      fmt::print("FAILED: {}: the tap was not stored even without a fault\n", ToString(kind));
      return false;
    }
  }

  std::vector<Cut> cuts;
  for (const bool up : {true, false}) {
    const int64_t length = up ? request : reply;
    for (int64_t at = 0; at <= length; ++at) {
      const bool edge = at < 2 || at + 2 > length;
      if (edge || static_cast<size_t>(at) % stride == 0) cuts.push_back({up, at});
    }
  }
  for (size_t i = 0; i < cuts.size(); ++i) taps.push_back(TapOf(terminal, i + 1));

  Outcomes outcomes;
  std::atomic<size_t> next{0};
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < parallel; ++i) {
      threads.emplace_back([&] {
        for (size_t mine = next++; mine < cuts.size(); mine = next++) {
          TryOne(backends, proxy, kind, DatabaseOf(mine + 1), terminal, taps[mine + 1], cuts[mine],
                 outcomes);
        }
      });
    }
  }
  for (size_t first = 0; first < taps.size(); first += kTapsADatabase) {
    const std::vector<Record> group(
        taps.begin() + static_cast<ptrdiff_t>(first),
        taps.begin() + static_cast<ptrdiff_t>(std::min(first + kTapsADatabase, taps.size())));
    const auto observer = backends.Observe(kind, DatabaseOf(first));
    const std::string wrong = WhatIsWrong(*observer, group, group[0].day, group[0].day);
    if (wrong.empty()) continue;
    ++outcomes.wrong;
    fmt::print("FAILED: {}: {}\n", ToString(kind), wrong);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print(
      "{}: a request of {} bytes and a reply of {}; reset at {} places, {} confirmed at the first "
      "call and {} at a later one, {} not reset, {} taps stored, in {:.1f} s\n",
      ToString(kind), request, reply, cuts.size(), outcomes.first_try.load(), outcomes.again.load(),
      outcomes.not_reset.load(), taps.size(), took.count());
  return outcomes.wrong == 0;
}

}  // namespace tamtap::chaos
