// What is done on the board: asked of the server, which does it or refuses; nothing is decided here.
import { refresh } from "./live.js";
import { together } from "./marks.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content;
export const canAct = Boolean(csrf);
const said = document.querySelector("#said");
let last = "";

function element(tag, text, more = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  return made;
}

export const span = (text, more = {}) => element("span", text, more);

export function say(parts, isAlert = false) {
  said.classList.toggle("problem", isAlert);
  said.setAttribute("role", isAlert ? "alert" : "status");
  said.replaceChildren(...parts);
}

async function post(body) {
  const answer = await fetch("/act", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Tasks-CSRF": csrf },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(8000),
  });
  return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
}

// Does one thing; the same key makes the server do it once, however often it is asked.
export function act(kind, place, values, expect, settle = () => {}, takeBack = () => {}) {
  const { task: id, etag } = place.dataset; // neither of a task that is still to be made
  const body = { kind, id, values, expect, etag };
  return send(body, [place], settle, takeBack);
}

// Changes several cards in one go, all or none; each says what was seen in it of what changes.
export function changeAll(cards, values) {
  const marks = cards.map(({ dataset }) => {
    const expect = {};
    if (values.state) expect.state = dataset.state;
    if (values["key:priority"]) expect.priority = dataset.priority;
    return { id: dataset.task, etag: dataset.etag, expect };
  });
  return send({ kind: "all", marks, values }, cards);
}

async function send(asked, places, settle = () => {}, takeBack = () => {}) {
  const body = { ...asked, key: crypto.randomUUID() };
  const [place] = places;
  places.forEach((each) => each.setAttribute("aria-busy", "true"));
  let answer;
  try {
    answer = await post(body).catch(() => post(body));
  } catch {
    say([element("span", "No answer came: look whether it was done, then try again.")], true);
  }
  places.forEach((each) => each.removeAttribute("aria-busy"));
  if (answer?.status !== 200) takeBack();
  if (answer?.status === 200) {
    last = answer.changed ? answer.run : last;
    settle();
    const button = element("button", "Undo", { type: "button", "data-undo": "" });
    say([element("span", answer.changed ? answer.sentence : "Already up to date."), ...(answer.changed ? [button] : [])]);
  } else if (answer?.status === 409) {
    ask(body, answer.conflict, place, settle);
  } else if (answer) {
    say([span(answer.message ?? "That was refused."), span(answer.hint ?? "", { class: "quiet" }), ...list(answer.refusals)], true);
  }
  await refresh();
  return answer?.status === 200;
}

// Every reason for which several cards were not changed.
function list(refusals) {
  if (!refusals) return [];
  const made = element("ul", "", { class: "refusals" });
  for (const { message, hint } of refusals) {
    const item = element("li", `${message} `, { dir: "auto" });
    item.append(span(hint, { class: "quiet" }));
    made.append(item);
  }
  return [made];
}

export async function undo() {
  if (!last) return;
  const run = last;
  last = "";
  const answer = await post({ kind: "undo", values: { run }, key: crypto.randomUUID() }).catch(() => ({}));
  if (answer.status === 200) say([element("span", answer.sentence)]);
  else say([element("span", answer.message ?? "No answer came."), element("span", answer.hint ?? "", { class: "quiet" })], true);
  await refresh();
}

export function move(card, state) {
  if (card.dataset.state === state) return undefined;
  // It is there at once; should it be refused, what the server says next puts it back.
  const list = [...(card.closest(".columns")?.querySelectorAll("ul.cards") ?? [])].find((each) => each.dataset.column === state);
  const [home, next] = [card.parentElement, card.nextSibling];
  if (list) put(card, list, list.firstChild);
  const values = { state };
  return act("move", card, values, { state: card.dataset.state }, () => {}, () => list && put(card, home, next));
}

// Puts a card somewhere else, with the focus, if it has it.
function put(card, list, before) {
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  list.insertBefore(card, before?.parentElement === list ? before : null);
  focused?.focus({ preventScroll: true });
}

// Places a card between two others of its column; the server works out the number.
export function place(card, above, below) {
  const seen = card.dataset.rank === undefined ? null : Number(card.dataset.rank);
  return act("place", card, { above: above?.dataset.task ?? "", below: below?.dataset.task ?? "" }, { rank: seen });
}

// Places a card one step up or down among those of its column.
export function shift(card, by) {
  const cards = [...card.parentElement.querySelectorAll(":scope > li.card")];
  const at = cards.indexOf(card);
  const rest = cards.filter((each) => each !== card);
  const to = Math.min(Math.max(at + by, 0), rest.length);
  if (card.dataset.rank === undefined && by < 0) {
    // From below the line a card goes to the end of those that were placed by hand.
    const placed = rest.filter((each) => each.dataset.rank !== undefined);
    return place(card, placed.at(-1), rest[placed.length]);
  }
  return to === at ? undefined : place(card, rest[to - 1], rest[to]);
}

function describe(values) {
  const write = ([key, value]) => `${key.replace(/^(key|section):/, "")}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  return Object.entries(values).map(write).join("\n");
}

// Both sides, when another has changed the same thing meanwhile: nothing was written.
function ask(body, conflict, place, settle) {
  const dialog = element("dialog", "", { "aria-labelledby": "conflict-title" });
  const list = element("dl", "", { class: "keys" });
  for (const [name, values] of [["You saw", body.expect], ["Now it is", conflict.theirs], ["You want", conflict.yours]]) {
    list.append(element("dt", name), element("dd", describe(values), { dir: "auto" }));
  }
  const keep = element("button", "Keep theirs", { type: "button" });
  const apply = element("button", "Apply mine to the new version", { type: "button" });
  dialog.append(
    element("h2", "Another has changed it meanwhile", { id: "conflict-title" }),
    element("p", conflict.title, { dir: "auto" }), list, keep, apply,
  );
  keep.addEventListener("click", () => dialog.close());
  apply.addEventListener("click", () => {
    dialog.close();
    act(body.kind, { dataset: { task: body.id, etag: conflict.etag }, setAttribute() {}, removeAttribute() {} }, body.values, conflict.theirs, settle);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (place.isConnected) place.querySelector?.("a")?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// Boxes of a task's text become real checkboxes.
export function upgrade() {
  const article = document.querySelector("article.task");
  if (!canAct || !article) return;
  const boxes = [...article.querySelectorAll("[data-box]")];
  article.querySelectorAll(".text span.box").forEach((mark) => {
    const name = mark.nextElementSibling?.matches(".number") ? mark.nextElementSibling.textContent : "";
    const box = boxes.find((each) => each.dataset.box === name);
    if (!box) return;
    const input = element("input", "", { type: "checkbox", class: "box", "aria-label": box.textContent });
    input.checked = box.dataset.checked === "true";
    input.addEventListener("change", () => {
      const seen = { [`box:${name}`]: [box.textContent, box.dataset.checked === "true"] };
      act("check", article, { box: name, checked: input.checked }, seen);
    });
    mark.replaceWith(input);
  });
}

const PLACED = ["idea", "ready", "in-progress"]; // columns with an order by hand

function follow(down, card) {
  const cards = together(card);
  let ghost = null;
  let over = null;
  let mark = null; // the card beside which it would be placed
  let target = null;
  const aim = (event) => {
    if (!ghost) {
      if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 4) return;
      ghost = card.cloneNode(true);
      ghost.removeAttribute("id");
      ghost.classList.add("ghost");
      if (cards.length > 1) ghost.append(element("p", `${cards.length} cards`));
      document.body.append(ghost);
    }
    // Where it is shown is set by script, one property at a time, as the policy allows.
    ghost.style.setProperty("inset-inline-start", `${event.clientX + 8}px`);
    ghost.style.setProperty("inset-block-start", `${event.clientY + 8}px`);
    over?.classList.remove("over");
    mark?.classList.remove("before", "after");
    mark = null;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    over = under?.closest(".column") ?? null;
    over?.classList.add("over");
    const list = over?.querySelector("ul.cards");
    if (!list || list !== card.parentElement || !PLACED.includes(card.dataset.state)) return;
    const rest = [...list.querySelectorAll(":scope > li.card")].filter((each) => each !== card);
    const middle = (each) => each.getBoundingClientRect().top + each.getBoundingClientRect().height / 2;
    const to = rest.findIndex((each) => middle(each) > event.clientY);
    target = to < 0 ? [rest.at(-1), undefined] : [rest[to - 1], rest[to]];
    mark = to < 0 ? rest.at(-1) : rest[to];
    mark?.classList.add(to < 0 ? "after" : "before");
  };
  const end = (event) => {
    removeEventListener("pointermove", aim);
    removeEventListener("pointerup", end);
    removeEventListener("keydown", cancel, true);
    over?.classList.remove("over");
    mark?.classList.remove("before", "after");
    if (!ghost) return;
    ghost.remove();
    const swallow = (click) => click.preventDefault(); // the drag is no click on what it began on
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true), 0);
    if (event.type !== "pointerup") return;
    const list = over?.querySelector("ul.cards");
    const [above, below] = target ?? [];
    const mates = [...card.parentElement.querySelectorAll(":scope > li.card")];
    const at = mates.indexOf(card);
    if (list && list !== card.parentElement) {
      if (cards.length > 1) changeAll(cards, { state: list.dataset.column });
      else move(card, list.dataset.column);
    } else if (mark && (mates[at - 1] !== above || mates[at + 1] !== below)) place(card, above, below);
  };
  const cancel = (event) => {
    if (event.key === "Escape") end(event);
  };
  addEventListener("pointermove", aim);
  addEventListener("pointerup", end);
  addEventListener("keydown", cancel, true);
}

function settle(form) {
  delete form.dataset.dirty;
  form.reset();
  const details = form.closest("details");
  if (!details) return;
  details.open = false;
  details.querySelector("summary").focus();
}

function initial(control) {
  return control.tagName === "SELECT" ? [...control.options].find((each) => each.defaultSelected)?.value ?? "" : control.defaultValue;
}

// Reads a key that a form has no field for; nothing where it is not written as one.
export function own(field) {
  const [key, ...value] = field?.value.trim().split("=") ?? [""];
  if (!key && !value.length) return {};
  if (value.length && key.trim()) return { [`key:${key.trim()}`]: value.join("=") };
  say([span("Write another key as KEY=VALUE.")], true);
  return undefined;
}

// Sends what was changed in a form, with what was there before, as one change.
function save(form) {
  const values = {};
  const expect = {};
  for (const control of form.elements) {
    if (!control.name || control.value === initial(control)) continue;
    values[control.name] = control.value;
    if (control.name !== "criterion") expect[control.name] = initial(control);
  }
  const added = own(form.querySelector("[data-own]"));
  if (!added) return;
  Object.assign(values, added);
  for (const key of Object.keys(added)) expect[key] ??= "";
  const section = form.querySelector("[data-section]")?.value.trim();
  if (section) values[`append:${section}`] = form.querySelector("[data-section-text]").value;
  if (Object.keys(values).length) act("edit", form, values, expect, () => settle(form));
  else say([element("span", "Nothing was changed.")]);
}

export function listenToActs() {
  if (!canAct) return;
  document.documentElement.classList.add("acts");
  document.addEventListener("dragstart", (event) => {
    if (event.target.closest("li.card")) event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".columns li.card");
    if (card && event.button === 0 && event.pointerType === "mouse" && !event.shiftKey && !event.target.closest("button, summary, label")) follow(event, card);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) move(button.closest("[data-task]"), button.dataset.move);
    if (event.target.closest("[data-undo]")) undo();
  });
  document.addEventListener("change", (event) => {
    const select = event.target.closest("select[data-set]");
    if (!select) return;
    const place = select.closest("[data-task]");
    const key = select.dataset.set;
    act("set", place, { [key]: select.value }, { [key]: place.dataset[key] });
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-note]");
    if (!form) return;
    event.preventDefault();
    const field = form.querySelector("input");
    if (field.value.trim()) {
      const place = form.closest("[data-task]");
      act("note", place, { text: field.value }, {}, () => settle(form));
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-edit]");
    if (!form) return;
    event.preventDefault();
    save(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-new]");
    if (!form) return;
    event.preventDefault();
    act("new", form, { title: form.elements.title.value }, {}, () => settle(form));
  });
  // What is being written stays while the page around it changes.
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-edit], form[data-note], form[data-new]");
    if (form) form.dataset.dirty = "";
  });
  document.addEventListener("reset", (event) => {
    delete event.target.dataset.dirty;
    refresh();
  });
}
