// SPDX-License-Identifier: MIT
#include "operations/status_page_assets.hpp"

namespace mtasts::operations {

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
