// face_bench PHOTOS: how often the face check errs, and what a frame costs, on the photographs of
// scripts/test-photos in many variations, beside what was and is used elsewhere. Prints the tables
// of docs/face-check.md. The checks take turns at each frame; each runs on one processor.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "face_contenders.h"
#include "face_frames.h"

namespace tamtap::bench {
namespace {

// What this thread had of the processor: other work of the machine does not count.
double ProcessorMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Tally {
  int wrong = 0;
  int taken_wrongly = 0;  // of these: a photo would have been kept
  std::vector<double> ms;

  double Median() {
    if (ms.empty()) return 0;
    const auto middle = ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2);
    std::nth_element(ms.begin(), middle, ms.end());
    return *middle;
  }
};

struct Contender {
  const char* name;
  std::unique_ptr<FaceCheck> check;
  Tally group;
  Tally all;
};

class Table {
 public:
  explicit Table(std::vector<Contender> contenders) : contenders_(std::move(contenders)) {
    std::string line = "| frames | number |";
    std::string rule = "| --- | ---: |";
    for (const Contender& each : contenders_) {
      line += fmt::format(" {}: wrong | ms |", each.name);
      rule += " ---: | ---: |";
    }
    fmt::print("{}\n{}\n", line, rule);
  }

  void Take(const FaceFrame& frame) {
    if (frame.group != group_) EndGroup();
    group_ = frame.group;
    ++frames_;
    const Frame encoded{frame.jpeg};
    for (Contender& each : contenders_) {
      const double begin = ProcessorMs();
      const auto said = each.check->Check(encoded, {});
      const double took = ProcessorMs() - begin;
      const bool wrong = !said || !IsRight(frame.wanted, *said);
      for (Tally* const tally : {&each.group, &each.all}) {
        tally->wrong += wrong ? 1 : 0;
        tally->taken_wrongly += wrong && said && *said == FaceVerdict::kOneFace ? 1 : 0;
        tally->ms.push_back(took);
      }
    }
  }

  void End() {
    EndGroup();
    std::string line = fmt::format("| all | {} |", all_frames_);
    std::string taken = "| of these wrong ones: taken | |";
    for (Contender& each : contenders_) {
      line += fmt::format(" {} | {:.1f} |", each.all.wrong, each.all.Median());
      taken += fmt::format(" {} | |", each.all.taken_wrongly);
    }
    fmt::print("{}\n{}\n", line, taken);
  }

 private:
  void EndGroup() {
    if (group_.empty()) return;
    std::string line = fmt::format("| {} | {} |", group_, frames_);
    for (Contender& each : contenders_) {
      line += fmt::format(" {} | {:.1f} |", each.group.wrong, each.group.Median());
      each.group = {};
    }
    fmt::print("{}\n", line);
    all_frames_ += frames_;
    frames_ = 0;
  }

  std::vector<Contender> contenders_;
  std::string group_;
  int frames_ = 0;
  int all_frames_ = 0;
};

int Main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: face_bench PHOTOS (the directory that scripts/test-photos makes)\n");
    return 2;
  }
  cv::setNumThreads(1);
  auto ours = MakeFaceCheck();
  if (!ours) {
    fmt::print(stderr, "{}\n", ours.error().Message());
    return 1;
  }
  std::vector<Contender> contenders;
  contenders.push_back({"one Haar cascade", OneCascade(), {}, {}});
  contenders.push_back({"two and eyes", TwoCascadesThatVote(), {}, {}});
  contenders.push_back({"TamTap", *std::move(ours), {}, {}});
  Table table(std::move(contenders));
  ForEachFaceFrame(argv[1], [&table](const FaceFrame& frame) { table.Take(frame); });
  table.End();
  return 0;
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) { return tamtap::bench::Main(argc, argv); }
