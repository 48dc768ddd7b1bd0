// SPDX-License-Identifier: MIT
// docs/facts.schema.json says of each member what the program writes and reads.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "verify/facts_fields.hpp"

namespace mtasts::verify {
namespace {

using json = nlohmann::ordered_json;

json load_schema() {
  std::ifstream file(MTASTSD_SOURCE "/docs/facts.schema.json");
  return json::parse(file);
}

json refer_to(std::string_view name) {
  return {{"$ref", "#/$defs/" + std::string(name)}};
}

// --- Structures, by the names that they have in the schema ---

std::string_view name_of(const nameserver::Record&) { return "record"; }
std::string_view name_of(const nameserver::Answer&) { return "answer"; }
std::string_view name_of(const tls::PeerCertificate&) { return "certificate"; }
std::string_view name_of(const tls::PeerFacts&) { return "tls"; }
std::string_view name_of(const View&) { return "view"; }
std::string_view name_of(const Fetch&) { return "fetch"; }
std::string_view name_of(const SmtpProbe&) { return "probe"; }
std::string_view name_of(const MxHost&) { return "host"; }
std::string_view name_of(const Mx&) { return "mx"; }
std::string_view name_of(const NameServer&) { return "server"; }
std::string_view name_of(const ReportTarget&) { return "report"; }
std::string_view name_of(const Facts&) { return "facts"; }

/// Makes a schema of the fields: a definition for each structure.
class SchemaMaker {
 public:
  /// The definitions of `value`, and of all that it is made of.
  template <class T>
  static void define(const T& value, json& definitions) {
    json members = json::object();
    SchemaMaker maker(definitions, members);
    fields(maker, value);
    definitions[std::string(name_of(value))] = members;
  }

  template <class T>
  void operator()(std::string_view name, const T& value) {
    members_[std::string(name)] = describe(value);
  }

 private:
  SchemaMaker(json& definitions, json& members)
      : definitions_(definitions), members_(members) {}

  template <class T>
  json describe(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return {{"enum", words(value)}};
    } else if constexpr (std::is_unsigned_v<T>) {
      return {{"type", "integer"},
              {"minimum", 0},
              {"maximum", std::numeric_limits<T>::max()}};
    } else if constexpr (std::is_arithmetic_v<T>) {
      return {{"type", "integer"}};
    } else {
      define(value, definitions_);
      return refer_to(name_of(value));
    }
  }
  json describe(bool) { return {{"type", "boolean"}}; }
  json describe(const std::string&) { return refer_to("text"); }
  json describe(std::chrono::sys_seconds) { return refer_to("time"); }
  json describe(std::chrono::milliseconds) { return {{"type", "integer"}}; }
  template <class T>
  json describe(const std::optional<T>&) {
    return {{"anyOf", json::array({{{"type", "null"}}, describe(T{})})}};
  }
  template <class T>
  json describe(const std::shared_ptr<const T>&) {
    return describe(T{});
  }
  template <class T>
  json describe(const std::vector<T>&) {
    return {{"type", "array"}, {"items", describe(T{})}};
  }

  json& definitions_;
  json& members_;
};

TEST(VerifyFactsSchema, NamesWhatIsWritten) {
  json schema = load_schema();
  json made = json::object();
  SchemaMaker::define(Facts{}, made);
  for (const auto& [name, members] : made.items()) {
    ASSERT_TRUE(schema["$defs"].contains(name)) << name;
    json& described = schema["$defs"][name]["properties"];
    for (json& member : described) member.erase("description");
    EXPECT_EQ(described.dump(1), members.dump(1)) << name;
  }
  EXPECT_EQ(made.size(), 12U);
}

}  // namespace
}  // namespace mtasts::verify
