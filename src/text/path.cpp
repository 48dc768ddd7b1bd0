// SPDX-License-Identifier: MIT
#include "text/path.hpp"

#include <algorithm>

namespace mtasts::text {

Path::Part::Part(Shared<const Part> folder, std::string_view name)
    : end(static_cast<std::uint32_t>((folder ? folder->end : 0) + name.size())),
      above(std::move(folder)) {
  name.copy(reinterpret_cast<char*>(this + 1), name.size());
}

/// A line of text may have any number of slashes, and a thread has not that
/// much stack: folders that nobody else holds end one after the other.
Path::Part::~Part() {
  while (above.use_count() == 1) {
    const Shared<const Part> folder = std::move(above);
    above = std::move(folder->above);
  }
}

std::string Path::text() const {
  std::string text(last_ ? last_->end : 0, '\0');
  for (const Part* part = last_.get(); part != nullptr;
       part = part->above.get()) {
    part->name().copy(text.data() + part->begin(), part->name().size());
  }
  return text;
}

Path Path::folder() const { return last_ ? Path(last_->above) : Path(); }

void Path::append(std::string_view rest) {
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find('/'), rest.size() - 1) + 1;
    last_ = Shared<const Part>(new (Counted::Behind{size})
                                   Part(last_, rest.substr(0, size)));
    rest.remove_prefix(size);
  }
}

std::strong_ordering operator<=>(const Path& a, const Path& b) {
  if (!a.last_ || !b.last_ || a.last_->above != b.last_->above) {
    return a.text() <=> b.text();
  }
  return a.last_->name() <=> b.last_->name();
}

}  // namespace mtasts::text
