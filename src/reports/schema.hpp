// SPDX-License-Identifier: MIT
// The tables that reports are kept in, and how those of earlier versions become
// those of this one.
#pragma once

#include <cstdint>

#include "reports/sqlite.hpp"
#include "result.hpp"

namespace mtasts::reports {

/// Of this program.
std::int64_t schema_version();

/// Makes the tables, or brings them to this version, in one transaction; two
/// programs may do it at once. Fails for those of another program and of a
/// later version, and leaves them as they are.
Result<void> migrate(Connection& connection);

/// Fails unless the tables are of this version: who only reads makes none.
Result<void> check_schema(Connection& connection);

}  // namespace mtasts::reports
