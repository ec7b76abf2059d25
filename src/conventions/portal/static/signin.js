// Whoever types a long pass-phrase may look at it (OWASP ASVS 2.1.12). It is hidden again before it is sent, so that no
// browser keeps it among the words of ordinary fields.
const shown = document.getElementById("shown");
const passphrase = document.getElementById("passphrase");

function show() {
  passphrase.type = shown.checked ? "text" : "password";
}

document.getElementById("look").hidden = false;
shown.addEventListener("change", show);
passphrase.form.addEventListener("submit", () => {
  shown.checked = false;
  show();
});
