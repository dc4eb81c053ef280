// What the simulated server knows of trust, in memory: who was of the school, which taps it did not
// believe, and whether staff have looked at them in the end and vouched.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/trust_store.h"

namespace tamtap::sim {

class SimulatedTrust final : public TrustStore {
 public:
  Result<> RememberCards(std::span<const KnownCard> cards) override {
    for (const KnownCard& known : cards) cards_.emplace(known.person, known.card);
    return {};
  }
  Result<bool> WasCardOf(std::string_view card, std::string_view person) override {
    return cards_.contains({std::string(person), std::string(card)});
  }
  Result<> NoteImports(std::string_view, std::span<const std::string>) override { return {}; }
  Result<std::vector<std::string>> ImportsOf(std::string_view) override { return None(); }
  Result<std::vector<std::string>> FormerNamesOf(std::string_view) override { return None(); }
  Result<> AddVoided(const VoidedDays&) override { return {}; }
  Result<std::vector<VoidedDays>> Voided() override { return std::vector<VoidedDays>{}; }
  Result<> AddVoidedImports(std::span<const std::string>) override { return {}; }
  Result<bool> IsVoidedImport(std::string_view) override { return false; }
  Result<> Vouch(std::span<const std::string>, std::string_view, WallTime) override { return {}; }
  // Asked only about taps that something speaks against. A gate asks again before it believes that.
  Result<bool> IsVouchedFor(std::string_view tap) override {
    doubted_.emplace(tap);
    anything_doubted_ = true;
    return vouched_;
  }
  Result<> AddAudit(const AuditEntry&) override { return {}; }
  Result<> AddAuditOnce(const AuditEntry&, WallTime) override { return {}; }
  Result<std::vector<AuditEntry>> AuditOf(const PersonNames&, std::string_view) override {
    return std::vector<AuditEntry>{};
  }
  Result<> ForgetPerson(const PersonNames&, std::string_view) override { return {}; }
  Result<std::vector<AuditEntry>> Audit(const AuditQuery&) override {
    return std::vector<AuditEntry>{};
  }

  void VouchForAll() { vouched_ = true; }
  // It was taken after all, and nobody had to vouch for it.
  void Believe(const std::string& tap) {
    if (!vouched_) doubted_.erase(tap);
  }
  // As from a backup of the server.
  void Copy() { copied_ = cards_; }
  void PutBack() { cards_ = copied_; }
  const std::set<std::string>& Doubted() const { return doubted_; }
  // Whether there is anything to vouch for. What was believed in the end may still be quarantined
  // at its gate: a request that was late may have brought it.
  bool AnythingDoubted() const { return anything_doubted_; }

 private:
  static std::vector<std::string> None() { return {}; }

  using Cards = std::set<std::pair<std::string, std::string>>;  // person and card
  Cards cards_;
  Cards copied_;
  std::set<std::string> doubted_;
  bool anything_doubted_ = false;
  bool vouched_ = false;
};

}  // namespace tamtap::sim
