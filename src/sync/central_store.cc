#include "sync/central_store.h"

namespace tamtap {
namespace {

constexpr OutcomeKind kKinds[] = {OutcomeKind::kStored, OutcomeKind::kMerged,
                                  OutcomeKind::kAlreadyStored, OutcomeKind::kRejected,
                                  OutcomeKind::kRetry};

}  // namespace

std::string_view ToString(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::kStored:
      return "stored";
    case OutcomeKind::kMerged:
      return "merged";
    case OutcomeKind::kAlreadyStored:
      return "already_stored";
    case OutcomeKind::kRejected:
      return "rejected";
    case OutcomeKind::kRetry:
      return "retry";
  }
  return "retry";
}

std::optional<OutcomeKind> OutcomeKindFrom(std::string_view text) {
  for (const OutcomeKind kind : kKinds) {
    if (ToString(kind) == text) return kind;
  }
  return std::nullopt;
}

}  // namespace tamtap
