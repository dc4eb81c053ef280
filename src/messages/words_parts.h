// What words to guardians and staff are made of and sent by.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "messages/message_store.h"
#include "messages/sender.h"
#include "messages/words_options.h"
#include "roster/roster.h"
#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

// A gate as the server knows it.
struct GateNews {
  std::string name;
  WallTime last_seen{};  // 1970: never
  bool online = false;
  size_t pending = 0;  // taps that it has and the store has not, as it last said
  std::chrono::seconds oldest_pending{0};
  std::string label{};  // what staff call it; empty: by its name

  const std::string& Called() const { return label.empty() ? name : label; }
};

// All functions may be called from one thread.
struct WordsParts {
  MessageStore& store;
  Clock& clock;
  SchoolZone& zone;
  Sender& sender;
  std::function<Result<std::shared_ptr<const Roster>>()> roster;
  // Of that day; of that person alone, unless `person` is empty.
  std::function<Result<std::vector<Attendance>>(const std::string& day, const std::string& person)>
      attendance;
  // Of that day's attendance (SchoolStore::AttendanceVersion).
  std::function<Result<std::string>(const std::string& day)> version;
  std::function<Result<std::vector<GateNews>>()> gates;
  WordsOptions options;
};

inline int64_t MicrosecondsOf(WallTime at) { return at.time_since_epoch().count(); }

}  // namespace tamtap
