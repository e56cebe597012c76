// The switches and faults: they act on the Echo in the frame, by its own words where it has words for them.

/** @import {EchoNow, News} from "./workbench-types.js" */

import { byId, setText } from "./view.js";
import { post, statusOf, why } from "./workbench-server.js";

const SETTINGS = "rugoefening.echo";
const ACCOUNT = "rugoefening.account";
const DEVICE = "rugoefening.device";
const OUTAGE_S = 30;
const OUTAGES = /** @type {const} */ ({ held: "Database vast", away: "Database weg" });
const LEVELS = { easier: "makkelijk", basic: "basis", harder: "zwaar" };
const TEMPOS = { normal: "gewoon", calm: "rustig" };

export class Trials {
  /**
   * @param {object} given
   * @param {(echo: EchoNow) => void} given.heard  how the Echo in the frame is
   */
  constructor({ heard }) {
    this.heard = heard;
    this.frame = /** @type {HTMLIFrameElement} */ (byId("echo"));
    /** @type {EchoNow | null} */
    this.echo = null;
    this.trouble = ""; // what was asked for last and did not work
    this.left = { held: 0, away: 0 };
    addEventListener("message", (event) => this.message(event));
    for (const button of this.buttons("data-wish")) button.addEventListener("click", () => this.tell({ wish: button.dataset.wish }));
    for (const button of this.buttons("data-fault")) {
      button.addEventListener("click", () => this.tell({ happening: { fault: button.dataset.fault } }));
    }
    for (const button of this.buttons("data-outage")) {
      button.addEventListener("click", () => this.fail(button.dataset.outage === "away" ? "away" : "held"));
    }
    this.select("voice").addEventListener("change", () => this.set({ voice: this.select("voice").value }, true));
    this.select("locale").addEventListener("change", () => this.set({ locale: this.select("locale").value }, false));
    this.select("person").addEventListener("change", () => this.become(this.select("person").value));
    const { locale, voice, person } = settings();
    if (locale) this.select("locale").value = locale;
    if (voice && this.select("voice").querySelector(`[value="${voice}"]`)) this.select("voice").value = voice;
    this.select("person").value = person ?? "own";
  }

  /** The accounts whose messages are shown. */
  accounts() {
    return [localStorage.getItem(ACCOUNT), settings().account].filter((one) => typeof one === "string");
  }

  /** @param {MessageEvent} event */
  message({ source, origin, data }) {
    if (source !== this.frame.contentWindow || origin !== location.origin || !data.echo) return;
    this.echo = /** @type {EchoNow} */ (data.echo);
    const [, level, tempo] = this.echo.place?.plan.split("/") ?? [];
    setText("level-now", LEVELS[/** @type {keyof typeof LEVELS} */ (level)] ?? "");
    setText("tempo-now", TEMPOS[/** @type {keyof typeof TEMPOS} */ (tempo)] ?? "");
    for (const button of this.buttons("data-wish")) button.title = `Zegt: ${this.echo.words[button.dataset.wish ?? ""] ?? ""}`;
    for (const button of this.buttons("data-fault")) {
      button.setAttribute("aria-pressed", String(this.echo.faults.includes(button.dataset.fault ?? "")));
    }
    this.heard(this.echo);
  }

  /** @param {News} news */
  show(news) {
    this.showOutages(news);
    const mine = news.devices.find((one) => one.device === sessionStorage.getItem(DEVICE));
    const wanted = settings().voice;
    const refused = mine && wanted && mine.voice !== wanted;
    const other = refused ? `De audio van “${wanted}” past niet bij de tekst. Maak hem eerst opnieuw. Je hoort nu “${mine.voice}”.` : "";
    setText("trial-note", this.trouble || other);
  }

  /** @param {{held_s: number, away_s: number}} left */
  showOutages(left) {
    this.left = { held: left.held_s, away: left.away_s };
    for (const button of this.buttons("data-outage")) {
      const name = button.dataset.outage === "away" ? "away" : "held";
      const still = this.left[name];
      button.setAttribute("aria-pressed", String(still > 0));
      const label = still ? `${OUTAGES[name]}: nog ${still} s` : `${OUTAGES[name]} (${OUTAGE_S} s)`;
      if (button.textContent !== label) button.textContent = label;
    }
  }

  /** Something goes wrong with the database, or right again. @param {keyof typeof OUTAGES} fault */
  async fail(fault) {
    this.tellTrouble("");
    try {
      this.showOutages(await post("/studio/workbench/database", { fault, seconds: this.left[fault] ? 0 : OUTAGE_S }));
    } catch (error) {
      const busy = statusOf(error) === 503;
      this.tellTrouble(busy ? "Een ander programma gebruikt de database nu. Probeer het zo nog eens." : `Dat lukte niet. ${why(error)}`);
    }
  }

  /** @param {string} text */
  tellTrouble(text) {
    this.trouble = text;
    setText("trial-note", text);
  }

  /**
   * @param {object} changes
   * @param {boolean} forget
   */
  set(changes, forget) {
    this.tellTrouble("");
    sessionStorage.setItem(SETTINGS, JSON.stringify({ ...settings(), ...changes }));
    this.tell({ begin: true, forget });
  }

  /** @param {string} person */
  async become(person) {
    if (person === "own") return this.set({ person, account: undefined }, true);
    try {
      const { account } = await post("/studio/workbench/persons", { experienced: person === "later" });
      return this.set({ person, account }, true);
    } catch (error) {
      this.select("person").value = settings().person ?? "own";
      return this.tellTrouble(`Wie er oefent, is niet veranderd. ${why(error)}`);
    }
  }

  /** New audio is there: an Echo at rest shows it at once, one that plays takes it at its next stretch. */
  renew() {
    if (this.echo?.ring === "rest") this.frame.contentWindow?.location.reload();
  }

  /** @param {object} message */
  tell(message) {
    this.frame.contentWindow?.postMessage(message, location.origin);
  }

  /** @param {string} attribute */
  buttons(attribute) {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(`button[${attribute}]`));
  }

  /** @param {string} id */
  select(id) {
    return /** @type {HTMLSelectElement} */ (byId(id));
  }
}

/** @returns {{locale?: string, voice?: string, account?: string, person?: string}} */
function settings() {
  return JSON.parse(sessionStorage.getItem(SETTINGS) ?? "{}");
}
