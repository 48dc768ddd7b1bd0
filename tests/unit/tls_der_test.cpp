// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tls/der.hpp"

namespace mtasts::tls {
namespace {

using namespace std::string_view_literals;

// X.690, 8.1.3 and 10.1: a length in its shortest form, of three octets here.
TEST(TlsDer, ReadsLengthsInTheirShortestForm) {
  for (const auto& [start, size] :
       std::vector<std::pair<std::string_view, std::size_t>>{
           {"\x04\0"sv, 0},
           {"\x04\x7F", 0x7F},
           {"\x04\x81\x80", 0x80},
           {"\x04\x81\xFF", 0xFF},
           {"\x04\x82\x01\0"sv, 0x100},
           {"\x04\x83\x01\0\0"sv, 0x10000}}) {
    const std::string der = std::string(start) + std::string(size, 'x');
    DerReader reader(der);
    const std::optional<DerElement> element = reader.next();
    ASSERT_TRUE(element) << size;
    EXPECT_EQ(element->content.size(), size);
    EXPECT_EQ(element->whole, der);
    EXPECT_TRUE(reader.is_at_end());
    const std::string cut = der.substr(0, der.size() - 1);
    EXPECT_FALSE(DerReader(cut).next()) << size;
  }
  for (const auto& [start, size] :
       std::vector<std::pair<std::string_view, std::size_t>>{
           {"", 0},
           {"\x04", 0},
           {"\x04\x80", 1},
           {"\x04\x81\x7F", 0x7F},
           {"\x04\x82\0\xFF"sv, 0xFF},
           {"\x04\x83\0\x80\0"sv, 0x8000},
           {"\x04\x84\x01\0\0\0"sv, 0x1000000},
           {"\x1F\0"sv, 0}}) {
    const std::string der = std::string(start) + std::string(size, 'x');
    EXPECT_FALSE(DerReader(der).next()) << size;
  }
}

}  // namespace
}  // namespace mtasts::tls
