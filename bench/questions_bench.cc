// How much longer a tap takes to be stored by the server while twelve people ask about 400 days at
// once. Quiet and busy rounds take turns, so that what else the machine does falls on both.
//
//   build/bench/questions_bench [--people N] [--days N] [--rounds N] [--taps N] [--directory DIR]
//
// Everything is production's: the SQLite store on a disk, the server with its sockets and its usual
// workers. A tap is one POST /api/terminal/records with one record, over loopback. Those who ask
// run in this process too, and follow one page with the next: their share of the processor is on
// the busy side.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <boost/json.hpp>
#include <filesystem>
#include <thread>

#include "base/log.h"
#include "central/stores.h"
#include "figures.h"
#include "http/client.h"
#include "http/server.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "sync/school_fixture.h"
#include "tap/example_record.h"

namespace tamtap::bench {
namespace {

namespace json = boost::json;
using SteadyClock = std::chrono::steady_clock;

constexpr int kAsking = 12;
constexpr int64_t kDayUs = 86'400'000'000;

struct Arguments {
  uint64_t people = 500;
  int days = 400;
  int rounds = 40;
  int taps = 25;  // a round
  std::string directory = "questions-bench";
};

// Who is measured, and who asks meanwhile.
class Bench {
 public:
  Bench(const Arguments& arguments, SchoolStore& store, IdentityStore& identity)
      : arguments_(arguments), store_(store), identity_(identity) {}

  int Run() {
    const TimeZone zone = *TimeZone::Load("Asia/Manila");
    today_us_ = SystemClock().Now().time_since_epoch().count();
    Fill();
    ApiServer api({.web_directory = {}, .photo_directory = arguments_.directory + "/photos"},
                  store_, identity_, zone, SystemClock(), SystemRandom());
    const auto server = http::StartServer({.version = "bench"}, api);
    if (!server) return Fail(server.error());
    url_ = fmt::format("http://127.0.0.1:{}", (*server)->port());
    if (const auto ready = Prepare(); !ready) return Fail(ready.error());
    std::vector<double> quiet;
    std::vector<double> busy;
    std::vector<double> ratios;  // of a busy round to the quiet one before it
    for (int round = 0; round < arguments_.rounds; ++round) {
      const double before = Measure(quiet);
      asking_ = true;
      std::vector<std::jthread> people;
      for (int i = 0; i < kAsking; ++i) people.emplace_back([this] { Ask(); });
      while (answers_ == 0) std::this_thread::yield();  // the questions have begun
      ratios.push_back(Measure(busy) / before);
      asking_ = false;
      people.clear();
      answers_ = 0;
    }
    Print(quiet, busy, ratios);
    (*server)->Stop();
    api.Stop();
    return failed_ ? 1 : 0;
  }

 private:
  static int Fail(const Error& error) {
    fmt::print(stderr, "{}\n", error.Message());
    return 1;
  }

  void Fill() {
    std::vector<Person> people;
    for (uint64_t i = 0; i < arguments_.people; ++i) {
      const Record record = ExampleRecord(1, Card(i));
      Person person;
      person.card = record.card;
      person.person = record.person;
      person.name = record.name;
      person.section = record.section;
      people.push_back(std::move(person));
    }
    (void)PutPeople(store_, people);
    for (int day = 1; day <= arguments_.days; ++day) {
      std::vector<Record> records;
      for (uint64_t i = 0; i < arguments_.people; ++i) {
        records.push_back(ExampleRecord(++sequence_, Card(i),
                                        today_us_ - day * kDayUs + static_cast<int64_t>(i),
                                        "gate-of-old"));
      }
      (void)store_.Store(records);
    }
  }
  static std::string Card(uint64_t person) { return fmt::format("{:08X}", 0xA0000000 + person); }

  Result<> Prepare() {
    TAMTAP_RETURN_IF_ERROR(AddAccount(identity_, "head", AccountRole::kAdmin, {}, "correct horse"));
    TAMTAP_TRY(const auto token,
               NewTerminalToken(identity_, SystemRandom(), SystemClock(), "gate-1"));
    TAMTAP_TRY(const auto enrolled, Enroll(identity_, SystemRandom(), SystemClock(), token.token));
    gate_ = {{"Authorization", "Bearer " + enrolled.secret}};
    TAMTAP_TRY(http::Url url, http::Url::Parse(url_));
    client_ = http::MakeClient(std::move(url));
    http::Request login;
    login.method = "POST";
    login.target = "/api/auth/login";
    login.headers = {{"Content-Type", "application/json"}};
    login.body = R"({"username":"head","password":"correct horse"})";
    TAMTAP_TRY(const http::Response answer, client_->Send(login));
    const std::string cookie(answer.Header("Set-Cookie"));
    session_ = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
    return {};
  }

  // Returns the mean of this round.
  double Measure(std::vector<double>& milliseconds) {
    double sum = 0;
    for (int i = 0; i < arguments_.taps; ++i) {
      http::Request request;
      request.method = "POST";
      request.target = "/api/terminal/records";
      request.headers = gate_;
      const uint64_t number = ++sequence_;
      AppendJson(ExampleRecord(number, Card(number % arguments_.people),
                               today_us_ + static_cast<int64_t>(number)),
                 request.body);
      const auto begin = SteadyClock::now();
      const auto answer = client_->Send(request);
      const std::chrono::duration<double, std::milli> took = SteadyClock::now() - begin;
      milliseconds.push_back(took.count());
      sum += took.count();
      if (!answer || answer->status != 200 ||
          answer->body.find("\"rejected\"") != std::string::npos) {
        fmt::print(stderr, "a tap was not stored: {}\n",
                   answer ? answer->body : answer.error().Message());
        failed_ = true;
      }
      // A gate's next person takes a second; here it is a moment, so that taps do not queue.
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return sum / arguments_.taps;
  }

  void Ask() {
    auto url = http::Url::Parse(url_);
    const auto client = http::MakeClient(*std::move(url));
    const TimeZone zone = *TimeZone::Load("Asia/Manila");
    const std::string today = zone.ToLocal(SystemClock().Now()).day;
    std::string from = AddDays(today, -arguments_.days);
    while (asking_) {
      http::Request request;
      request.target = fmt::format("/api/attendance/range/query?from={}&to={}", from, today);
      request.headers = session_;
      const auto answer = client->Send(request);
      if (answer && answer->status == 200) {
        ++answers_;
        ++pages_;
        const size_t at = answer->body.find("\"next\":\"");
        from = at < 200 ? answer->body.substr(at + 8, 10) : AddDays(today, -arguments_.days);
      } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));  // told to come again
      }
    }
  }

  void Print(const std::vector<double>& quiet, const std::vector<double>& busy,
             const std::vector<double>& ratios) const {
    const auto line = [](const char* name, const std::vector<double>& values) {
      fmt::print("| {} | {:.2f} ms | {:.2f} ms | {:.2f} ms |\n", name, Median(values),
                 Quantile(values, 0.9), Quantile(values, 0.99));
    };
    fmt::print("{} people, {} days, {} attendances; {} taps each way, {} pages answered\n\n",
               arguments_.people, arguments_.days,
               arguments_.people * static_cast<uint64_t>(arguments_.days), quiet.size(),
               pages_.load());
    fmt::print("| a tap's storing | median | 90 % | 99 % |\n| --- | --- | --- | --- |\n");
    line("quiet", quiet);
    line("twelve 400-day questions", busy);
    fmt::print(
        "\na busy round to the quiet one before it: {:.2f} (median of {} pairs; quartiles "
        "{:.2f} and {:.2f})\n",
        Median(ratios), ratios.size(), Quantile(ratios, 0.25), Quantile(ratios, 0.75));
  }

  const Arguments& arguments_;
  SchoolStore& store_;
  IdentityStore& identity_;
  std::string url_;
  http::Headers gate_;
  http::Headers session_;
  std::unique_ptr<http::Client> client_;
  int64_t today_us_ = 0;
  uint64_t sequence_ = 0;
  bool failed_ = false;
  std::atomic<bool> asking_ = false;
  std::atomic<uint64_t> answers_ = 0;  // in this round
  std::atomic<uint64_t> pages_ = 0;
};

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("How long a tap's storing takes while others ask about a year");
  app.add_option("--people", arguments.people);
  app.add_option("--days", arguments.days);
  app.add_option("--rounds", arguments.rounds);
  app.add_option("--taps", arguments.taps);
  app.add_option("--directory", arguments.directory, "On the disk to measure; made anew");
  CLI11_PARSE(app, argc, argv);
  std::filesystem::remove_all(arguments.directory);
  std::filesystem::create_directories(arguments.directory);
  auto store = central::OpenSqlite(arguments.directory + "/central.db");
  auto identity = central::OpenSqliteIdentity(arguments.directory + "/server.db");
  if (!store || !identity) {
    fmt::print(stderr, "{} can't be written\n", arguments.directory);
    return 1;
  }
  const int result = Bench(arguments, **store, **identity).Run();
  identity->reset();
  store->reset();
  std::filesystem::remove_all(arguments.directory);
  return result;
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) { return tamtap::bench::Main(argc, argv); }
