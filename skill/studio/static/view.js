// The device as it is seen: its light ring, the buttons, the caption.

/** @import {Happening, State} from "./types.js" */

const RING = {
  rest: "Wacht op jou",
  listening: "Luistert: zeg maar iets",
  thinking: "Denkt na",
  speaking: "Spreekt",
  playing: "Speelt",
  paused: "Pauze",
};
const AWAY = "Wacht op de server";
const WISHES = { start: "Start", pause: "Pauze", resume: "Verder" };
const SKIP = "Begin meteen"; // while the words before the start sound, pressing cuts them off
const BY_NAME = ["pause", "stop", "pain"]; // the server knows their words when they arrive, which may be late
const FINGER_MS = 1000; // so soon after its label changed, a press was meant for the label before

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`there is no ${id} in the page`);
  return found;
}

/**
 * Change a text only where it differs, so that nobody reads it out again.
 * @param {string} id
 * @param {string} text
 */
export function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

export class View {
  /**
   * @param {(happening: Happening) => Promise<unknown>} act
   * @param {{isNew: boolean}} device  one that is new is begun by the words that came with the page
   */
  constructor(act, { isNew }) {
    this.act = act;
    /** @type {Record<string, string>} */
    this.words = isNew ? { start: byId("primary").dataset.says ?? "" } : {};
    this.thinks = 0;
    this.away = false;
    this.ring = "rest";
    for (const button of this.buttons()) {
      button.addEventListener("click", ({ detail }) => detail > 1 || this.press(button)); // a double click is one wish
      button.addEventListener("keydown", (event) => event.repeat && event.preventDefault()); // and so is a key held down
    }
    addEventListener("keydown", (event) => this.key(event));
  }

  buttons() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-wish]"));
  }

  /**
   * A button rests while its wish is on its way, and for a moment when its label then changed under the finger:
   * whoever presses Start twice did not mean to skip the safety words.
   * @param {HTMLButtonElement} button
   */
  async press(button) {
    const wish = button.dataset.wish ?? "";
    const words = this.words[wish];
    if (!words || button.dataset.rests) return;
    button.dataset.rests = "true";
    const label = button.textContent;
    await this.act(BY_NAME.includes(wish) ? { wish } : { said: words });
    if (button.textContent !== label) await new Promise((resolve) => setTimeout(resolve, FINGER_MS));
    delete button.dataset.rests;
  }

  /** The space bar does what the big button does, unless something else has the focus. @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== " " || event.repeat || event.target !== document.body) return;
    event.preventDefault();
    this.press(/** @type {HTMLButtonElement} */ (byId("primary")));
  }

  /** @param {State} state */
  show(state) {
    this.words = state.words;
    this.ring = state.ring;
    const primary = byId("primary");
    primary.dataset.wish = state.wish;
    primary.querySelector("use")?.setAttribute("href", `#icon-${state.wish}`);
    const skips = state.wish === "start" && state.in_session && state.speech !== null;
    primary.classList.toggle("skips", skips);
    const label = primary.querySelector("span");
    const text = skips ? SKIP : WISHES[state.wish];
    if (label && label.textContent !== text) label.textContent = text;
    for (const button of this.buttons()) {
      const words = state.words[button.dataset.wish ?? ""];
      button.setAttribute("aria-disabled", String(!words));
      button.title = words ? `Zegt: ${words}` : "";
    }
    setText("hint", state.words[state.wish] ? `Of zeg: “${state.words[state.wish]}”` : "");
    byId("words").setAttribute("placeholder", state.words[state.wish] ?? "");
    this.showRing();
  }

  /** More or fewer words are on their way to the skill. @param {number} more */
  showThinking(more) {
    this.thinks += more;
    this.showRing();
  }

  /** Nobody answers. @param {boolean} away */
  showAway(away) {
    if (this.away === away) return;
    this.away = away;
    this.showRing();
  }

  showRing() {
    const waits = this.away && this.thinks > 0;
    const ring = waits ? "rest" : this.thinks ? "thinking" : this.ring;
    byId("echo").dataset.ring = ring;
    setText("ring-word", waits ? AWAY : RING[/** @type {keyof typeof RING} */ (ring)]);
  }

  /** @param {string} text */
  showCaption(text) {
    setText("caption", text);
  }
}
