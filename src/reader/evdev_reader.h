// Keyboard-wedge readers: USB readers that type, as `--reader evdev:/dev/input/event3` or, found by
// a part of its name, `--reader evdev:IC Reader`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/descriptor.h"
#include "base/result.h"
#include "reader/reader.h"

namespace tamtap {

// Opens the device, and takes it: what it types goes to nobody else, and to no login prompt.
// kRetry, with a hint: there is none, it may not be read, or another program has taken it.
Result<Descriptor> OpenKeyboard(const std::string& path_or_name);

// "Sycreader RFID (/dev/input/event3)" of each device there that types digits.
std::vector<std::string> KeyboardNames();

using OpenInput = std::function<Result<Descriptor>()>;

// A line is a tap (wedge_line.h); one that repeats while the card stays is one (card_presence.h). A
// line of which the system lost keys is kRejected. Next() reports trouble (unplugged) once, as
// kRetry with a hint; called again it looks for the device until it is back. A stop is noticed
// within 50 ms.
std::unique_ptr<Reader> MakeEvdevReader(std::string name, OpenInput open, CardFormat format,
                                        Clock& clock);

}  // namespace tamtap
