#include "chaos/chaos_proxy.h"

#include "base/check.h"

namespace tamtap::chaos {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kPatience{60};

}  // namespace

Result<std::unique_ptr<ChaosProxy>> ChaosProxy::Start() {
  TAMTAP_TRY(std::unique_ptr<TestProcess> process,
             TestProcess::Start({TAMTAP_PYTHON, "-B", TAMTAP_CHAOS_PROXY}));
  return std::unique_ptr<ChaosProxy>(new ChaosProxy(std::move(process)));
}

json::object ChaosProxy::Ask(const json::object& command) {
  MutexLock lock(mutex_);
  CHECK(process_->Write(json::serialize(command) + "\n"));  // else its complaint is on stderr
  const auto answer = process_->ReadLine(kPatience);
  CHECK(answer);
  return json::parse(*answer).as_object();
}

int ChaosProxy::Listen(int port) {
  const json::object answer = Ask({{"do", "listen"}, {"to", json::array{"127.0.0.1", port}}});
  return static_cast<int>(answer.at("port").as_int64());
}

void ChaosProxy::Plan(int port, uint64_t seed, json::array phases) {
  Ask({{"do", "plan"}, {"port", port}, {"seed", seed}, {"phases", std::move(phases)}});
}

json::object ChaosProxy::Stats(int port) { return Ask({{"do", "stats"}, {"port", port}}); }

int64_t ChaosProxy::Stat(int port, std::string_view name) {
  const json::object stats = Stats(port);
  const json::value& value = stats.at(name);
  return value.is_int64() ? value.get_int64() : 0;
}

void ChaosProxy::Close(int port) { Ask({{"do", "close"}, {"port", port}}); }

}  // namespace tamtap::chaos
