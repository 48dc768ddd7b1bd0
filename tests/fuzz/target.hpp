// SPDX-License-Identifier: MIT
// What every fuzz target has: one input in, and claims that hold for it. A
// target is one file; libFuzzer drives it, or replay.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "result.hpp"
#include "text/utf8.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

namespace mtasts::fuzz {

/// Ends the run, and keeps the input, when a claim does not hold.
inline void require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// An error goes to a terminal: no control octets, and whole UTF-8.
inline void require_clean(const Error& error) {
  require(!error.message.empty(), "an error says something");
  for (std::string_view text :
       {std::string_view(error.message), std::string_view(error.hint)}) {
    while (!text.empty()) {
      const auto octet = static_cast<unsigned char>(text.front());
      const std::size_t size = text::utf8_length(text);
      require(octet >= 0x20 && octet != 0x7F && size != 0,
              "an error is fit for a terminal");
      text.remove_prefix(size);
    }
  }
}

}  // namespace mtasts::fuzz
