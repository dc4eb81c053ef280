// The server between gates and store, in lives that have one: production's routes and production's
// HTTP store, with nothing left out but the sockets. What is on its way is on a Link.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "http/client.h"
#include "server/api_server.h"
#include "sim/gate_clock.h"
#include "sim/network.h"

namespace tamtap::sim {

class SimulatedServer {
 public:
  // `now_us`: the world's time; the server's clock is right.
  SimulatedServer(const int64_t& now_us, int64_t wall_us, StoreFront& front, const TimeZone& zone);
  ~SimulatedServer();

  http::Response Answer(const http::Request& request);
  // The HTTP store of a gate's process, behind that gate's link.
  std::unique_ptr<CentralStore> StoreOf(const std::string& gate, Link& link, Clock& clock);

  // What it keeps besides the store, as the store is copied and put back.
  void Copy();
  void PutBack();

  // Staff look at what was not believed, and vouch for all of it from now on.
  void VouchForAll();
  const std::set<std::string>& Doubted() const;  // taps, by id
  bool AnythingDoubted() const;

 private:
  class Backend;
  class Identity;

  StoreFront& front_;
  GateClock clock_;
  SeededRandom random_{1};
  const std::unique_ptr<Backend> store_;
  const std::unique_ptr<Identity> identity_;
  ApiServer api_;
};

}  // namespace tamtap::sim
