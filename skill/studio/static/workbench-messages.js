// What the Echos and the skill sent each other, newest first.

/** @import {Exchange} from "./workbench-types.js" */

import { byId } from "./view.js";
import { element } from "./workbench-score.js";

const MOST = 200;
const FAULTS = { lost: "niet verstuurd", twice: "dubbel verstuurd", slow: "6 s vertraagd", too_slow: "te laat" };

export class Messages {
  constructor() {
    this.list = byId("messages");
    this.lastOnly = /** @type {HTMLInputElement} */ (byId("last-only"));
    this.lastOnly.addEventListener("change", () => this.filter());
    this.seen = 0;
    this.server = "";
    /** @type {Map<string, number>} */
    this.began = new Map(); // per device the exchange that its last session began with
  }

  /**
   * @param {string} server
   * @param {Exchange[]} exchanges  newest first
   */
  add(server, exchanges) {
    if (server !== this.server) {
      const restarted = this.server !== "";
      this.server = server;
      this.seen = 0;
      this.began.clear();
      this.list.replaceChildren();
      if (restarted) return; // it was asked for what came after the numbers of the server before it
    }
    const fresh = exchanges.filter((one) => one.number > this.seen).reverse();
    if (!fresh.length) return;
    for (const one of fresh) {
      this.seen = Math.max(this.seen, one.number);
      if (one.request.session?.new) this.began.set(one.device, one.number);
      this.list.prepend(this.item(one));
    }
    while (this.list.childElementCount > MOST) this.list.lastElementChild?.remove();
    this.filter();
  }

  filter() {
    for (const item of /** @type {Iterable<HTMLElement>} */ (this.list.children)) {
      const began = this.began.get(item.dataset.device ?? "") ?? 0;
      item.hidden = this.lastOnly.checked && Number(item.dataset.number) < began;
    }
  }

  /** @param {Exchange} one */
  item(one) {
    const details = element("details", "");
    const name = one.intent || one.type.replace("AudioPlayer.", "");
    const summary = element("summary", "", element("span", "name", name), element("time", "", clock(one.at_ms)));
    if (one.intent) summary.append(element("span", "pill", one.type));
    if (one.fault) summary.append(element("span", "pill warned", FAULTS[/** @type {keyof typeof FAULTS} */ (one.fault)]));
    if (one.findings.length) summary.append(element("span", "pill wrong", `${one.findings.length} × regel`));
    if (one.status) {
      const good = one.status === 200;
      summary.append(element("span", good ? "pill" : "pill wrong", `${one.status}`), element("span", "ms", `${Math.round(one.ms)} ms`));
    }
    details.append(summary);
    details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(...body(one)));
    const item = element("li", "exchange", details);
    item.dataset.number = String(one.number);
    item.dataset.device = one.device;
    return item;
  }
}

/** @param {Exchange} one */
function body(one) {
  const findings = element("ul", "findings");
  for (const { rule, message, source } of one.findings) {
    const item = element("li", "", element("b", "", rule), ` ${message} `, element("cite", "", source));
    item.lang = "en";
    findings.append(item);
  }
  const answer = one.fault === "lost" ? "De skill heeft dit niet gekregen." : JSON.stringify(one.response, null, 2);
  return [
    element("p", "note", `Apparaat ${one.device.slice(0, 12)}`),
    one.findings.length ? findings : element("p", "note", one.status === 200 ? "Het antwoord houdt zich aan alle regels van Alexa." : ""),
    element("h3", "", "Verzoek"),
    json(JSON.stringify(one.request, null, 2), "Verzoek"),
    element("h3", "", "Antwoord"),
    json(answer, "Antwoord"),
  ];
}

/**
 * @param {string} text
 * @param {string} label
 */
function json(text, label) {
  const made = element("pre", "json", text);
  made.tabIndex = 0;
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", label);
  return made;
}

/** @param {number} ms */
function clock(ms) {
  return new Date(ms).toLocaleTimeString("nl-NL");
}
