// SPDX-License-Identifier: MIT
#include "files/path.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace mtasts::files {

/// Its name follows it in the same block of memory; that of a folder ends with
/// the slash.
struct Path::Part {
  std::atomic<std::uint32_t> uses;
  std::uint32_t end;  // of the name, in the whole
  Part* above;        // null: nothing is

  std::uint32_t begin() const { return above == nullptr ? 0 : above->end; }
  std::string_view name() const {
    return {reinterpret_cast<const char*>(this + 1), end - begin()};
  }
};

Path::Path(Part* last) noexcept : last_(last) {
  if (last_ != nullptr) last_->uses.fetch_add(1, std::memory_order_relaxed);
}

Path::~Path() {
  while (last_ != nullptr &&
         last_->uses.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    Part* above = last_->above;
    ::operator delete(last_);
    last_ = above;
  }
}

std::string Path::text() const {
  std::string text(last_ == nullptr ? 0 : last_->end, '\0');
  for (const Part* part = last_; part != nullptr; part = part->above) {
    part->name().copy(text.data() + part->begin(), part->name().size());
  }
  return text;
}

Path Path::folder() const {
  return last_ == nullptr ? Path() : Path(last_->above);
}

void Path::append(std::string_view rest) {
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('/'), rest.size() - 1) + 1;
    const std::uint32_t begin = last_ == nullptr ? 0 : last_->end;
    void* block = ::operator new(sizeof(Part) + size);
    last_ =
        new (block) Part{1, static_cast<std::uint32_t>(begin + size), last_};
    rest.copy(reinterpret_cast<char*>(last_ + 1), size);
    rest.remove_prefix(size);
  }
}

std::strong_ordering operator<=>(const Path& a, const Path& b) {
  if (a.last_ == nullptr || b.last_ == nullptr ||
      a.last_->above != b.last_->above) {
    return a.text() <=> b.text();
  }
  return a.last_->name() <=> b.last_->name();
}

}  // namespace mtasts::files
