// SPDX-License-Identifier: MIT
// Warnings about report URIs and those who take reports here, where the two
// don't know of each other: it is seen from the whole configuration alone.
#pragma once

#include <string>

#include "config/config.hpp"
#include "diagnostic.hpp"

namespace mtasts::config {

/// Report URIs by https that lead to a host of ours where nobody takes reports,
/// or to collect without saying whose they are; and a collect that no URI leads
/// to. A host of ours is one below a policy domain or beside that of collect.
/// Silent without [collect] and [reports]: reports are read elsewhere then.
/// `path` is the configuration.
Diagnostics lint_report_uris(const Config& config, const std::string& path);

}  // namespace mtasts::config
