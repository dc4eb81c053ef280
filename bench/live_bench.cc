// The live feed beside what else could carry it, in short rounds that take turns, so that what else
// the machine does falls on all of them. bench/live.py starts the servers and calls this.
//
//   live_bench tell  --tamtap PORT --cookie C --secret S --node PORT --bare PORT [--clients N] ...
//   live_bench post  --tamtap PORT --secret S --node PORT [--posters N] ...
//   live_bench ingest --tamtap PORT --secret S --store FILE [--posters N] [--threads N]
//   live_bench listen --tamtap PORT --cookie C [--clients N]
//   live_bench serve-bare PORT CLIENTS
//
// tell: N clients listen to each server. "One by one": a post, until all clients have heard of it,
// then the next. "Under way": eight posts at a time. Bare: a program that writes the same number of
// bytes to each of N sockets and does nothing else.
// post: nobody listens; who posts does so again as soon as the answer is there.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <memory>
#include <thread>

#include "central/stores.h"
#include "figures.h"
#include "live_load.h"
#include "tap/example_record.h"

namespace tamtap::bench {
namespace {

struct Arguments {
  uint16_t tamtap = 0;
  uint16_t node = 0;
  uint16_t node_flushing = 0;
  uint16_t bare = 0;
  std::string cookie;
  std::string secret;
  size_t clients = 1'000;
  size_t posters = 8;
  size_t events = 20;  // a round
  size_t rounds = 40;
  size_t threads = 16;
  std::string store;
};

// A record of now, of a person who has not come yet.
Record NextRecord() {
  static uint64_t sequence = 0;
  static const std::string generation = SystemRandom().Hex(8);
  ++sequence;
  Record record = ExampleRecord(sequence, fmt::format("{:08X}", 0xA0000000U + sequence),
                                SystemClock().Now().time_since_epoch().count());
  record.tap.generation = generation;
  return record;
}

std::string BodyOf(const Record& record) {
  std::string body;
  AppendJson(record, body);
  return body;
}

std::vector<std::string> Bodies(size_t count) {
  std::vector<std::string> bodies;
  for (size_t i = 0; i < count; ++i) bodies.push_back(BodyOf(NextRecord()));
  return bodies;
}

std::string Lines(const std::vector<std::string>& bodies) {
  std::string lines;
  for (const std::string& each : bodies) lines += each + "\n";
  return lines;
}

Rival::Address TamTap(const Arguments& arguments, const char* path) {
  return {arguments.tamtap, arguments.cookie, path,
          "Content-Type: application/json\r\nAuthorization: Bearer " + arguments.secret + "\r\n"};
}
Rival::Address Node(uint16_t port) {
  return {port, "", "/api/hardware/attendance", "Content-Type: application/json\r\n"};
}

void Print(const char* what, const std::vector<double>& a, const char* than,
           const std::vector<double>& b) {
  std::vector<double> ratios;
  for (size_t i = 0; i < a.size(); ++i) ratios.push_back(a[i] / b[i]);
  fmt::print("{:<44} {:>7.0f}/s, {} {:>7.0f}/s: {:.2f}x (middle half {:.2f} to {:.2f})\n", what,
             Median(a), than, Median(b), Median(ratios), Quantile(ratios, 0.25),
             Quantile(ratios, 0.75));
  std::fflush(stdout);
}

int Tell(const Arguments& arguments) {
  constexpr const char* kNotify = "/api/hardware/attendance";
  constexpr const char* kSync = "/api/terminal/records";
  const size_t count = arguments.events;
  Rival one(TamTap(arguments, kNotify), arguments.clients, 1);
  one.Listen(false);
  Rival many(TamTap(arguments, kNotify), 0, 8);
  Rival node(Node(arguments.node), arguments.clients, 1);
  node.Listen(false);
  Rival bare({arguments.bare}, arguments.clients, 1);
  bare.Listen(true);
  std::vector<double> told, node_told, written;
  for (size_t round = 0; round <= arguments.rounds; ++round) {
    const auto bodies = Bodies(count);
    const auto rate = [&](double seconds) { return static_cast<double>(count) / seconds; };
    const double ours = rate(one.SecondsOneByOne(bodies));
    const size_t one_frame = one.frame_bytes();
    one.SecondsToPost({Lines(bodies)}, kSync);  // the store has them, as soon after as at a gate
    const double bares = rate(bare.SecondsBare(count, one_frame));
    const double nodes = rate(node.SecondsOneByOne(bodies));
    if (round == 0) continue;  // to warm up
    told.push_back(ours);
    written.push_back(bares);
    node_told.push_back(nodes);
  }
  fmt::print("{} clients, {} rounds of {} events of {} bytes\n", arguments.clients,
             arguments.rounds, count, one.frame_bytes());
  Print("one by one", told, "bare writes", written);
  Print("one by one", told, "Node", node_told);
  return 0;
}

int Underway(const Arguments& arguments) {
  const size_t count = arguments.events * 5;
  Rival ours(TamTap(arguments, "/api/hardware/attendance"), arguments.clients, 8);
  ours.Listen(false);
  Rival node(Node(arguments.node), arguments.clients, 8);
  node.Listen(false);
  std::vector<double> told, node_told;
  for (size_t round = 0; round <= arguments.rounds / 2; ++round) {
    const auto bodies = Bodies(count);
    const double seconds = ours.SecondsToTell(bodies);
    ours.SecondsToPost({Lines(bodies)}, "/api/terminal/records");
    const double node_seconds = node.SecondsToTell(bodies);
    if (round == 0) continue;
    told.push_back(static_cast<double>(count) / seconds);
    node_told.push_back(static_cast<double>(count) / node_seconds);
  }
  Print("eight posts under way", told, "Node", node_told);
  return 0;
}

int PostAlone(const Arguments& arguments) {
  const size_t count = arguments.posters * 25;
  Rival stores(TamTap(arguments, "/api/terminal/records"), 0, arguments.posters);
  Rival notes(TamTap(arguments, "/api/hardware/attendance"), 0, arguments.posters);
  Rival node(Node(arguments.node), 0, arguments.posters);
  Rival flushing(Node(arguments.node_flushing), 0, arguments.posters);
  std::vector<double> stored, noted, node_posts, flushed;
  for (size_t round = 0; round <= arguments.rounds / 2; ++round) {
    const auto bodies = Bodies(count);
    const auto rate = [&](double seconds) { return static_cast<double>(count) / seconds; };
    const double notified = rate(notes.SecondsToPost(bodies));
    const double committed = rate(stores.SecondsToPost(bodies));
    const double plain = rate(node.SecondsToPost(bodies));
    const double safe = rate(flushing.SecondsToPost(bodies));
    if (round == 0) continue;
    noted.push_back(notified);
    stored.push_back(committed);
    node_posts.push_back(plain);
    flushed.push_back(safe);
  }
  fmt::print("{} at a time\n", arguments.posters);
  Print("POST with our commit", stored, "Express that flushes each", flushed);
  Print("POST with our commit", stored, "Express that keeps nothing", node_posts);
  Print("POST of a notification", noted, "Express that keeps nothing", node_posts);
  return 0;
}

// Clients that listen until standard input ends.
int Listen(const Arguments& arguments) {
  Rival rival(TamTap(arguments, ""), arguments.clients, 0);
  rival.Listen(false);
  fmt::print("listening\n");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}

// As many gates as there are posters, each with one tap at a time, beside the store alone: the same
// records from as many threads as the server has workers, with nothing between them and the file.
int Ingest(const Arguments& arguments) {
  const size_t count = arguments.posters * 4;
  Rival gates(TamTap(arguments, "/api/terminal/records"), 0, arguments.posters);
  const auto store = central::OpenSqlite(arguments.store);
  if (!store) {
    fmt::print(stderr, "live_bench: {}\n", store.error().Message());
    return 1;
  }
  std::vector<double> gate_rates, store_rates;
  for (size_t round = 0; round <= arguments.rounds / 2; ++round) {
    std::vector<Record> records;
    std::vector<std::string> bodies;
    for (size_t i = 0; i < count; ++i) {
      records.push_back(NextRecord());
      bodies.push_back(BodyOf(records.back()));
    }
    const double sent = gates.SecondsToPost(bodies);
    const auto begin = SteadyClock::now();
    {
      std::atomic<size_t> next = 0;
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < arguments.threads; ++i) {
        threads.emplace_back([&] {
          for (size_t n = next++; n < count; n = next++) {
            if (!(*store)->Store(std::span(&records[n], 1))) std::abort();
          }
        });
      }
    }
    const double stored = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    if (round == 0) continue;
    gate_rates.push_back(static_cast<double>(count) / sent);
    store_rates.push_back(static_cast<double>(count) / stored);
  }
  fmt::print("{} gates at once\n", arguments.posters);
  Print("taps stored by the server", gate_rates, "by the store alone", store_rates);
  return 0;
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) {
  using namespace tamtap::bench;
  Arguments arguments;
  CLI::App app("The live feed beside Node and bare writes");
  const auto add = [&](const char* name) {
    CLI::App* const part = app.add_subcommand(name);
    part->add_option("--tamtap", arguments.tamtap);
    part->add_option("--node", arguments.node);
    part->add_option("--node-flushing", arguments.node_flushing);
    part->add_option("--bare", arguments.bare);
    part->add_option("--cookie", arguments.cookie);
    part->add_option("--secret", arguments.secret);
    part->add_option("--clients", arguments.clients);
    part->add_option("--posters", arguments.posters);
    part->add_option("--events", arguments.events);
    part->add_option("--rounds", arguments.rounds);
    part->add_option("--threads", arguments.threads);
    part->add_option("--store", arguments.store);
    return part;
  };
  CLI::App* const tell = add("tell");
  CLI::App* const underway = add("underway");
  CLI::App* const post = add("post");
  CLI::App* const listen = add("listen");
  CLI::App* const ingest = add("ingest");
  CLI::App* const serve = app.add_subcommand("serve-bare");
  uint16_t port = 0;
  serve->add_option("port", port)->required();
  serve->add_option("clients", arguments.clients)->required();
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  if (serve->parsed()) ServeBare(port, arguments.clients);
  if (tell->parsed()) return Tell(arguments);
  if (underway->parsed()) return Underway(arguments);
  if (post->parsed()) return PostAlone(arguments);
  if (listen->parsed()) return Listen(arguments);
  if (ingest->parsed()) return Ingest(arguments);
  return 2;
}
