// SPDX-License-Identifier: MIT
#include "operations/status_page_assets.hpp"

namespace mtasts::operations {

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

const std::string_view k_page_script = R"js(
"use strict";
const period = 1000;
const shown = {live: document.getElementById("live").innerHTML};

async function copy(button) {
  const value = button.closest(".record").querySelector(".value");
  try {
    await navigator.clipboard.writeText(value.textContent);
  } catch {  // not allowed on a page that came by plain HTTP from afar
    const range = document.createRange();
    range.selectNodeContents(value);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function addButtons() {
  for (const record of document.querySelectorAll(".record")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the value of " + record.dataset.name);
    button.addEventListener("click", () => copy(button));
    record.append(button);
  }
}

function replace(next, id) {
  const now = document.getElementById(id);
  const then = next.getElementById(id);
  if (shown[id] === then.innerHTML) return;
  shown[id] = then.innerHTML;
  now.replaceChildren(...then.childNodes);
  if (id === "live") addButtons();
}

async function refresh() {
  const note = document.getElementById("note");
  try {
    const answer = await fetch(location.href, {cache: "no-store"});
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    note.textContent = "";
    document.title = next.title;
    replace(next, "clock");
    replace(next, "state");
    // Nothing is taken from under the hand of one who is about to copy it.
    const live = document.getElementById("live");
    const busy = live.contains(document.activeElement) || !getSelection().isCollapsed;
    if (!busy) replace(next, "live");
  } catch {
    note.textContent = "No answer from the server; what is shown is old.";
  }
}

async function keepFresh() {
  if (!document.hidden) await refresh();
  setTimeout(keepFresh, period);
}

addButtons();
setTimeout(keepFresh, period);
)js";

}  // namespace mtasts::operations
