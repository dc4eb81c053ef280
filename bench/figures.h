// Medians and quantiles of measurements.
#pragma once

#include <algorithm>
#include <vector>

namespace tamtap::bench {

// The smallest value that `share` (0 to 1) of the values do not exceed. `values` is not empty.
inline double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

inline double Median(std::vector<double> values) { return Quantile(std::move(values), 0.5); }

}  // namespace tamtap::bench
