// SPDX-License-Identifier: MIT
#include "nameserver/update.hpp"
