// The loudspeaker: one audio element for answers, one for the player. It does what the state says and tells how far it is.

/** @import {Player, SoundReport, Speech, State} from "./types.js" */

const NATURAL_UP_TO = 2;

export class Sound {
  /**
   * @param {object} given
   * @param {number} given.rate
   * @param {() => void} given.changed  something ended or failed: the device must hear of it
   * @param {(blocked: boolean) => void} given.blocked  the browser waits for a tap before it makes sound
   */
  constructor({ rate, changed, blocked }) {
    this.changed = changed;
    this.onBlocked = blocked;
    /** @type {Speech | null} */
    this.speech = null;
    /** @type {Player | null} */
    this.player = null;
    this.part = 0;
    this.speechOver = false;
    this.playerOver = false;
    this.playerFailed = false;
    this.hushed = false; // a wish is on its way: until it is known what comes of it, nothing sounds
    /** @type {number | null} */
    this.wanted = null; // where the player is to start, as long as it is not there yet
    this.voice = this.element(rate);
    this.music = this.element(rate);
    this.voice.addEventListener("ended", () => this.nextPart());
    this.voice.addEventListener("error", () => this.speech && this.nextPart());
    this.music.addEventListener("loadedmetadata", () => this.seek());
    this.music.addEventListener("seeked", () => (this.wanted = null));
    this.music.addEventListener("ended", () => this.streamOver({ failed: false }));
    this.music.addEventListener("error", () => this.streamOver({ failed: true }));
    /** @type {Set<string>} */
    this.warmed = new Set();
  }

  /** @param {number} rate */
  element(rate) {
    const audio = new Audio();
    audio.preload = "auto";
    audio.defaultPlaybackRate = audio.playbackRate = rate;
    audio.preservesPitch = rate <= NATURAL_UP_TO;
    return audio;
  }

  /**
   * Sound what the state says, and nothing else.
   * @param {State} state
   * @param {boolean} fresh
   */
  follow(state, fresh) {
    if (fresh) this.speech = this.player = null;
    this.followSpeech(state.speech);
    this.followPlayer(state.player);
  }

  /** @param {Speech | null} speech */
  followSpeech(speech) {
    if (speech?.number === this.speech?.number) return;
    this.speech = speech;
    this.part = 0;
    this.speechOver = false;
    if (speech?.parts.length) {
      this.load(speech.parts[0].url);
      this.play(this.voice);
    } else {
      this.voice.pause();
    }
  }

  /**
   * Have an answer at hand, loaded and decoded: it is heard sooner when it is the next one.
   * @param {string} url
   */
  expect(url) {
    if (url && !this.speech) this.load(url);
  }

  /** Put a file in the voice, unless it is there and at its start. @param {string} url */
  load(url) {
    const { voice } = this;
    if (voice.getAttribute("src") !== url || voice.currentTime > 0 || voice.error) voice.src = url;
  }

  /** @param {Player | null} player */
  followPlayer(player) {
    const before = this.player;
    this.player = player;
    if (!player?.playing) {
      this.music.pause();
      return;
    }
    if (before?.playing && before.number === player.number) return;
    this.playerOver = this.playerFailed = false;
    this.wanted = player.offset_ms;
    if (this.music.getAttribute("src") === player.url && !this.music.error) this.seek();
    else this.music.src = player.url;
    this.play(this.music);
    this.warm(player.next_url);
  }

  seek() {
    if (this.wanted === null || this.music.readyState === 0) return;
    this.music.currentTime = this.wanted / 1000;
  }

  nextPart() {
    if (!this.speech) return;
    this.part += 1;
    const next = this.speech.parts[this.part];
    if (next) {
      this.voice.src = next.url;
      this.play(this.voice);
    } else {
      this.speechOver = true;
      this.changed();
    }
  }

  /** @param {{failed: boolean}} how */
  streamOver({ failed }) {
    if (!this.player?.playing) return;
    this.playerOver = !failed;
    this.playerFailed = failed;
    this.changed();
  }

  /** Somebody wishes something: be silent until it is known what comes of it. */
  hush() {
    this.hushed = true;
    this.voice.pause();
    this.music.pause();
  }

  /** It is known: sound what the state says. */
  release() {
    this.hushed = false;
    this.goOn();
  }

  /** Sound what the state says, from where it is. */
  goOn() {
    if (this.speech && !this.speechOver && this.speech.parts.length) this.play(this.voice);
    if (this.player?.playing && !this.playerOver && !this.playerFailed) this.play(this.music);
  }

  /** @param {HTMLAudioElement} audio */
  async play(audio) {
    if (this.hushed) return;
    try {
      await audio.play();
      this.onBlocked(false);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.onBlocked(true);
    }
  }

  /** Softer while somebody begins to speak. @param {boolean} soft */
  duck(soft) {
    this.voice.volume = this.music.volume = soft ? 0.15 : 1;
  }

  /** Milliseconds from the start of the answer that sounds. */
  speechAt() {
    const part = this.speech?.parts[this.part];
    if (!this.speech || !part) return this.speech?.ms ?? 0;
    return part.start_ms + Math.min(part.ms, Math.round(this.voice.currentTime * 1000));
  }

  /** Milliseconds from the start of the stream. */
  playerAt() {
    if (this.player && !this.player.playing) return this.player.offset_ms;
    return this.wanted ?? Math.round(this.music.currentTime * 1000);
  }

  /** @returns {SoundReport} */
  report() {
    /** @type {SoundReport} */
    const report = {};
    if (this.speech?.parts.length) {
      report.speech = { number: this.speech.number, offset_ms: this.speechAt(), over: this.speechOver };
    }
    if (this.player?.playing) {
      report.player = {
        number: this.player.number,
        offset_ms: this.playerAt(),
        over: this.playerOver,
        failed: this.playerFailed,
      };
    }
    return report;
  }

  /** Fetch what comes next, so that it sounds without a gap. @param {string | null} url */
  warm(url) {
    if (!url || this.warmed.has(url)) return;
    this.warmed.add(url);
    fetch(url).catch(() => this.warmed.delete(url));
  }
}
