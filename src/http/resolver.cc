#include "http/resolver.h"

#include <netdb.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace tamtap::http {
namespace {

using Addresses = std::vector<SocketAddress>;

constexpr int kMaxLookups = 8;  // at once, in the whole process
std::atomic<int> lookups_running{0};

Result<Addresses> Lookup(const std::string& host, const std::string& port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  if (failure != 0) {
    return Error{ErrorCode::kRetry, "look up the address of " + host,
                 failure == EAI_SYSTEM ? errno : 0, gai_strerror(failure)};
  }
  Addresses addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
    addresses.push_back(address);
  }
  freeaddrinfo(list);
  return addresses;
}

struct PendingLookup {
  Mutex mutex;
  CondVar done;
  std::optional<Result<Addresses>> result GUARDED_BY(mutex);
};

}  // namespace

Result<Addresses> Resolve(const std::string& host, const std::string& port,
                          std::chrono::nanoseconds timeout) {
  // An address needs no resolver and no thread.
  if (Result<Addresses> numeric = Lookup(host, port, AI_NUMERICHOST | AI_NUMERICSERV)) {
    return numeric;
  }
  if (lookups_running.fetch_add(1) >= kMaxLookups) {
    lookups_running.fetch_sub(1);
    return Error{ErrorCode::kRetry, "look up the address of " + host, 0,
                 "the name servers do not answer; check the network"};
  }
  auto pending = std::make_shared<PendingLookup>();
  try {
    std::thread([pending, host, port] {
      Result<Addresses> result = Lookup(host, port, AI_ADDRCONFIG | AI_NUMERICSERV);
      lookups_running.fetch_sub(1);
      MutexLock lock(pending->mutex);
      pending->result = std::move(result);
      pending->done.NotifyAll();
    }).detach();
  } catch (const std::system_error& error) {
    lookups_running.fetch_sub(1);
    return Error{ErrorCode::kRetry, "start a thread to look up " + host, error.code().value(), {}};
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  MutexLock lock(pending->mutex);
  while (!pending->result) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds::zero()) {
      return Error{ErrorCode::kRetry, "look up the address of " + host, ETIMEDOUT,
                   "the name servers do not answer; check the network"};
    }
    pending->done.WaitFor(pending->mutex, left);
  }
  return *pending->result;
}

}  // namespace tamtap::http
