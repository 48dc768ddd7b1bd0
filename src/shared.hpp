// SPDX-License-Identifier: MIT
// Values that many hold, for where there are very many of them: a pointer takes
// eight octets and a value one block of memory, where std::shared_ptr takes
// sixteen, and as much again beside each value.
#pragma once

#include <algorithm>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>

namespace mtasts {

/// Base of what a Shared points to. It may have octets behind it, in the same
/// block: new (Behind{size}) T.
class Counted {
 public:
  struct Behind {
    std::size_t octets;
  };
  static void* operator new(std::size_t size) { return ::operator new(size); }
  static void* operator new(std::size_t size, Behind behind) {
    return ::operator new(size + behind.octets);
  }
  static void operator delete(void* block) { ::operator delete(block); }
  static void operator delete(void* block, Behind) { ::operator delete(block); }

 protected:
  Counted() = default;
  ~Counted() = default;
  // Who holds the one does not hold its copy.
  Counted(const Counted&) noexcept {}
  Counted& operator=(const Counted&) noexcept { return *this; }

 private:
  template <class T>
  friend class Shared;
  mutable std::atomic<std::uint32_t> holders_{0};
};

/// A T, a Counted, or null. The last that holds it deletes it; from any number
/// of threads, as with std::shared_ptr.
template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(std::nullptr_t) {}  // NOLINT: as pointers do
  explicit Shared(T* held) noexcept : held_(held) {
    if (held_ != nullptr) {
      held_->holders_.fetch_add(1, std::memory_order_relaxed);
    }
  }
  Shared(const Shared& other) noexcept : Shared(other.held_) {}
  Shared(Shared&& other) noexcept
      : held_(std::exchange(other.held_, nullptr)) {}
  template <class Other>
  requires std::is_same_v<const Other, T> Shared(const Shared<Other>& other)
  noexcept  // NOLINT: as pointers do
      : Shared(other.get()) {}
  Shared& operator=(Shared other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~Shared() {
    if (held_ != nullptr &&
        held_->holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      delete held_;
    }
  }

  T* get() const { return held_; }
  T& operator*() const { return *held_; }
  T* operator->() const { return held_; }
  explicit operator bool() const { return held_ != nullptr; }
  /// How many hold it now; 0 of null.
  std::uint32_t use_count() const {
    return held_ == nullptr ? 0 : held_->holders_.load();
  }

  /// By address.
  friend bool operator==(const Shared&, const Shared&) = default;
  friend auto operator<=>(const Shared& a, const Shared& b) {
    return std::compare_three_way()(a.held_, b.held_);
  }
  friend bool operator==(const Shared& a, std::nullptr_t) {
    return a.held_ == nullptr;
  }

 private:
  T* held_ = nullptr;
};

template <class T, class... From>
Shared<T> make_counted(From&&... from) {
  return Shared<T>(new T{std::forward<From>(from)...});
}

/// A list that does not change, and is shared by its copies. Without items it
/// has no block.
template <class T>
class SharedList {
 public:
  SharedList() = default;
  SharedList(std::initializer_list<T> list) : SharedList(std::span(list)) {}
  template <std::ranges::sized_range Range>
  requires(!std::is_same_v<std::remove_cvref_t<Range>,
                           SharedList>) explicit SharedList(Range&& range) {
    const std::size_t size = std::ranges::size(range);
    if (size == 0) return;
    block_ = Shared<const Block>(new (Counted::Behind{size * sizeof(T)})
                                     Block(range, size));
  }

  std::size_t size() const { return block_ ? block_->size : 0; }
  bool empty() const { return !block_; }
  const T* data() const { return block_ ? block_->items() : nullptr; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size(); }
  const T& front() const { return *data(); }
  const T& operator[](std::size_t i) const { return data()[i]; }

 private:
  struct Block : Counted {
    template <class Range>
    Block(Range& range, std::size_t count)
        : size(static_cast<std::uint32_t>(count)) {
      std::uninitialized_copy_n(std::ranges::begin(range), count, items());
    }
    ~Block() { std::destroy_n(items(), size); }

    T* items() { return reinterpret_cast<T*>(this + 1); }
    const T* items() const { return reinterpret_cast<const T*>(this + 1); }

    std::uint32_t size;
  };
  static_assert(alignof(T) <= sizeof(Block));

  Shared<const Block> block_;
};

}  // namespace mtasts
