// What a user would pick instead of the journal, each behind the same call: make one record
// durable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tamtap::bench {

class Contender {
 public:
  virtual ~Contender() = default;
  // Returns when the record is durable. Any thread.
  virtual void Append(uint64_t n) = 0;
};

struct Entry {
  std::string name;
  std::function<std::unique_ptr<Contender>(const std::string& directory)> make;
  bool threads = true;         // whether it is run with several threads
  uint64_t most = UINT64_MAX;  // appends a round at most, for what gets slower with each
};

// The limits first: whole blocks written over space that was written before, past the page cache
// and durable when the call returns; then the same through the page cache, with a flush.
std::vector<Entry> Contenders();

}  // namespace tamtap::bench
