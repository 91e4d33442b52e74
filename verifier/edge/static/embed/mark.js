// <shirushi-mark mark="...">: what the registry says of a mark now, on pages of others. WORDS stands before this text
// when the reader serves it. The host is the one that this module came from: what names another host is not asked there
// and is shown as another registry's. What the registry's server says is repeated, not judged: the link leads to where
// it is. Nothing but the mark's id is sent, without cookies and without the address of the page.

const REGISTRY = new URL(import.meta.url).origin;
const LONGEST_WAIT = 10_000;
const STALE_AFTER = 300_000;
const ID = /^[0-9a-z]{26}$/;
const ADDRESS = /^https?:\/\/([^/\s]{1,253})\/m\/([0-9a-z]{26})(?:[/?#].*)?$/;
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(`
  :host { display: inline-block; max-inline-size: 100%; --tone: #3b4758; color-scheme: light; }
  :host([data-tone=good]) { --tone: #0a6637; }
  :host([data-tone=ended]) { --tone: #7d4600; }
  :host([data-tone=bad]) { --tone: #a80f22; }
  a { display: block; box-sizing: border-box; padding: 0.6em 0.9em; color: #1a1a1c; background: #fff; border: 2px solid
    var(--tone); border-inline-start-width: 0.6em; border-radius: 0.5em; font: 1rem/1.5 system-ui, sans-serif;
    text-decoration: none; overflow-wrap: anywhere; }
  a:hover strong { text-decoration: underline; }
  a:focus-visible { outline: 3px solid #000; outline-offset: 2px; box-shadow: 0 0 0 5px #ffd43d; }
  strong { display: block; color: var(--tone); font-size: 1.1em; }
  span { display: block; font-size: 0.9em; }
  .warning { color: #a80f22; font-weight: 700; }
`);

class ShirushiMark extends HTMLElement {
  static observedAttributes = ["mark", "lang"];
  #asked = 0;
  #at = 0;
  #again = () => {
    if (document.visibilityState === "visible" && Date.now() - this.#at > STALE_AFTER) this.#ask();
  };

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [STYLE];
  }

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#again);
    this.#ask();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#again);
    this.#asked += 1;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#ask();
  }

  get #words() {
    const wanted = (this.getAttribute("lang") || document.documentElement.lang || navigator.language).slice(0, 2);
    return WORDS[wanted] ?? WORDS.en;
  }

  async #ask() {
    const number = ++this.#asked;
    this.#at = Date.now();
    const said = (this.getAttribute("mark") ?? "").trim();
    const address = ADDRESS.exec(said);
    const id = address ? address[2] : said;
    if (address && ![WORDS.host, new URL(REGISTRY).host].includes(address[1].toLowerCase()))
      return this.#show({ ...this.#words.other_host, href: REGISTRY });
    if (!ID.test(id)) return this.#show({ ...this.#words.no_mark, href: REGISTRY });
    const answer = await ask(id);
    if (number === this.#asked) this.#show(this.#told(answer, id));
    return null;
  }

  #told(answer, id) {
    const words = this.#words;
    const href = `${REGISTRY}/m/${id}`;
    const headline = words.headlines[answer?.headline];
    const isAbout = answer?.mark === null || answer?.mark?.id === id;
    if (!headline || !isAbout) return { ...words.not_confirmed, href };
    if (answer.mark === null) return { ...headline, href };
    const { holder, tier, scheme, domains } = answer.mark;
    const isElsewhere = domains.length > 0 && !domains.some((one) => isBelow(location.hostname, one));
    const lines = [`${holder} ★${tier}`, words.schemes[scheme] ?? scheme];
    const warning = isElsewhere ? words.other_site.replace("%(site)s", location.hostname) : null;
    return { title: headline.title, tone: isElsewhere ? "bad" : headline.tone, lines, warning, href };
  }

  #show({ title, tone, lines = [], warning = null, href }) {
    const link = document.createElement("a");
    link.href = href;
    const parts = [["strong", title], ...lines.map((line) => ["span", line])];
    for (const [tag, text] of parts) link.append(Object.assign(document.createElement(tag), { textContent: text }));
    if (warning) link.append(Object.assign(document.createElement("span"), { className: "warning", textContent: warning }));
    const host = Object.assign(document.createElement("span"), { textContent: `${this.#words.checked_at} ${WORDS.host}` });
    link.append(host);
    this.dataset.tone = tone;
    this.shadowRoot.replaceChildren(link);
  }
}

async function ask(id) {
  try {
    const answer = await fetch(`${REGISTRY}/m/${id}.json`, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-cache",
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_WAIT),
    });
    return [200, 404].includes(answer.status) ? await answer.json() : null;
  } catch {
    return null;
  }
}

const isBelow = (host, domain) => host === domain || host.endsWith(`.${domain}`);

if (!customElements.get("shirushi-mark")) customElements.define("shirushi-mark", ShirushiMark);
