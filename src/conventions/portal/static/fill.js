// Keeps what is typed as one goes. Without this script the form works with its buttons.

const PAUSE = 1500;
const form = document.querySelector("form[data-keeps]");
const status = document.getElementById("kept");

for (const part of document.querySelectorAll(".with-script")) part.hidden = false;
for (const part of document.querySelectorAll(".without-script")) part.hidden = true;
document.getElementById("problems")?.focus();

if (form && status) {
  let waiting = 0;
  let running = false;
  let changed = false;

  const keep = async (isLeaving = false) => {
    if (running && !isLeaving) return;
    running = true;
    changed = false;
    const typed = new FormData(form);
    typed.set("action", "keep");
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: typed,
        headers: { accept: "application/json" },
        redirect: "error",
        keepalive: isLeaving, // it arrives although the page is gone
      });
      if (!answer.ok) throw new Error(String(answer.status));
      status.textContent = (await answer.json()).words;
    } catch {
      changed = true;
      status.textContent = status.dataset.failed;
    }
    running = false;
    if (changed) later();
  };

  const later = () => {
    changed = true;
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(), PAUSE);
  };

  form.addEventListener("input", later);
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    changed = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) keep(true);
  });
}
