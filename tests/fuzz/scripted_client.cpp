// SPDX-License-Identifier: MIT
#include "scripted_client.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>

#include "answer_check.hpp"

namespace mtasts::fuzz {
namespace {

SSL_CTX* client_context() {
  static const tls::ContextPtr context(SSL_CTX_new(TLS_client_method()));
  return context.get();
}

/// Of an answer to HEAD there is the length alone.
std::string_view policy_of_size(std::size_t size) {
  static_assert(k_example_com.size() != k_example_org.size());
  return size == k_example_com.size() ? k_example_com : k_example_org;
}

/// Each line of an answer's head is one of few.
void check_head(std::string_view head) {
  require(head.starts_with("HTTP/1.1 "), "a status line");
  head.remove_prefix(head.find("\r\n") + 2);
  while (head != "\r\n") {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    constexpr std::string_view k_example =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT";
    const bool is_date = line.starts_with("Date: ") && line.ends_with(" GMT") &&
                         line.size() == k_example.size();
    require(
        is_date || line == "Content-Type: text/plain" ||
            line == "Connection: close" || line == "Connection: Keep-Alive" ||
            line == "Allow: GET, HEAD" || line.starts_with("Content-Length: "),
        "no other field, and none that is torn");
  }
}

}  // namespace

Client::Client(std::size_t socket, Speech speech, const char* name)
    : socket_(socket), speech_(speech) {
  if (speech != Speech::https) return;
  name_ = name;
  ssl_.reset(SSL_new(client_context()));
  SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_tlsext_host_name(ssl_.get(), name);
  SSL_set_connect_state(ssl_.get());
}

void Client::ask(std::string_view octets) {
  if (socket().has_ended) return;
  asked_ += octets;
  to_send_ += octets;
  turn();
}

void Client::send_garbage(std::string_view octets) {
  if (!socket().has_ended) socket().inbound += octets;
}

void Client::end() {
  if (ssl_) SSL_shutdown(ssl_.get());
  turn();
  socket().has_ended = true;
}

void Client::turn() {
  const std::string come = std::exchange(socket().outbound, {});
  const bool may_send = !socket().has_ended;
  if (!ssl_) {
    answers_ += come;
    if (may_send) socket().inbound += std::exchange(to_send_, {});
    return;
  }
  ERR_clear_error();
  BIO_write(SSL_get_rbio(ssl_.get()), come.data(),
            static_cast<int>(come.size()));
  if (SSL_do_handshake(ssl_.get()) == 1) converse();
  std::array<char, 4096> octets;
  for (int got = 1; got > 0;) {
    got = BIO_read(SSL_get_wbio(ssl_.get()), octets.data(),
                   static_cast<int>(octets.size()));
    if (got > 0 && may_send) {
      socket().inbound.append(octets.data(), static_cast<std::size_t>(got));
    }
  }
  ERR_clear_error();
}

void Client::converse() {
  if (!to_send_.empty() && SSL_write(ssl_.get(), to_send_.data(),
                                     static_cast<int>(to_send_.size())) > 0) {
    to_send_.clear();
  }
  std::array<char, 4096> octets;
  for (int got = 1; got > 0;) {
    got = SSL_read(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
    if (got > 0) answers_.append(octets.data(), static_cast<std::size_t>(got));
  }
}

void Client::check() const {
  if (speech_ == Speech::garbage) {
    return require(answers_.find("HTTP/") == std::string::npos,
                   "no answer to what is no TLS");
  }
  std::string_view asked = asked_;
  std::string_view answers = answers_;
  std::optional<std::string_view> sni;
  if (ssl_) sni = name_;
  bool is_last = false;
  while (!answers.empty()) {
    require(!is_last, "nothing behind an answer that says close");
    require(!asked.empty(), "no answer that nobody asked for");
    const std::size_t end = std::min(answers.find("\r\n\r\n"), answers.size());
    require(end < k_max_answer_head, "a head that does not grow");
    const Socket& socket = kernel().sockets[socket_];
    // Who waits for room may have had to make room for somebody else.
    const bool may_be_cut =
        ssl_ || socket.is_reset || socket.room == 0 || socket.is_owed;
    if (end == answers.size()) return require(may_be_cut, "a whole head");
    const std::string_view head = answers.substr(0, end + 4);
    answers.remove_prefix(head.size());
    check_head(head);
    const std::size_t length = std::stoul(find_field(head, "content-length"));
    std::string_view body = policy_of_size(length);
    const std::size_t start = asked.starts_with("\r\n") ? 2 : 0;
    if (!asked.substr(start).starts_with("HEAD ")) {
      if (answers.size() < length) return require(may_be_cut, "a whole body");
      body = answers.substr(0, length);
      answers.remove_prefix(length);
    }
    is_last = find_field(head, "connection") == "close";
    const std::size_t size = asked.find("\r\n\r\n", start);
    require(is_last || size != std::string_view::npos, "asked for as a whole");
    if (size == std::string_view::npos) continue;
    if (head.substr(9, 3) == "200") {
      check_200(asked.substr(0, size + 4), sni, body);
    }
    asked.remove_prefix(size + 4);
  }
}

}  // namespace mtasts::fuzz
