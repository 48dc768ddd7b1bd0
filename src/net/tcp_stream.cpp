// SPDX-License-Identifier: MIT
#include "net/tcp_stream.hpp"
