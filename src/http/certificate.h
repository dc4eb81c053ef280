// Certificate: the server's chain and key for TLS, read from their files, and read anew when those
// change, so that a renewed certificate needs no restart. Internal to this room.
#pragma once

#include <sys/stat.h>

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"

namespace tamtap::http {

class Certificate {
 public:
  // Both empty: without TLS.
  Certificate(std::string chain_file, std::string key_file)
      : chain_file_(std::move(chain_file)), key_file_(std::move(key_file)) {}

  // To be called once, before the others. kMisconfigured: the files can't be used.
  Result<> Load();
  // Reads the files again if they have changed since they were last read. While they can't be used
  // (a renewal replaces one after the other), what was read before stays, and the log says why. One
  // thread at a time.
  void LookAgain();
  // What new connections are to use; null: no TLS. From any thread. A connection keeps what it was
  // begun with.
  std::shared_ptr<boost::asio::ssl::context> context() const EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return context_;
  }

 private:
  // Of each of the two files, all that changes when somebody writes or replaces it.
  struct Stamp {
    bool operator==(const Stamp&) const = default;
    std::array<dev_t, 2> device{};
    std::array<ino_t, 2> inode{};
    std::array<off_t, 2> size{};
    std::array<long, 8> times{};
  };
  Stamp Look() const;
  Result<std::shared_ptr<boost::asio::ssl::context>> Read() const;

  const std::string chain_file_;
  const std::string key_file_;
  Stamp seen_;  // when they were last read, whether that went well or not
  mutable Mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::http
