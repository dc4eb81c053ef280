// A school's file brought into the school, for `roster import` and `schedule import`; and what the
// exports that such a file comes from have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cli/settings.h"
#include "school/import_plan.h"

namespace tamtap::cli {

struct SheetArguments {
  std::string file;
  bool dry_run = false;
  std::string same_name;  // "replace-card", "another-person"; empty: ask
  bool remove_missing = false;
};

enum class SheetOf { kPeopleOrSchedules, kSchedules };

// Imports all of the file or nothing, and says what it changed; with `dry_run` says what it would
// change. Returns the exit code.
int ImportSheet(const Settings& settings, const SheetArguments& arguments, SheetOf wanted);

// Adds --for to a command that prints CSV.
void AddCsvReader(CLI::App& command, CsvFor& reader);

}  // namespace tamtap::cli
