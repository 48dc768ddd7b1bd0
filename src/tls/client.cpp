// SPDX-License-Identifier: MIT
#include "tls/client.hpp"
