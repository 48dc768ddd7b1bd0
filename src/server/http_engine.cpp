// SPDX-License-Identifier: MIT
#include "server/http_engine.hpp"

#include <fmt/chrono.h>

#include "http/memory_server.hpp"

namespace mtasts::server {
namespace {

constexpr std::string_view k_date_field = "\r\nDate: ";
// Policies are many and repeat seldom; the answers of a busy moment are few.
constexpr std::size_t k_max_kept = 256;
constexpr const char* k_plain_text = "text/plain";  // RFC 8461, 3.2

/// The head that the library gets to see. It has to know only whether a body
/// is to be written and whether the connection stays: everything else was
/// checked and is decided by respond(), so no octet of the client's is in it.
std::string_view rewrite(bool is_head, AfterAnswer after) {
  if (after == AfterAnswer::keep_open) {
    return is_head ? "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"
                   : "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  return is_head ? "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                 : "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

}  // namespace

class HttpEngine::Server final : public http::MemoryServer {
 public:
  Server() {
    // Before all routing: the library's routes are regular expressions.
    set_pre_routing_handler(
        [this](const httplib::Request&, httplib::Response& response) {
          fill(response);
          return HandlerResponse::Handled;
        });
    // What the library adds by itself and nobody asked for.
    set_post_routing_handler(
        [](const httplib::Request&, httplib::Response& response) {
          response.headers.erase("Keep-Alive");
          response.headers.erase("Accept-Ranges");
        });
  }

  // What to answer the next request with.
  Response answer{};
  std::string_view date;

 private:
  void fill(httplib::Response& response) const {
    response.status = answer.status;
    response.reason = reason_phrase(answer.status);
    response.headers.emplace("Date", date);
    if (answer.allow) response.headers.emplace("Allow", "GET, HEAD");
    response.set_content(answer.body.data(), answer.body.size(), k_plain_text);
  }
};

HttpEngine::HttpEngine() : server_(std::make_unique<Server>()) {
  set_time(0);
  // The library's static tables are made by its first requests: let that be
  // before there are threads, and not in the time of the first clients.
  for (const AfterAnswer after : {AfterAnswer::close, AfterAnswer::keep_open}) {
    std::string discarded;
    write(server::refuse(400), false, after, discarded);
  }
  forget();
}
HttpEngine::~HttpEngine() = default;

void HttpEngine::set_time(std::time_t now) {
  if (now == now_) return;
  now_ = now;
  // The C locale's names, which fmt uses, are the ones of RFC 9110, 5.6.7.
  date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
}

void HttpEngine::forget() { kept_.clear(); }

Response HttpEngine::answer(const snapshot::Snapshot& serving,
                            const http::RequestHead& request,
                            std::optional<std::string_view> sni,
                            AfterAnswer after, std::string& out) {
  const Response response = respond(serving, request, sni);
  write(response, request.method == "HEAD", after, out);
  return response;
}

void HttpEngine::refuse(int status, std::string_view octets, std::string& out) {
  write(server::refuse(status), http::is_head_request(octets),
        AfterAnswer::close, out);
}

void HttpEngine::write(const Response& response, bool to_head,
                       AfterAnswer after, std::string& out) {
  const Kind kind{response.status, response.body.data(), to_head, after};
  auto known = kept_.find(kind);
  if (known == kept_.end()) {
    if (kept_.size() >= k_max_kept) kept_.clear();
    server_->answer = response;
    server_->date = date_;
    std::string octets;
    server_->run(rewrite(to_head, after), after == AfterAnswer::close, octets);
    const std::size_t date_at = octets.find(k_date_field) + k_date_field.size();
    known =
        kept_.insert_or_assign(kind, Kept{std::move(octets), date_at}).first;
  }
  // Every Date has 29 octets (RFC 9110, 5.6.7), so it fits in its place.
  Kept& kept = known->second;
  kept.octets.replace(kept.date_at, date_.size(), date_);
  out += kept.octets;
}

}  // namespace mtasts::server
