// SPDX-License-Identifier: MIT
#include "http/answer_writer.hpp"

#include <httplib.h>

#include <utility>

#include "text/time.hpp"

namespace mtasts::http {
namespace {

constexpr std::string_view k_date_field = "\r\nDate: ";
// Policies differ by the hundred in length, and their texts end at 10,000.
constexpr std::size_t k_max_heads = 1024;

/// A stream that reads from one string and appends to another.
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string_view input, std::string& output)
      : input_(input), output_(output) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* out, std::size_t size) override {
    const std::size_t take = input_.copy(out, size);
    input_.remove_prefix(take);
    return static_cast<ssize_t>(take);
  }
  ssize_t write(const char* octets, std::size_t size) override {
    output_.append(octets, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view input_;
  std::string& output_;
};

}  // namespace

class AnswerWriter::Library final : public httplib::Server {
 public:
  Library() {
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

  std::string write_head(const TextAnswer& answer, const std::string& date,
                         AfterAnswer after) {
    answer_ = answer;
    date_ = date;
    std::string head;
    MemoryStream stream("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", head);
    run(*this, stream, after == AfterAnswer::close);
    return head;
  }

 private:
  void fill(httplib::Response& response) const {
    response.status = answer_.status;
    response.reason = answer_.reason;
    response.headers.emplace("Date", date_);
    if (!answer_.field.name.empty()) {
      response.headers.emplace(answer_.field.name, answer_.field.value);
    } else if (answer_.status == 405) {
      response.headers.emplace("Allow", "GET, HEAD");
    }
    response.set_content(answer_.body.data(), answer_.body.size(),
                         "text/plain");  // RFC 8461, 3.2
  }

  /// The signatures of Debian 12 (0.11) and of Debian 13 (0.18). A template, as
  /// only there the wrong one may stand.
  template <class S>
  static void run(S& self, MemoryStream& stream, bool close) {
    bool closed = false;
    if constexpr (requires {
                    self.process_request(stream, close, closed, nullptr);
                  }) {
      self.process_request(stream, close, closed, nullptr);
    } else {
      self.process_request(stream, {}, 0, {}, 0, close, closed, nullptr);
    }
  }

  TextAnswer answer_{};
  std::string date_;
};

AnswerWriter::AnswerWriter() : library_(std::make_unique<Library>()) {
  set_time({});
  // The library's static tables are made by its first requests: let that be
  // before there are threads, and not in the time of the first clients.
  for (const AfterAnswer after : {AfterAnswer::close, AfterAnswer::keep_open}) {
    static_cast<void>(
        library_->write_head({400, "Bad Request", {}}, date_, after));
  }
}
AnswerWriter::~AnswerWriter() = default;

void AnswerWriter::set_time(std::chrono::sys_seconds now) {
  if (now == now_ && !date_.empty()) return;
  now_ = now;
  date_ = text::format_http_date(now);
}

void AnswerWriter::write(const TextAnswer& answer, Part part, AfterAnswer after,
                         std::string& out) {
  const Kind kind{answer.status, answer.body.size(), after};
  auto known = heads_.find(kind);
  if (known == heads_.end()) {
    if (heads_.size() >= k_max_heads) heads_.clear();
    std::string octets = library_->write_head(answer, date_, after);
    const std::size_t date_at = octets.find(k_date_field) + k_date_field.size();
    known = heads_.emplace(kind, Head{std::move(octets), date_at}).first;
  }
  Head& head = known->second;
  // Every Date has 29 octets, so it fits in its place.
  date_.copy(head.octets.data() + head.date_at, date_.size());
  out += head.octets;
  if (part == Part::with_body) out += answer.body;
}

}  // namespace mtasts::http
