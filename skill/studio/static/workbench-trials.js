// The switches and faults: they act on the Echo in the frame, by its own words where it has words for them.

/** @import {EchoNow, News} from "./workbench-types.js" */

import { byId, setText } from "./view.js";
import { post } from "./workbench-server.js";

const SETTINGS = "rugoefening.echo";
const ACCOUNT = "rugoefening.account";
const DEVICE = "rugoefening.device";
const HOLD_S = 30;
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
    this.held = 0;
    addEventListener("message", (event) => this.message(event));
    for (const button of this.buttons("data-wish")) button.addEventListener("click", () => this.tell({ wish: button.dataset.wish }));
    for (const button of this.buttons("data-fault")) {
      button.addEventListener("click", () => this.tell({ happening: { fault: button.dataset.fault } }));
    }
    byId("hold").addEventListener("click", () => this.hold());
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
    this.held = news.held_s;
    byId("hold").setAttribute("aria-pressed", String(this.held > 0));
    setText("hold", this.held ? `Database vast: nog ${this.held} s` : `Database vast (${HOLD_S} s)`);
    const mine = news.devices.find((one) => one.device === sessionStorage.getItem(DEVICE));
    const wanted = settings().voice;
    const refused = mine && wanted && mine.voice !== wanted;
    setText("trial-note", refused ? `De audio van “${wanted}” past niet bij de tekst. Maak hem eerst opnieuw. Je hoort nu “${mine.voice}”.` : "");
  }

  async hold() {
    const { held_s: held } = await post("/studio/workbench/database", { seconds: this.held ? 0 : HOLD_S });
    this.held = held;
    byId("hold").setAttribute("aria-pressed", String(held > 0));
  }

  /**
   * @param {object} changes
   * @param {boolean} forget
   */
  set(changes, forget) {
    sessionStorage.setItem(SETTINGS, JSON.stringify({ ...settings(), ...changes }));
    this.tell({ begin: true, forget });
  }

  /** @param {string} person */
  async become(person) {
    if (person === "own") return this.set({ person, account: undefined }, true);
    const { account } = await post("/studio/workbench/persons", { experienced: person === "later" });
    return this.set({ person, account }, true);
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
