// SPDX-License-Identifier: MIT
#include "tool/tool.hpp"

int main(int argc, char** argv) { return mtasts::tool::run(argc, argv); }
