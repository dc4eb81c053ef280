#include "contenders.h"

#include <fcntl.h>
#include <leveldb/db.h>
#include <lmdb.h>
#include <sqlite3.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "base/check.h"
#include "base/descriptor.h"
#include "journal/journal.h"
#include "tap/example_record.h"

namespace tamtap::bench {
namespace {

constexpr size_t kSegmentBytes = 4 << 20;

std::string CardOf(uint64_t n) { return fmt::format("{:014X}", 0x04000000000000u + n); }

std::string JsonOf(uint64_t n) {
  std::string text;
  AppendJson(ExampleRecord(n + 1, CardOf(n)), text);
  return text + "\n";
}

// What the disk can do at best: the blocks that a line touches, over space that was written before,
// past the page cache, in one call that returns when they are durable. Elsewhere than where the
// journal does it too (posix_file.cc), the kernel may take them through the page cache.
class RawBlocks final : public Contender {
 public:
  explicit RawBlocks(const std::string& path)
      : blocks_(static_cast<char*>(std::aligned_alloc(kBlockBytes, kSegmentBytes))) {
    CHECK(blocks_ != nullptr);
    std::memset(blocks_.get(), '\n', kSegmentBytes);
    fd_ = Descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    CHECK(pwrite(fd_.get(), blocks_.get(), kSegmentBytes, 0) == kSegmentBytes);
    CHECK(fsync(fd_.get()) == 0);
    Descriptor direct(open(path.c_str(), O_WRONLY | O_DIRECT));
    if (direct) fd_ = std::move(direct);  // some file systems have no such thing
  }
  void Append(uint64_t n) override {
    const std::string line = JsonOf(n);
    if (offset_ + line.size() > kSegmentBytes) offset_ = 0;
    std::memcpy(blocks_.get() + offset_, line.data(), line.size());
    const size_t begin = offset_ / kBlockBytes * kBlockBytes;
    offset_ += line.size();
    const size_t end = (offset_ + kBlockBytes - 1) / kBlockBytes * kBlockBytes;
    const iovec part{blocks_.get() + begin, end - begin};
    CHECK(pwritev2(fd_.get(), &part, 1, static_cast<off_t>(begin), RWF_DSYNC) ==
          static_cast<ssize_t>(part.iov_len));
  }

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  static constexpr size_t kBlockBytes = 4096;
  const std::unique_ptr<char, Free> blocks_;
  Descriptor fd_;
  size_t offset_ = 0;
};

// write + fdatasync on one file: over space that was set aside, or growing.
class RawFile final : public Contender {
 public:
  RawFile(const std::string& path, bool set_aside)
      : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600)), set_aside_(set_aside) {
    CHECK(fd_);
    if (set_aside) SetAside();
  }
  void Append(uint64_t n) override {
    const std::string line = JsonOf(n);
    const std::lock_guard lock(mutex_);
    if (set_aside_ && offset_ + line.size() > kSegmentBytes) offset_ = 0;
    CHECK(pwrite(fd_.get(), line.data(), line.size(), static_cast<off_t>(offset_)) ==
          static_cast<ssize_t>(line.size()));
    CHECK(fdatasync(fd_.get()) == 0);
    offset_ += line.size();
  }

 private:
  void SetAside() {
    // Page by page: a flush of a page of a large folio takes longer.
    const std::string newlines(4096, '\n');
    for (size_t at = 0; at < kSegmentBytes; at += newlines.size()) {
      CHECK(pwrite(fd_.get(), newlines.data(), newlines.size(), static_cast<off_t>(at)) ==
            static_cast<ssize_t>(newlines.size()));
    }
    CHECK(fsync(fd_.get()) == 0);
  }
  const Descriptor fd_;
  const bool set_aside_;
  std::mutex mutex_;
  size_t offset_ = 0;
};

class OurJournal final : public Contender {
 public:
  explicit OurJournal(const std::string& directory) {
    journal::JournalOptions options;
    options.directory = directory;
    options.terminal = "bench";
    auto journal = journal::Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
    CHECK(journal.has_value());
    journal_ = *std::move(journal);
  }
  void Append(uint64_t n) override {
    Record record = ExampleRecord(1, CardOf(n));
    CHECK(journal_->Append(record).has_value());
  }

 private:
  std::unique_ptr<journal::Journal> journal_;
};

class Sqlite final : public Contender {
 public:
  explicit Sqlite(const std::string& path) {
    CHECK(sqlite3_open(path.c_str(), &database_) == SQLITE_OK);
    CHECK(sqlite3_exec(database_,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                       "CREATE TABLE taps (id INTEGER PRIMARY KEY, card TEXT, record TEXT);"
                       "CREATE UNIQUE INDEX taps_by_card ON taps (card)",
                       nullptr, nullptr, nullptr) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(database_, "INSERT INTO taps (card, record) VALUES (?, ?)", -1,
                             &insert_, nullptr) == SQLITE_OK);
  }
  ~Sqlite() override {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  void Append(uint64_t n) override {
    const std::string card = CardOf(n);
    const std::string record = JsonOf(n);
    const std::lock_guard lock(mutex_);
    sqlite3_bind_text(insert_, 1, card.c_str(), -1, SQLITE_STATIC);
    sqlite3_bind_text(insert_, 2, record.c_str(), -1, SQLITE_STATIC);
    CHECK(sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
  }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::mutex mutex_;
};

class LevelDb final : public Contender {
 public:
  explicit LevelDb(const std::string& directory) {
    leveldb::Options options;
    options.create_if_missing = true;
    leveldb::DB* database = nullptr;
    CHECK(leveldb::DB::Open(options, directory, &database).ok());
    database_.reset(database);
  }
  void Append(uint64_t n) override {
    leveldb::WriteOptions options;
    options.sync = true;
    CHECK(database_->Put(options, CardOf(n), JsonOf(n)).ok());
  }

 private:
  std::unique_ptr<leveldb::DB> database_;
};

class Lmdb final : public Contender {
 public:
  explicit Lmdb(const std::string& path) {
    CHECK(mdb_env_create(&environment_) == 0);
    CHECK(mdb_env_set_mapsize(environment_, size_t{1} << 30) == 0);
    CHECK(mdb_env_open(environment_, path.c_str(), MDB_NOSUBDIR, 0600) == 0);
    MDB_txn* transaction = nullptr;
    CHECK(mdb_txn_begin(environment_, nullptr, 0, &transaction) == 0);
    CHECK(mdb_dbi_open(transaction, nullptr, 0, &database_) == 0);
    CHECK(mdb_txn_commit(transaction) == 0);
  }
  ~Lmdb() override { mdb_env_close(environment_); }
  void Append(uint64_t n) override {
    std::string card = CardOf(n);
    std::string record = JsonOf(n);
    MDB_val key{card.size(), card.data()};
    MDB_val value{record.size(), record.data()};
    const std::lock_guard lock(mutex_);
    MDB_txn* transaction = nullptr;
    CHECK(mdb_txn_begin(environment_, nullptr, 0, &transaction) == 0);
    CHECK(mdb_put(transaction, database_, &key, &value, 0) == 0);
    CHECK(mdb_txn_commit(transaction) == 0);
  }

 private:
  MDB_env* environment_ = nullptr;
  MDB_dbi database_ = 0;
  std::mutex mutex_;
};

// As the predecessor saved: the whole file, rewritten in place, never flushed.
class WholeFile final : public Contender {
 public:
  explicit WholeFile(std::string path) : path_(std::move(path)) {
    for (uint64_t n = 0; n < 5'000; ++n) content_ += JsonOf(1'000'000 + n);
  }
  void Append(uint64_t n) override {
    const std::lock_guard lock(mutex_);
    content_ += JsonOf(n);
    const Descriptor fd(open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600));
    CHECK(fd);
    CHECK(write(fd.get(), content_.data(), content_.size()) ==
          static_cast<ssize_t>(content_.size()));
  }

 private:
  const std::string path_;
  std::string content_;
  std::mutex mutex_;
};

}  // namespace

std::vector<Entry> Contenders() {
  const auto in = [](const char* name) {
    return [name](const std::string& directory) { return JoinPath(directory, name); };
  };
  return {
      {"limit: blocks, direct, RWF_DSYNC",
       [in](const std::string& d) { return std::make_unique<RawBlocks>(in("blocks")(d)); }, false},
      {"overwrite + fdatasync",
       [in](const std::string& d) { return std::make_unique<RawFile>(in("raw")(d), true); }, false},
      {"growing file + fdatasync",
       [in](const std::string& d) { return std::make_unique<RawFile>(in("grow")(d), false); },
       false},
      {"tamtap journal",
       [in](const std::string& d) { return std::make_unique<OurJournal>(in("journal")(d)); }},
      {"SQLite WAL FULL, unique index",
       [in](const std::string& d) { return std::make_unique<Sqlite>(in("sqlite")(d)); }},
      {"LevelDB sync",
       [in](const std::string& d) { return std::make_unique<LevelDb>(in("leveldb")(d)); }},
      {"LMDB", [in](const std::string& d) { return std::make_unique<Lmdb>(in("lmdb")(d)); }},
      {"whole JSON file at 5,000, no flush",
       [in](const std::string& d) { return std::make_unique<WholeFile>(in("whole.json")(d)); },
       false, 20},
  };
}

}  // namespace tamtap::bench
