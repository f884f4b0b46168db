// The keys of the page; none does anything while a field has the focus.
import { canAct, move, shift as place, undo } from "./acts.js";
import { clear, hasMarks, mark, openForm } from "./marks.js";

let pending = "";

const VIEWS = { b: "/board", n: "/now", p: "/plan", f: "/figures", s: "/search" };

function cards(list) {
  return [...list.querySelectorAll(":scope > li.card .title a")];
}

function step(down, across) {
  const here = document.activeElement?.closest?.("li.card");
  if (!here) {
    document.querySelector("li.card .title a")?.focus();
    return;
  }
  const list = here.closest("ul.cards");
  const at = cards(list).findIndex((link) => here.contains(link));
  if (down) {
    cards(list)[at + down]?.focus();
    return;
  }
  const lists = [...document.querySelectorAll("ul.cards")];
  for (let next = lists.indexOf(list) + across; lists[next]; next += across) {
    const found = cards(lists[next]);
    if (found.length) {
      found[Math.min(at, found.length - 1)].focus();
      return;
    }
  }
}

const MOVES = {
  j: [1, 0], ArrowDown: [1, 0], k: [-1, 0], ArrowUp: [-1, 0],
  l: [0, 1], ArrowRight: [0, 1], h: [0, -1], ArrowLeft: [0, -1],
};

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (field) {
      if (event.key === "Escape") field.blur();
      return;
    }
    const view = pending === "g" ? VIEWS[event.key] : undefined;
    pending = event.key === "g" ? "g" : "";
    const arrow = event.key.startsWith("Arrow");
    if (view) location.assign(view + location.search.replace(/[?&](lanes|after|lane)=[^&]*/g, ""));
    else if (event.key === "/") document.querySelector("#q")?.focus();
    else if (event.key === "0") document.querySelector("a.clear")?.click();
    else if (event.key === "?") location.assign("/keys");
    else if (event.key === "y") copy();
    else if (canAct && event.key === " " && document.activeElement.matches("li.card .title a")) mark(document.activeElement.closest("li.card"), event.shiftKey);
    else if (event.key === "Escape" && hasMarks()) clear();
    else if (canAct && event.key === "m" && hasMarks()) openForm();
    else if (canAct && event.key === "m") unfold();
    else if (canAct && event.key === "e") edit();
    else if (canAct && event.key === "n") begin();
    else if (canAct && event.key === "u") undo();
    else if (canAct && (event.key === "J" || event.key === "K")) rank(event.key === "J" ? 1 : -1);
    else if (canAct && (event.key === "H" || event.key === "L")) shift(event.key === "L" ? 1 : -1);
    else if (MOVES[event.key] && (!arrow || document.activeElement.closest("li.card"))) step(...MOVES[event.key]);
    else return;
    event.preventDefault();
  });
}

const STATES = ["idea", "ready", "in-progress", "done", "canceled"];

function unfold() {
  const menu = document.activeElement?.closest?.("[data-task]")?.querySelector("details.moves")
    ?? document.querySelector("article details.moves");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("button")?.focus();
}

function edit() {
  const details = document.querySelector("details.edit");
  if (!details) return;
  details.open = true;
  details.querySelector("input, textarea, select")?.focus();
}

function begin() {
  const details = document.querySelector("details.new");
  if (!details) return;
  details.open = true;
  details.querySelector("input").focus();
}

function shift(by) {
  const card = document.activeElement?.closest?.("li.card");
  const state = card && STATES[STATES.indexOf(card.dataset.state) + by];
  if (state) move(card, state);
}

function rank(by) {
  const card = document.activeElement?.closest?.(".columns li.card");
  if (card && !["done", "canceled"].includes(card.dataset.state)) place(card, by);
}

function copy() {
  const id = document.activeElement?.closest?.("li.card")?.dataset.task;
  if (id) navigator.clipboard?.writeText(id);
}
