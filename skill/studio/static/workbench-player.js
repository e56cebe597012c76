// Plays a stretch of a file of the pack, apart from the Echo.

const LOOK_MS = 60;

export class Player {
  /**
   * @param {() => void} moved  the place or the state is another one
   * @param {(failed: boolean) => void} told  the sound cannot be had, or can be had again
   */
  constructor(moved, told) {
    this.moved = moved;
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.url = "";
    this.until = Infinity;
    /** @type {number | null} */
    this.wanted = null; // where to start, as long as the file is not there yet (ms)
    this.audio.addEventListener("loadedmetadata", () => this.go());
    this.audio.addEventListener("error", () => told(true));
    this.audio.addEventListener("playing", () => told(false));
    for (const name of ["play", "pause", "ended", "seeked"]) this.audio.addEventListener(name, () => this.moved());
    setInterval(() => this.look(), LOOK_MS);
  }

  get playing() {
    return !this.audio.paused;
  }

  /** Milliseconds in the file. */
  get at() {
    return this.wanted ?? Math.round(this.audio.currentTime * 1000);
  }

  /**
   * Stand at a place; what plays goes on from there.
   * @param {string} url
   * @param {number} from
   * @param {number} [until]
   */
  stand(url, from, until = Infinity) {
    this.until = until;
    this.wanted = from;
    if (url !== this.url) {
      const on = this.playing;
      this.url = url;
      this.audio.src = url;
      if (on) this.start();
    } else this.go();
    this.moved();
  }

  /**
   * @param {string} url
   * @param {number} from
   * @param {number} until
   */
  play(url, from, until) {
    this.stand(url, from, until);
    this.start();
  }

  toggle() {
    if (this.playing) this.audio.pause();
    else {
      if (this.at >= this.until) this.until = Infinity;
      this.start();
    }
  }

  pause() {
    this.audio.pause();
  }

  start() {
    if (this.audio.error) this.audio.load(); // it may be there again
    this.audio.play().catch(() => this.moved()); // another place came in between, or the file is gone
  }

  go() {
    if (this.wanted === null || this.audio.readyState === 0) return;
    this.audio.currentTime = this.wanted / 1000;
    this.wanted = null;
  }

  look() {
    if (!this.playing) return;
    if (this.at >= this.until) this.audio.pause();
    this.moved();
  }
}
