// RunningSha256: the SHA-256 of bytes that come in pieces. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tamtap {

class RunningSha256 {
 public:
  RunningSha256();
  ~RunningSha256();
  RunningSha256(RunningSha256&&) noexcept;
  RunningSha256& operator=(RunningSha256&&) noexcept;

  void Add(std::string_view bytes);
  // As 64 lower-case hexadecimal digits. Nothing may be added afterwards.
  std::string Hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tamtap
