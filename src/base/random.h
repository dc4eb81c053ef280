// Random: unpredictable bytes from the kernel, or a repeatable sequence from a seed for tests and
// simulation.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tamtap {

class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<unsigned char> bytes) = 0;

  uint64_t Next64();
  // Uniform in [0, bound); bound > 0.
  uint64_t Below(uint64_t bound);
  // `bytes` random bytes as 2 * bytes lower-case hexadecimal digits.
  std::string Hex(size_t bytes);
};

// getrandom(2): fit for secrets. Thread-safe.
Random& SystemRandom();

// Repeatable; not for secrets, not thread-safe (SplitMix64, Steele et al. 2014).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<unsigned char> bytes) override;

 private:
  uint64_t state_;
};

}  // namespace tamtap
