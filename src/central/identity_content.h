// All that a server's own file (server.db) holds, to be taken over by the database that several
// servers share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/identity_store.h"

namespace tamtap::central {

struct IdentityContent {
  struct FormerAccount {
    std::string username;
    std::string email;
  };
  struct Device {
    std::string device_hash;
    std::string username;
    WallTime last_used{};
  };
  struct FormerNameRow {
    std::string name;
    std::string terminal;
    WallTime since{};
    bool proven = false;
  };
  struct Import {
    std::string terminal;
    std::string tap;
  };
  struct Vouched {
    std::string tap;
    std::string by;
    WallTime at{};
  };

  std::vector<Account> accounts;
  std::vector<FormerAccount> former_accounts;
  std::vector<SessionRow> sessions;
  std::vector<Device> devices;
  std::vector<TerminalRow> terminals;
  std::vector<FormerNameRow> former_names;
  std::vector<KnownCard> known_cards;
  std::vector<Import> imports;
  std::vector<std::string> voided_imports;
  std::vector<VoidedDays> voided_days;
  std::vector<Vouched> vouched;
  std::vector<AuditEntry> audit;  // the oldest first
};

}  // namespace tamtap::central
