// SPDX-License-Identifier: MIT
// The decision what to answer, and nothing else: no input, no output, no
// clock. Every status of the policy host comes from here or from the head
// check before it.
#pragma once

#include <optional>
#include <string_view>

#include "http/answer_writer.hpp"
#include "http/request_head.hpp"
#include "snapshot/snapshot.hpp"

namespace mtasts::server {

/// Its texts live as long as the Snapshot it came from.
struct Response : http::TextAnswer {
  // Of the host that was asked; null when it is not served here.
  const publish::Publication* policy = nullptr;
};

/// `sni` is the name that the TLS client asked for; nothing on a connection
/// without TLS, where Host alone decides.
Response respond(const snapshot::Snapshot& serving,
                 const http::RequestHead& request,
                 std::optional<std::string_view> sni);

/// An answer with this status and the text that stands for it: what respond()
/// says unless it is a policy, and what a head gets that the check refused.
/// That an answer to HEAD has no body is up to the policy_responder.
Response make_response(int status);

/// "Misdirected Request" for 421.
std::string_view reason_phrase(int status);

}  // namespace mtasts::server
