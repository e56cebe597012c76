// As an installed page: the screen stays on while a training runs, and the media keys are the buttons of the Echo.

/** @import {State} from "./types.js" */
/** @import {Place} from "./place.js" */

const LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 2 * 60_000; // behind that one has to take the position again anyway (design, promise 3)
const KEYS = { play: "Play", pause: "Pause", nexttrack: "Next", previoustrack: "Previous" };
const RUNS = ["listening", "thinking", "speaking", "playing", "paused"];

/**
 * @typedef {object} Given
 * @property {() => State | null} state
 * @property {() => Place | null} place
 * @property {(button: string) => void} press
 */

/**
 * @param {Given} given
 * @returns {() => void}  to be called when the state changed
 */
export function install(given) {
  const keys = "mediaSession" in navigator ? new MediaKeys(given) : null;
  const screen = "wakeLock" in navigator ? new AwakeScreen() : null;
  const look = () => {
    const state = given.state();
    if (!state) return;
    keys?.show(state, given.place());
    screen?.show(state.ring);
  };
  setInterval(look, LOOK_MS);
  addEventListener("visibilitychange", look);
  look();
  // without it the page works, but needs its server to open
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
  return look;
}

class MediaKeys {
  /** @param {Given} given */
  constructor({ press }) {
    this.title = "";
    for (const [key, button] of Object.entries(KEYS)) {
      navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (key), () => press(button));
    }
  }

  /**
   * @param {State} state
   * @param {Place | null} place
   */
  show(state, place) {
    const sounds = state.ring === "playing" || state.ring === "speaking";
    navigator.mediaSession.playbackState = sounds ? "playing" : state.player && !state.ending ? "paused" : "none";
    const title = place ? place.step.name : document.title;
    const artist = place ? place.exercise.title : "";
    if (`${artist}/${title}` === this.title) return;
    this.title = `${artist}/${title}`;
    navigator.mediaSession.metadata = new MediaMetadata({
      title,
      artist,
      album: document.title,
      artwork: [{ src: "/studio/static/icon-512.png", sizes: "512x512", type: "image/png" }],
    });
  }
}

/** Keeps the screen on; a hidden page loses that, and asks again when it is seen. */
class AwakeScreen {
  constructor() {
    /** @type {WakeLockSentinel | null} */
    this.lock = null;
    this.asks = false;
    this.pausedSince = 0;
  }

  /** @param {string} ring */
  show(ring) {
    if (ring !== "paused") this.pausedSince = 0;
    else this.pausedSince ||= Date.now();
    const tooLong = this.pausedSince > 0 && Date.now() - this.pausedSince > LONGEST_PAUSE_MS;
    if (RUNS.includes(ring) && !tooLong) this.hold();
    else this.release();
  }

  async hold() {
    if (this.asks || (this.lock && !this.lock.released) || document.visibilityState !== "visible") return;
    this.asks = true;
    try {
      this.lock = await navigator.wakeLock.request("screen");
    } catch {
      // the battery is low, or the browser will not: the training goes on
    }
    this.asks = false;
  }

  release() {
    this.lock?.release();
    this.lock = null;
  }
}
