// What has changed on disk comes to the page: one stream a browser, kept by the tab that has the lock.
import { fetchPart, loadParts, showMore } from "./parts.js";

const GATHER = 50; // milliseconds
let timer = 0;
let loading = false;

function say(text) {
  const place = document.querySelector("#live");
  if (place && place.textContent !== text) place.textContent = text;
}

function hear(message) {
  if (message.type === "lost") say(`not live since ${message.since}`);
  if (message.type === "live") say("● live");
  const isNews = () => message.revision && Number(document.querySelector("main").dataset.revision) !== message.revision;
  if (isNews()) {
    clearTimeout(timer);
    timer = setTimeout(() => isNews() && refresh(), GATHER); // an act of this page may have shown it meanwhile
  }
}

export async function refresh() {
  if (loading) {
    timer = setTimeout(refresh, GATHER * 4);
    return;
  }
  loading = true;
  try {
    const address = location.href;
    const part = await fetchPart(address);
    if (location.href !== address) {
      timer = setTimeout(refresh, GATHER); // the page shows something else by now
      return;
    }
    const [saved, fresh] = [document, part].map((each) => each.querySelector("#saved"));
    if (saved && fresh) morph(saved, fresh); // views that tasks.toml has now
    await replace(document.querySelector("main"), part.querySelector("main"));
    dispatchEvent(new Event("refreshed"));
    loadParts(); // nothing waits for it: git's history may take seconds
  } catch {
    say("not live: the page could not be loaded again");
  } finally {
    loading = false;
  }
}

// Takes over what differs and leaves the rest alone: focus and scrolling stay where they are.
async function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const card = focused?.closest("li.card")?.id;
  const lengths = [...old.querySelectorAll(".column > ul.cards")].map((list) => list.children.length);
  const written = [...old.querySelectorAll("form[data-dirty]")];
  morph(old, fresh);
  written.forEach(keep);
  const lists = [...old.querySelectorAll(".column > ul.cards")];
  for (const [at, list] of lists.entries()) {
    let link;
    while (list.children.length < lengths[at] && (link = list.parentElement.querySelector("a[data-more]"))) {
      await showMore(link);
    }
  }
  if (focused && document.activeElement !== focused) {
    const place = focused.isConnected ? focused : card && document.getElementById(card)?.querySelector("a");
    if (place) place.focus({ preventScroll: true });
  }
}

// Puts back a form that went with what was around it.
function keep(form) {
  if (form.isConnected) return;
  document.getElementById(form.id)?.replaceWith(form);
  const details = form.closest("details");
  if (details) details.open = true;
}

export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.tagName !== fresh.tagName) {
    old.replaceWith(fresh);
    return;
  }
  if (old.matches("form[data-dirty]")) return; // what is being written there
  if (old.matches("[data-part]") && old.dataset.part === fresh.dataset.part) return;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name); // what is unfolded stays so
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.matches("ul.cards")) arrange(old, fresh);
  else if (old.childNodes.length !== fresh.childNodes.length) old.replaceChildren(...fresh.childNodes);
  else {
    const news = [...fresh.childNodes];
    [...old.childNodes].forEach((child, at) => morph(child, news[at]));
  }
}

function arrange(list, fresh) {
  const known = new Map([...list.children].map((item) => [item.id, item]));
  const wanted = [...fresh.children].map((item) => {
    const same = item.id ? known.get(item.id) : undefined;
    if (same) morph(same, item);
    return same ?? item;
  });
  const kept = new Set(wanted);
  for (const item of [...list.children]) if (!kept.has(item)) item.remove();
  wanted.forEach((item, at) => {
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
}

function stream(tell) {
  return new Promise(() => {
    const source = new EventSource("/events");
    const told = (event) => tell({ type: "live", revision: JSON.parse(event.data).revision });
    source.addEventListener("hello", told);
    source.addEventListener("changed", told);
    source.addEventListener("error", () => {
      tell({ type: "lost", since: new Date().toTimeString().slice(0, 5) });
    });
  });
}

export function follow() {
  if (!document.body.dataset.live) return;
  const channel = new BroadcastChannel("tasks-live");
  channel.addEventListener("message", (event) => hear(event.data));
  const tell = (message) => {
    hear(message);
    channel.postMessage(message);
  };
  if (navigator.locks) navigator.locks.request("tasks-stream", () => stream(tell));
  else stream(tell);
}
