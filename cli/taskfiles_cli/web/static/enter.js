// Enters with the one-time code of the address, which no server and no log has seen.
const said = document.querySelector("#said");
const code = decodeURIComponent(location.hash.slice(1));

function here() {
  // Only a path of ours, never another place: what begins with two slashes is one.
  const path = location.pathname.replace(/^\/+/, "/") + location.search;
  return path === "/" ? "/board" : path;
}

if (code) {
  history.replaceState(null, "", here());
  const answer = await fetch("/enter", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  }).catch(() => null);
  if (answer?.ok) {
    location.replace(here());
  } else {
    said.textContent = answer?.status === 429
      ? "There were too many wrong codes. Wait a minute, then run tasks web again."
      : "This address has been used, or is too old. End tasks web with Ctrl-C and run it again for a new one.";
  }
} else if (!document.referrer.startsWith(`${location.origin}/`)) {
  // A link on another site comes without the cookie; the same address, opened from here, has it.
  location.replace(here());
}
