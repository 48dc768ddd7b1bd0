// SPDX-License-Identifier: MIT
#include "sts/stranger.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace mtasts::sts {
namespace {

struct Stranger {
  std::string_view start;
  std::string_view message;
  std::string_view hint;
};

constexpr std::array<Stranger, 14> k_strangers = {{
    {"<", "is a web page, not a policy",
     "the policy host answers with its own page; senders look for the policy "
     "at /.well-known/mta-sts.txt and nowhere else (RFC 8461, 3.3)"},
    {"HTTP/", "is an HTTP answer with its head, not a policy",
     "fetch the body alone: curl without -i"},
    {"v=STSv1", "is the TXT record, not the policy",
     "the policy is at https://mta-sts.<domain>/.well-known/mta-sts.txt "
     "(RFC 8461, 3.3)"},
    {"v=TLSRPTv1", "is the TXT record of TLS-RPT, not the policy",
     "give it with --tls-rpt, and the policy as FILE"},
    {"[[policy]]", "is the table already, not the text of a policy",
     "include it as it is, or look at it with mta-stsd check"},
    {"{\\rtf", "is RTF, as word processors write it",
     "save it as plain text; in TextEdit: Format, Make Plain Text"},
    {"{", "is JSON, not the text of a policy",
     "a policy is lines of a name, a colon and a value: \"mode: testing\" "
     "(RFC 8461, 3.2)"},
    {"%PDF", "is PDF", "save the text itself, as plain text"},
    {"PK\x03\x04", "is an archive, as those of word processors are",
     "save the text itself, as plain text"},
    {"\xD0\xCF\x11\xE0", "is a document of a word processor",
     "save the text itself, as plain text"},
    {"\x1F\x8B", "is compressed",
     "fetch it with curl --compressed; mailauth and Courier can't read an "
     "answer that they did not ask to be compressed"},
    {"\xFF\xFE", "is UTF-16, not ASCII", "save the file as ASCII"},
    {"\xFE\xFF", "is UTF-16, not ASCII", "save the file as ASCII"},
    {"404", "is the message of a web server that has no such page",
     "the policy is at https://mta-sts.<domain>/.well-known/mta-sts.txt "
     "(RFC 8461, 3.3)"},
}};

}  // namespace

std::optional<Error> find_stranger(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  for (const Stranger& stranger : k_strangers) {
    if (!text.starts_with(stranger.start)) continue;
    return Error{std::string(stranger.message), std::string(stranger.hint)};
  }
  return std::nullopt;
}

}  // namespace mtasts::sts
