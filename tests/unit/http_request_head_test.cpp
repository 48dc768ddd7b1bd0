// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "http/request_head.hpp"

namespace mtasts::http {
namespace {

constexpr std::size_t k_max_head = 16 * 1024;

HeadScan scan(std::string_view octets, std::size_t max = k_max_head) {
  return scan_head(octets, 0, max);
}

/// A GET of `target` with `fields` after the Host line.
std::string get(std::string_view target, std::string_view fields = {}) {
  return std::string("GET ") + std::string(target) +
         " HTTP/1.1\r\nHost: a.example\r\n" + std::string(fields) + "\r\n";
}

int status_of(const std::string& octets) {
  const HeadScan one = scan(octets);
  if (one.status != 0) return one.status;
  EXPECT_EQ(one.size, octets.size()) << octets;
  return one.size == octets.size() ? parse_head(octets).status : -1;
}

void good(const std::string& octets) {
  EXPECT_EQ(status_of(octets), 0) << octets;
}

void bad(const std::string& octets, int status = 400) {
  EXPECT_EQ(status_of(octets), status) << octets;
}

TEST(HttpHeadScan, FindsTheEnd) {
  const std::string head = get("/");
  EXPECT_EQ(scan(head).size, head.size());
  EXPECT_EQ(scan(head + "more").size, head.size());
  EXPECT_EQ(scan("\r\n" + head).size, head.size() + 2);
  for (std::size_t i = 0; i < head.size(); ++i) {
    EXPECT_EQ(scan(head.substr(0, i)).size, 0U) << i;
    EXPECT_EQ(scan(head.substr(0, i)).status, 0) << i;
  }
}

// The result must not depend on how the octets are cut into pieces.
TEST(HttpHeadScan, GoesOnWhereItStopped) {
  const std::vector<std::string> heads = {get("/"),
                                          "\r\n" + get("/x", "A: b\r\n"),
                                          "\r\n\r\n" + get("/"),
                                          "GET / HTTP/1.1\n\n",
                                          "GET / HTTP/1.1\r\rHost: x\r\n\r\n",
                                          get("/", "A: \x01\r\n"),
                                          "\r\n"};
  for (const std::string& head : heads) {
    const HeadScan whole = scan(head);
    for (std::size_t cut = 0; cut <= head.size(); ++cut) {
      HeadScan part = scan(head.substr(0, cut));
      if (part.status == 0 && part.size == 0) {
        part = scan_head(head, part.scanned, k_max_head);
      }
      EXPECT_EQ(part.status, whole.status) << head << cut;
      EXPECT_EQ(part.size, whole.size) << head << cut;
    }
    HeadScan step;
    for (std::size_t end = 1; end <= head.size(); ++end) {
      step = scan_head(head.substr(0, end), step.scanned, k_max_head);
      if (step.status != 0 || step.size != 0) break;
    }
    EXPECT_EQ(step.status, whole.status) << head;
    EXPECT_EQ(step.size, whole.size) << head;
  }
}

TEST(HttpHeadScan, RefusesWhatIsNoLineEnd) {
  for (const std::string_view end :
       {"\n", "\r", "\n\r", "\r\r\n", "\v", "\f"}) {
    std::string head = "GET / HTTP/1.1\r\nHost: x";
    head += end;
    EXPECT_EQ(scan(head + "A: b\r\n\r\n").status, 400) << head;
  }
}

TEST(HttpHeadScan, RefusesControlOctets) {
  for (int octet = 0; octet < 256; ++octet) {
    if (octet == '\r' || octet == '\n') continue;
    const bool control = (octet < 0x20 && octet != '\t') || octet == 0x7F;
    const std::string head =
        get("/", "A: " + std::string(1, static_cast<char>(octet)) + "\r\n");
    EXPECT_EQ(scan(head).status, control ? 400 : 0) << octet;
  }
}

TEST(HttpHeadScan, IgnoresOneEmptyLine) {
  EXPECT_EQ(scan("\r\n").status, 0);
  EXPECT_EQ(scan("\r\n" + get("/")).status, 0);
  EXPECT_EQ(scan("\r\n\r\n").status, 400);
}

// RFC 9112, 3.
TEST(HttpHeadScan, LimitsTheRequestLine) {
  const auto line = [](std::size_t size) {
    return "GET /" + std::string(size - 14, 'x') + " HTTP/1.1";
  };
  ASSERT_EQ(line(8000).size(), 8000U);
  EXPECT_EQ(scan(line(8000) + "\r\nHost: x\r\n\r\n").status, 0);
  EXPECT_EQ(scan("\r\n" + line(8000) + "\r\nHost: x\r\n\r\n").status, 0);
  EXPECT_EQ(scan(line(8001) + "\r\nHost: x\r\n\r\n").status, 414);
  EXPECT_EQ(scan("\r\n" + line(8001) + "\r\nHost: x\r\n\r\n").status, 414);
  EXPECT_EQ(scan(std::string(8000, 'x')).status, 0);
  EXPECT_EQ(scan(std::string(8001, 'x')).status, 414);
}

TEST(HttpHeadScan, LimitsTheHead) {
  for (const std::size_t most : {std::size_t{1024}, k_max_head}) {
    const std::size_t frame = get("/", "A: \r\n").size();
    for (std::size_t more = 0; more < 6; ++more) {
      const std::string head =
          get("/", "A: " + std::string(most - frame + more, 'b') + "\r\n");
      ASSERT_EQ(head.size(), most + more);
      EXPECT_EQ(scan(head, most).status, more == 0 ? 0 : 431) << more;
      EXPECT_EQ(scan(head, most).size, more == 0 ? most : 0) << more;
    }
    const std::string endless = get("/", "A: " + std::string(most, 'b'));
    EXPECT_EQ(scan(endless.substr(0, most), most).status, 0);
    EXPECT_EQ(scan(endless.substr(0, most + 1), most).status, 431);
    const std::string line = endless.substr(0, most - 1) + "\r\n";
    EXPECT_EQ(scan(line, most).status, 431) << "a line that ends behind it";
  }
}

TEST(HttpHeadParse, TakesThePartsApart) {
  const std::string octets =
      "\r\nHEAD /a?b HTTP/1.1\r\nhOST:\t A.Example:443 \r\nC: d\r\n\r\n";
  const ParsedHead parsed = parse_head(octets);
  ASSERT_EQ(parsed.status, 0);
  EXPECT_EQ(parsed.head.method, "HEAD");
  EXPECT_EQ(parsed.head.scheme, "");
  EXPECT_EQ(parsed.head.authority, "A.Example:443");
  EXPECT_EQ(parsed.head.path, "/a?b");
  EXPECT_TRUE(parsed.head.keep_alive);
}

// RFC 9112, 3.2.
TEST(HttpHeadParse, KnowsTheFourFormsOfATarget) {
  struct Row {
    std::string_view line, scheme, authority, path;
  };
  for (const Row& row : std::vector<Row>{
           {"GET / HTTP/1.1", "", "h", "/"},
           {"GET /?x HTTP/1.1", "", "h", "/?x"},
           {"GET //x HTTP/1.1", "", "h", "//x"},
           {"GET https://a/b HTTP/1.1", "https", "a", "/b"},
           {"GET HTTPS://a:1/b?c HTTP/1.1", "HTTPS", "a:1", "/b?c"},
           {"GET http://a HTTP/1.1", "http", "a", "/"},
           {"GET https://a?b HTTP/1.1", "https", "a", "?b"},
           {"CONNECT a:443 HTTP/1.1", "", "a:443", ""},
           {"OPTIONS * HTTP/1.1", "", "h", "*"}}) {
    const std::string octets = std::string(row.line) + "\r\nHost: h\r\n\r\n";
    const ParsedHead parsed = parse_head(octets);
    ASSERT_EQ(parsed.status, 0) << row.line;
    EXPECT_EQ(parsed.head.scheme, row.scheme) << row.line;
    EXPECT_EQ(parsed.head.authority, row.authority) << row.line;
    EXPECT_EQ(parsed.head.path, row.path) << row.line;
  }
  for (const std::string_view line :
       {"GET * HTTP/1.1",           "GET a HTTP/1.1",
        "GET a:443 HTTP/1.1",       "CONNECT a HTTP/1.1",
        "CONNECT / HTTP/1.1",       "CONNECT * HTTP/1.1",
        "GET https: HTTP/1.1",      "GET https:/a HTTP/1.1",
        "GET https:// HTTP/1.1",    "GET ://a/ HTTP/1.1",
        "GET https:///a HTTP/1.1",  "GET https://u@a/ HTTP/1.1",
        "GET 1https://a/ HTTP/1.1", "GET /# HTTP/1.1",
        "GET /% HTTP/1.1",          "GET /%2 HTTP/1.1",
        "GET /%2g HTTP/1.1",        "GET /\\ HTTP/1.1",
        "GET /\xC3\xA9 HTTP/1.1",   "GET /\" HTTP/1.1",
        "GET /^ HTTP/1.1"}) {
    bad(std::string(line) + "\r\nHost: h\r\n\r\n");
  }
}

// RFC 9110, 5.6.2 and RFC 3986, 3.3 and 3.4, octet by octet.
TEST(HttpHeadParse, KnowsEachOctet) {
  const std::string hex = "0123456789ABCDEFabcdef";
  const std::string alphanumeric =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string token = alphanumeric + "!#$%&'*+-.^_`|~";
  const std::string target = alphanumeric + "-._~!$&'()*+,;=:@/?";
  const std::string rest = " HTTP/1.1\r\nHost: h\r\n\r\n";
  for (int octet = 0; octet < 256; ++octet) {
    const std::string c(1, static_cast<char>(octet));
    const auto want = [&c](const std::string& octets) {
      return octets.find(c) == std::string::npos ? 400 : 0;
    };
    EXPECT_EQ(status_of("G" + c + "T /" + rest), want(token)) << octet;
    EXPECT_EQ(status_of("GET /" + c + rest), want(target)) << octet;
    EXPECT_EQ(status_of("GET /%" + c + "0" + rest), want(hex)) << octet;
    EXPECT_EQ(status_of("GET /%0" + c + rest), want(hex)) << octet;
    EXPECT_EQ(status_of(get("/", "a" + c + ": b\r\n")), want(token + ":"))
        << octet;
  }
}

TEST(HttpHeadParse, RefusesBadRequestLines) {
  for (const std::string_view line :
       {"GET", "GET /", "GET / ", "GET  / HTTP/1.1", "GET /  HTTP/1.1",
        " GET / HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1",
        "GET /\tHTTP/1.1", "G(T / HTTP/1.1", "/ HTTP/1.1",
        "GET / x HTTP/1.1"}) {
    bad(std::string(line) + "\r\nHost: h\r\n\r\n");
  }
}

TEST(HttpHeadParse, RefusesOtherVersions) {
  const auto with = [](std::string_view version) {
    return "GET / " + std::string(version) + "\r\nHost: h\r\n\r\n";
  };
  // RFC 9110, 2.5: a higher minor version is taken for the highest known.
  for (const std::string_view version : {"HTTP/1.0", "HTTP/1.1", "HTTP/1.2"}) {
    good(with(version));
  }
  for (const std::string_view version : {"HTTP/0.9", "HTTP/2.0", "HTTP/3.1"}) {
    bad(with(version), 505);
  }
  for (const std::string_view version :
       {"http/1.1", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1.11", "HTTP/11.1",
        "HTTP1.1", "HTTP/1,1", "HTTP/a.b", "XTTP/1.1"}) {
    bad(with(version));
  }
}

TEST(HttpHeadParse, KeepsTheConnectionUnlessToldNotTo) {
  const auto keeps = [](const std::string& octets) {
    const ParsedHead parsed = parse_head(octets);
    EXPECT_EQ(parsed.status, 0) << octets;
    return parsed.head.keep_alive;
  };
  EXPECT_TRUE(keeps(get("/")));
  EXPECT_TRUE(keeps(get("/", "Connection: keep-alive\r\n")));
  EXPECT_TRUE(keeps(get("/", "Connection: closed, x-close\r\n")));
  EXPECT_TRUE(keeps(get("/", "X-Connection: close\r\n")));
  EXPECT_FALSE(keeps(get("/", "Connection: close\r\n")));
  EXPECT_FALSE(keeps(get("/", "connection: a ,\tCLOSE\t, b\r\n")));
  EXPECT_FALSE(
      keeps(get("/", "Connection: close\r\nConnection: keep-alive\r\n")));
  EXPECT_FALSE(
      keeps("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(HttpHeadParse, RefusesBadFieldLines) {
  for (const std::string_view line :
       {" a: b", "\ta: b", "a : b", "a\t: b", "a", ":", ": b", "a b: c",
        "(a): b", "a/b: c", "\xC3\xA9: b"}) {
    bad(get("/", std::string(line) + "\r\n"));
    bad("GET / HTTP/1.1\r\n" + std::string(line) + "\r\nHost: h\r\n\r\n");
  }
  good(get("/", "a:\r\nb: \r\nc:d\r\nd: \xFF\t \"\r\n!#$%&'*+-.^_`|~: x\r\n"));
}

TEST(HttpHeadParse, NeedsOneHost) {
  bad("GET / HTTP/1.1\r\n\r\n");
  bad("GET / HTTP/1.0\r\n\r\n");
  bad("GET https://a/ HTTP/1.1\r\n\r\n");
  bad(get("/", "Host: a.example\r\n"));
  bad(get("/", "HOST: b\r\n"));
  bad("GET / HTTP/1.1\r\nHost:\r\n\r\n");
  bad("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n");
}

TEST(HttpHeadParse, RefusesBodiesOfGetAndHead) {
  for (const std::string_view lines :
       {"Content-Length: 1\r\n", "Content-Length: 00000000000000000005\r\n",
        "Content-Length: 18446744073709551616\r\n"}) {
    bad(get("/", lines));
    bad("HEAD / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n");
  }
}

TEST(HttpHeadParse, LeavesOtherMethodsTheirBody) {
  const auto post = [](std::string_view lines) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
  };
  const std::string with = post("Content-Length: 5\r\n");
  EXPECT_EQ(parse_head(with).status, 0);
  EXPECT_TRUE(parse_head(with).head.has_body);
  EXPECT_FALSE(parse_head(with).head.keep_alive);
  const std::string without = post("Content-Length: 00\r\n");
  EXPECT_EQ(parse_head(without).status, 0);
  EXPECT_FALSE(parse_head(without).head.has_body);
  EXPECT_TRUE(parse_head(without).head.keep_alive);
}

TEST(HttpHeadParse, RefusesWhatIsNoLengthOfABody) {
  good(get("/", "Content-Length: 0\r\n"));
  good(get("/", "content-length:0\r\n"));
  for (const std::string_view lines :
       {"Content-Length:\r\n", "Content-Length: 0, 0\r\n",
        "Content-Length: -0\r\n", "Content-Length: +0\r\n",
        "Content-Length: 0x0\r\n", "Content-Length: 5 \t5\r\n",
        "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n",
        "transfer-encoding:\r\n",
        "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"}) {
    bad(get("/", lines));
    bad("POST / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n");
  }
}

TEST(HttpHeadParse, LimitsTheFieldLines) {
  std::string lines;
  for (int i = 0; i < 99; ++i) lines += "A: b\r\n";
  good(get("/", lines));
  bad(get("/", lines + "A: b\r\n"), 431);
}

TEST(ServerAuthority, IsAHostAndPerhapsAPort) {
  for (const std::string_view text :
       {"a", "a.example", "A.EXAMPLE.", "a:1", "a:65535", "a:", "127.0.0.1:80",
        "[::1]", "[::1]:443", "a%20b", "a_b", "a,b", "~"}) {
    EXPECT_TRUE(is_authority(text)) << text;
  }
  for (const std::string_view text :
       {"",        ":",       ":1",      "a:b",      "a:1:2",       "a:-1",
        "a b",     "a:65536", "a:99999", "a:000080", "[::1]:65536", "a/",
        "a?",      "a#",      "a@b",     "@",        "[",           "[]",
        "[::1",    "::1",     "[::1]x",  "[::1]:x",  "[g]",         "a%",
        "a%2",     "a%zz",    "\xFF",    "a\\b",     "<a>",         "a\"",
        "http://a"}) {
    EXPECT_FALSE(is_authority(text)) << text;
  }
}

// No octets may make it read beyond them; the sanitizer builds see it.
TEST(HttpHeadParse, SurvivesAnything) {
  std::mt19937 dice(9112);
  const std::string seed =
      get("/%2e?x", "Connection: close,\r\nContent-Length: 0\r\n");
  for (int round = 0; round < 20000; ++round) {
    std::string octets = seed;
    for (unsigned i = dice() % 4 + 1; i > 0; --i) {
      const std::size_t at = dice() % octets.size();
      switch (dice() % 3) {
        case 0:
          octets[at] = static_cast<char>(dice());
          break;
        case 1:
          octets.erase(at, dice() % 3 + 1);
          break;
        default:
          octets.insert(at, " :/%[]@,\r\n\t", dice() % 11);
      }
      if (octets.empty()) octets = "x";
    }
    const HeadScan one = scan(octets);
    if (one.status != 0 || one.size == 0) continue;
    const ParsedHead parsed = parse_head(octets.substr(0, one.size));
    EXPECT_TRUE(parsed.status == 0 || parsed.status >= 400);
  }
}

}  // namespace
}  // namespace mtasts::http
