// A filter of the page that is open changes what it shows, without loading it anew; the address tells it all the same.
import { morph } from "./live.js";
import { fetchPart, loadParts } from "./parts.js";

let here = location.pathname + location.search;
let asked = 0;

async function go(address, isNew) {
  const mine = ++asked;
  let page;
  try {
    page = await fetchPart(address, true);
  } catch {
    if (mine === asked) location.assign(address); // it says what is wrong
    return;
  }
  if (mine !== asked) return; // another was asked for meanwhile
  if (isNew) history.pushState(null, "", address);
  here = location.pathname + location.search;
  const focused = document.activeElement?.id;
  document.title = page.querySelector("title").textContent;
  for (const part of ["header.top", "main"]) morph(document.querySelector(part), page.querySelector(part));
  const field = document.querySelector("#q");
  field.value = field.defaultValue;
  if (document.activeElement === document.body) document.getElementById(focused || "main")?.focus({ preventScroll: true });
  scrollTo(0, 0);
  const said = document.querySelector("#said");
  if (!said.querySelector("button")) said.replaceChildren(document.querySelector(".sum")?.textContent ?? "");
  dispatchEvent(new Event("refreshed"));
  await loadParts();
}

export function listenToFilter() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.filter");
    const address = form && new URL(form.action);
    if (address?.pathname !== location.pathname) return;
    event.preventDefault();
    address.search = new URLSearchParams(new FormData(form));
    go(address, true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.matches("[data-more]") || link.hash || link.origin !== location.origin) return;
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.pathname !== location.pathname || !link.closest("main, header")) return;
    event.preventDefault();
    go(link.href, true);
  });
  addEventListener("popstate", () => {
    if (location.pathname + location.search !== here) go(location.href, false);
  });
}
