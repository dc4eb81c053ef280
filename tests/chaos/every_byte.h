// The connection is reset at every byte of the conversation in which one tap is stored, in both
// directions: the tap is stored once, whatever was lost.
#pragma once

#include "chaos/backends.h"
#include "chaos/chaos_proxy.h"

namespace tamtap::chaos {

// Every `stride`-th byte, and the first and last two, on `parallel` threads. Prints what it did;
// false if a tap was lost or stored twice.
bool ResetAtEveryByte(Backends& backends, ChaosProxy& proxy, Kind kind, size_t stride,
                      int parallel);

}  // namespace tamtap::chaos
