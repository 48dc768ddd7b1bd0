// SPDX-License-Identifier: MIT
#include "http/fetch.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string_view>

#include "text/ascii.hpp"

namespace mtasts::http {
namespace {

// The library bounds a line of the head, but not their number.
constexpr std::size_t k_max_head = 64 * 1024;
// It matches them by regular expressions, which recurse for each octet: a line
// of 60,000 would end the program, and one of 1,000 a thread with a small
// stack.
constexpr std::size_t k_max_status_line = 256;
// RFC 9110, 15.2: any number may come before the answer; servers send one.
constexpr int k_max_interim = 8;

/// Finds status lines that are too long: the first line of all, and each one
/// behind an empty line, where the one after an interim answer stands.
class StatusLineWatch {
 public:
  bool is_too_long(std::string_view octets) {
    for (const char c : octets) {
      if (c == '\n') {
        is_status_line_ = size_ <= 1;  // a CR
        size_ = 0;
      } else if (++size_ > k_max_status_line && is_status_line_) {
        return true;
      }
    }
    return false;
  }

 private:
  bool is_status_line_ = true;
  std::size_t size_ = 0;  // of the line that is read now
};

/// What the library reads and writes, which is never more than `max_octets`.
class Wire final : public httplib::Stream {
 public:
  Wire(net::Stream& stream, std::size_t max_octets)
      : stream_(stream), left_(max_octets) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }

  ssize_t read(char* into, std::size_t size) override {
    // It asks for the head octet by octet.
    if (begin_ == end_ && !fill()) return failure_.empty() ? 0 : -1;
    const std::size_t count = std::min(size, end_ - begin_);
    std::memcpy(into, buffer_.data() + begin_, count);
    begin_ += count;
    if (is_in_head_ && status_line_.is_too_long({into, count})) {
      failure_ = "its status line is too long";
      return -1;
    }
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* octets, std::size_t size) override {
    if (!takes_request_) return static_cast<ssize_t>(size);
    const auto written = stream_.write(std::string_view(octets, size));
    if (written) return static_cast<ssize_t>(size);
    failure_ = written.error().message;
    return -1;
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

  /// What is read from now on is a body.
  void end_head() { is_in_head_ = false; }
  /// Another head follows; the request, which is written again, was sent.
  void expect_another() {
    is_in_head_ = true;
    takes_request_ = false;
  }

  /// Why it ended, unless the peer had no more to say.
  const std::string& failure() const { return failure_; }

 private:
  bool fill() {
    if (left_ == 0) {
      failure_ = "the answer is too long";
      return false;
    }
    const auto got =
        stream_.read(std::span(buffer_).first(std::min(left_, buffer_.size())));
    if (!got) failure_ = got.error().message;
    begin_ = 0;
    end_ = got ? *got : 0;
    left_ -= end_;
    return end_ != 0;
  }

  net::Stream& stream_;
  std::size_t left_;
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string failure_ = {};
  StatusLineWatch status_line_ = {};
  bool is_in_head_ = true;
  bool takes_request_ = true;
};

/// The library's client, over a stream that is not its own.
class Client final : public httplib::ClientImpl {
 public:
  explicit Client(const std::string& host) : ClientImpl(host) {
    set_decompress(false);
    set_url_encode(false);  // it would write "%2B" for "+"
  }
  bool send(Wire& wire, httplib::Request& request, httplib::Response& response,
            httplib::Error& error) {
    return process_request(wire, request, response, true, error);
  }
};

httplib::Request make_request(const Request& request) {
  httplib::Request made;
  made.method = request.method;
  made.path = request.path;
  made.headers = {{"Host", request.host}};
  for (const auto& [name, value] : request.fields) {
    made.headers.emplace(name, value);
  }
  made.body = request.body;
  return made;
}

/// What was wrong behind the head; `declared` is its Content-Length.
std::string format_broken(const Wire& wire, std::size_t size,
                          std::optional<std::size_t> declared) {
  if (!wire.failure().empty()) return wire.failure();
  if (declared && *declared > size) {
    return fmt::format("ended {} octets early", *declared - size);
  }
  return "can't be read: its chunks or its length are wrong";
}

std::optional<std::size_t> find_length(const Response& response) {
  const std::string* text = response.find("Content-Length");
  if (text == nullptr || text->empty() || text->size() > 9 ||
      !std::all_of(text->begin(), text->end(), text::is_digit)) {
    return std::nullopt;
  }
  return std::stoul(*text);
}

/// Our handler has refused to read on, as it is no answer yet.
bool is_interim(const httplib::Response& received, httplib::Error error) {
  return error == httplib::Error::Canceled && received.status < 200;
}

Result<Response> exchange_over(net::Stream& stream, const Request& request) {
  Wire wire(stream, request.max_octets + k_max_head);
  Client client(request.host);
  httplib::Request sent = make_request(request);
  Response response;
  httplib::Response received;
  bool has_head = false;
  sent.content_receiver = [&](const char* octets, std::size_t size,
                              std::uint64_t, std::uint64_t) {
    const std::size_t room = request.max_octets - response.body.size();
    response.body.append(octets, std::min(size, room));
    response.is_cut = size > room;
    return !response.is_cut;
  };
  sent.response_handler = [&](const httplib::Response& head) {
    wire.end_head();
    has_head = head.status >= 200;
    return has_head;
  };
  httplib::Error error = httplib::Error::Success;
  bool is_whole = client.send(wire, sent, received, error);
  for (int i = 0; i < k_max_interim && is_interim(received, error); ++i) {
    received = {};
    wire.expect_another();
    is_whole = client.send(wire, sent, received, error);
  }
  // A status that no whole head stands behind is none.
  if (received.status < 200 || !(is_whole || has_head)) {
    return fail(wire.failure().empty() ? "no answer that is HTTP"
                                       : wire.failure());
  }
  response.status = received.status;
  response.fields.assign(received.headers.begin(), received.headers.end());
  if (!is_whole && !response.is_cut) {
    response.broken =
        format_broken(wire, response.body.size(), find_length(response));
  }
  return response;
}

}  // namespace

const std::string* Response::find(const std::string& name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
        return text::to_lower(field.first) == text::to_lower(name);
      });
  return found == fields.end() ? nullptr : &found->second;
}

Result<Response> exchange(net::Stream& stream, const Request& request) {
  try {
    return exchange_over(stream, request);
  } catch (const std::exception& error) {
    return fail(fmt::format("no answer that is HTTP: {}", error.what()));
  }
}

}  // namespace mtasts::http
