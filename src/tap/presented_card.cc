#include "tap/presented_card.h"

#include "base/text.h"
#include "base/visible.h"

namespace tamtap {
namespace {

std::string_view TrimControls(std::string_view text) {
  const auto is_framing = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  while (!text.empty() && is_framing(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_framing(text.back())) text.remove_suffix(1);
  return TrimSpace(text);
}

// Between the marks of a magnetic stripe, if there are any. What follows the end mark checks it.
std::string_view WithinStripe(std::string_view text) {
  const size_t end = text.rfind('?');
  const bool stripe = text.starts_with(';') || text.starts_with('%');
  if (!stripe || end == std::string_view::npos || text.size() - end > 2) return text;
  return TrimControls(text.substr(1, end - 1));
}

}  // namespace

PresentedCard PresentedCard::Uid(const CardId& card) {
  PresentedCard presented{card.text(), {}};
  presented.readings.uid = card;
  return presented;
}

PresentedCard PresentedCard::Text(std::string_view line, CardFormat format) {
  const std::string_view whole = TrimControls(line);
  const std::string_view text = WithinStripe(whole);
  PresentedCard presented;
  presented.readings = ReadingsOf(text, format);
  const std::string_view shown = presented.readings.none() ? whole : text;
  presented.text = Shortened(VisibleLine(shown.substr(0, 4 * kMostCardText)), kMostCardText);
  return presented;
}

}  // namespace tamtap
