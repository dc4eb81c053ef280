#include "http/openssl.h"

#include <dlfcn.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/mutex.h"

namespace tamtap::http {
namespace {

// Its functions come from libssl, or from libcrypto, which that brings along; one handle finds
// both.
static_assert(OPENSSL_VERSION_MAJOR == 3, "the library that is loaded must be the headers'");
constexpr const char* kLibrary = "libssl.so.3";

Mutex mutex;
void* library GUARDED_BY(mutex) = nullptr;

void* Find(const char* name) {
  MutexLock lock(mutex);
  CHECK(library != nullptr);  // LoadOpenSsl comes first
  void* const found = dlsym(library, name);
  CHECK(found != nullptr);  // all of them are older than version 3
  return found;
}

}  // namespace

Result<> LoadOpenSsl() {
  MutexLock lock(mutex);
  if (library != nullptr) return {};
  library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return {};
  return Error{ErrorCode::kMisconfigured, std::string("load OpenSSL: ") + dlerror(), 0,
               "install the package libssl3"};
}

}  // namespace tamtap::http

// Hidden: libraries of other rooms that bring OpenSSL along must not come by these.
#define HAND_ON(result, name, parameters, arguments)                                           \
  extern "C" [[gnu::visibility("hidden")]] result name parameters {                            \
    static const auto function = reinterpret_cast<decltype(&name)>(tamtap::http::Find(#name)); \
    return function arguments;                                                                 \
  }

// clang-format off
HAND_ON(long, BIO_ctrl, (BIO* bio, int command, long number, void* more), (bio, command, number, more))
HAND_ON(size_t, BIO_ctrl_pending, (BIO* bio), (bio))
HAND_ON(int, BIO_free, (BIO* bio), (bio))
HAND_ON(int, BIO_new_bio_pair, (BIO** one, size_t one_size, BIO** other, size_t other_size), (one, one_size, other, other_size))
HAND_ON(int, BIO_read, (BIO* bio, void* into, int size), (bio, into, size))
HAND_ON(int, BIO_write, (BIO* bio, const void* from, int size), (bio, from, size))
HAND_ON(void, CRYPTO_free, (void* memory, const char* file, int line), (memory, file, line))
HAND_ON(void, ERR_clear_error, (), ())
HAND_ON(unsigned long, ERR_get_error, (), ())
HAND_ON(const char*, ERR_lib_error_string, (unsigned long error), (error))
HAND_ON(const char*, ERR_reason_error_string, (unsigned long error), (error))
HAND_ON(long, SSL_CTX_ctrl, (SSL_CTX* context, int command, long number, void* more), (context, command, number, more))
HAND_ON(void, SSL_CTX_free, (SSL_CTX* context), (context))
HAND_ON(void*, SSL_CTX_get_default_passwd_cb_userdata, (SSL_CTX* context), (context))
HAND_ON(void*, SSL_CTX_get_ex_data, (const SSL_CTX* context, int index), (context, index))
HAND_ON(SSL_verify_cb, SSL_CTX_get_verify_callback, (const SSL_CTX* context), (context))
HAND_ON(int, SSL_CTX_get_verify_mode, (const SSL_CTX* context), (context))
HAND_ON(int, SSL_CTX_load_verify_locations, (SSL_CTX* context, const char* file, const char* directory), (context, file, directory))
HAND_ON(SSL_CTX*, SSL_CTX_new, (const SSL_METHOD* method), (method))
HAND_ON(void, SSL_CTX_set_default_passwd_cb, (SSL_CTX* context, pem_password_cb* callback), (context, callback))
HAND_ON(void, SSL_CTX_set_default_passwd_cb_userdata, (SSL_CTX* context, void* data), (context, data))
HAND_ON(int, SSL_CTX_set_default_verify_paths, (SSL_CTX* context), (context))
HAND_ON(int, SSL_CTX_set_ex_data, (SSL_CTX* context, int index, void* data), (context, index, data))
HAND_ON(uint64_t, SSL_CTX_set_options, (SSL_CTX* context, uint64_t options), (context, options))
HAND_ON(void, SSL_CTX_set_verify, (SSL_CTX* context, int mode, SSL_verify_cb callback), (context, mode, callback))
HAND_ON(int, SSL_CTX_use_PrivateKey_file, (SSL_CTX* context, const char* file, int type), (context, file, type))
HAND_ON(int, SSL_CTX_use_certificate_chain_file, (SSL_CTX* context, const char* file), (context, file))
HAND_ON(int, SSL_accept, (SSL* tls), (tls))
HAND_ON(int, SSL_connect, (SSL* tls), (tls))
HAND_ON(long, SSL_ctrl, (SSL* tls, int command, long number, void* more), (tls, command, number, more))
HAND_ON(void, SSL_free, (SSL* tls), (tls))
HAND_ON(SSL_CTX*, SSL_get_SSL_CTX, (const SSL* tls), (tls))
HAND_ON(int, SSL_get_error, (const SSL* tls, int returned), (tls, returned))
HAND_ON(void*, SSL_get_ex_data, (const SSL* tls, int index), (tls, index))
HAND_ON(int, SSL_get_ex_data_X509_STORE_CTX_idx, (), ())
HAND_ON(int, SSL_get_shutdown, (const SSL* tls), (tls))
HAND_ON(long, SSL_get_verify_result, (const SSL* tls), (tls))
HAND_ON(SSL*, SSL_new, (SSL_CTX* context), (context))
HAND_ON(int, SSL_read, (SSL* tls, void* into, int size), (tls, into, size))
HAND_ON(void, SSL_set_bio, (SSL* tls, BIO* in, BIO* out), (tls, in, out))
HAND_ON(int, SSL_set_ex_data, (SSL* tls, int index, void* data), (tls, index, data))
HAND_ON(int, SSL_write, (SSL* tls, const void* from, int size), (tls, from, size))
HAND_ON(const SSL_METHOD*, TLS_client_method, (), ())
HAND_ON(const SSL_METHOD*, TLS_method, (), ())
HAND_ON(const SSL_METHOD*, TLS_server_method, (), ())
HAND_ON(X509*, X509_STORE_CTX_get_current_cert, (const X509_STORE_CTX* context), (context))
HAND_ON(int, X509_STORE_CTX_get_error_depth, (const X509_STORE_CTX* context), (context))
HAND_ON(void*, X509_STORE_CTX_get_ex_data, (const X509_STORE_CTX* context, int index), (context, index))
HAND_ON(int, X509_check_host, (X509* certificate, const char* name, size_t size, unsigned int flags, char** peer), (certificate, name, size, flags, peer))
HAND_ON(int, X509_check_ip_asc, (X509* certificate, const char* address, unsigned int flags), (certificate, address, flags))
HAND_ON(const char*, X509_verify_cert_error_string, (long error), (error))
// clang-format on
