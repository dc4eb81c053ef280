// The memory of libmongoc, where a stranger at MongoDB's port would take all of it.
//
// Its monitors believe the length that the first four bytes of any answer seem to tell: those of a
// web server ("HTTP") are 1.3 GB, for which it wants a block of 2 GB at once. On a machine that has
// less the system refuses, and libbson then ends the process: a gate would start, meet the stranger
// and die, again and again. So blocks larger than any message of MongoDB are taken as addresses
// alone, which the system gives without asking whether the memory is there: it is taken page by
// page as bytes arrive, and a stranger sends few.
#pragma once

#include <cstddef>

namespace tamtap::central {

// MongoDB's messages are at most 48 MB; what is larger is a stranger's.
inline constexpr size_t kLazyBlockBytes = 64 << 20;

// Has libbson take its memory that way. Before anything of libmongoc is called; further calls do
// nothing.
void TakeLargeBlocksLazily();

// How many blocks are taken that way now. Thread-safe.
size_t LazyBlocks();

}  // namespace tamtap::central
