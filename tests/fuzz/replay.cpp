// SPDX-License-Identifier: MIT
// Drives a target without libFuzzer: every file of the folder that is named,
// and then each of them with a few octets changed, always in the same way. With
// --unchanged in front of the folder, only the files.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "target.hpp"

namespace {

// For all files together.
constexpr std::size_t k_changed_runs = 2000;

std::vector<std::string> read_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> contents;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    contents.emplace_back(std::istreambuf_iterator<char>(file),
                          std::istreambuf_iterator<char>());
  }
  return contents;
}

void run(const std::string& input) {
  // A copy of its own size: a read behind its end is seen by a sanitizer.
  const std::vector<std::uint8_t> exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::string change(std::string text, std::mt19937& random) {
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  for (std::size_t left = 1 + below(3); left > 0 && !text.empty(); --left) {
    const std::size_t at = below(text.size());
    const auto octet = static_cast<char>(below(256));
    switch (below(5)) {
      case 0:
        text[at] = octet;
        break;
      case 1:
        text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.insert(at, 1, octet);
        break;
      case 3:
        text.erase(at, 1 + below(8));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), below(32)));
    }
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const bool unchanged = argc == 3 && argv[1] == std::string("--unchanged");
  const std::vector<std::string> inputs = read_files(argv[argc - 1]);
  if (inputs.empty()) return EXIT_FAILURE;
  const std::size_t changed = unchanged ? 0 : k_changed_runs / inputs.size();
  std::mt19937 random(1);
  for (const std::string& input : inputs) {
    run(input);
    for (std::size_t i = 0; i < changed; ++i) run(change(input, random));
  }
  std::printf("%zu inputs, each changed %zu times\n", inputs.size(), changed);
  return EXIT_SUCCESS;
}
