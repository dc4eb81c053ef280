#include "messages/sender.h"

#include "base/module.h"

namespace tamtap {
namespace {

class ModuleSender final : public Sender {
 public:
  explicit ModuleSender(const MessagesModule& functions) : functions_(functions) {}

  Sending SendMail(const MailServer& server, const Mail& mail, const SendLimits& limits) override {
    return functions_.send_mail(server, mail, limits);
  }
  Sending SendHttp(const HttpCall& call, const std::vector<int>& good,
                   const SendLimits& limits) override {
    return functions_.send_http(call, good, limits);
  }

 private:
  const MessagesModule& functions_;
};

}  // namespace

Result<Sender*> LoadSender() {
  TAMTAP_TRY(const void* const functions, LoadModule("messages"));
  static ModuleSender sender(*static_cast<const MessagesModule*>(functions));
  return &sender;
}

}  // namespace tamtap
