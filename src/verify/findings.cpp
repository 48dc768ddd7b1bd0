// SPDX-License-Identifier: MIT
#include "verify/findings.hpp"
