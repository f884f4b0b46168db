// Parts of pages, made by the server of the same templates: HTML comes into the page by this one policy.
const policy = globalThis.trustedTypes
  ? trustedTypes.createPolicy("tasks", { createHTML: (html) => html })
  : { createHTML: (html) => html };

export async function fetchPart(address, isWhole = false) {
  const answer = await fetch(address, { headers: isWhole ? {} : { "X-Tasks-Part": "1" } });
  if (!answer.ok) throw new Error(String(answer.status));
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(await answer.text());
  return template.content;
}

// Puts the next cards of a column behind those that are there; gives the first of them.
export async function showMore(link) {
  const part = await fetchPart(link.href);
  const list = link.closest(".column, main").querySelector("ul.cards");
  const fresh = [...part.querySelectorAll("ul.cards > li")];
  const known = new Set([...list.children].map((item) => item.id));
  list.append(...fresh.filter((item) => !known.has(item.id)));
  const more = part.querySelector("a[data-more]");
  if (more) link.replaceWith(more);
  else link.closest("p").remove();
  return fresh[0];
}

let asked = 0;

// Loads what a page leaves to a second request, such as the history of a task; the last time counts.
export async function loadParts() {
  const mine = ++asked;
  for (const place of document.querySelectorAll("[data-part]")) {
    const part = await fetchPart(place.dataset.part).catch(() => null);
    if (mine !== asked) return;
    const found = part?.querySelector("[data-content]");
    if (found) place.replaceChildren(found);
  }
}
