// SchoolStore: the central store as the server sees it. To what terminals need of a store
// (CentralStore) it adds what staff ask for and change. It is thread-safe, unlike other central
// stores, because the server's workers share one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "messages/message_store.h"
#include "server/personal_data.h"
#include "sync/central_store.h"

namespace tamtap {

struct AttendanceQuery {
  std::string first_day;                             // "YYYY-MM-DD", inclusive
  std::string last_day;                              // inclusive
  std::optional<std::vector<std::string>> sections;  // missing: all sections; empty: none
  std::string person;                                // empty: everyone
};

struct RefusalQuery {
  std::string first_day;                             // "YYYY-MM-DD", inclusive
  std::string last_day;                              // inclusive
  std::optional<std::vector<std::string>> sections;  // missing: all, and cards that nobody knows
  std::string terminal;                              // empty: of every gate
  std::string reason;                                // a code; empty: for every reason
  size_t limit = 100;
};

// Some taps of one attendance.
struct TapsOfDay {
  std::string day;
  std::string person;
  std::vector<std::string> taps;
};

// One tap in the order in which the store took the taps.
struct NewsItem {
  int64_t number = 0;  // its place in that order
  Record record;
  // By the taps of that person and day that the store took up to this one.
  bool arrival = false;        // this is the earliest of them (ArrivedBefore)
  int64_t arrived_us = 0;      // Record::tapped_at_us of the earliest
  int64_t left_before_us = 0;  // and of the latest of a gate before this one; 0: there is none
};

struct News {
  std::string epoch;  // StoreIdentity::epoch: a number means nothing in another one
  int64_t last = 0;   // the number of the last tap that the store took
  std::vector<NewsItem> items;
};

// Who took taps out of the attendance, and when. It is kept with the taps.
struct Voiding {
  std::string by;
  WallTime at{};
};

class SchoolStore : public CentralStore {
 public:
  // A gate that has the store before it, and no server, takes the school at once.
  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace&) override {
    return PullSchool(known_version);
  }

  // Returns the attendance that the query asks for, ordered by day and then by arrival. Documents
  // of existing TamTap databases (which have an ObjectId as `_id`, and no `day` or `tap`) are
  // returned too, with the fields that they have.
  virtual Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) = 0;

  // Returns the newest of the refusals that the query asks for, the newest first.
  virtual Result<std::vector<RefusalRecord>> FindRefusals(const RefusalQuery& query) = 0;

  // Returns the version of that day's attendance, which costs much less than reading the day. As
  // long as it equals the one that was returned before, the day need not be read again, whoever may
  // have written to the store. There is one delay: if another process brings a tap that is earlier
  // than a known arrival, the version may change up to 30 s later.
  virtual Result<std::string> AttendanceVersion(std::string_view day) = 0;

  // Returns the taps that the store took after the one with that number, in its order, at most
  // `most` of them; those that were taken out since are passed over. The order is the store's own:
  // it is the same for every process, and survives restarts. A tap that is seen never gets an
  // earlier one before it afterwards. Returns nothing if this store keeps no such order.
  virtual Result<std::optional<News>> NewsSince(int64_t number, size_t most) {
    static_cast<void>(number), static_cast<void>(most);
    return std::optional<News>();
  }

  // Takes these taps out of their attendances and keeps them apart, with `voiding`. Each attendance
  // is derived again from the taps that are left; if none is left, it is removed. Taps that the
  // store does not have are ignored, so the call may be repeated after an error. Returns how many
  // taps were taken out.
  virtual Result<size_t> VoidTaps(std::span<const TapsOfDay> taps, const Voiding& voiding) = 0;

  // Retention, and what is done with the data of one person. It lives as long as the store.
  virtual PersonalData& Personal() = 0;

  // Guardians and the words to them; likewise.
  virtual MessageStore& Messages() = 0;

  // "sqlite" | "mongodb"
  virtual std::string_view Kind() const = 0;
};

}  // namespace tamtap
