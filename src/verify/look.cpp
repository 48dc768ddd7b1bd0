// SPDX-License-Identifier: MIT
#include "verify/look.hpp"
