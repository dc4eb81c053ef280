// A journal of no gate of this life, and how to tell whose a file is, from its plain text.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "sim/simulated_disk.h"

namespace tamtap::sim {

// The id that the first line of a segment, or the line of a file "retired", gives; empty: none.
std::string JournalOf(std::string_view content);

// Content and id of every file that names its journal.
std::map<std::string, std::string> JournalFilesOn(SimulatedDisk& disk);

// Writes a journal of the terminal "foreign" there: some segments, some of them gone and archived,
// taps in every state.
// Returns the content of each of its files, with the journal's id.
std::map<std::string, std::string> MakeForeignJournal(SimulatedDisk& disk,
                                                      const std::string& directory, uint64_t seed);

}  // namespace tamtap::sim
