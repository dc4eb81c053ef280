// From a card in the field to SUCCESS: each step of a tap at a whole gate, with its journal on the
// disk and its threads, through pcscd with a virtual reader and through an RC522 board that is
// modelled register by register.
//
//   build/bench/cycle_bench [--rounds TAPS] [--camera DIR] [--directory DIR] [--json]
//
// pcscd needs root, and a network of its own (tests/virtual_card/alone, by which this runs itself
// again).
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/log.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/test_directory.h"
#include "camera/camera.h"
#include "central/stores.h"
#include "face/face_module.h"
#include "figures.h"
#include "pcsc_daemon.h"
#include "reader/mfrc522_model.h"
#include "reader/rc522_reader.h"
#include "terminal/terminal.h"
#include "virtual_card.h"

namespace tamtap::bench {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What a board on SPI at 1 MHz takes for a register: two bytes, and the call.
constexpr microseconds kRegister{40};
constexpr milliseconds kNobodyWaitsThatLong{10'000};
// pcscd looks at a virtual reader every 0.4 s, and does not always say that another card came
// in between.
constexpr milliseconds kBetweenCards{600};

std::string CardOf(size_t n) { return fmt::format("{:08X}", 0xA0000000U + n); }

// The moments of the tap that is under way, as its threads pass them.
class Moments {
 public:
  enum Moment : size_t { kShown, kRead, kTaken, kCamera, kSuccess, kMoments };
  using Times = std::array<steady_clock::time_point, kMoments>;

  void Begin() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    times_ = {};
    times_[kShown] = steady_clock::now();
  }
  void Pass(Moment moment) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (times_[moment] == steady_clock::time_point()) times_[moment] = steady_clock::now();
    if (moment == kSuccess) changed_.NotifyAll();
  }
  // Nothing: there was no success.
  std::optional<Times> WaitForSuccess() EXCLUDES(mutex_) {
    const auto deadline = steady_clock::now() + kNobodyWaitsThatLong;
    const MutexLock lock(mutex_);
    while (times_[kSuccess] == steady_clock::time_point()) {
      const auto left = deadline - steady_clock::now();
      if (left <= left.zero()) return std::nullopt;
      changed_.WaitFor(mutex_, std::chrono::ceil<milliseconds>(left));
    }
    return times_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  Times times_ GUARDED_BY(mutex_){};
};

class TimedReader final : public Reader {
 public:
  TimedReader(std::unique_ptr<Reader> reader, Moments& moments)
      : reader_(std::move(reader)), moments_(moments) {}
  Result<PresentedCard> Next(std::stop_token stop) override {
    auto card = reader_->Next(std::move(stop));
    if (card) moments_.Pass(Moments::kRead);
    return card;
  }
  std::string Describe() const override { return reader_->Describe(); }

 private:
  const std::unique_ptr<Reader> reader_;
  Moments& moments_;
};

class TimedPanel final : public Panel {
 public:
  explicit TimedPanel(Moments& moments) : moments_(moments) {}
  void ShowState(GateState state, std::string_view /*card*/, std::string_view /*name*/) override {
    if (state == GateState::kCardDetected) moments_.Pass(Moments::kTaken);
    if (state == GateState::kCameraActive) moments_.Pass(Moments::kCamera);
    if (state == GateState::kSuccess) moments_.Pass(Moments::kSuccess);
  }
  void ShowAck(const Ack& /*ack*/) override {}

 private:
  Moments& moments_;
};

// The board, as slow as its wires. Cards come and go while the gate looks.
class Board {
 public:
  void Show(const std::vector<unsigned char>& uid) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    model_.cards.clear();
    model_.Put({uid.begin(), uid.end()});
  }
  void Take() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    model_.cards.clear();
  }
  std::unique_ptr<SpiBus> Open() { return std::make_unique<Wire>(*this); }

 private:
  class Wire final : public SpiBus {
   public:
    explicit Wire(Board& board) : board_(board) {}
    Result<> Exchange(std::span<const std::span<unsigned char>> frames) override {
      const auto until = steady_clock::now() + frames.size() * kRegister;
      const MutexLock lock(board_.mutex_);
      auto exchanged = board_.model_.Exchange(frames);
      while (steady_clock::now() < until) {
      }
      return exchanged;
    }
    Result<> Reset() override { return {}; }
    const std::string& name() const override { return name_; }

   private:
    Board& board_;
    const std::string name_ = "a modelled board";
  };

  Mutex mutex_;
  Mfrc522Model model_ GUARDED_BY(mutex_){SystemClock()};
};

struct CycleArguments {
  size_t taps = 1'000;
  std::string camera;  // a directory of photographs; empty: without
  std::string directory = ".";
  bool json = false;
};

// How a card is shown, and taken away again when this is called.
using ShowCard = std::function<std::function<void()>(size_t n)>;

// A school of so many people at this directory, by the program itself.
bool MakeSchool(const std::string& directory, size_t people) {
  std::error_code failed;
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe", failed).parent_path().parent_path() /
      "tamtap";
  std::ofstream roster(directory + "/roster.csv");
  for (size_t n = 0; n < people; ++n)
    roster << fmt::format("{},First{},Last{},7,Narra\n", CardOf(n), n, n);
  roster.close();
  std::ofstream schedule(directory + "/schedule.csv");
  schedule << "Section,Grade,Adviser Name";
  for (const char* day : {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}) {
    schedule << fmt::format(",{0} Start,{0} End", day);
  }
  schedule << "\nNarra,7,M. Santos";
  for (int day = 0; day < 7; ++day) schedule << ",00:00,23:59";
  schedule << "\n";
  schedule.close();
  for (const char* file : {"roster.csv", "schedule.csv"}) {
    const pid_t child = fork();
    if (child == 0) {
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
      execl(program.c_str(), program.c_str(), "roster", "import", (directory + "/" + file).c_str(),
            "--data", (directory + "/data").c_str(), nullptr);
      _exit(127);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) return false;
  }
  return true;
}

class CycleBench {
 public:
  explicit CycleBench(const CycleArguments& arguments) : arguments_(arguments) {}

  // False: a sentence on standard error has said why.
  bool Measure(const std::string& name, std::function<std::unique_ptr<Reader>()> make,
               const ShowCard& show, bool camera) {
    const TestDirectory directory(arguments_.directory);
    if (!MakeSchool(directory.path(), arguments_.taps)) return Complain("no school can be made");
    Moments moments;
    TerminalParts parts;
    parts.readers.push_back(std::make_unique<TimedReader>(make(), moments));
    parts.panel = std::make_unique<TimedPanel>(moments);
    if (camera) {
      auto made = MakeCamera("files:" + arguments_.camera, SystemClock());
      if (!made) return Complain(made.error().Message());
      parts.camera = *std::move(made);
      parts.face = LoadFaceCheck();
    }
    auto store = central::OpenSqlite(directory / "data/central.db");
    if (!store) return Complain(store.error().Message());
    parts.store = *std::move(store);
    TerminalOptions options;
    options.data_directory = directory / "data";
    options.terminal_id = "bench";
    auto terminal = Terminal::Start(std::move(options), std::move(parts), PosixDisk(),
                                    SystemClock(), SystemRandom());
    if (!terminal) return Complain(terminal.error().Message());
    std::this_thread::sleep_for(milliseconds(500));  // the reader is set up, the school is known
    std::vector<Moments::Times> taps;
    for (size_t n = 0; n < arguments_.taps; ++n) {
      // At any moment of the reader's own rhythm.
      std::this_thread::sleep_for(microseconds(SystemRandom().Below(45'000)));
      moments.Begin();
      const auto take = show(n);
      const auto times = moments.WaitForSuccess();
      take();
      if (!times) return Complain(fmt::format("{}: tap {} came to nothing", name, n + 1));
      taps.push_back(*times);
    }
    Report(name, camera, taps);
    return (*terminal)->Stop();
  }

  json::array results;

 private:
  static bool Complain(const std::string& what) {
    fmt::print(stderr, "cycle_bench: {}\n", what);
    return false;
  }

  void Report(const std::string& name, bool camera, const std::vector<Moments::Times>& taps) {
    struct Step {
      const char* name;
      Moments::Moment from;
      Moments::Moment to;
    };
    const Moments::Moment looked = camera ? Moments::kCamera : Moments::kTaken;
    std::vector<Step> steps = {{"card in the field to read", Moments::kShown, Moments::kRead},
                               {"read to the tap's thread", Moments::kRead, Moments::kTaken}};
    if (camera) steps.push_back({"who and when", Moments::kTaken, Moments::kCamera});
    steps.push_back(
        {camera ? "face and append" : "who, when and append", looked, Moments::kSuccess});
    steps.push_back({"card in the field to SUCCESS", Moments::kShown, Moments::kSuccess});
    for (const Step& step : steps) {
      std::vector<double> took;
      for (const Moments::Times& times : taps) {
        took.push_back(
            std::chrono::duration<double, std::milli>(times[step.to] - times[step.from]).count());
      }
      const double p50 = Quantile(took, 0.5);
      const double p99 = Quantile(took, 0.99);
      if (!arguments_.json) {
        fmt::print("| {} | {} | {} | {:.2f} | {:.2f} |\n", name, camera ? "with" : "without",
                   step.name, p50, p99);
      }
      results.push_back(json::object{{"reader", name},
                                     {"camera", camera},
                                     {"step", step.name},
                                     {"taps", taps.size()},
                                     {"p50_ms", p50},
                                     {"p99_ms", p99}});
    }
  }

  const CycleArguments& arguments_;
};

bool MeasureBoard(CycleBench& bench, bool camera) {
  Board board;
  return bench.Measure(
      "RC522",
      [&board] {
        return MakeRc522Reader(
            "a modelled board",
            [&board]() -> Result<std::unique_ptr<SpiBus>> { return board.Open(); }, SystemClock());
      },
      [&board](size_t n) {
        board.Show(BytesFromHex(CardOf(n)));
        return [&board] { board.Take(); };
      },
      camera);
}

bool MeasurePcsc(CycleBench& bench, uint16_t port, bool camera) {
  return bench.Measure(
      "pcscd", [] { return *MakeReader("pcsc", SystemClock()); },
      [port](size_t n) {
        auto card = std::make_shared<VirtualCard>(BytesFromHex(CardOf(n)), port);
        return [card]() mutable {
          card.reset();
          std::this_thread::sleep_for(kBetweenCards);
        };
      },
      camera);
}

// Empty: a face is found. Else every tap would be taken without a look at it, or none would be.
std::string WrongWith(const std::string& photographs) {
  const auto camera = MakeCamera("files:" + photographs, SystemClock());
  if (!camera) return camera.error().Message();
  const auto frame =
      (*camera)->Grab(MonotonicTime::min(), MonotonicTime::max(), LateCamera::kIsWaitedFor);
  if (!frame) return frame.error().Message();
  const auto verdict = LoadFaceCheck()->Check(*frame, {});
  if (!verdict) return verdict.error().Message();
  return *verdict == FaceVerdict::kOneFace ? "" : "the photographs must show one face each";
}

int Main(int argc, char** argv) {
  CycleArguments arguments;
  bool alone = false;
  CLI::App app("each step of a tap, from a card in the field to SUCCESS");
  app.add_option("--rounds", arguments.taps, "how many taps each is measured on")
      ->check(CLI::Range(10, 100'000));
  app.add_option("--camera", arguments.camera, "photographs with a face, for taps with a camera");
  app.add_option("--directory", arguments.directory, "a directory on the disk of the journal");
  app.add_flag("--alone", alone, "it runs in a network of its own already");
  app.add_flag("--json", arguments.json);
  CLI11_PARSE(app, argc, argv);
  if (!SetLogLevel("error")) return 1;
  if (!alone) {
    std::vector<char*> words = {const_cast<char*>(TAMTAP_ALONE)};
    words.insert(words.end(), argv, argv + argc);
    words.push_back(const_cast<char*>("--alone"));
    words.push_back(nullptr);
    std::error_code failed;
    const std::string self = std::filesystem::read_symlink("/proc/self/exe", failed);
    words[1] = const_cast<char*>(self.c_str());
    execv(words.front(), words.data());
    std::perror(words.front());
    return 1;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  PcscDaemon daemon;
  std::string wrong = arguments.camera.empty() ? "" : WrongWith(arguments.camera);
  if (wrong.empty()) wrong = daemon.Start();
  if (!wrong.empty()) {
    fmt::print(stderr, "cycle_bench: {}\n", wrong);
    return 1;
  }
  if (!arguments.json) {
    fmt::print("| reader | camera | step | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |\n");
  }
  CycleBench bench(arguments);
  for (const bool camera : {false, true}) {
    if (camera && arguments.camera.empty()) continue;
    if (!MeasureBoard(bench, camera) || !MeasurePcsc(bench, daemon.port(), camera)) return 1;
  }
  if (arguments.json) fmt::print("{}\n", json::serialize(bench.results));
  return 0;
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) { return tamtap::bench::Main(argc, argv); }
