// SPDX-License-Identifier: MIT
#include "counted_memory.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace mtasts::fuzz {
namespace {

// In front of each block: its size if it was counted, else 0.
constexpr std::size_t k_header = alignof(std::max_align_t);

std::size_t g_octets = 0;
bool g_is_on = false;

}  // namespace

std::size_t counted_octets() { return g_octets; }

bool count_memory(bool on) { return std::exchange(g_is_on, on); }

}  // namespace mtasts::fuzz

// AddressSanitizer has its own of each kind: there nothing is counted.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MTASTS_FUZZ_NOT_COUNTED
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define MTASTS_FUZZ_NOT_COUNTED
#endif
#ifndef MTASTS_FUZZ_NOT_COUNTED

void* operator new(std::size_t size) {
  using namespace mtasts::fuzz;
  auto* block = static_cast<char*>(std::malloc(size + k_header));
  if (block == nullptr) throw std::bad_alloc();
  const std::size_t counted = g_is_on ? size : 0;
  g_octets += counted;
  std::memcpy(block, &counted, sizeof counted);
  return block + k_header;
}

void operator delete(void* what) noexcept {
  using namespace mtasts::fuzz;
  if (what == nullptr) return;
  char* block = static_cast<char*>(what) - k_header;
  std::size_t counted = 0;
  std::memcpy(&counted, block, sizeof counted);
  g_octets -= counted;
  std::free(block);
}

void operator delete(void* what, std::size_t) noexcept {
  operator delete(what);
}

#endif
