// SPDX-License-Identifier: MIT
#include "verify/judge.hpp"
