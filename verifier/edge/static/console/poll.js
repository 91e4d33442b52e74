// A page about work that goes on asks how far it is, and loads itself anew when there is something new to show.

const EVERY = 1000;

for (const note of document.querySelectorAll("[data-poll]")) {
  const ask = async () => {
    try {
      const answer = await fetch(note.dataset.poll, { redirect: "error" });
      if (answer.ok && (await answer.text()) !== note.dataset.state) {
        location.replace(location.href);
        return;
      }
    } catch {
      // Out of reach for a moment, or signed out: the link beside this is still there.
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
}
