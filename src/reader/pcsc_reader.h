// Card readers that speak PC/SC (USB readers such as the ACR122U), through pcscd.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "reader/reader.h"

namespace tamtap {

// Those that pcscd knows, by their names. kRetry, with a hint: it does not run.
Result<std::vector<std::string>> PcscReaderNames();

// Any reader whose name contains `name` ("": any at all); several may be plugged in at once, and
// come and go. A card is one tap however long it stays; the same card away for less than half a
// second counts as having stayed, since a card held at the edge of the field flickers.
//
// Next() reports trouble (pcscd not running, no reader) once, as kRetry with a hint; called again
// it looks for the reader until it is back. A card that cannot be read is kRejected. A stop is
// noticed within 200 ms.
std::unique_ptr<Reader> MakePcscReader(std::string name, Clock& clock);

}  // namespace tamtap
