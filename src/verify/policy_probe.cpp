// SPDX-License-Identifier: MIT
#include "verify/policy_probe.hpp"
