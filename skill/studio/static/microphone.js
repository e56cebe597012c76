// Hands free, where the browser can recognise speech: the wake word, or an open microphone.

import { byId, setText } from "./view.js";

const AGAIN_MS = 300;
const WHERE = "het geluid naar het bedrijf dat je browser maakt, zoals Google of Apple. Dat maakt er tekst van, en alleen die tekst komt hier.";
const ON = `De microfoon is aan. Nu gaat ${WHERE}`;
const OFF = `De microfoon is uit. Zet je hem aan, dan gaat ${WHERE}`;
const SOFT_MS = 3000; // so long the sound waits for the rest of a sentence
const MOST_FAILURES = 3;
const REFUSED = "De browser geeft de microfoon niet. Kijk bij de rechten van deze pagina.";
const FATAL = {
  "not-allowed": REFUSED,
  "service-not-allowed": REFUSED,
  "audio-capture": "Er is geen microfoon gevonden. Sluit er een aan, en zet de microfoon hier weer aan.",
  "language-not-supported": "Je browser verstaat geen Nederlands. Gebruik de knoppen, of typ wat je wilt zeggen.",
};
const FAILS = "De spraakherkenning van je browser doet het nu niet. De microfoon is uit. Gebruik de knoppen, of typ wat je wilt zeggen.";

export class Microphone {
  /**
   * @param {object} given
   * @param {string} given.wakeWord
   * @param {(words: string) => void} given.say
   * @param {() => boolean} given.listening  whether the Echo listens without its wake word
   * @param {() => string} given.sounding  what the Echo itself says now
   * @param {(soft: boolean) => void} given.duck
   */
  constructor({ wakeWord, say, listening, sounding, duck }) {
    this.wakeWord = plain(wakeWord);
    this.say = say;
    this.listening = listening;
    this.sounding = sounding;
    this.duck = duck;
    this.on = false;
    this.failures = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.soft = undefined;
    this.button = byId("microphone");
    const Recognition = /** @type {any} */ (globalThis).SpeechRecognition ?? /** @type {any} */ (globalThis).webkitSpeechRecognition;
    if (!Recognition) return;
    this.recognition = new Recognition();
    this.recognition.lang = "nl-NL";
    this.recognition.continuous = true;
    this.recognition.interimResults = true;
    this.recognition.onresult = (/** @type {any} */ event) => this.heard(event);
    this.recognition.onerror = (/** @type {any} */ event) => this.failed(event.error);
    this.recognition.onend = () => this.again();
    this.button.hidden = byId("microphone-note").hidden = false;
    setText("microphone-note", OFF);
    this.button.addEventListener("click", () => this.turn(!this.on, this.on ? OFF : ON));
  }

  /**
   * @param {boolean} on
   * @param {string} note
   */
  turn(on, note) {
    this.on = on;
    this.failures = 0;
    this.button.setAttribute("aria-pressed", String(on));
    setText("microphone-note", note);
    if (on) this.start();
    else this.recognition.abort();
    this.soften(false);
  }

  /** Softer while somebody begins to speak; not for long, for the rest may never come. @param {boolean} soft */
  soften(soft) {
    clearTimeout(this.soft);
    this.duck(soft);
    if (soft) this.soft = setTimeout(() => this.duck(false), SOFT_MS);
  }

  start() {
    try {
      this.recognition.start();
    } catch {
      // it runs already
    }
  }

  again() {
    this.soften(false);
    if (this.on) setTimeout(() => this.on && this.start(), AGAIN_MS);
  }

  /** @param {string} error */
  failed(error) {
    this.soften(false);
    if (!this.on || error === "no-speech") return; // silence is no failure
    this.failures += 1;
    const note = FATAL[/** @type {keyof typeof FATAL} */ (error)] ?? (this.failures < MOST_FAILURES ? "" : FAILS);
    if (note) this.turn(false, note);
  }

  /** @param {any} event */
  heard(event) {
    this.failures = 0;
    for (let index = event.resultIndex; index < event.results.length; index += 1) {
      const result = event.results[index];
      const words = String(result[0].transcript).trim();
      const meant = this.isMeant(words);
      if (result.isFinal) this.soften(false);
      if (meant && result.isFinal) this.say(words);
      else if (meant) this.soften(true);
    }
  }

  /** Whether words are for the Echo, and not its own voice that the microphone hears. @param {string} words */
  isMeant(words) {
    const heard = plain(words);
    const woken = heard === this.wakeWord || heard.startsWith(`${this.wakeWord} `);
    if (!heard || plain(this.sounding()).includes(heard)) return false;
    return woken || this.listening();
  }
}

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}
