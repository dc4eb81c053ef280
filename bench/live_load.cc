#include "live_load.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace tamtap::bench {
namespace {

constexpr std::string_view kEvent = "42[\"attendance:new\"";
constexpr uint64_t kPoster = uint64_t{1} << 32;

[[noreturn]] void Fail(const std::string& what) {
  fmt::print(stderr, "live_bench: {}: {}\n", what, std::strerror(errno));
  std::exit(1);
}

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void NoDelay(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Connection::Connection(uint16_t port)
    : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = Loopback(port);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    Fail(fmt::format("connect to port {}", port));
  }
  NoDelay(descriptor_);
}

Connection::~Connection() { close(descriptor_); }

void Connection::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written < 0) Fail("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

bool Connection::Read() {
  std::array<char, 65536> some;
  const ssize_t count = recv(descriptor_, some.data(), some.size(), MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return false;
  if (count <= 0) Fail("a server hung up");
  input.append(some.data(), static_cast<size_t>(count));
  return true;
}

void Connection::WaitFor(std::string_view text) {
  while (input.find(text) == std::string::npos) {
    pollfd waits{descriptor_, POLLIN, 0};
    if (poll(&waits, 1, 10'000) != 1) Fail(fmt::format("no '{}' but '{}'", text, input));
    Read();
  }
  input.clear();
}

Rival::Rival(Address address, size_t clients, size_t posters)
    : address_(std::move(address)), wanted_clients_(clients), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  for (size_t i = 0; i < posters; ++i) {
    posters_.push_back(std::make_unique<Connection>(address_.port));
    epoll_event event{EPOLLIN, {.u64 = kPoster + i}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, posters_.back()->descriptor(), &event);
  }
}

void Rival::Listen(bool bare) {
  bare_ = bare;
  for (size_t i = 0; i < wanted_clients_; ++i) {
    auto connection = std::make_unique<Connection>(address_.port);
    if (!bare) {
      connection->Write(
          fmt::format("GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nCookie: {}\r\n\r\n",
                      address_.port, address_.cookie));
      connection->WaitFor("maxPayload");
      connection->Write(
          std::string("\x81\x82\0\0\0\0"
                      "40",
                      8));  // masked with zeros
      connection->WaitFor("\"sid\"");
    }
    epoll_event event{EPOLLIN, {.u64 = i}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection->descriptor(), &event);
    clients_.push_back({std::move(connection), 0});
  }
}

// Whole frames of text from a server, and what they are.
void Rival::Take(Client& client) {
  std::string& input = client.connection->input;
  size_t at = 0;
  while (input.size() - at >= 2) {
    size_t head = 2;
    size_t length = static_cast<unsigned char>(input[at + 1]);
    if (length == 126) {
      if (input.size() - at < 4) break;
      head = 4;
      length = static_cast<size_t>(static_cast<unsigned char>(input[at + 2])) << 8 |
               static_cast<unsigned char>(input[at + 3]);
    }
    if (input.size() - at < head + length) break;
    const std::string_view text = std::string_view(input).substr(at + head, length);
    if (text == "2") {
      client.connection->Write(
          std::string("\x81\x81\0\0\0\0"
                      "3",
                      7));
    } else if (text.starts_with(kEvent)) {
      ++client.heard;
      ++heard_;
      heard_bytes_ += head + length;
    }
    at += head + length;
  }
  input.erase(0, at);
}

bool Rival::TakeAnswer(size_t poster) {
  std::string& input = posters_[poster]->input;
  const size_t end = input.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  if (!input.starts_with("HTTP/1.1 200")) {
    errno = 0;
    Fail("a post was refused: " + input.substr(0, 2'000));
  }
  size_t length = std::string::npos;
  for (const char* name : {"Content-Length: ", "content-length: "}) {
    const size_t found = input.find(name);
    if (found != std::string::npos && found < end) {
      length = std::strtoul(input.c_str() + found + std::strlen(name), nullptr, 10);
    }
  }
  if (length == std::string::npos) Fail("an answer without its length");
  if (input.size() < end + 4 + length) return false;
  input.erase(0, end + 4 + length);
  return true;
}

void Rival::Post(size_t poster, const std::string& body, std::string_view path) {
  posters_[poster]->Write(
      fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n{}\r\n{}",
                  path.empty() ? std::string_view(address_.post_path) : path, address_.port,
                  body.size(), address_.headers, body));
}

void Rival::Poll(const std::function<void(size_t)>& answered) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), 10'000);
  if (count == 0) Fail("nothing is heard for ten seconds");
  for (int i = 0; i < count; ++i) {
    const uint64_t id = events[static_cast<size_t>(i)].data.u64;
    if (id >= kPoster) {
      const size_t poster = static_cast<size_t>(id - kPoster);
      posters_[poster]->Read();
      while (TakeAnswer(poster)) answered(poster);
    } else {
      Client& client = clients_[static_cast<size_t>(id)];
      client.connection->Read();
      Take(client);
    }
  }
}

double Rival::SecondsToPost(const std::vector<std::string>& bodies, std::string_view path) {
  const auto begin = SteadyClock::now();
  size_t next = 0;
  size_t answered = 0;
  const auto post = [&](size_t poster) {
    if (next < bodies.size()) Post(poster, bodies[next++], path);
  };
  for (size_t i = 0; i < posters_.size(); ++i) post(i);
  while (answered < bodies.size()) {
    Poll([&](size_t poster) {
      ++answered;
      post(poster);
    });
  }
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

double Rival::SecondsOneByOne(const std::vector<std::string>& bodies) {
  double seconds = 0;
  size_t bytes = 0;
  for (const std::string& each : bodies) {
    seconds += SecondsToTell({each});
    bytes += heard_bytes_;
  }
  heard_bytes_ = bytes / bodies.size();
  return seconds;
}

double Rival::SecondsToTell(const std::vector<std::string>& bodies) {
  heard_ = 0;
  heard_bytes_ = 0;
  const auto begin = SteadyClock::now();
  size_t next = 0;
  size_t answered = 0;
  const auto post = [&](size_t poster) {
    if (next < bodies.size()) Post(poster, bodies[next++], {});
  };
  for (size_t i = 0; i < posters_.size(); ++i) post(i);
  const size_t wanted = bodies.size() * clients_.size();
  while (heard_ < wanted || answered < bodies.size()) {
    Poll([&](size_t poster) {
      ++answered;
      post(poster);
    });
  }
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

double Rival::SecondsBare(size_t frames, size_t frame_bytes) {
  const auto begin = SteadyClock::now();
  for (size_t frame = 0; frame < frames; ++frame) {
    heard_ = 0;
    const auto length = static_cast<uint32_t>(frame_bytes);
    posters_[0]->Write({reinterpret_cast<const char*>(&length), sizeof length});
    while (heard_ < clients_.size()) Poll([](size_t) {});
  }
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

void ServeBare(uint16_t port, size_t clients) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = Loopback(port);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, 128) != 0) {
    Fail("listen");
  }
  const int control = accept(listener, nullptr, nullptr);
  std::vector<int> sockets;
  for (size_t i = 0; i < clients; ++i) {
    sockets.push_back(accept(listener, nullptr, nullptr));
    if (sockets.back() < 0) Fail("accept");
    NoDelay(sockets.back());
  }
  uint32_t bytes = 0;
  std::string frame;
  while (read(control, &bytes, sizeof bytes) == sizeof bytes) {
    // As long as a frame of TamTap's, and shaped like one.
    if (frame.size() != bytes) {
      const size_t length = bytes - 4;
      frame = "\x81\x7E";
      frame.push_back(static_cast<char>(length >> 8));
      frame.push_back(static_cast<char>(length & 0xFF));
      frame += kEvent;
      frame.resize(bytes, ' ');
    }
    for (const int each : sockets) {
      if (write(each, frame.data(), frame.size()) != static_cast<ssize_t>(frame.size())) {
        Fail("a bare write");
      }
    }
  }
  std::exit(0);
}

}  // namespace tamtap::bench
