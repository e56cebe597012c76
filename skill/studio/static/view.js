// The device as it is seen: its light ring, the buttons, the caption.

/** @import {State} from "./types.js" */

const RING = {
  rest: "Wacht op jou",
  listening: "Luistert: zeg maar iets",
  thinking: "Denkt na",
  speaking: "Spreekt",
  playing: "Speelt",
  paused: "Pauze",
};
const WISHES = { start: "Start", pause: "Pauze", resume: "Verder" };

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
   * @param {(words: string) => void} say
   * @param {{isNew: boolean}} device  one that is new is begun by the words that came with the page
   */
  constructor(say, { isNew }) {
    this.say = say;
    /** @type {Record<string, string>} */
    this.words = isNew ? { start: byId("primary").dataset.says ?? "" } : {};
    this.thinks = false;
    this.ring = "rest";
    for (const button of this.buttons()) button.addEventListener("click", () => this.press(button));
    addEventListener("keydown", (event) => this.key(event));
  }

  buttons() {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-wish]"));
  }

  /** @param {HTMLButtonElement} button */
  press(button) {
    const words = this.words[button.dataset.wish ?? ""];
    if (words) this.say(words);
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
    const label = primary.querySelector("span");
    if (label && label.textContent !== WISHES[state.wish]) label.textContent = WISHES[state.wish];
    for (const button of this.buttons()) {
      const words = state.words[button.dataset.wish ?? ""];
      button.setAttribute("aria-disabled", String(!words));
      button.title = words ? `Zegt: ${words}` : "";
    }
    setText("hint", state.words[state.wish] ? `Of zeg: “${state.words[state.wish]}”` : "");
    byId("words").setAttribute("placeholder", state.words[state.wish] ?? "");
    this.showRing();
  }

  /** Words are on their way to the skill. @param {boolean} thinks */
  showThinking(thinks) {
    this.thinks = thinks;
    this.showRing();
  }

  showRing() {
    const ring = this.thinks ? "thinking" : this.ring;
    byId("echo").dataset.ring = ring;
    setText("ring-word", RING[/** @type {keyof typeof RING} */ (ring)]);
  }

  /** @param {string} text */
  showCaption(text) {
    setText("caption", text);
  }
}
