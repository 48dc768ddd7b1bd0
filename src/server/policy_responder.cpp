// SPDX-License-Identifier: MIT
#include "server/policy_responder.hpp"

#include <string>
#include <utility>

#include "log.hpp"
#include "sts/policy_host.hpp"

namespace mtasts::server {
namespace {

http::Part part_for(bool is_head) {
  return is_head ? http::Part::without_body : http::Part::with_body;
}

}  // namespace

PolicyResponder::PolicyResponder(const snapshot::SnapshotHolder& snapshots,
                                 FetchLog* fetches, Counters& counters,
                                 files::Clock clock)
    : SnapshotResponder(snapshots, std::move(clock)),
      fetches_(fetches),
      counters_(counters) {}

Answer PolicyResponder::answer(const Request& request, AfterAnswer after,
                               std::string& out) {
  const Response response = respond(serving(), request.head, request.sni);
  writer().write(response, part_for(request.head.method == "HEAD"), after, out);
  note_fetch(request.head, response);
  return {.status = response.status};
}

void PolicyResponder::refuse(int status, std::string_view octets,
                             std::string& out) {
  writer().write(make_response(status), part_for(http::is_head_request(octets)),
                 AfterAnswer::close, out);
}

/// For the log and for those who ask who has fetched what.
void PolicyResponder::note_fetch(const http::RequestHead& head,
                                 const Response& response) {
  if (may_log()) {
    log::debug("request", {{"host", head.authority},
                           {"method", head.method},
                           {"path", head.path},
                           {"status", response.status}});
  }
  if (fetches_ == nullptr || response.policy == nullptr) return;
  const std::string host = snapshot::normalise_host(head.authority);
  const std::string_view domain =
      std::string_view(host).substr(sts::k_policy_host_prefix.size());
  if (response.status != 200) {
    fetches_->count_refused(domain);
    return;
  }
  const SenderFamily family = classify_sender(head.user_agent);
  counters_.count(family);
  fetches_->count(domain, response.policy->id(), family, now());
}

}  // namespace mtasts::server
