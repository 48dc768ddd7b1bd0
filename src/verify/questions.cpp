// SPDX-License-Identifier: MIT
#include "verify/questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "verify/look_parts.hpp"

namespace mtasts::verify {
namespace {

using nameserver::Answer;
using nameserver::Outcome;
using nameserver::Record;
using nameserver::Type;

// Of one chain of aliases; resolvers give up earlier.
constexpr std::size_t k_most_aliases = 64;

Answer make_silent(const std::string& name, Type type, std::string reason) {
  return {.name = name,
          .type = type,
          .outcome = Outcome::silent,
          .reason = std::move(reason)};
}

}  // namespace

Answer Questions::ask(const std::string& name, Type type) {
  if (shared_.resolver.is_dead()) {
    return make_silent(name, type,
                       "the resolver has not answered before, either");
  }
  Answer answer = resolver_.ask(name, type);
  shared_.resolver.note(answer.outcome == Outcome::silent);
  return answer;
}

Answer Questions::ask_once(const std::string& name, Type type) {
  const std::string key = fmt::format(
      "{} {}", name, nameserver::k_type_names[static_cast<std::size_t>(type)]);
  const auto answer =
      shared_.answers.make_once(key, [&] { return ask(name, type); });
  if (!answer->is_answered()) shared_.answers.forget(key);
  return *answer;
}

Answer Questions::ask_unchecked(const std::string& name, Type type) {
  if (shared_.resolver.is_dead()) return ask(name, type);
  return resolver_.ask_unchecked(name, type);
}

Answer Questions::ask_directly(const net::Endpoint& server,
                               const std::string& name, Type type) {
  if (shared_.name_servers.is_dead(server.address)) {
    return make_silent(name, type, "it has not answered before, either");
  }
  Answer answer = resolver_.ask_directly(server, name, type);
  shared_.name_servers.note(server.address, answer.outcome == Outcome::silent);
  return answer;
}

std::vector<std::string> list_data(const Answer& answer) {
  std::vector<std::string> all;
  for (const Record& one : answer.records) {
    if (one.type == answer.type) all.push_back(one.data);
  }
  return all;
}

std::vector<std::string> list_addresses(const Answer& a, const Answer& aaaa) {
  std::vector<std::string> all;
  for (const Answer* answer : {&a, &aaaa}) {
    for (std::string& one : list_data(*answer)) {
      if (std::ranges::find(all, one) == all.end()) {
        all.push_back(std::move(one));
      }
    }
  }
  return all;
}

std::string end_of(const Answer& answer) {
  std::string name = answer.name;
  for (std::size_t i = 0; i < k_most_aliases; ++i) {
    const auto alias =
        std::ranges::find_if(answer.records, [&name](const Record& one) {
          return one.type == Type::cname && one.owner == name;
        });
    if (alias == answer.records.end()) break;
    name = alias->data;
  }
  return name;
}

std::string parent_of(std::string_view name) {
  const std::size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string()
                                       : std::string(name.substr(dot + 1));
}

}  // namespace mtasts::verify
