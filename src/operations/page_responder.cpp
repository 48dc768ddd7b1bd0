// SPDX-License-Identifier: MIT
#include "operations/page_responder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "process/clock.hpp"
#include "server/respond.hpp"
#include "text/time.hpp"

namespace mtasts::operations {
namespace {

using Clock = std::chrono::steady_clock;

// What a socket takes at once, more or less: no more than this is kept for a
// reader but in a LongAnswer.
constexpr std::size_t k_short_octets = 16 * 1024;
// Each may hold a page of 1000 domains, and each turn of the loop goes on with
// all that have room in their socket.
constexpr std::size_t k_max_long_answers = 8;
// A reader that has taken nothing for so long goes before one that is new.
constexpr std::chrono::milliseconds k_patience{500};

Page make_error(int status, std::string text) {
  return {.status = status, .body = std::move(text)};
}

}  // namespace

/// A page that is sent piece by piece; of unknown length in chunks (RFC 9112,
/// 7.1), or up to the close.
class PageResponder::LongAnswer final : public server::Body {
 public:
  LongAnswer(std::list<LongAnswer*>& all, Page page, bool is_chunked)
      : all_(all), page_(std::move(page)), is_chunked_(is_chunked) {
    all_.push_back(this);
  }
  ~LongAnswer() override { std::erase(all_, this); }

  Clock::time_point taken() const { return taken_; }

  /// What has not been sent never will be: its reader finds it cut short.
  void give_up() {
    page_ = {};
    is_given_up_ = true;
    std::erase(all_, this);
  }

  bool write_some(std::string& out) override {
    if (is_given_up_) return false;
    taken_ = Clock::now();
    if (sent_ == page_.body.size() && page_.rest) {
      page_.body.clear();
      sent_ = 0;
      if (!page_.rest->write_some(page_.body)) page_.rest.reset();
    }
    const std::string_view piece =
        std::string_view(page_.body).substr(sent_, k_short_octets);
    sent_ += piece.size();
    const bool is_last = sent_ == page_.body.size() && !page_.rest;
    if (!is_chunked_) {
      out += piece;
      return !is_last;
    }
    // A chunk without octets would be the last one.
    if (!piece.empty()) {
      fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", piece.size(),
                     piece);
    }
    if (is_last) out += "0\r\n\r\n";
    return !is_last;
  }

 private:
  std::list<LongAnswer*>& all_;
  Page page_;
  const bool is_chunked_;
  bool is_given_up_ = false;
  std::size_t sent_ = 0;  // of page_.body
  Clock::time_point taken_ = Clock::now();
};

bool PageResponder::begin_turn() {
  const std::chrono::sys_seconds now = process::this_second();
  if (std::exchange(now_, now) != now) date_ = text::format_http_date(now);
  return false;
}

/// For one more long answer.
bool PageResponder::has_room() {
  if (long_answers_.size() < k_max_long_answers) return true;
  LongAnswer& slowest =
      **std::ranges::min_element(long_answers_, {}, &LongAnswer::taken);
  if (Clock::now() - slowest.taken() < k_patience) return false;
  slowest.give_up();
  return true;
}

Page PageResponder::choose_page(const http::RequestHead& head) {
  if (!names_.have(head.authority)) {
    return make_error(421,
                      "this is not the name of the operations listener; if it "
                      "is one of yours, put it into hosts of [operations]\n");
  }
  if (head.method != "GET" && head.method != "HEAD") {
    Page page = make_error(405, "only GET and HEAD are allowed here\n");
    page.fields.emplace("Allow", "GET, HEAD");
    return page;
  }
  const PageRequest asked = read_target(head.path, head.accept);
  if (!Pages::is_probe(asked.path) && !has_room()) {
    Page page = make_error(503, "too many pages are being read; ask again\n");
    page.fields.emplace("Retry-After", "1");
    return page;
  }
  return pages_.answer(asked);
}

void PageResponder::write_head(const Page& page, bool is_chunked,
                               std::string& out) const {
  const auto add = std::back_inserter(out);
  fmt::format_to(add,
                 "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\n"
                 "Cache-Control: no-store\r\n"
                 "X-Content-Type-Options: nosniff\r\n",
                 page.status, server::reason_phrase(page.status), date_,
                 page.type);
  for (const auto& [name, value] : page.fields) {
    fmt::format_to(add, "{}: {}\r\n", name, value);
  }
  if (!page.rest) {
    fmt::format_to(add, "Content-Length: {}\r\n", page.body.size());
  } else if (is_chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  out += "Connection: close\r\n\r\n";
}

server::Answer PageResponder::answer(const server::Request& request,
                                     server::AfterAnswer, std::string& out) {
  const http::RequestHead& head = request.head;
  Page page = choose_page(head);
  while (page.rest && page.body.size() < k_short_octets) {
    if (!page.rest->write_some(page.body)) page.rest.reset();
  }
  const bool is_chunked = page.rest && head.takes_chunks;
  write_head(page, is_chunked, out);
  server::Answer answer{.status = page.status};
  if (head.method == "HEAD") return answer;
  if (!page.rest && page.body.size() <= k_short_octets) {
    out += page.body;
  } else {
    answer.rest = std::make_unique<LongAnswer>(long_answers_, std::move(page),
                                               is_chunked);
  }
  return answer;
}

void PageResponder::refuse(int status, std::string_view octets,
                           std::string& out) {
  const Page page =
      make_error(status, std::string(server::make_response(status).body));
  write_head(page, false, out);
  if (!http::is_head_request(octets)) out += page.body;
}

}  // namespace mtasts::operations
