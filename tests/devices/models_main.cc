// device_models SOCKET: modelled devices for programs with preload.cc in them.
//
// Standard input is a test's: a line is a device and a word for it ("spi show 176B3325"), and is
// answered by one line. For every device there are also
//   DEVICE fail ERRNO AFTER TIMES   the calls behind the next AFTER ones fail, TIMES of them
//   DEVICE unplug | plug            as when its wires are pulled
// It ends with the input.
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <thread>

#include "device.h"

namespace tamtap::devices {
namespace {

struct Node {
  const char* path;
  const char* name;
  std::unique_ptr<Device> device;
};

class Models {
 public:
  Models() {
    auto reset = std::make_shared<std::function<void()>>();
    Add("/dev/spidev0.0", "spi", MakeSpiDevice(*reset));
    Add("/dev/i2c-1", "i2c", MakeI2cDevice());
    Add("/dev/gpiochip0", "gpio", MakeGpioDevice([reset](unsigned line, bool high) {
          constexpr unsigned kReset = 25;
          if (line == kReset && high) (*reset)();
        }));
    Add("/dev/input/event7", "keyboard", MakeKeyboardDevice());
  }

  // A connection of a program, until it ends.
  void Serve(int connection) {
    std::shared_ptr<OpenFile> file;
    Node* node = nullptr;
    std::string buffer(sizeof(Call) + kMostBytes, '\0');
    while (true) {
      const ssize_t got = recv(connection, buffer.data(), buffer.size(), 0);
      if (got < static_cast<ssize_t>(sizeof(Call))) break;
      Call call{};
      std::memcpy(&call, buffer.data(), sizeof(call));
      const std::string_view bytes(buffer.data() + sizeof(Call), call.size);
      if (call.kind == Kind::kEvents) {
        TakeEvents(static_cast<int>(call.request), connection);
        return;  // it is the file's now
      }
      if (!Send(connection, Carry(call, bytes, connection, file, node))) break;
    }
    Close(connection, file);
    close(connection);
  }

  std::string Tell(const std::string& line) {
    std::istringstream text(line);
    std::string name;
    text >> name;
    std::vector<std::string> words;
    for (std::string word; text >> word;) words.push_back(word);
    for (Node& node : nodes_) {
      if (node.name != name || words.empty()) continue;
      Device& device = *node.device;
      if (words[0] == "unplug" || words[0] == "plug") {
        const bool plug = words[0] == "plug";
        {
          const std::lock_guard lock(device.mutex);
          device.plugged = plug;
          if (plug) device.PowerUp();
        }
        if (!plug) HangUp(node);
        return "done";
      }
      const std::lock_guard lock(device.mutex);
      if (words[0] != "fail") return device.Tell(words);
      device.fault = {std::stoi(words[1]), std::stoi(words[2]), std::stoi(words[3])};
      return "done";
    }
    return "?";
  }

 private:
  struct Open {
    std::shared_ptr<OpenFile> file;
    Node* node;
    int calls;
    int events = -1;
  };

  void Add(const char* path, const char* name, std::unique_ptr<Device> device) {
    nodes_.push_back({path, name, std::move(device)});
  }

  Node* Find(std::string_view path) {
    for (Node& node : nodes_) {
      const std::lock_guard lock(node.device->mutex);
      if (node.path == path && node.device->plugged) return &node;
    }
    return nullptr;
  }

  int Remember(std::shared_ptr<OpenFile> file, Node* node, int calls) {
    const std::lock_guard lock(mutex_);
    open_[++last_token_] = {std::move(file), node, calls};
    return last_token_;
  }

  Result Carry(const Call& call, std::string_view bytes, int connection,
               std::shared_ptr<OpenFile>& file, Node*& node) {
    switch (call.kind) {
      case Kind::kStat: {
        Node* const found = Find(bytes);
        if (found == nullptr) return Failed(ENOENT);
        return {static_cast<int32_t>(found - nodes_.data()), 0, {}, {}};
      }
      case Kind::kOpen: {
        node = Find(bytes);
        if (node == nullptr) return Failed(ENOENT);
        int error = EBUSY;
        {
          const std::lock_guard lock(node->device->mutex);
          if (const int fault = node->device->TakeFault(); fault != 0) return Failed(fault);
          file = node->device->Open(error);
        }
        if (!file) return Failed(error);
        return {Remember(file, node, connection), 0, {}, {}};
      }
      case Kind::kOpenToken: {
        const std::lock_guard lock(mutex_);
        Open& open = open_.at(static_cast<int>(call.request));
        open.calls = connection;
        file = open.file;
        node = open.node;
        return {static_cast<int32_t>(call.request), 0, {}, {}};
      }
      default:
        break;
    }
    if (!file) return Failed(EBADF);
    const std::lock_guard lock(node->device->mutex);
    if (!node->device->plugged) return Failed(ENODEV);
    switch (call.kind) {
      case Kind::kRead:
        return file->Read(call.argument);
      case Kind::kWrite:
        return file->Write(bytes);
      default:
        return file->Ioctl(call.request, call.argument, bytes);
    }
  }

  bool Send(int connection, const Result& result) {
    Answer answer{result.result, result.error, static_cast<uint32_t>(result.bytes.size()), 0};
    if (result.opened) {
      const std::lock_guard lock(mutex_);
      Node* node = nullptr;
      for (Node& each : nodes_) {
        if (std::string_view(each.name) == "gpio") node = &each;
      }
      open_[++last_token_] = {result.opened, node, -1};
      answer.token = static_cast<uint32_t>(last_token_);
    }
    std::string message(reinterpret_cast<const char*>(&answer), sizeof(answer));
    message += result.bytes;
    return send(connection, message.data(), message.size(), MSG_NOSIGNAL) >= 0;
  }

  void TakeEvents(int token, int connection) {
    Node* node = nullptr;
    std::shared_ptr<OpenFile> file;
    {
      const std::lock_guard lock(mutex_);
      Open& open = open_.at(token);
      open.events = connection;
      node = open.node;
      file = open.file;
    }
    {
      const std::lock_guard lock(node->device->mutex);
      file->send = [connection](std::string_view events) {
        // Nobody reads there any more, or too slowly: the kernel drops events, too.
        static_cast<void>(
            send(connection, events.data(), events.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
      };
    }
    const char ready = '!';
    static_cast<void>(send(connection, &ready, 1, MSG_NOSIGNAL));
  }

  void Close(int connection, std::shared_ptr<OpenFile>& file) {
    Open ended{};
    ended.events = -1;
    {
      const std::lock_guard lock(mutex_);
      for (auto at = open_.begin(); at != open_.end(); ++at) {
        if (at->second.calls != connection) continue;
        ended = std::move(at->second);
        open_.erase(at);
        break;
      }
    }
    if (ended.node != nullptr) {
      const std::lock_guard lock(ended.node->device->mutex);
      ended.file->send = nullptr;
    }
    if (ended.events >= 0) close(ended.events);
    file.reset();
  }

  void HangUp(const Node& node) {
    const std::lock_guard lock(mutex_);
    for (auto& [token, open] : open_) {
      if (open.node != &node) continue;
      if (open.events >= 0) shutdown(open.events, SHUT_RDWR);
      if (open.calls >= 0) shutdown(open.calls, SHUT_RDWR);
    }
  }

  std::vector<Node> nodes_;
  std::mutex mutex_;
  std::map<int, Open> open_;  // by token
  int last_token_ = 0;
};

int Main(const char* path) {
  const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
  unlink(path);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 64) != 0) {
    std::perror(path);
    return 1;
  }
  Models& models = *new Models;  // threads use it until the process ends
  std::thread([&models, listener] {
    while (true) {
      const int connection = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      std::thread([&models, connection] { models.Serve(connection); }).detach();
    }
  }).detach();
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << models.Tell(line) << std::endl;
  }
  unlink(path);
  std::_Exit(0);
}

}  // namespace
}  // namespace tamtap::devices

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: device_models SOCKET\n";
    return 2;
  }
  return tamtap::devices::Main(argv[1]);
}
