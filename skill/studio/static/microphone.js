// Hands free, where the browser can recognise speech: the wake word, or an open microphone.

import { byId, setText } from "./view.js";

const AGAIN_MS = 300;
const WHERE = "het geluid naar het bedrijf dat je browser maakt, zoals Google of Apple. Dat maakt er tekst van, en alleen die tekst komt hier.";
const ON = `De microfoon is aan. Nu gaat ${WHERE}`;
const OFF = `De microfoon is uit. Zet je hem aan, dan gaat ${WHERE}`;
const REFUSED = "De browser geeft de microfoon niet. Kijk bij de rechten van deze pagina.";
const FATAL = ["not-allowed", "service-not-allowed", "audio-capture", "language-not-supported"];

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
    this.button.setAttribute("aria-pressed", String(on));
    setText("microphone-note", note);
    if (on) this.start();
    else this.recognition.abort();
    this.duck(false);
  }

  start() {
    try {
      this.recognition.start();
    } catch {
      // it runs already
    }
  }

  again() {
    if (this.on) setTimeout(() => this.on && this.start(), AGAIN_MS);
  }

  /** @param {string} error */
  failed(error) {
    if (FATAL.includes(error)) this.turn(false, REFUSED);
  }

  /** @param {any} event */
  heard(event) {
    for (let index = event.resultIndex; index < event.results.length; index += 1) {
      const result = event.results[index];
      const words = String(result[0].transcript).trim();
      if (!this.isMeant(words)) continue;
      if (result.isFinal) {
        this.duck(false);
        this.say(words);
      } else {
        this.duck(true);
      }
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
