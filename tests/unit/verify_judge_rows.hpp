// SPDX-License-Identifier: MIT
// Tables of what is changed in the facts of a green domain, and exactly what is
// said of it then.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "diagnostic.hpp"
#include "green_facts.hpp"

namespace mtasts::verify {

using nameserver::Outcome;
using nameserver::Type;
using std::chrono::days;

struct Row {
  const char* name;
  void (*change)(Scene& scene);
  const char* says;
};

/// The findings as people read them.
inline std::string says(const Scene& scene) {
  std::string text;
  for (const Diagnostic& one : scene.judged()) text += format_diagnostic(one);
  return text;
}

inline void expect_rows(std::span<const Row> rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Scene scene = make_green();
    row.change(scene);
    EXPECT_EQ(says(scene), row.says);
  }
}

/// What the resolver and the name servers say at _mta-sts.
inline void publish_txt(Scene& scene, const std::vector<std::string>& texts) {
  scene.facts.sts = answer("_mta-sts.alpha.test", Type::txt, texts);
  for (NameServer& one : scene.facts.servers) {
    one.sts = scene.facts.sts;
    one.sts.is_authoritative = true;
  }
}

/// No MX host can be reached.
inline void unprobe(Scene& scene, net::Reach reach) {
  for (std::size_t at = 0; at < scene.facts.hosts.size(); ++at) {
    for (SmtpProbe& one : scene.own_host(at).probes) {
      one = {.address = one.address, .reach = reach, .reason = "no answer"};
    }
  }
}

/// Reports go by https.
inline ReportTarget& take_https(Scene& scene) {
  scene.facts.reports = {{.uri = "https://reports.test/v1",
                          .host = "reports.test",
                          .reach = net::Reach::reached,
                          .tls = shown("reports.test"),
                          .status = 201}};
  return scene.facts.reports.front();
}

}  // namespace mtasts::verify
