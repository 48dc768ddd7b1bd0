// SPDX-License-Identifier: MIT
#include "process/thread.hpp"

#include <system_error>
#include <utility>

namespace mtasts::process {

Thread::Thread(std::size_t stack_octets, std::function<void()> run)
    : run_(std::make_unique<std::function<void()>>(std::move(run))) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_octets);
  const int error = ::pthread_create(
      &id_, &attributes,
      [](void* call) -> void* {
        (*static_cast<std::function<void()>*>(call))();
        return nullptr;
      },
      run_.get());
  ::pthread_attr_destroy(&attributes);
  if (error != 0) throw std::system_error(error, std::generic_category());
}

Thread::~Thread() {
  if (run_ != nullptr) ::pthread_join(id_, nullptr);
}

}  // namespace mtasts::process
