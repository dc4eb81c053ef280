// RC522 boards on the SPI bus of a Raspberry Pi, as `--reader rc522:/dev/spidev0.0,reset=25`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "reader/reader.h"
#include "reader/spi_bus.h"

namespace tamtap {

// "/dev/spidev0.0", and behind it, in any order, ",reset=LINE" (a GPIO number) and ",chip=DEVICE"
// (the GPIO chip of that line). kMisconfigured names what is wrong.
Result<SpiWiring> ParseRc522(std::string_view argument);

using OpenBus = std::function<Result<std::unique_ptr<SpiBus>>()>;

// A card is one tap however long it stays (card_presence.h); several at once are a tap each. A card
// that answers and can't be read is kRejected, once, until the field was empty.
//
// These boards stall after hours, or lose their settings when the power sinks: the chip is looked
// at once a second while nobody taps, set up anew where it is not as it was, and set up anew each
// minute in any case, for chips that fall silent without a sign. Next() reports trouble (no device,
// nothing answers) once, as kRetry with a hint; called again it tries until the chip is back. A
// stop is noticed within 50 ms.
std::unique_ptr<Reader> MakeRc522Reader(std::string name, OpenBus open, Clock& clock);

}  // namespace tamtap
