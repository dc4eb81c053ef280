// What a gate may be made of, as this machine shows it: for `tamtap setup`, which proposes it.
#pragma once

#include <string>
#include <vector>

namespace tamtap::cli {

struct FoundDevice {
  std::string spec;  // for --reader or --panel
  std::string what;  // in words
};

// Looks beneath `root`, "" on a machine. Nothing is opened, so nothing is disturbed.
std::vector<FoundDevice> ProposedReaders(const std::string& root = "");
std::vector<FoundDevice> ProposedPanels(const std::string& root = "");

}  // namespace tamtap::cli
