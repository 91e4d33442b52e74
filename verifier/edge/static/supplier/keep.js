// What is typed and not yet sent is kept in this browser, for when the network or the browser goes away. It is kept
// under the address of its form and the answer that the page was opened at, and forgotten when the server has it, when
// it is discarded, and when somebody signs out. And texts that are there to be copied can be.

const STEM = "shirushi-supplier:";
const nameOf = (form) => `${STEM}${form.dataset.keep}:${form.elements.seen?.value ?? ""}`;
const isText = (field) => field.name && field.name !== "csrf" && !["hidden", "file", "submit"].includes(field.type);

const forget = (matches) => {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(STEM) && matches(name.slice(STEM.length))) localStorage.removeItem(name);
  }
};

const read = (form) =>
  [...form.elements].filter(isText).map((field) => ({
    id: field.id,
    value: field.value,
    checked: field.checked ?? false,
  }));

const write = (form, kept) => {
  for (const one of kept) {
    const field = form.elements.namedItem(one.id) ?? document.getElementById(one.id);
    if (!field || !isText(field)) continue;
    if (["radio", "checkbox"].includes(field.type)) field.checked = one.checked;
    else field.value = one.value;
  }
};

const told = document.querySelector("[data-saved]");
if (told?.dataset.saved) {
  forget((name) => name.startsWith(`${told.dataset.saved}:`));
  // The address says it once: what is typed from now on is not saved.
  history.replaceState(null, "", location.pathname);
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  const name = nameOf(form);
  const note = form.querySelector("[data-restored]");
  const first = JSON.stringify(read(form));
  const kept = localStorage.getItem(name);
  if (kept && kept !== first) {
    write(form, JSON.parse(kept));
    if (note) note.hidden = false;
  }
  const keep = () => {
    const now = JSON.stringify(read(form));
    if (now === first) localStorage.removeItem(name);
    else localStorage.setItem(name, now);
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    localStorage.removeItem(name);
    write(form, JSON.parse(first));
    note.hidden = true;
  });
}

for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
  form.addEventListener("submit", () => forget(() => true));
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    await navigator.clipboard?.writeText(text.value);
  });
}
