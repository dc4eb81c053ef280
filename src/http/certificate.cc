#include "http/certificate.h"

#include <sys/stat.h>

#include <boost/system/system_error.hpp>
#include <cerrno>

#include "base/log.h"
#include "http/openssl.h"

namespace tamtap::http {

namespace ssl = boost::asio::ssl;

namespace {

constexpr off_t kMostFileBytes = 1 << 20;

// Whether the library can read it without waiting: other connections are served by the thread that
// does, and a pipe may stand there.
Result<> CheckFile(const std::string& path) {
  struct stat status {};
  const bool there = stat(path.c_str(), &status) == 0;
  if (there && S_ISREG(status.st_mode) && status.st_size <= kMostFileBytes) return {};
  return Error{ErrorCode::kMisconfigured, "read " + path, there ? 0 : errno,
               there ? "it is no file of a certificate or a key" : ""};
}

}  // namespace

Certificate::Stamp Certificate::Look() const {
  Stamp stamp;
  size_t file = 0;
  for (const std::string* const path : {&chain_file_, &key_file_}) {
    struct stat status {};
    if (stat(path->c_str(), &status) == 0) {  // a file that is missing is a change, too
      stamp.device[file] = status.st_dev;
      stamp.inode[file] = status.st_ino;
      stamp.size[file] = status.st_size;
      stamp.times[4 * file] = status.st_mtim.tv_sec;
      stamp.times[4 * file + 1] = status.st_mtim.tv_nsec;
      stamp.times[4 * file + 2] = status.st_ctim.tv_sec;
      stamp.times[4 * file + 3] = status.st_ctim.tv_nsec;
    }
    ++file;
  }
  return stamp;
}

Result<std::shared_ptr<ssl::context>> Certificate::Read() const {
  for (const std::string* const path : {&chain_file_, &key_file_}) {
    TAMTAP_RETURN_IF_ERROR(CheckFile(*path));
  }
  bool is_locked = false;
  try {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                         ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                         ssl::context::no_tlsv1_1);
    // Else the library asks for it on the terminal, and waits, or takes what comes from the reader
    // of cards on standard input.
    context->set_password_callback([&is_locked](size_t, ssl::context::password_purpose) {
      is_locked = true;
      return std::string();
    });
    context->use_certificate_chain_file(chain_file_);
    context->use_private_key_file(key_file_, ssl::context::pem);
    context->set_password_callback(
        [](size_t, ssl::context::password_purpose) { return std::string(); });
    return context;
  } catch (const boost::system::system_error& error) {
    if (is_locked) {
      return Error{ErrorCode::kMisconfigured, "use the key " + key_file_, 0,
                   "it has a pass phrase, which nobody could type at each start; take it off, and "
                   "let only the owner read the file"};
    }
    return Error{ErrorCode::kMisconfigured,
                 "load the certificate " + chain_file_ + " and its key " + key_file_, 0,
                 error.code().message()};
  }
}

Result<> Certificate::Load() {
  if (chain_file_.empty() && key_file_.empty()) return {};
  if (chain_file_.empty() || key_file_.empty()) {
    return Error{ErrorCode::kMisconfigured, "set up TLS", 0,
                 "name both the certificate file and the private key file"};
  }
  TAMTAP_RETURN_IF_ERROR(LoadOpenSsl());
  seen_ = Look();
  TAMTAP_TRY(auto context, Read());
  MutexLock lock(mutex_);
  context_ = std::move(context);
  return {};
}

void Certificate::LookAgain() {
  if (context() == nullptr) return;
  // Looked at before they are read: what is written meanwhile is seen the next time.
  const Stamp now = Look();
  if (now == seen_) return;
  seen_ = now;
  auto read = Read();
  if (!read) {
    LogWarning("server: {}; the certificate of before stays in use", read.error().Message());
    return;
  }
  LogInfo("server: the certificate {} has changed; new connections get the new one", chain_file_);
  MutexLock lock(mutex_);
  context_ = *std::move(read);
}

}  // namespace tamtap::http
