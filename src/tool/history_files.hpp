// SPDX-License-Identifier: MIT
// What mta-stsd has written down of what it served when, read back.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "config/config.hpp"
#include "result.hpp"
#include "sts/history_line.hpp"
#include "sts/life_cycle.hpp"

namespace mtasts::tool {

using Pasts = std::map<std::string, sts::Past, std::less<>>;

/// The configuration, which nobody needs to have: an empty one stands for the
/// built-in one that is not there. Nothing after an error, which is printed.
std::optional<config::Config> load_config_if_there(const Arguments& arguments);

/// Each good line of a file in its order. What is no such line is left out,
/// with a warning that is printed: it costs knowledge, and nothing else.
Result<std::vector<sts::HistoryLine>> read_history(const std::string& path);

/// Of all `files` together. The history of the configuration stands for none;
/// where that has none either, nothing is known, which is printed as a note.
Result<Pasts> read_pasts(std::vector<std::string> files,
                         const config::Config& config);

}  // namespace mtasts::tool
