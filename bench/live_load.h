// The clients of the live bench: many WebSockets that hear of taps, and a few connections that post
// them, in one thread over epoll. A bare client hears frames without a handshake.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tamtap::bench {

using SteadyClock = std::chrono::steady_clock;

// A connection whose bytes are read as they come. Fatal errors end the program, with a sentence.
class Connection {
 public:
  explicit Connection(uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int descriptor() const { return descriptor_; }
  void Write(std::string_view bytes);
  // Whatever is there; false: nothing was.
  bool Read();
  void WaitFor(std::string_view text);  // until the input holds it, then drops all of the input

  std::string input;

 private:
  int descriptor_ = -1;
};

// One rival: a server, who listens to it, and who posts to it.
class Rival {
 public:
  // `cookie` is of the handshake; `headers` of each post, whole lines.
  struct Address {
    uint16_t port = 0;
    std::string cookie{};
    std::string post_path{};
    std::string headers{};
  };
  Rival(Address address, size_t clients, size_t posters);

  // Listens with that many WebSockets of Socket.IO; `bare`: with plain connections.
  void Listen(bool bare);
  // Posts `bodies`, as many at a time as there are posters, and returns how long it took until
  // every client had heard of all of them.
  double SecondsToTell(const std::vector<std::string>& bodies);
  // The same, where each waits until every client has heard of the one before.
  double SecondsOneByOne(const std::vector<std::string>& bodies);
  // Posts without anybody who listens: until all are answered.
  double SecondsToPost(const std::vector<std::string>& bodies, std::string_view path = {});
  // Asks the bare server for as many frames of that length, one after the other, for each client.
  double SecondsBare(size_t frames, size_t frame_bytes);

  // Of the events of the last SecondsToTell(), on average.
  size_t frame_bytes() const { return heard_ == 0 ? 0 : heard_bytes_ / heard_; }

 private:
  struct Client {
    std::unique_ptr<Connection> connection;
    size_t heard = 0;
  };
  void Poll(const std::function<void(size_t poster)>& answered);
  void Take(Client& client);
  void Post(size_t poster, const std::string& body, std::string_view path);
  bool TakeAnswer(size_t poster);

  const Address address_;
  const size_t wanted_clients_;
  int epoll_ = -1;
  bool bare_ = false;
  std::vector<Client> clients_;
  std::vector<std::unique_ptr<Connection>> posters_;
  std::vector<double> started_;
  size_t heard_ = 0;  // by all clients together
  size_t heard_bytes_ = 0;
};

// Writes what it is asked for to everyone who has connected, one write(2) each: the least that a
// server can do. Never returns.
[[noreturn]] void ServeBare(uint16_t port, size_t clients);

}  // namespace tamtap::bench
