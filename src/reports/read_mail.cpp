// SPDX-License-Identifier: MIT
#include "reports/read_mail.hpp"

#include <fmt/format.h>
#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include "text/ascii.hpp"

namespace mtasts::reports {
namespace {

using tlsrpt::AnomalyKind;

// What GMime keeps of a mail grows with the number of its parts, fields, and
// parameters and addresses in those, and not with its octets alone: 100,000
// parts are 200 MB. It also calls itself for groups of addresses in groups.
constexpr std::size_t k_max_boundaries = 1000;  // lines that begin with "--"
constexpr std::size_t k_max_fields = 2000;
constexpr std::size_t k_max_field_octets = std::size_t{32} << 10U;
constexpr std::size_t k_max_head_octets = std::size_t{256} << 10U;
constexpr std::size_t k_max_inner_mails = 50;
constexpr std::size_t k_max_depth = 8;
// Of what is kept of a mail's head.
constexpr std::size_t k_max_results = 16;
constexpr std::size_t k_max_result_octets = 4096;
constexpr std::size_t k_max_short_octets = 512;

struct Unref {
  void operator()(void* object) const { ::g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

// --- Before GMime sees it ---

/// A field's name and its colon (RFC 5322, 2.2).
bool is_field(std::string_view line) {
  const auto end = std::ranges::find_if(
      line, [](char c) { return c <= ' ' || c == ':' || c == '\x7F'; });
  return end != line.begin() && end != line.end() && *end == ':';
}

/// The type of a mail inside of a mail, in whatever letters.
bool names_inner_mail(std::string_view line) {
  constexpr std::string_view k_type = "message/";
  for (std::size_t at = line.find('/'); at != line.npos;
       at = line.find('/', at + 1)) {
    const std::size_t size = k_type.size();
    if (at + 1 >= size &&
        text::to_lower(line.substr(at + 1 - size, size)) == k_type) {
      return true;
    }
  }
  return false;
}

/// Counts what costs memory, a line at a time. A head ends with an empty line
/// and begins behind a boundary, or behind that of a mail that is inside.
class Census {
 public:
  void add(std::string_view line) {
    if (line.starts_with("--")) {
      ++boundaries_;
      is_in_head_ = true;
      is_inner_next_ = false;
      return;
    }
    if (!is_in_head_) return;
    if (line.empty() || line == "\r") {
      is_in_head_ = std::exchange(is_inner_next_, false);
      return;
    }
    if (is_field(line)) {
      ++fields_;
      field_octets_ = 0;
    }
    field_octets_ += line.size() + 1;
    longest_field_ = std::max(longest_field_, field_octets_);
    head_octets_ += line.size() + 1;
    if (names_inner_mail(line)) {
      ++inner_mails_;
      is_inner_next_ = true;
    }
  }

  Result<void> judge() const {
    if (boundaries_ > k_max_boundaries) return refuse("boundaries");
    if (fields_ > k_max_fields) return refuse("fields");
    if (longest_field_ > k_max_field_octets) return refuse("octets in a field");
    if (head_octets_ > k_max_head_octets) return refuse("octets in its heads");
    if (inner_mails_ > k_max_inner_mails) return refuse("mails inside");
    return {};
  }

 private:
  static Failure refuse(std::string_view what) {
    return fail(fmt::format("the mail has too many {}", what));
  }

  bool is_in_head_ = true;
  bool is_inner_next_ = false;
  std::size_t boundaries_ = 0;
  std::size_t fields_ = 0;
  std::size_t field_octets_ = 0;
  std::size_t longest_field_ = 0;
  std::size_t head_octets_ = 0;
  std::size_t inner_mails_ = 0;
};

Result<void> check_size(std::string_view mail) {
  if (mail.size() > k_max_mail_octets) {
    return fail(fmt::format("the mail is larger than {} MiB",
                            k_max_mail_octets >> 20U));
  }
  Census census;
  while (!mail.empty()) census.add(text::take_until(mail, "\n"));
  return census.judge();
}

/// Some write "ContentType:", which no parser knows.
std::optional<std::string> find_mended(std::string_view mail) {
  constexpr std::string_view k_wrong = "\nContentType:";
  std::size_t at = mail.find(k_wrong);
  if (at == mail.npos) return std::nullopt;
  std::string mended;
  mended.reserve(mail.size() + k_max_boundaries);
  std::size_t done = 0;
  for (; at != mail.npos; at = mail.find(k_wrong, done)) {
    mended += mail.substr(done, at - done);
    mended += "\nContent-Type:";
    done = at + k_wrong.size();
  }
  mended += mail.substr(done);
  return mended;
}

/// What GMime reads from, without a copy.
class MemoryStream {
 public:
  explicit MemoryStream(std::string_view octets)
      // GLib has no const; what is only parsed is not written to.
      : array_(::g_byte_array_new_take(
            reinterpret_cast<guint8*>(const_cast<char*>(octets.data())),
            octets.size())),
        stream_(::g_mime_stream_mem_new_with_byte_array(array_)) {
    ::g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream_.get()), FALSE);
  }
  ~MemoryStream() {
    stream_.reset();
    ::g_byte_array_free(array_, FALSE);  // and not what is in it
  }
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;

  GMimeStream* get() const { return stream_.get(); }

 private:
  GByteArray* array_;
  Owned<GMimeStream> stream_;
};

// --- Head ---

/// On one line, without the folding (RFC 5322, 2.2.3); what is no UTF-8 in it
/// is escaped.
std::string unfold(std::string_view raw) {
  std::string line(text::trim(raw, " \t\r\n"));
  std::erase(line, '\r');
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return printable(line);
}

std::string_view raw_value(GMimeHeader* header) {
  const char* value = ::g_mime_header_get_raw_value(header);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

/// A short one, in lower case; empty when it is not there, or absurd.
std::string field_of(GMimeHeaderList* headers, const char* name) {
  GMimeHeader* header = ::g_mime_header_list_get_header(headers, name);
  if (header == nullptr) return {};
  const std::string_view raw = raw_value(header);
  return raw.size() > k_max_short_octets ? std::string()
                                         : text::to_lower(unfold(raw));
}

std::vector<std::string> authentication_results(GMimeHeaderList* headers) {
  std::vector<std::string> found;
  const int count = ::g_mime_header_list_get_count(headers);
  for (int i = 0; i < count && found.size() < k_max_results; ++i) {
    GMimeHeader* header = ::g_mime_header_list_get_header_at(headers, i);
    if (text::to_lower(::g_mime_header_get_name(header)) !=
        "authentication-results") {
      continue;
    }
    // A part of one could say something else than the whole.
    std::string whole = unfold(raw_value(header));
    if (whole.size() <= k_max_result_octets) found.push_back(std::move(whole));
  }
  return found;
}

std::string from_address(GMimeMessage* message) {
  InternetAddressList* list = ::g_mime_message_get_from(message);
  if (list == nullptr || ::internet_address_list_length(list) == 0) return {};
  InternetAddress* first = ::internet_address_list_get_address(list, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX(first)) return {};
  const char* address =
      ::internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first));
  const std::string_view text = address == nullptr ? "" : address;
  return text.size() > k_max_short_octets ? std::string() : unfold(text);
}

std::string media_type_of(GMimeObject* object) {
  GMimeContentType* type = ::g_mime_object_get_content_type(object);
  if (type == nullptr) return "text/plain";
  const char* main = ::g_mime_content_type_get_media_type(type);
  const char* sub = ::g_mime_content_type_get_media_subtype(type);
  const std::string whole = fmt::format("{}/{}", main == nullptr ? "" : main,
                                        sub == nullptr ? "" : sub);
  return text::to_lower(
      printable(std::string_view(whole).substr(0, k_max_short_octets)));
}

/// RFC 8460, 5.3: multipart/report; report-type="tlsrpt".
bool is_report_mail(GMimeObject* root) {
  GMimeContentType* type =
      root == nullptr ? nullptr : ::g_mime_object_get_content_type(root);
  if (type == nullptr) return false;
  const char* kind = ::g_mime_content_type_get_parameter(type, "report-type");
  return ::g_mime_content_type_is_type(type, "multipart", "report") != FALSE &&
         kind != nullptr && text::to_lower(std::string_view(kind)) == "tlsrpt";
}

/// RFC 8460, 5.3: a text for people, then the report, and no more.
void note_form(GMimeObject* root, Mail& mail) {
  const auto note = [&mail](std::string_view place, std::string_view value) {
    tlsrpt::note_anomaly(mail.anomalies, AnomalyKind::mail_form, place, value);
  };
  if (!is_report_mail(root)) note("mail", mail.media_type);
  if (root == nullptr || !GMIME_IS_MULTIPART(root)) return;
  GMimeMultipart* multipart = GMIME_MULTIPART(root);
  const int count = ::g_mime_multipart_get_count(multipart);
  constexpr int k_parts = 2;
  if (count != k_parts) note("mail, parts", fmt::format("{}", count));
  if (count == 0) return;
  const std::string first =
      media_type_of(::g_mime_multipart_get_part(multipart, 0));
  if (first != "text/plain") note("mail, first part", first);
}

void read_head(GMimeMessage* message, Mail& mail) {
  GMimeHeaderList* headers =
      ::g_mime_object_get_header_list(reinterpret_cast<GMimeObject*>(message));
  Delivery& delivery = mail.delivery;
  delivery.channel = Channel::mail;
  delivery.from = from_address(message);
  delivery.submitter = field_of(headers, "TLS-Report-Submitter");
  delivery.report_domain = field_of(headers, "TLS-Report-Domain");
  delivery.authentication_results = authentication_results(headers);
  if (GDateTime* date = ::g_mime_message_get_date(message)) {
    mail.date = std::chrono::sys_seconds(
        std::chrono::seconds(::g_date_time_to_unix(date)));
  }
  const auto note_absent = [&mail](std::string_view value,
                                   std::string_view name) {
    if (!value.empty()) return;
    tlsrpt::note_anomaly(mail.anomalies, AnomalyKind::absent, name);
  };
  note_absent(delivery.submitter, "TLS-Report-Submitter");
  note_absent(delivery.report_domain, "TLS-Report-Domain");
}

// --- Parts ---

/// What nobody would send a report as.
bool is_for_people(std::string_view media_type) {
  constexpr std::string_view k_kinds[] = {"image/", "audio/", "video/",
                                          "font/"};
  return media_type == "text/html" ||
         std::ranges::any_of(k_kinds, [media_type](std::string_view kind) {
           return media_type.starts_with(kind);
         });
}

/// Base64, quoted-printable, uuencoded; junk in it is skipped.
std::string decode(GMimeDataWrapper* content) {
  GMimeStream* stream = ::g_mime_data_wrapper_get_stream(content);
  GMimeEncoding state;
  ::g_mime_encoding_init_decode(&state,
                                ::g_mime_data_wrapper_get_encoding(content));
  std::array<char, 16 * 1024> piece;
  std::string octets;
  ::g_mime_stream_reset(stream);
  for (;;) {
    const ssize_t read =
        ::g_mime_stream_read(stream, piece.data(), piece.size());
    const std::size_t size = read > 0 ? static_cast<std::size_t>(read) : 0;
    const std::size_t before = octets.size();
    octets.resize(before + ::g_mime_encoding_outlen(&state, size));
    char* const out = octets.data() + before;
    const std::size_t written =
        size > 0 ? ::g_mime_encoding_step(&state, piece.data(), size, out)
                 : ::g_mime_encoding_flush(&state, nullptr, 0, out);
    octets.resize(before + written);
    if (size == 0) return octets;
  }
}

void add_part(GMimePart* part, Mail& mail) {
  MailPart read;
  read.media_type = media_type_of(GMIME_OBJECT(part));
  GMimeDataWrapper* content = ::g_mime_part_get_content(part);
  if (content == nullptr || is_for_people(read.media_type)) return;
  if (const char* name = ::g_mime_part_get_filename(part)) {
    read.file_name = std::string_view(name).substr(0, k_max_short_octets);
  }
  read.octets = decode(content);
  if (!read.octets.empty()) mail.parts.push_back(std::move(read));
}

void add_parts(GMimeObject* object, std::size_t depth, Mail& mail) {
  if (object == nullptr || depth > k_max_depth) return;
  if (GMIME_IS_MULTIPART(object)) {
    GMimeMultipart* multipart = GMIME_MULTIPART(object);
    const int count = ::g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; ++i) {
      add_parts(::g_mime_multipart_get_part(multipart, i), depth + 1, mail);
    }
  } else if (GMIME_IS_MESSAGE_PART(object)) {
    GMimeMessage* inner =
        ::g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    if (inner == nullptr) return;
    add_parts(::g_mime_message_get_mime_part(inner), depth + 1, mail);
  } else if (GMIME_IS_PART(object)) {
    add_part(GMIME_PART(object), mail);
  }
}

}  // namespace

bool is_mail(std::string_view octets) {
  if (octets.starts_with("From ")) return true;
  return is_field(text::take_until(octets, "\n"));
}

void prepare_to_read_mails() {
  [[maybe_unused]] static const bool is_ready = (::g_mime_init(), true);
}

bool is_declared(const MailPart& part) {
  return part.media_type == "application/tlsrpt+gzip" ||
         part.media_type == "application/tlsrpt+json";
}

Result<Mail> read_mail(std::string_view octets) {
  prepare_to_read_mails();
  if (const auto good = check_size(octets); !good) return fail(good.error());
  const std::optional<std::string> mended = find_mended(octets);
  const MemoryStream stream(mended ? std::string_view(*mended) : octets);
  const Owned<GMimeParser> parser(
      ::g_mime_parser_new_with_stream(stream.get()));
  if (octets.starts_with("From ")) {
    ::g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MBOX);
  }
  const Owned<GMimeMessage> message(
      ::g_mime_parser_construct_message(parser.get(), nullptr));
  if (message == nullptr) return fail("it is no mail");
  Mail mail;
  GMimeObject* root = ::g_mime_message_get_mime_part(message.get());
  if (root != nullptr) mail.media_type = media_type_of(root);
  read_head(message.get(), mail);
  note_form(root, mail);
  if (mended) {
    tlsrpt::note_anomaly(mail.anomalies, AnomalyKind::mail_form, "mail",
                         "ContentType:");
  }
  add_parts(root, 0, mail);
  std::stable_partition(mail.parts.begin(), mail.parts.end(), is_declared);
  return mail;
}

}  // namespace mtasts::reports
