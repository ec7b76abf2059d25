// The board without this file works as well: these are comforts.

// Before the session ends, say so in time; staying loses nothing that was typed (WCAG 2.2.1).
const ending = document.getElementById("ending");
const said = document.getElementById("said");
const WARNING_MS = 2 * 60 * 1000;
let timer = 0;

function watch(secondsLeft) {
  clearTimeout(timer);
  const left = secondsLeft * 1000 - WARNING_MS;
  timer = setTimeout(() => { ending.hidden = false; ending.querySelector("button").focus(); }, Math.max(left, 0));
}

if (ending) {
  watch(Number(ending.dataset.seconds));
  ending.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) });
    if (!answer.ok || !answer.headers.get("content-type").startsWith("application/json")) return;
    watch((await answer.json()).seconds_left);
    ending.hidden = true;
    said.textContent = ending.dataset.stayed;
  });
}

// One box ticks all of a page.
const every = document.querySelector(".tick-all");
if (every) {
  every.hidden = false;
  const boxes = [...document.querySelectorAll("input[name=number]")];
  every.addEventListener("change", () => boxes.forEach((box) => { box.checked = every.checked; }));
}

// A job that runs is looked at again, until it is done; the reader's place on the page stays.
const INTERVAL_MS = 1000;
async function follow() {
  const job = document.getElementById("job");
  if (!job || job.dataset.running !== "yes") return;
  const answer = await fetch(location.href);
  if (answer.ok && answer.url === location.href) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("job");
    const focused = document.activeElement?.getAttribute("href");
    if (fresh) job.replaceWith(document.adoptNode(fresh));
    if (focused) document.querySelector(`#job a[href="${focused}"]`)?.focus();
    if (fresh?.dataset.running === "no") said.textContent = fresh.querySelector("h1").textContent;
  }
  setTimeout(follow, INTERVAL_MS);
}
setTimeout(follow, INTERVAL_MS);
