// SPDX-License-Identifier: MIT
#include "verify/policy_history.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

#include "sts/policy_id.hpp"
#include "sts/policy_text.hpp"

namespace mtasts::verify {
namespace {

using std::chrono::days;
using std::chrono::seconds;

/// What people write and what pages on the subject propose.
constexpr auto k_max_ages = std::to_array<seconds>(
    {seconds(300), seconds(3600), days(1),   days(2),   days(3),
     days(5),      days(7),       days(10),  days(14),  days(15),
     days(21),     days(28),      days(30),  days(31),  days(42),
     days(56),     days(60),      days(84),  days(90),  days(120),
     days(180),    days(182),     days(364), days(365), seconds(31557600)});
// One with more is not changed by hand, and each would cost a hash.
constexpr std::size_t k_most_mx = 32;

std::optional<sts::Policy> find_among(const std::vector<sts::MxPattern>& mx,
                                      seconds own, std::string_view id) {
  std::vector<seconds> ages(k_max_ages.begin(), k_max_ages.end());
  ages.push_back(own);
  for (const sts::Mode mode :
       {sts::Mode::testing, sts::Mode::enforce, sts::Mode::none}) {
    for (const seconds age : ages) {
      const auto policy = sts::Policy::make(mode, mx, age);
      if (policy && sts::policy_id(sts::format_policy(*policy)) == id) {
        return *policy;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<sts::Policy> find_earlier(const sts::Policy& now,
                                        const sts::Past& past,
                                        std::string_view id) {
  const auto known = std::ranges::find(past.served(), id, &sts::Served::id);
  if (known != past.served().end()) return known->policy;
  if (auto same = find_among(now.mx(), now.max_age(), id)) return same;
  if (now.mx().size() < 2 || now.mx().size() > k_most_mx) return std::nullopt;
  for (std::size_t left_out = 0; left_out < now.mx().size(); ++left_out) {
    std::vector<sts::MxPattern> mx = now.mx();
    mx.erase(mx.begin() + static_cast<std::ptrdiff_t>(left_out));
    if (auto shorter = find_among(mx, now.max_age(), id)) return shorter;
  }
  return std::nullopt;
}

}  // namespace mtasts::verify
