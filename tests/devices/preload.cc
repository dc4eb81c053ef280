// For LD_PRELOAD: a program that opens one of the modelled devices talks with the process that
// listens at $TAMTAP_DEVICES (models_main.cc) instead of with the kernel. It knows spidev, i2c-dev,
// evdev and both interfaces of GPIO chips.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/input.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "wire.h"

namespace {

using tamtap::devices::Answer;
using tamtap::devices::Call;
using tamtap::devices::Kind;
using tamtap::devices::kMostBytes;
using tamtap::devices::kSocketVariable;
using tamtap::devices::Piece;

constexpr unsigned kMajor = 254;

// The C library's own function of that name.
template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int CloseNow(int fd) {
  static auto* const next = Next<int(int)>("close");
  return next(fd);
}

struct Reply {
  Answer answer{-1, ENODEV, 0, 0};
  std::string bytes;
};

// One open file of a device: the connection for its calls.
class File {
 public:
  explicit File(int calls) : calls_(calls) {}
  ~File() { CloseNow(calls_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  Reply Do(Kind kind, uint64_t request, uint64_t argument, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    std::string message(sizeof(Call), '\0');
    const Call call{kind, static_cast<uint32_t>(bytes.size()), request, argument};
    std::memcpy(message.data(), &call, sizeof(call));
    message += bytes;
    Reply reply;
    if (send(calls_, message.data(), message.size(), MSG_NOSIGNAL) < 0) return reply;
    std::string buffer(sizeof(Answer) + kMostBytes, '\0');
    ssize_t got = 0;
    do {
      got = recv(calls_, buffer.data(), buffer.size(), 0);
    } while (got < 0 && errno == EINTR);
    if (got < static_cast<ssize_t>(sizeof(Answer))) return reply;  // the device is gone
    std::memcpy(&reply.answer, buffer.data(), sizeof(Answer));
    reply.bytes = buffer.substr(sizeof(Answer), reply.answer.size);
    return reply;
  }

 private:
  const int calls_;
  std::mutex mutex_;
};

std::mutex files_mutex;
std::map<int, std::shared_ptr<File>>& Files() {
  static auto* const files = new std::map<int, std::shared_ptr<File>>;  // outlives static objects
  return *files;
}

std::shared_ptr<File> FileOf(int fd) {
  const std::lock_guard lock(files_mutex);
  const auto found = Files().find(fd);
  return found == Files().end() ? nullptr : found->second;
}

const char* SocketPath() { return std::getenv(kSocketVariable); }

bool IsDevice(const char* path) {
  if (path == nullptr || SocketPath() == nullptr) return false;
  const std::string_view text(path);
  return text.starts_with("/dev/spidev") || text.starts_with("/dev/i2c-") ||
         text.starts_with("/dev/gpiochip") || text.starts_with("/dev/input/event");
}

int Connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", SocketPath());
  const int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    return fd;
  }
  if (fd >= 0) CloseNow(fd);
  return -1;
}

// Opens a path, or the file of a token that an ioctl has given; returns the descriptor.
int OpenFile(Kind kind, uint64_t token, const char* path, int flags) {
  const int calls = Connect();
  if (calls < 0) {
    errno = ENOENT;
    return -1;
  }
  auto file = std::make_shared<File>(calls);
  const Reply opened = file->Do(kind, token, 0, path == nullptr ? "" : path);
  if (opened.answer.result < 0) {
    errno = opened.answer.error;
    return -1;
  }
  const int events = Connect();
  if (events < 0) {
    errno = ENODEV;
    return -1;
  }
  const Call call{Kind::kEvents, 0, static_cast<uint64_t>(opened.answer.result), 0};
  char ready = 0;
  if (send(events, &call, sizeof(call), MSG_NOSIGNAL) < 0 || recv(events, &ready, 1, 0) != 1) {
    CloseNow(events);
    errno = ENODEV;
    return -1;
  }
  if ((flags & O_NONBLOCK) != 0) fcntl(events, F_SETFL, O_NONBLOCK);
  if ((flags & O_CLOEXEC) == 0) fcntl(events, F_SETFD, 0);
  const std::lock_guard lock(files_mutex);
  Files()[events] = std::move(file);
  return events;
}

int Return(const Reply& reply) {
  if (reply.answer.result < 0) errno = reply.answer.error;
  return reply.answer.result;
}

void AddPiece(uint32_t flags, const void* bytes, uint32_t size, std::string& out) {
  const Piece piece{size, flags};
  out.append(reinterpret_cast<const char*>(&piece), sizeof(piece));
  if (bytes != nullptr) out.append(static_cast<const char*>(bytes), size);
}

int SpiMessage(File& file, unsigned long request, spi_ioc_transfer* transfers) {
  const size_t count = _IOC_SIZE(request) / sizeof(spi_ioc_transfer);
  std::string bytes;
  for (size_t i = 0; i < count; ++i) {
    const std::string nothing(transfers[i].len, '\0');
    const auto* const sent = reinterpret_cast<const void*>(transfers[i].tx_buf);
    AddPiece(0, sent == nullptr ? nothing.data() : sent, transfers[i].len, bytes);
  }
  const Reply reply = file.Do(Kind::kIoctl, SPI_IOC_MESSAGE(1), count, bytes);
  size_t at = 0;
  for (size_t i = 0; i < count && at + transfers[i].len <= reply.bytes.size(); ++i) {
    auto* const received = reinterpret_cast<void*>(transfers[i].rx_buf);
    if (received != nullptr) std::memcpy(received, reply.bytes.data() + at, transfers[i].len);
    at += transfers[i].len;
  }
  return Return(reply);
}

int I2cTransfer(File& file, i2c_rdwr_ioctl_data* transfer) {
  std::string bytes;
  for (uint32_t i = 0; i < transfer->nmsgs; ++i) {
    const i2c_msg& message = transfer->msgs[i];
    const bool reads = (message.flags & I2C_M_RD) != 0;
    AddPiece(message.addr | (reads ? 1U << 16 : 0U), reads ? nullptr : message.buf, message.len,
             bytes);
  }
  const Reply reply = file.Do(Kind::kIoctl, I2C_RDWR, transfer->nmsgs, bytes);
  size_t at = 0;
  for (uint32_t i = 0; i < transfer->nmsgs; ++i) {
    i2c_msg& message = transfer->msgs[i];
    if ((message.flags & I2C_M_RD) == 0 || at + message.len > reply.bytes.size()) continue;
    std::memcpy(message.buf, reply.bytes.data() + at, message.len);
    at += message.len;
  }
  return Return(reply);
}

// SMBus as the kernel puts it on a plain I2C bus: what is written, and how much is read.
int Smbus(File& file, i2c_smbus_ioctl_data* asked) {
  std::string written;
  uint32_t wanted = 0;
  const bool reads = asked->read_write == I2C_SMBUS_READ;
  switch (asked->size) {
    case I2C_SMBUS_QUICK:
      break;
    case I2C_SMBUS_BYTE:
      if (reads) wanted = 1;
      if (!reads) written.push_back(static_cast<char>(asked->command));
      break;
    case I2C_SMBUS_BYTE_DATA:
      written.push_back(static_cast<char>(asked->command));
      if (reads) wanted = 1;
      if (!reads) written.push_back(static_cast<char>(asked->data->byte));
      break;
    case I2C_SMBUS_WORD_DATA:
      written.push_back(static_cast<char>(asked->command));
      if (reads) wanted = 2;
      if (!reads) written.append(reinterpret_cast<const char*>(&asked->data->word), 2);
      break;
    default:
      errno = EOPNOTSUPP;
      return -1;
  }
  const Reply reply = file.Do(Kind::kIoctl, I2C_SMBUS, wanted, written);
  if (reply.answer.result >= 0 && reply.bytes.size() == 1) {
    asked->data->byte = static_cast<uint8_t>(reply.bytes[0]);
  } else if (reply.answer.result >= 0 && reply.bytes.size() == 2) {
    std::memcpy(&asked->data->word, reply.bytes.data(), 2);
  }
  return reply.answer.result < 0 ? Return(reply) : 0;
}

// What has plain bytes of a known size behind its pointer.
int Plain(File& file, unsigned long request, void* argument) {
  const size_t size = _IOC_SIZE(request);
  std::string bytes;
  if ((_IOC_DIR(request) & _IOC_WRITE) != 0) bytes.assign(static_cast<char*>(argument), size);
  Reply reply = file.Do(Kind::kIoctl, request, size, bytes);
  if (reply.answer.token != 0) {  // a line of a GPIO chip is a file of its own
    const int fd = OpenFile(Kind::kOpenToken, reply.answer.token, nullptr, O_CLOEXEC);
    if (fd < 0) return -1;
    size_t at = offsetof(gpiohandle_request, fd);
    if (request == GPIO_GET_LINEEVENT_IOCTL) at = offsetof(gpioevent_request, fd);
    if (request == GPIO_V2_GET_LINE_IOCTL) at = offsetof(gpio_v2_line_request, fd);
    std::memcpy(reply.bytes.data() + at, &fd, sizeof(fd));
  }
  if ((_IOC_DIR(request) & _IOC_READ) != 0) {
    std::memcpy(argument, reply.bytes.data(), std::min(size, reply.bytes.size()));
  }
  return Return(reply);
}

int Control(File& file, unsigned long request, void* argument) {
  const auto number = reinterpret_cast<uintptr_t>(argument);
  if (_IOC_TYPE(request) == SPI_IOC_MAGIC && _IOC_NR(request) == 0) {
    return SpiMessage(file, request, static_cast<spi_ioc_transfer*>(argument));
  }
  switch (request) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
    case I2C_PEC:
    case EVIOCGRAB:
      return Return(file.Do(Kind::kIoctl, request, number, {}));
    case I2C_RDWR:
      return I2cTransfer(file, static_cast<i2c_rdwr_ioctl_data*>(argument));
    case I2C_SMBUS:
      return Smbus(file, static_cast<i2c_smbus_ioctl_data*>(argument));
    case I2C_FUNCS:
      *static_cast<unsigned long*>(argument) = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
      return 0;
    default:
      return Plain(file, request, argument);
  }
}

// The files of /sys by which libgpiod knows a GPIO chip.
bool IsGpioSysfs(std::string_view path) {
  return path.starts_with("/sys/bus/gpio/devices/gpiochip");
}

int StatDevice(const char* path, struct stat* status) {
  const int calls = Connect();
  Reply reply;
  if (calls >= 0) reply = File(calls).Do(Kind::kStat, 0, 0, path);
  if (reply.answer.result < 0) {
    errno = ENOENT;
    return -1;
  }
  *status = {};
  status->st_mode = S_IFCHR | 0660;
  status->st_rdev = makedev(kMajor, static_cast<unsigned>(reply.answer.result));
  return 0;
}

int OpenSysfs(const char* path) {
  struct stat status {};
  std::string chip = "/dev/" + std::string(path).substr(std::strlen("/sys/bus/gpio/devices/"));
  chip = chip.substr(0, chip.find('/', 5));
  if (StatDevice(chip.c_str(), &status) != 0) return -1;
  const std::string text = "254:" + std::to_string(minor(status.st_rdev)) + "\n";
  const int fd = memfd_create("dev", MFD_CLOEXEC);
  if (fd >= 0 && pwrite(fd, text.data(), text.size(), 0) < 0) return -1;
  return fd;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  if (IsDevice(path)) return OpenFile(Kind::kOpen, 0, path, flags);
  if (SocketPath() != nullptr && IsGpioSysfs(path)) return OpenSysfs(path);
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return Next<int(const char*, int, ...)>("open")(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return open(path, flags | O_LARGEFILE, mode);
}
int __open_2(const char* path, int flags) { return open(path, flags, 0); }
int __open64_2(const char* path, int flags) { return open(path, flags | O_LARGEFILE, 0); }
int openat(int directory, const char* path, int flags, ...) {
  if (IsDevice(path)) return OpenFile(Kind::kOpen, 0, path, flags);
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return Next<int(int, const char*, int, ...)>("openat")(directory, path, flags, mode);
}
int openat64(int directory, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = va_arg(arguments, mode_t);
  va_end(arguments);
  return openat(directory, path, flags | O_LARGEFILE, mode);
}

int close(int fd) {
  {
    const std::lock_guard lock(files_mutex);
    Files().erase(fd);
  }
  return CloseNow(fd);
}

int ioctl(int fd, unsigned long request, ...) {
  va_list arguments;
  va_start(arguments, request);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  static auto* const next = Next<int(int, unsigned long, ...)>("ioctl");
  if (const auto file = FileOf(fd)) return Control(*file, request, argument);
  return next(fd, request, argument);
}

ssize_t read(int fd, void* buffer, size_t size) {
  static auto* const next = Next<ssize_t(int, void*, size_t)>("read");
  const auto file = FileOf(fd);
  if (!file) return next(fd, buffer, size);
  // A chip on a bus has no events: it is asked. What comes by itself is read from the descriptor.
  const Reply reply = file->Do(Kind::kRead, 0, size, {});
  if (reply.answer.result >= 0 || reply.answer.error != EAGAIN) {
    if (reply.answer.result > 0) std::memcpy(buffer, reply.bytes.data(), reply.bytes.size());
    return Return(reply);
  }
  const ssize_t got = next(fd, buffer, size);
  if (got != 0) return got;
  errno = ENODEV;  // as the kernel says it of a device that is gone
  return -1;
}

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* const next = Next<ssize_t(int, const void*, size_t)>("write");
  const auto file = FileOf(fd);
  if (!file) return next(fd, bytes, size);
  return Return(file->Do(Kind::kWrite, 0, 0, {static_cast<const char*>(bytes), size}));
}

int lstat(const char* path, struct stat* status) {
  if (IsDevice(path)) return StatDevice(path, status);
  return Next<int(const char*, struct stat*)>("lstat")(path, status);
}
int stat(const char* path, struct stat* status) {
  if (IsDevice(path)) return StatDevice(path, status);
  return Next<int(const char*, struct stat*)>("stat")(path, status);
}
int lstat64(const char* path, struct stat64* status) {
  return lstat(path, reinterpret_cast<struct stat*>(status));
}
int stat64(const char* path, struct stat64* status) {
  return stat(path, reinterpret_cast<struct stat*>(status));
}
int __lxstat(int /*version*/, const char* path, struct stat* status) { return lstat(path, status); }
int __lxstat64(int /*version*/, const char* path, struct stat64* status) {
  return lstat64(path, status);
}
int __xstat(int /*version*/, const char* path, struct stat* status) { return stat(path, status); }
int __xstat64(int /*version*/, const char* path, struct stat64* status) {
  return stat64(path, status);
}

int access(const char* path, int mode) {
  struct stat status {};
  if (IsDevice(path)) return StatDevice(path, &status);
  if (SocketPath() != nullptr && IsGpioSysfs(path)) return 0;
  return Next<int(const char*, int)>("access")(path, mode);
}

char* realpath(const char* path, char* resolved) {
  if (SocketPath() != nullptr && std::string_view(path).starts_with("/sys/dev/char/254:")) {
    if (resolved == nullptr) return strdup("/sys/bus/gpio");
    return std::strcpy(resolved, "/sys/bus/gpio");
  }
  return Next<char*(const char*, char*)>("realpath")(path, resolved);
}
char* __realpath_chk(const char* path, char* resolved, size_t /*size*/) {
  return realpath(path, resolved);
}

}  // extern "C"
