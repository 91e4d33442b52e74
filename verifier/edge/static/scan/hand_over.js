// The start page: a file that is chosen or dropped there is handed to /verify, whose browser judges it. It is kept in
// this browser's own storage for as long as the way takes; where there is none, the form sends the file as it says.

export const SHELF = "shirushi-handed-over";
export const PLACE = "/verify/handed-over";

/** Put a file where the next page takes it from. */
export async function hand(file) {
  const shelf = await caches.open(SHELF);
  await shelf.put(PLACE, new Response(file, { headers: { "Content-Type": file.type || "application/octet-stream" } }));
}

/** Take the file that was put there, null where there is none; it is taken once. */
export async function take() {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(PLACE);
  await caches.delete(SHELF);
  return kept ? kept.blob() : null;
}

function listen(form) {
  const chosen = form.querySelector("input[type=file]");
  const go = async (file) => {
    await hand(file);
    const lang = document.documentElement.lang;
    location.assign(`/verify?lang=${lang}#handed-over`);
  };
  form.addEventListener("submit", (event) => {
    if (!chosen.files[0]) return;
    event.preventDefault();
    go(chosen.files[0]).catch(() => form.submit());
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    go(file).catch(() => {});
  });
  document.getElementById("file-sent").hidden = true;
  document.getElementById("file-stays").hidden = false;
  document.documentElement.setAttribute("data-drop", "ready");
}

const form = globalThis.document?.getElementById("drop");
if (form && "caches" in globalThis) listen(form);
