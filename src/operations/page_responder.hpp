// SPDX-License-Identifier: MIT
// The operations listener's answers, for the one event loop that carries them:
// which may be asked, what stands in their head, and how many long ones are
// under way. Nothing that a client sent is handed to a library.
#pragma once

#include <chrono>
#include <list>
#include <string>
#include <string_view>

#include "operations/own_names.hpp"
#include "operations/pages.hpp"
#include "server/responder.hpp"

namespace mtasts::operations {

class PageResponder final : public server::Responder {
 public:
  /// Both have to outlive it.
  PageResponder(Pages& pages, const OwnNames& names)
      : pages_(pages), names_(names) {}

  bool begin_turn() override;
  server::Answer answer(const server::Request& request, server::AfterAnswer,
                        std::string& out) override;
  void refuse(int status, std::string_view octets, std::string& out) override;

 private:
  class LongAnswer;

  Page choose_page(const http::RequestHead& head);
  bool has_room();
  void write_head(const Page& page, bool is_chunked, std::string& out) const;

  Pages& pages_;
  const OwnNames& names_;
  std::chrono::sys_seconds now_;
  std::string date_;                     // of now_
  std::list<LongAnswer*> long_answers_;  // the newest last
};

}  // namespace mtasts::operations
