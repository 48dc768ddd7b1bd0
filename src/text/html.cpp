// SPDX-License-Identifier: MIT
#include "text/html.hpp"

#include <cstddef>

#include "text/sha256.hpp"
#include "text/utf8.hpp"

namespace mtasts::text {

std::string escape_html(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const char c = text.front();
    const auto code = static_cast<unsigned char>(c);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (code < 0x20 || code == 0x7F) {
      out += ' ';
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string csp_hash(std::string_view content) {
  return "'sha256-" + base64(sha256(content)) + "'";
}

const std::string_view k_page_style = R"css(
:root {
  color-scheme: light dark;
  --text: #1c2024; --soft: #5a636d; --back: #f6f7f9; --card: #fff;
  --line: #d5dae0; --good: #17692f; --good-back: #e3f4e8; --bad: #a3161f;
  --bad-back: #fdeaea; --link: #0b57a4; --bar: #3c7fc0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e7eaee; --soft: #a4adb8; --back: #14171a; --card: #1d2125;
    --line: #3a4149; --good: #7fd698; --good-back: #17301f; --bad: #ffa0a0;
    --bad-back: #3d1c1e; --link: #86bdf4; --bar: #5f9fdd;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--back);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.15rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .5rem 0; }
a { color: var(--link); }
.soft { color: var(--soft); font-size: .875rem; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  margin: 1rem 0; padding: 1rem;
}
.state { border-left: .4rem solid; }
.ready { border-left-color: var(--good); }
.unready { border-left-color: var(--bad); }
.state ul { margin: .5rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.head { align-items: center; display: flex; flex-wrap: wrap; gap: .25rem .75rem; }
.tag {
  background: var(--back); border: 1px solid var(--line); border-radius: 1rem;
  font-size: .875rem; padding: 0 .6rem; white-space: nowrap;
}
.good { background: var(--good-back); border-color: var(--good); color: var(--good); }
.bad { background: var(--bad-back); border-color: var(--bad); color: var(--bad); }
dl { display: grid; gap: .15rem 1rem; grid-template-columns: max-content 1fr; margin: .75rem 0 0; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.record { align-items: start; display: flex; gap: .5rem; margin: .35rem 0; }
.record > div { flex: 1; min-width: 0; }
code { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.value { background: var(--back); border: 1px solid var(--line); border-radius: .25rem; display: block; padding: .25rem .5rem; }
button, input {
  background: var(--card); border: 1px solid var(--soft); border-radius: .25rem;
  color: var(--text); font: inherit; padding: .25rem .75rem;
}
button { cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
.record button { margin-top: 1.4rem; min-width: 5.2rem; }
svg { display: block; height: 4.5rem; max-width: 40rem; width: 100%; }
svg rect { fill: var(--bar); }
svg line { stroke: var(--line); }
.scale { display: flex; justify-content: space-between; max-width: 40rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
time span { white-space: nowrap; }
td:last-child { overflow-wrap: anywhere; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
form input { flex: 1 1 12rem; min-width: 0; }
nav { display: flex; gap: 1rem; }
@media (max-width: 36rem) {
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .35rem; }
  .record { flex-direction: column; }
  .record > div { width: 100%; }
  .record button { margin-top: 0; }
}
)css";

}  // namespace mtasts::text
