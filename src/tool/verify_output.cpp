// SPDX-License-Identifier: MIT
#include "tool/verify_output.hpp"

#include "tool/verify_json.hpp"
#include "tool/verify_prometheus.hpp"
#include "tool/verify_text.hpp"

namespace mtasts::tool {

std::unique_ptr<VerifyOutput> make_output(std::string_view form, Colour colour,
                                          Notes notes) {
  if (form == "json") return std::make_unique<JsonOutput>();
  if (form == "jsonl") return std::make_unique<JsonLinesOutput>();
  if (form == "prometheus") return std::make_unique<PrometheusOutput>();
  return std::make_unique<TextOutput>(colour, notes);
}

}  // namespace mtasts::tool
