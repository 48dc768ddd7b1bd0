// SPDX-License-Identifier: MIT
// verify/facts_json: what is read is written and read again as the same; and
// none of it steers a terminal, in whichever form it is printed.
#include <algorithm>
#include <utility>
#include <vector>

#include "target.hpp"
#include "tool/verify_output.hpp"
#include "verify/facts_json.hpp"
#include "verify/findings.hpp"
#include "verify/judged.hpp"

namespace mtasts::verify {
namespace {

using fuzz::require;

/// Of `text`, the one line that it is.
void require_line(std::string_view text) {
  require(std::ranges::none_of(text,
                               [](char c) {
                                 const auto octet =
                                     static_cast<unsigned char>(c);
                                 return octet < 0x20 || octet == 0x7F;
                               }),
          "facts are one line without control octets");
}

void check_again(const Facts& facts) {
  const std::string text = format_facts(facts);
  require_line(text);
  std::vector<Facts> again;
  const auto taken = parse_each_facts(
      text, [&again](Facts one) { again.push_back(std::move(one)); });
  require(taken && again.size() == 1 && again.front() == facts,
          "facts read as themselves");
  require(format_facts(again.front()) == text, "and are written as before");
}

/// Whatever was seen is judged.
void check_forms(const Facts& facts) {
  const Judged judged = judge_whole(facts, {}, facts.at);
  for (const Diagnostic& one : judged.findings) {
    require(find_kind(one.id) != nullptr, "a finding is one of the table");
  }
  for (const std::string_view form : tool::k_verify_forms) {
    const auto output =
        tool::make_output(form, tool::Colour::none, tool::Notes::shown);
    std::string text = output->add(judged);
    text += output->finish();
    require(text.ends_with('\n'), "an output ends with its last line");
    std::ranges::replace(text, '\n', ' ');
    require_line(text);
  }
}

void run(std::string_view text) {
  std::vector<Facts> all;
  const auto taken = parse_each_facts(
      text, [&all](Facts facts) { all.push_back(std::move(facts)); });
  if (!taken) fuzz::require_clean(taken.error());
  for (const Facts& facts : all) {
    check_again(facts);
    check_forms(facts);
  }
}

}  // namespace
}  // namespace mtasts::verify

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  mtasts::verify::run(mtasts::fuzz::as_text(data, size));
  return 0;
}
