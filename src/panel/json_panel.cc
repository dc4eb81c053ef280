#include "base/mutex.h"
#include "panel/stream_panels.h"
#include "tap/record.h"

namespace tamtap {
namespace {

void AppendStringOrNull(std::string_view text, std::string& out) {
  if (text.empty()) {
    out += "null";
  } else {
    AppendJsonString(text, out);
  }
}

class JsonPanel final : public Panel {
 public:
  explicit JsonPanel(PanelOutput output) : output_(std::move(output)) {}

  void ShowState(GateState state, std::string_view card, std::string_view /*name*/) override {
    std::string line = R"({"event":"state","state":)";
    AppendJsonString(ToString(state), line);
    line += R"(,"card":)";
    AppendJsonString(card, line);
    Write(std::move(line));
  }

  void ShowAck(const Ack& ack) override {
    std::string line = R"({"event":"ack","tap":)";
    AppendStringOrNull(ack.verdict == Verdict::kAccepted ? ack.tap : "", line);
    line += R"(,"card":)";
    AppendJsonString(ack.card, line);
    line += R"(,"name":)";
    AppendStringOrNull(ack.name, line);
    line += R"(,"verdict":)";
    AppendJsonString(ToString(ack.verdict), line);
    line += R"(,"reason":)";
    AppendStringOrNull(ToString(ack.reason), line);
    line += R"(,"at":)";
    AppendJsonString(ack.at, line);
    if (ack.verdict == Verdict::kAccepted && ack.departure) line += R"(,"departure":true)";
    Write(std::move(line));
  }

 private:
  void Write(std::string line) {
    line += "}\n";
    const MutexLock lock(mutex_);
    output_(line);
  }

  Mutex mutex_;  // whole lines, whoever shows
  const PanelOutput output_ GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<Panel> MakeJsonPanel(PanelOutput output) {
  return std::make_unique<JsonPanel>(std::move(output));
}

}  // namespace tamtap
