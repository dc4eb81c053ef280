// Other programs and other commands of this one, run and waited for.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace tamtap::cli {

// Runs a program found by its name (argv[0]), with `input` on its standard input; its output goes
// where that of this process goes. Returns its exit code; 128 and the signal, if one ended it.
Result<int> RunAndWait(const std::vector<std::string>& words, const std::string& input = {});

// The same with this very program: {"roster", "import", FILE}. It says first what it runs, so that
// a person learns the commands.
Result<int> RunOwnCommand(const std::vector<std::string>& words, const std::string& input = {});

}  // namespace tamtap::cli
