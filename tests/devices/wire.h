// What the preloaded library and the process with the modelled devices say to each other.
//
// Every open file of a device is two connections of a SOCK_SEQPACKET socket. The program holds one
// of them as its descriptor: what comes through it are events, so that read(2), poll(2) and
// epoll(7) on it are the kernel's. Through the other one go the calls: a Call with `size` bytes
// behind it, answered by an Answer with `size` bytes behind it.
#pragma once

#include <cstdint>

namespace tamtap::devices {

inline constexpr const char* kSocketVariable = "TAMTAP_DEVICES";  // the socket's path
inline constexpr uint32_t kMostBytes = 60'000;                    // of one message

enum class Kind : uint32_t {
  kOpen,       // its bytes are a path. Answer: a token, by which kEvents finds the file
  kOpenToken,  // `request` is a token that an ioctl has given (a line of a GPIO chip)
  kEvents,     // `request` is a token: this connection is for the file's events
  kStat,       // its bytes are a path. Answer: the minor number
  kIoctl,      // `request` and `argument`; bytes as preload.cc puts them together
  kRead,       // `argument` bytes are wanted
  kWrite,
};

struct Call {
  Kind kind;
  uint32_t size;  // bytes behind it
  uint64_t request;
  uint64_t argument;
};

struct Answer {
  int32_t result;  // as the call returns it; a token where one is given
  int32_t error;   // errno if the result is negative
  uint32_t size;   // bytes behind it
  uint32_t token;  // of a file that an ioctl has opened; 0: none
};

// How the buffers of one SPI_IOC_MESSAGE or I2C_RDWR stand one behind the other.
struct Piece {
  uint32_t size;   // the bytes behind it; none where they are to be read
  uint32_t flags;  // of I2C: the address in the low 16 bits, I2C_M_RD in bit 16
};

}  // namespace tamtap::devices
