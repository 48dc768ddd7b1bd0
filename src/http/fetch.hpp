// SPDX-License-Identifier: MIT
// One request over a stream that somebody else has made, by cpp-httplib as a
// client. It follows nothing, decodes nothing, and asks for nothing that was
// not said.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "net/stream.hpp"
#include "result.hpp"

namespace mtasts::http {

struct Request {
  std::string method = "GET";
  std::string host = {};  // as the Host field has it
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
  std::size_t max_octets = 64 * 1024;  // of the body that is read
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields =
      {};                 // names as sent
  std::string body = {};  // at most max_octets
  bool is_cut = false;    // there was more
  std::string
      broken;  // what was wrong behind the head: "ended 12 octets early"

  /// The first field of that name, in any case; null when there is none.
  const std::string* find(const std::string& name) const;
};

/// Fails when no head comes that is HTTP, or not in time.
Result<Response> exchange(net::Stream& stream, const Request& request);

}  // namespace mtasts::http
