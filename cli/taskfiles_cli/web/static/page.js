// What pages do with scripts; without them they can be read all the same.
import { listenToActs, upgrade } from "./acts.js";
import { listenToFilter } from "./filter.js";
import { follow } from "./live.js";
import { listen } from "./keys.js";
import { listenToMarks } from "./marks.js";
import { loadParts, showMore } from "./parts.js";

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-more]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const first = await showMore(link);
  first?.querySelector("a")?.focus();
});

// The code in the address has done its work.
if (location.hash.length > 25) history.replaceState(null, "", location.pathname + location.search);

listen();
listenToFilter();
listenToActs();
listenToMarks();
upgrade();
addEventListener("refreshed", upgrade);
follow();
await loadParts();
