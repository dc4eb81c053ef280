#include "http/connection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cerrno>
#include <exception>
#include <optional>
#include <string>

#include "base/log.h"
#include "http/any_stream.h"
#include "http/our_server.h"
#include "http/websocket_session.h"
#include "http/wire.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using ErrorCodeOf = boost::system::error_code;
using Parser = beast::http::request_parser<beast::http::string_body>;

constexpr size_t kReadChunk = 8 << 10;
constexpr size_t kWriteChunk = 256 << 10;   // each gets body_timeout: a slow reader may be slow,
                                            // one that stands still is dropped
constexpr size_t kMaxPipelined = 64 << 10;  // read ahead while a request is being answered
constexpr size_t kMaxLingering = 1 << 20;   // thrown away after an early refusal
constexpr std::chrono::seconds kLinger{2};

class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// The rest of a file that is being sent.
struct FileBody {
  std::unique_ptr<FileDescriptor> file;
  uint64_t offset = 0;
  uint64_t left = 0;
};

// One form for an IPv4 address, whether it came over an IPv4 or an IPv6 listener.
std::string AddressText(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

Response TextResponse(int status) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  response.body = std::string(ReasonPhrase(status)) + "\n";
  return response;
}

class Connection final : public Live, public std::enable_shared_from_this<Connection> {
 public:
  Connection(AnyStream::Tcp socket, asio::ssl::context* tls, ServerCore& core)
      : core_(core),
        entry_(core.registry),
        stream_(std::make_unique<AnyStream>(std::move(socket), tls)),
        strand_(stream_->get_executor()),
        timer_(strand_) {
    ErrorCodeOf error;  // a peer that is gone already shows at the first read
    const auto endpoint = stream_->socket().remote_endpoint(error);
    if (!error) remote_address_ = AddressText(endpoint.address());
    stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
    // A peer whose machine vanished while its request is being answered sends no FIN.
    stream_->socket().set_option(asio::socket_base::keep_alive(true), error);
  }

  void Register() { entry_.Add(this, weak_from_this()); }
  void Start();
  void BeginStop() override;
  void Abort() override;

  // From responders, on the strand. `exchange` names the request being answered.
  void Deliver(uint64_t exchange, Response response, std::optional<std::string> path);
  void WatchGone(uint64_t exchange, std::function<void()> gone);
  const asio::any_io_executor& strand() const { return strand_; }

 private:
  enum class State { kHandshake, kReading, kAnswering, kWriting, kLingering, kClosed };

  void ReadRequest();
  void ParseInput();
  bool CheckHead();  // false: refused
  void Refuse(int status);
  void Dispatch();
  void Upgrade(Request request);
  void StartRead();
  void OnRead(const ErrorCodeOf& error, size_t bytes);
  void PeerGone(bool half_closed);
  void SetDeadline(std::chrono::milliseconds timeout);
  void OnDeadline();
  void OpenFile(Response response, std::string path);
  void WriteHead(int status, Headers headers, std::optional<uint64_t> length);
  void WriteOut();
  void ReadFileChunk();
  void FinishExchange();
  void Close();

  ServerCore& core_;
  Registry::Entry entry_;  // before all that needs the server, so that it goes after them
  std::unique_ptr<AnyStream> stream_;
  asio::any_io_executor strand_;
  asio::steady_timer timer_;
  uint64_t timer_generation_ = 0;
  std::string remote_address_;

  State state_ = State::kHandshake;
  std::optional<Parser> parser_;
  bool head_checked_ = false;
  bool reading_ = false;
  bool inviting_ = false;  // "100 Continue" is being written
  bool write_waits_ = false;
  bool read_closed_ = false;  // the peer sends no more
  bool stopping_ = false;
  std::array<char, kReadChunk> chunk_{};
  std::string input_;  // read and not yet parsed
  size_t lingered_ = 0;

  uint64_t exchange_ = 0;
  bool head_request_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  std::string range_;
  std::function<void()> gone_;
  std::string output_;
  size_t written_ = 0;
  std::optional<FileBody> file_;
};

// May outlive the connection and the server: while it can lock the connection, both are there.
class ConnectionResponder final : public Responder {
 public:
  ConnectionResponder(std::shared_ptr<Gate> gate, const std::shared_ptr<Connection>& connection,
                      uint64_t exchange)
      : gate_(std::move(gate)), connection_(connection), exchange_(exchange) {}
  ~ConnectionResponder() override {
    if (!answered_.load()) Answer(TextResponse(500), std::nullopt);
  }

  void Send(Response response) override { Answer(std::move(response), std::nullopt); }
  void SendFile(Response response, std::string path) override {
    Answer(std::move(response), std::move(path));
  }
  void OnGone(std::function<void()> gone) override {
    const auto connection = connection_.lock();
    if (connection == nullptr) return gate_->PostToWorker(std::move(gone));
    asio::post(connection->strand(),
               [connection, exchange = exchange_, gone = std::move(gone)]() mutable {
                 connection->WatchGone(exchange, std::move(gone));
               });
  }

 private:
  void Answer(Response response, std::optional<std::string> path) {
    if (answered_.exchange(true)) return;
    const auto connection = connection_.lock();
    if (connection == nullptr) return;
    asio::post(connection->strand(),
               [connection, exchange = exchange_, response = std::move(response),
                path = std::move(path)]() mutable {
                 connection->Deliver(exchange, std::move(response), std::move(path));
               });
  }

  const std::shared_ptr<Gate> gate_;
  const std::weak_ptr<Connection> connection_;
  const uint64_t exchange_;
  std::atomic<bool> answered_{false};
};

void Connection::Start() {
  AnyStream::Tls* tls = stream_->tls();
  if (tls == nullptr) return ReadRequest();
  SetDeadline(core_.options.header_timeout);
  tls->async_handshake(asio::ssl::stream_base::server,
                       [self = shared_from_this()](const ErrorCodeOf& error) {
                         if (error || self->state_ == State::kClosed) return self->Close();
                         self->ReadRequest();
                       });
}

void Connection::BeginStop() {
  asio::post(strand_, [self = shared_from_this()] {
    self->stopping_ = true;
    const bool idle = self->state_ == State::kHandshake || self->state_ == State::kLingering ||
                      (self->state_ == State::kReading && self->input_.empty() &&
                       !(self->parser_ && self->parser_->got_some()));
    if (idle) self->Close();
  });
}

void Connection::Abort() {
  asio::post(strand_, [self = shared_from_this()] { self->Close(); });
}

void Connection::ReadRequest() {
  if (stopping_) return Close();
  state_ = State::kReading;
  head_checked_ = false;
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(static_cast<uint32_t>(core_.options.max_header_bytes));
  parser_->body_limit(core_.options.max_body_bytes);
  SetDeadline(input_.empty() && exchange_ > 0 ? core_.options.idle_timeout
                                              : core_.options.header_timeout);
  ParseInput();
}

void Connection::ParseInput() {
  while (!input_.empty()) {
    ErrorCodeOf error;
    const size_t used = parser_->put(asio::buffer(input_), error);
    input_.erase(0, used);
    if (error == beast::http::error::need_more) error = {};
    if (error == beast::http::error::header_limit) return Refuse(431);
    if (error == beast::http::error::body_limit) return Refuse(413);
    if (error == beast::http::error::bad_version) return Refuse(505);
    if (error) return Refuse(400);
    if (parser_->is_header_done() && !head_checked_ && !CheckHead()) return;
    if (parser_->is_done()) return Dispatch();
    if (used == 0) break;
  }
  if (read_closed_) return Close();
  StartRead();
}

bool Connection::CheckHead() {
  head_checked_ = true;
  const auto& head = parser_->get();
  const auto refuse = [this](int status) {
    Refuse(status);
    return false;
  };
  // RFC 9112: one Host in HTTP/1.1, and only a framing that both sides read the same way.
  const auto hosts = head.count(beast::http::field::host);
  if (head.version() >= 11 ? hosts != 1 : hosts > 1) return refuse(400);
  if (head.count(beast::http::field::transfer_encoding) > 0 &&
      (!parser_->chunked() || head.version() < 11)) {
    return refuse(501);
  }
  if (parser_->is_done()) return true;
  SetDeadline(core_.options.body_timeout);
  if (beast::iequals(head[beast::http::field::expect], "100-continue") && head.version() >= 11) {
    auto go_on = std::make_shared<std::string>("HTTP/1.1 100 Continue\r\n\r\n");
    inviting_ = true;
    asio::async_write(*stream_, asio::buffer(*go_on),
                      [self = shared_from_this(), go_on](const ErrorCodeOf& error, size_t) {
                        self->inviting_ = false;
                        if (error) return self->Close();
                        if (std::exchange(self->write_waits_, false)) self->WriteOut();
                      });
  }
  return true;
}

void Connection::Refuse(int status) {
  ++exchange_;
  keep_alive_ = false;
  head_request_ = false;
  state_ = State::kAnswering;
  Deliver(exchange_, TextResponse(status), std::nullopt);
}

void Connection::Dispatch() {
  ++exchange_;
  state_ = State::kAnswering;
  timer_.cancel();
  ++timer_generation_;
  const auto& message = parser_->get();
  keep_alive_ = parser_->keep_alive() && !stopping_;
  http_1_0_ = message.version() < 11;
  head_request_ = message.method() == beast::http::verb::head;
  range_ = message.count(beast::http::field::if_range) > 0
               ? std::string()
               : std::string(message[beast::http::field::range]);

  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.remote_address = remote_address_;
  request.secure = stream_->secure();
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  if (beast::websocket::is_upgrade(message)) return Upgrade(std::move(request));

  request.body = std::move(parser_->get().body());
  auto responder = std::make_shared<ConnectionResponder>(core_.gate, shared_from_this(), exchange_);
  asio::post(core_.workers, [self = shared_from_this(), request = std::move(request),
                             responder = std::move(responder)]() mutable {
    try {
      self->core_.handler.OnRequest(std::move(request), std::move(responder));
    } catch (const std::exception& error) {  // the client gets 500 from the dropped responder
      LogError("the handler of an HTTP request failed: {}", error.what());
    }
  });
  StartRead();  // to hear of a client that goes away; what it sends ahead waits in input_
}

void Connection::Upgrade(Request request) {
  // A client must not send frames before it has our answer (RFC 6455, 4.1).
  if (!input_.empty()) return Refuse(400);
  asio::post(core_.workers, [self = shared_from_this(), request = std::move(request)] {
    Response refusal = TextResponse(400);
    std::shared_ptr<WebSocketHandler> handler;
    try {
      handler = self->core_.handler.OnUpgrade(request, refusal);
    } catch (const std::exception& error) {
      LogError("the handler of a WebSocket upgrade failed: {}", error.what());
      refusal = TextResponse(500);
    }
    asio::post(self->strand_,
               [self, handler = std::move(handler), refusal = std::move(refusal)]() mutable {
                 if (handler == nullptr) {
                   if (self->state_ == State::kAnswering) {
                     self->Deliver(self->exchange_, std::move(refusal), std::nullopt);
                   }
                   return;
                 }
                 if (self->stopping_) self->Close();  // the session then ends at once, and says so
                 self->state_ = State::kClosed;
                 StartWebSocket(std::move(self->stream_), self->parser_->release(),
                                std::move(handler), self->core_);
               });
  });
}

void Connection::StartRead() {
  if (reading_ || read_closed_) return;
  reading_ = true;
  stream_->async_read_some(asio::buffer(chunk_),
                           [self = shared_from_this()](const ErrorCodeOf& error, size_t bytes) {
                             self->OnRead(error, bytes);
                           });
}

void Connection::OnRead(const ErrorCodeOf& error, size_t bytes) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (error) {
    const bool half_closed = error == asio::error::eof;
    read_closed_ = true;
    if (state_ == State::kAnswering) return PeerGone(half_closed);
    if (state_ == State::kWriting && half_closed) return;  // the answer may still be wanted
    return Close();
  }
  if (state_ == State::kLingering) {
    lingered_ += bytes;
    if (lingered_ > kMaxLingering) return Close();
    return StartRead();
  }
  const bool first_of_request = state_ == State::kReading && input_.empty() && !parser_->got_some();
  input_.append(chunk_.data(), bytes);
  if (state_ == State::kReading) {
    if (first_of_request) SetDeadline(core_.options.header_timeout);
    ParseInput();
  } else if (state_ == State::kAnswering && input_.size() < kMaxPipelined) {
    StartRead();
  }
}

void Connection::PeerGone(bool half_closed) {
  if (gone_) asio::post(core_.workers, std::exchange(gone_, nullptr));
  if (!half_closed) return Close();
  // It may have closed only its sending side and still wait for the answer: keep the socket for it.
  SetDeadline(core_.options.body_timeout);
}

void Connection::WatchGone(uint64_t exchange, std::function<void()> gone) {
  if (exchange != exchange_) return;
  if (state_ == State::kAnswering && !read_closed_) {
    gone_ = std::move(gone);
  } else if (state_ == State::kAnswering || state_ == State::kClosed) {
    asio::post(core_.workers, std::move(gone));
  }
}

void Connection::SetDeadline(std::chrono::milliseconds timeout) {
  const uint64_t generation = ++timer_generation_;
  timer_.expires_after(timeout);
  timer_.async_wait([self = shared_from_this(), generation](const ErrorCodeOf& error) {
    if (!error && generation == self->timer_generation_) self->OnDeadline();
  });
}

void Connection::OnDeadline() {
  const bool mid_request =
      state_ == State::kReading && (!input_.empty() || (parser_ && parser_->got_some()));
  if (mid_request) return Refuse(408);
  Close();
}

void Connection::Deliver(uint64_t exchange, Response response, std::optional<std::string> path) {
  if (exchange != exchange_ || state_ != State::kAnswering) return;
  state_ = State::kWriting;
  gone_ = nullptr;
  if (stopping_ || read_closed_) keep_alive_ = false;
  if (path) return OpenFile(std::move(response), std::move(*path));
  const bool has_body = StatusHasBody(response.status);
  WriteHead(response.status, std::move(response.headers),
            has_body ? std::optional<uint64_t>(response.body.size()) : std::nullopt);
  if (has_body && !head_request_) output_ += response.body;
  WriteOut();
}

void Connection::OpenFile(Response response, std::string path) {
  SetDeadline(core_.options.body_timeout);
  // On a worker: an SD card can take its time, and the strand's thread serves everyone.
  asio::post(core_.workers, [self = shared_from_this(), response = std::move(response),
                             path = std::move(path)]() mutable {
    auto file =
        std::make_unique<FileDescriptor>(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file->get() < 0 || fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode))
      file.reset();
    asio::post(self->strand_, [self, response = std::move(response), file = std::move(file),
                               size = static_cast<uint64_t>(status.st_size)]() mutable {
      if (self->state_ != State::kWriting) return;
      if (file == nullptr) {
        Response missing = TextResponse(404);
        self->WriteHead(404, std::move(missing.headers), missing.body.size());
        if (!self->head_request_) self->output_ += missing.body;
        return self->WriteOut();
      }
      FileBody body{.file = std::move(file), .offset = 0, .left = size};
      ByteRange range;
      const RangeKind kind =
          response.status == 200 ? ParseRange(self->range_, size, range) : RangeKind::kWhole;
      response.headers.emplace_back("Accept-Ranges", "bytes");
      if (kind == RangeKind::kUnsatisfiable) {
        response.status = 416;
        response.headers.emplace_back("Content-Range", "bytes */" + std::to_string(size));
        body.left = 0;
      } else if (kind == RangeKind::kPart) {
        response.status = 206;
        response.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) +
                                                           "-" + std::to_string(range.last) + "/" +
                                                           std::to_string(size));
        body.offset = range.first;
        body.left = range.last - range.first + 1;
      }
      self->WriteHead(response.status, std::move(response.headers), body.left);
      if (!self->head_request_) self->file_ = std::move(body);
      self->WriteOut();
    });
  });
}

void Connection::WriteHead(int status, Headers headers, std::optional<uint64_t> length) {
  if (!core_.options.version.empty()) {
    headers.emplace_back(kVersionHeader, core_.options.version);
  }
  output_ = SerializeHead(
      status, headers,
      Framing{.content_length = length, .keep_alive = keep_alive_, .http_1_0 = http_1_0_});
  written_ = 0;
}

void Connection::WriteOut() {
  SetDeadline(core_.options.body_timeout);
  if (inviting_) {  // one write at a time: this one goes on when "100 Continue" is out
    write_waits_ = true;
    return;
  }
  const size_t bytes = std::min(output_.size() - written_, kWriteChunk);
  asio::async_write(*stream_, asio::buffer(output_.data() + written_, bytes),
                    [self = shared_from_this()](const ErrorCodeOf& error, size_t sent) {
                      if (self->state_ == State::kClosed) return;
                      if (error) return self->Close();
                      self->written_ += sent;
                      if (self->written_ < self->output_.size()) return self->WriteOut();
                      if (self->file_ && self->file_->left > 0) return self->ReadFileChunk();
                      self->FinishExchange();
                    });
}

void Connection::ReadFileChunk() {
  asio::post(core_.workers,
             [self = shared_from_this(), descriptor = file_->file->get(), offset = file_->offset,
              want = std::min<uint64_t>(file_->left, kWriteChunk)] {
               std::string data(want, '\0');
               ssize_t got = 0;
               do {
                 got = pread(descriptor, data.data(), data.size(), static_cast<off_t>(offset));
               } while (got < 0 && errno == EINTR);
               data.resize(got > 0 ? static_cast<size_t>(got) : 0);
               asio::post(self->strand_, [self, data = std::move(data)]() mutable {
                 if (self->state_ != State::kWriting) return;
                 // The file became shorter than the length already promised: only closing tells the
                 // client.
                 if (data.empty()) return self->Close();
                 self->file_->offset += data.size();
                 self->file_->left -= data.size();
                 self->output_ = std::move(data);
                 self->written_ = 0;
                 self->WriteOut();
               });
             });
}

void Connection::FinishExchange() {
  output_ = {};
  file_.reset();
  if (keep_alive_ && !read_closed_ && !stopping_) return ReadRequest();
  if (read_closed_) return Close();
  // Closing with unread input would reset the connection and could cost the client the answer.
  state_ = State::kLingering;
  stream_->ShutDownSending();
  SetDeadline(std::chrono::duration_cast<std::chrono::milliseconds>(kLinger));
  input_ = {};
  StartRead();
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  if (state_ == State::kAnswering && gone_) {
    asio::post(core_.workers, std::exchange(gone_, nullptr));
  }
  state_ = State::kClosed;
  ++timer_generation_;
  timer_.cancel();
  if (stream_) stream_->Close();
}

}  // namespace

void StartConnection(asio::ip::tcp::socket socket, asio::ssl::context* tls, ServerCore& core) {
  const asio::any_io_executor strand = socket.get_executor();
  auto connection = std::make_shared<Connection>(std::move(socket), tls, core);
  // At once, so that a server that stops now waits for it.
  connection->Register();
  asio::dispatch(strand, [connection] { connection->Start(); });
}

}  // namespace tamtap::http
