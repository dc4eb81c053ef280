// Any bytes as what a client sends: however they are cut into pieces, they are the same requests,
// and nothing of them takes more memory than it may.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "http/request_reader.h"

namespace tamtap::http {
namespace {

constexpr size_t kMaxHead = 1 << 10;
constexpr size_t kMaxBody = 4 << 10;

struct Outcome {
  std::vector<std::string> requests;  // as text
  int refusal = 0;                    // 0: more may come
};

// What is wrong may be seen sooner, or another of several faults first; what is right is the same.
bool Agree(const Outcome& one, const Outcome& other) { return one.requests == other.requests; }

std::string AsText(const RequestReader& reader, Request request) {
  CHECK(request.body.size() <= kMaxBody);
  CHECK(reader.has_body() || request.body.empty());
  size_t head = 0;
  std::string text = request.method + " " + request.target + "\n";
  for (const auto& [name, value] : request.headers) {
    CHECK(!name.empty());
    head += name.size() + value.size();
    text += name + ": " + value + "\n";
  }
  CHECK(head <= kMaxHead && request.headers.size() <= RequestReader::kMostHeaders);
  return text + request.body;
}

Outcome ReadAll(std::string_view bytes, size_t piece) {
  Outcome outcome;
  std::string unread;
  auto reader = std::make_unique<RequestReader>(kMaxHead);
  while (true) {
    std::string_view input = unread;
    const auto state = reader->Read(input);
    unread.erase(0, unread.size() - input.size());
    if (state == RequestReader::State::kAdmission) {
      reader->Admit(kMaxBody);
    } else if (state == RequestReader::State::kDone) {
      outcome.requests.push_back(AsText(*reader, reader->Take()));
      reader = std::make_unique<RequestReader>(kMaxHead);
    } else if (state == RequestReader::State::kRefused) {
      outcome.refusal = reader->refusal();
      CHECK(outcome.refusal >= 400 && outcome.refusal < 600);
      return outcome;
    } else {
      CHECK(unread.size() <= kMaxHead);
      CHECK(reader->body_capacity() <= 2 * kMaxBody);
      if (bytes.empty()) return outcome;
      unread += bytes.substr(0, piece);
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
  }
}

}  // namespace
}  // namespace tamtap::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tamtap::http::Agree;
  using tamtap::http::ReadAll;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = ReadAll(bytes, size + 1);
  CHECK(Agree(ReadAll(bytes, 7), whole));
  CHECK(Agree(ReadAll(bytes, 1), whole));
  return 0;
}
