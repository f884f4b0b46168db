// Several cards at once: marked by mouse or keys, changed by one form as one change.
import { canAct, changeAll, own, say, span } from "./acts.js";

const form = document.querySelector("#marks");
const marked = new Set(); // ids of elements
let last = ""; // where a row of marks begins

const cards = () => [...document.querySelectorAll("main li.card")];

// The marked cards if this is one of them, else this one alone.
export function together(card) {
  return marked.has(card.id) ? cards().filter((each) => marked.has(each.id)) : [card];
}

export const hasMarks = () => marked.size > 0;

function show() {
  const there = new Set(cards().map((card) => card.id));
  for (const id of [...marked]) if (!there.has(id)) marked.delete(id); // what is not in sight is not changed
  for (const card of cards()) {
    const box = card.querySelector("[data-mark]");
    if (box) box.checked = marked.has(card.id);
    card.classList.toggle("marked", marked.has(card.id));
  }
  form.hidden = !marked.size;
  const text = `${marked.size} marked`;
  const count = form.querySelector("[data-count]");
  if (marked.size && count.textContent !== text) count.textContent = text;
}

export function mark(card, isRow = false) {
  const box = card.querySelector("[data-mark]");
  if (!box) return;
  const row = [...card.parentElement.querySelectorAll(":scope > li.card")];
  const from = row.findIndex((each) => each.id === last);
  const to = row.indexOf(card);
  if (isRow && from >= 0) for (const each of row.slice(Math.min(from, to), Math.max(from, to) + 1)) marked.add(each.id);
  else if (marked.has(card.id)) marked.delete(card.id);
  else marked.add(card.id);
  last = card.id;
  show();
}

export function clear() {
  const [first] = cards().filter((each) => marked.has(each.id));
  const hadFocus = form.contains(document.activeElement);
  marked.clear();
  form.reset();
  show();
  if (hadFocus) first?.querySelector(".title a")?.focus();
}

export function openForm() {
  form.querySelector("select").focus();
}

function read() {
  const values = {};
  for (const control of form.elements) if (control.name && control.value.trim()) values[control.name] = control.value;
  const added = own(form.querySelector("[data-own]"));
  return added && { ...values, ...added };
}

export function listenToMarks() {
  if (!canAct || !form) return;
  document.addEventListener("click", (event) => {
    const card = event.target.closest("main li.card");
    const box = event.target.closest("[data-mark]");
    if (!card || (!box && event.target.closest("a, button, summary, input, label, mark"))) return;
    if (box || event.shiftKey || event.ctrlKey || event.metaKey) mark(card, event.shiftKey);
  });
  document.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest("main li.card")) event.preventDefault(); // no text is chosen
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = read();
    if (!values) return;
    if (!Object.keys(values).length) say([span("Choose what is to change.")], true);
    else if (await changeAll(cards().filter((each) => marked.has(each.id)), values)) clear();
  });
  form.querySelector("[data-clear]").addEventListener("click", clear);
  addEventListener("refreshed", show);
  show();
}
