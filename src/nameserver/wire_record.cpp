// SPDX-License-Identifier: MIT
#include "nameserver/wire_record.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

#include "dns/record.hpp"
#include "text/ascii.hpp"

namespace mtasts::nameserver {
namespace {

constexpr std::size_t k_max_string = 255;  // RFC 1035, 3.3

std::optional<Type> find_type(ldns_rr_type code) {
  for (std::size_t i = 0; i < k_type_names.size(); ++i) {
    const auto type = static_cast<Type>(i);
    if (code_of(type) == code) return type;
  }
  return std::nullopt;
}

std::string as_text(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

/// The form of master files, but for the dot behind names.
std::string print_field(const ldns_rdf* data) {
  if (ldns_rdf_get_type(data) == LDNS_RDF_TYPE_DNAME) return print_name(data);
  const Owned<char> printed(ldns_rdf2str(data));
  return printed ? text::to_lower(printed.get()) : std::string();
}

/// As Record::data has it.
void read_data(const ldns_rr* from, Record& to) {
  const std::size_t count = ldns_rr_rd_count(from);
  for (std::size_t i = 0; i < count; ++i) {
    const ldns_rdf* field = ldns_rr_rdf(from, i);
    const std::span<const std::uint8_t> octets(ldns_rdf_data(field),
                                               ldns_rdf_size(field));
    if (to.type != Type::txt && i != 0) to.data += ' ';
    if (to.type == Type::txt) {
      to.data += as_text(octets.subspan(1));  // behind its length
      to.strings.push_back(static_cast<std::uint16_t>(octets.size() - 1));
    } else if (to.type == Type::caa && i == 1) {
      to.data += text::to_lower(as_text(octets.subspan(1)));
    } else if (to.type == Type::caa && i == 2) {
      to.data += as_text(octets);
    } else {
      to.data += print_field(field);
    }
  }
}

bool push(ldns_rr* record, ldns_rdf* field) {
  return field != nullptr && ldns_rr_push_rdf(record, field);
}

bool push_string(ldns_rr* record, std::string_view piece) {
  std::string string(1, static_cast<char>(piece.size()));
  string += piece;
  return push(record, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_STR, string.size(),
                                            string.data()));
}

bool push_strings(ldns_rr* record, std::string_view data) {
  return std::ranges::all_of(
      dns::split_character_strings(data),
      [record](std::string_view piece) { return push_string(record, piece); });
}

/// As `text` was split where it was seen.
bool push_strings(ldns_rr* record, const Record& text) {
  std::string_view data = text.data;
  for (const std::uint16_t size : text.strings) {
    if (size > k_max_string || size > data.size()) return false;
    if (!push_string(record, data.substr(0, size))) return false;
    data.remove_prefix(size);
  }
  return data.empty();
}

bool push_fields(ldns_rr* record, std::string_view data) {
  const ldns_rr_descriptor* form = ldns_rr_descript(ldns_rr_get_type(record));
  const std::size_t count = ldns_rr_descriptor_minimum(form);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string field(text::take_until(data, " "));
    if (field.empty() ||
        !push(record,
              ldns_rdf_new_frm_str(ldns_rr_descriptor_field_type(form, i),
                                   field.c_str()))) {
      return false;
    }
  }
  return data.empty();
}

}  // namespace

std::optional<Record> find_record(const ldns_rr* record) {
  const auto type = find_type(ldns_rr_get_type(record));
  if (!type || ldns_rr_get_class(record) != LDNS_RR_CLASS_IN) return {};
  Record found{.owner = print_name(ldns_rr_owner(record)),
               .type = *type,
               .ttl = ldns_rr_ttl(record)};
  read_data(record, found);
  return found;
}

Owned<ldns_rr> make_record(const Record& from) {
  Owned<ldns_rdf> name = make_wire_name(from.owner);
  Owned<ldns_rr> record(ldns_rr_new());
  if (!name || !record) return nullptr;
  ldns_rr_set_owner(record.get(), name.release());
  ldns_rr_set_type(record.get(), code_of(from.type));
  ldns_rr_set_class(record.get(), LDNS_RR_CLASS_IN);
  ldns_rr_set_ttl(record.get(), from.ttl);
  bool is_whole = false;
  if (from.type != Type::txt) {
    is_whole = push_fields(record.get(), from.data);
  } else if (from.strings.empty()) {
    is_whole = push_strings(record.get(), from.data);
  } else {
    is_whole = push_strings(record.get(), from);
  }
  return is_whole ? std::move(record) : nullptr;
}

}  // namespace mtasts::nameserver
