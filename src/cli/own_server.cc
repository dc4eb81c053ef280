#include "cli/own_server.h"

#include <fmt/core.h>

#include "base/log.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "server/credentials.h"
#include "sync/forwarding_store.h"

namespace tamtap::cli {
namespace {

using std::chrono::milliseconds;

constexpr const char* kDemoAccount = "demo";
// How long a notification waits for the server, which comes up a moment after the first taps.
constexpr milliseconds kPatience{2'000};

// The server's own store, as this process' sync uses it. It tells open pages of what it has stored.
class ToldStore final : public ForwardingStore {
 public:
  ToldStore(CentralStore& store, ApiServer& api) : ForwardingStore(store), api_(api) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    auto outcomes = ForwardingStore::Store(records);
    if (!outcomes) return outcomes;
    std::vector<Record> arrived;
    for (size_t i = 0; i < records.size(); ++i) {
      if ((*outcomes)[i].kind == OutcomeKind::kStored) arrived.push_back(records[i]);
    }
    api_.NoteStored(arrived);
    return outcomes;
  }

 private:
  ApiServer& api_;
};

Result<> EnrollHere(IdentityStore& identity, const std::string& terminal,
                    const std::string& secret) {
  TAMTAP_TRY(const TerminalToken token,
             NewTerminalToken(identity, SystemRandom(), SystemClock(), terminal));
  const auto enrolled = identity.ExchangeToken(HashTerminalToken(token.token), SystemClock().Now(),
                                               HashSecret(secret), {});
  if (!enrolled) return enrolled.error();
  return {};
}

Result<std::string> OneTimeLogin(IdentityStore& identity) {
  const std::string password = SystemRandom().Hex(6);
  TAMTAP_TRY(const auto there, identity.FindAccount(kDemoAccount));
  if (there) {
    TAMTAP_RETURN_IF_ERROR(ChangePassword(identity, kDemoAccount, password));
  } else {
    TAMTAP_RETURN_IF_ERROR(AddAccount(identity, kDemoAccount, AccountRole::kAdmin, {}, password));
  }
  return password;
}

// Prints the address in one piece, because the panel prints taps at the same time.
Result<> Welcome(const Settings& settings, Serving& serving) {
  std::string text =
      fmt::format("\n  TamTap is running.\n\n  Dashboard  {}\n", serving.public_url());
  if (settings.demo) {
    TAMTAP_TRY(const std::string password, OneTimeLogin(serving.identity()));
    text += fmt::format(
        "  Sign in    {} / {}   (this run's only)\n\n  Taps arrive by themselves. Type "
        "a card id to tap it, Ctrl-C to stop.\n  Some cards are in {}\n",
        kDemoAccount, password, JoinPath(settings.data, "demo-cards.txt"));
  } else {
    TAMTAP_TRY(const std::string first_admin, serving.api().OfferFirstAdmin());
    if (!first_admin.empty()) {
      text += fmt::format(
          "  There is no administrator yet. Make the first one within an hour at\n  {}{}\n",
          serving.public_url(), first_admin);
    }
  }
  Print(text + "\n");
  return {};
}

}  // namespace

// All calls come from the notifier's thread.
class OwnServer::Client final : public http::Client {
 public:
  explicit Client(OwnServer& server) : server_(server) {}

  Result<http::Response> Send(http::Request request) override {
    if (!client_) {
      const Serving* const serving = server_.Up(kPatience);
      if (serving == nullptr) {
        return Error{ErrorCode::kRetry, "reach the server of this process", 0, "it is not up yet"};
      }
      TAMTAP_TRY(http::Url url, http::Url::Parse(serving->url()));
      client_ = http::MakeClient(std::move(url));
    }
    return client_->Send(std::move(request));
  }

 private:
  OwnServer& server_;
  std::unique_ptr<http::Client> client_;
};

OwnServer::OwnServer(const Settings& settings, std::string terminal, std::unique_ptr<DiskLock> lock)
    : settings_(settings),
      terminal_(std::move(terminal)),
      secret_(NewSecret(SystemRandom())),
      lock_(std::move(lock)) {}

Serving* OwnServer::Up(milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  MutexLock lock(mutex_);
  while (!serving_) {
    const auto left = deadline - std::chrono::steady_clock::now();
    if (left <= left.zero()) break;
    came_up_.WaitFor(mutex_, left);
  }
  return serving_.get();
}

Result<std::unique_ptr<CentralStore>> OwnServer::OpenStore() {
  Serving* up = Up(milliseconds(0));
  if (up == nullptr) {
    if (!lock_) {
      TAMTAP_TRY(lock_, Serving::Lock(settings_));
      RememberCentral(settings_, {settings_.central, settings_.mongodb_name, {}}, Role::kServer);
    }
    if (!starting_) {
      TAMTAP_TRY(starting_, Serving::Start(settings_, /*beside_gate=*/true));
    }
    TAMTAP_RETURN_IF_ERROR(EnrollHere(starting_->identity(), terminal_, secret_));
    TAMTAP_RETURN_IF_ERROR(Welcome(settings_, *starting_));
    if (!settings_.tls_certificate.empty() && settings_.notify.empty()) {
      LogInfo("pages hear of taps by the sync: notifying oneself over TLS needs --notify");
    }
    MutexLock lock(mutex_);
    serving_ = std::move(starting_);
    up = serving_.get();
    came_up_.NotifyAll();
  }
  return std::unique_ptr<CentralStore>(std::make_unique<ToldStore>(up->store(), up->api()));
}

std::unique_ptr<http::Client> OwnServer::MakeClient() { return std::make_unique<Client>(*this); }

void OwnServer::Stop() {
  if (Serving* const up = Up(milliseconds(0))) up->Stop();
}

}  // namespace tamtap::cli
