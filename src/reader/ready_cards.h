// Cards that a reader has found and not handed on yet, one a call of Reader::Next. Of one thread.
#pragma once

#include <deque>

#include "base/result.h"
#include "tap/presented_card.h"

namespace tamtap {

class ReadyCards {
 public:
  void Add(Result<CardId> card) { cards_.push_back(std::move(card)); }
  bool empty() const { return cards_.empty(); }
  // The first of them, or why it could not be read. There must be one.
  Result<PresentedCard> Take() {
    const Result<CardId> card = std::move(cards_.front());
    cards_.pop_front();
    if (!card) return card.error();
    return PresentedCard::Uid(*card);
  }

 private:
  std::deque<Result<CardId>> cards_;
};

}  // namespace tamtap
