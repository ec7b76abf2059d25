// A form that changes something is sent once, however often its button is pressed. (The server makes sure as well.)

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}

// Whoever goes back in the history may send it again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

// What was wrong is read out first.
document.getElementById("problems")?.focus();

// Whoever is typing is not timed out: a word to the server every ten minutes keeps the session, eight hours at most.
let isTyping = false;
document.addEventListener("input", () => (isTyping = true));
setInterval(() => {
  if (isTyping) fetch("/health").catch(() => undefined);
  isTyping = false;
}, 600_000);
