#include "sim/central.h"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "base/check.h"
#include "central/content.h"
#include "central/stores.h"
#include "tap/school_settings.h"

namespace tamtap::sim {
namespace {

class MemoryCentral final : public Central {
 public:
  explicit MemoryCentral(const School& school) : rule_(ReadSettings(school.settings).departures) {}
  void Reopen() override {}
  void Copy() override { copy_ = content_; }
  void PutBack() override { content_ = copy_; }
  void Empty() override { content_ = Content(); }

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    std::vector<Outcome> outcomes;
    for (const Record& record : records) outcomes.push_back(StoreOne(record));
    return outcomes;
  }

  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    std::vector<size_t> lacking;
    for (size_t i = 0; i < records.size(); ++i) {
      if (!content_.taps.contains(records[i].tap.ToString())) lacking.push_back(i);
    }
    return lacking;
  }

  Result<std::vector<Attendance>> Everything() override {
    std::vector<Attendance> all;
    for (const auto& [id, taps] : content_.attendances) {
      Attendance attendance;
      attendance.arrival = taps.front();
      for (const Record& tap : taps) {
        attendance.taps.push_back(
            {tap.tap.ToString(), tap.tap.terminal, tap.tapped_at, tap.tapped_at_us});
      }
      DeriveDeparture(rule_, attendance);
      all.push_back(std::move(attendance));
    }
    std::sort(all.begin(), all.end(), [](const Attendance& a, const Attendance& b) {
      if (a.arrival.day != b.arrival.day) return a.arrival.day < b.arrival.day;
      return ArrivedBefore(a.arrival, b.arrival);
    });
    return all;
  }

 private:
  Outcome StoreOne(const Record& record) {
    if (std::string why = central::WhyUnstorable(record); !why.empty()) {
      return {OutcomeKind::kRejected, std::move(why)};
    }
    std::string text;
    AppendJson(record, text);
    const auto [known, added] = content_.taps.emplace(record.tap.ToString(), text);
    if (!added) {
      if (central::SameContent(known->second, record)) return {OutcomeKind::kAlreadyStored, {}};
      return {OutcomeKind::kRejected, std::string(central::kTwoContents)};
    }
    std::vector<Record>& taps = content_.attendances[record.AttendanceId()];
    taps.insert(std::upper_bound(taps.begin(), taps.end(), record, ArrivedBefore), record);
    return {taps.size() == 1 ? OutcomeKind::kStored : OutcomeKind::kMerged, {}};
  }

  struct Content {
    std::map<std::string, std::string> taps;                 // by tap id
    std::map<std::string, std::vector<Record>> attendances;  // by id, in order of arrival
  };
  const DepartureRule rule_;
  Content content_;
  Content copy_;
};

class SqliteCentral final : public Central {
 public:
  SqliteCentral(std::string path, const School& school)
      : path_(std::move(path)), settings_(school.settings) {
    std::filesystem::remove(path_ + kCopy);
    Empty();
  }

  void Copy() override {
    store_.reset();  // all is in the one file then
    std::filesystem::copy_file(path_, path_ + kCopy,
                               std::filesystem::copy_options::overwrite_existing);
    Reopen();
  }
  void PutBack() override {
    Remove();
    if (std::filesystem::exists(path_ + kCopy)) {
      std::filesystem::copy_file(path_ + kCopy, path_);
    }
    Reopen();
  }
  void Empty() override {
    Remove();
    Reopen();
  }

  void Reopen() override {
    store_.reset();
    auto opened = central::OpenSqlite(path_);
    CHECK(opened);
    store_ = *std::move(opened);
    // One that was emptied learns them again.
    std::vector<SchoolChange> changes;
    for (const auto& [key, value] : settings_) {
      changes.push_back({"setting " + key, {FactKind::kSetting, key}, FieldsOfSetting(value), {}});
    }
    CHECK(changes.empty() || store_->ChangeSchool(changes));
  }
  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    return store_->Store(records);
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    return store_->Lacking(records);
  }
  Result<std::vector<Attendance>> Everything() override {
    return store_->FindAttendance({"0000-01-01", "9999-12-31", {}, {}});
  }

 private:
  static constexpr const char* kCopy = ".copy";

  void Remove() {
    store_.reset();
    for (const char* const suffix : {"", "-wal", "-shm"}) {
      std::filesystem::remove(path_ + suffix);
    }
  }

  const std::string path_;
  const SettingsByKey settings_;
  std::unique_ptr<SchoolStore> store_;
};

std::filesystem::path InMemory() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code failed;
  return std::filesystem::is_directory(memory, failed) ? memory
                                                       : std::filesystem::temp_directory_path();
}

}  // namespace

std::unique_ptr<Central> MakeCentral(StoreKind kind, const std::string& directory,
                                     const School& school) {
  if (kind == StoreKind::kMemory) return std::make_unique<MemoryCentral>(school);
  return std::make_unique<SqliteCentral>(directory + "/central.db", school);
}

ScratchDirectory::ScratchDirectory() : TestDirectory(InMemory()) {}

}  // namespace tamtap::sim
