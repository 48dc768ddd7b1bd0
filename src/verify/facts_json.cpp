// SPDX-License-Identifier: MIT
#include "verify/facts_json.hpp"
