// The link with the device on the server: one request at a time, and every answer is the whole state.

/** @import {Happening, Player, SoundReport, State} from "./types.js" */

const ACCOUNT = "rugoefening.account";
const DEVICE = "rugoefening.device";
const AS_SET = "rugoefening.echo"; // account, language and voice, as the workbench of this tab set them
const WAS = "rugoefening.was";
const RETRY_MS = 1000;
const MEANT_MS = 15_000; // a press that reaches nobody for so long is not meant any more
const SHORTEST_TIMER_MS = 40;
const LONGEST_TIMER_MS = 60_000;

export class Link {
  /**
   * @param {object} given
   * @param {number} given.rate  how fast time passes here, for tests; 1 for people
   * @param {() => SoundReport} given.report
   * @param {(state: State, fresh: boolean) => void} given.show  fresh: the device was made just now
   * @param {(connected: boolean) => void} given.connected
   * @param {() => void} given.failed  the server refused, or could not answer
   */
  constructor({ rate, report, show, connected, failed }) {
    this.rate = rate;
    this.report = report;
    this.show = show;
    this.connected = connected;
    this.failed = failed;
    /** @type {State | null} */
    this.state = null;
    this.visit = "";
    this.stills = 0; // wishes, on their way or lost, behind which nothing may go on by itself
    this.lost = 0; // those of them that the server could not answer
    this.began = Date.now();
    this.last = 0;
    this.seen = 0;
    this.busy = 0;
    /** @type {Promise<unknown>} */
    this.tail = Promise.resolve();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    addEventListener("pagehide", () => this.remember());
  }

  /** Whether the player of this tab held something before the page was loaded. */
  hasPast() {
    return sessionStorage.getItem(WAS) !== null;
  }

  /** Make the device of this tab. */
  begin() {
    return this.inTurn(() => this.make());
  }

  /**
   * Tell the device what happened; whether it heard of it.
   * @param {Happening} happening
   * @param {{still?: boolean}} [how]  still: it is meant however late it arrives, and until then nothing goes on by itself
   */
  async tell(happening, { still = false } = {}) {
    const began = Date.now();
    const meant = () => (still || Date.now() - began < MEANT_MS ? happening : {});
    if (still) this.keepStill(1);
    const done = await this.inTurn(() => this.post(meant));
    if (still) this.lost += 1;
    if (!done || !Object.keys(happening).length) return done;
    this.keepStill(-this.lost); // somebody was heard
    this.lost = 0;
    return done;
  }

  /** @param {number} more */
  keepStill(more) {
    this.stills += more;
    this.remember(); // a page that is loaded again knows it too
  }

  /** Milliseconds since the device was made, in its own time. */
  now() {
    this.last = Math.max(this.last, Math.round((Date.now() - this.began) * this.rate));
    return this.last;
  }

  /** Keep in this tab where the player is, for when the page is loaded again. */
  remember() {
    const player = this.state?.player;
    if (!this.state || !player) {
      sessionStorage.removeItem(WAS);
      return;
    }
    const heard = this.report().player;
    const offset = heard?.number === player.number ? heard.offset_ms : player.offset_ms;
    const activity = this.stills && player.activity === "PLAYING" ? "STOPPED" : player.activity;
    const was = { file: player.file, token: player.token, offset_ms: offset, activity, ending: this.state.ending };
    const until = this.state.now_ms - this.state.at_ms + this.now();
    sessionStorage.setItem(WAS, JSON.stringify({ was, until_ms: until }));
  }

  /**
   * @param {() => Promise<void>} task
   * @returns {Promise<boolean>}  whether it was done
   */
  inTurn(task) {
    const done = this.tail.then(task).then(
      () => true,
      (error) => {
        console.error(error);
        this.failed();
        return false;
      },
    );
    this.tail = done;
    return done;
  }

  /** @returns {Promise<void>} */
  async make() {
    clearTimeout(this.timer);
    const kept = JSON.parse(sessionStorage.getItem(WAS) ?? "{}");
    const response = await this.persist("/studio/devices", () => ({
      account: identity(localStorage, ACCOUNT),
      device: identity(sessionStorage, DEVICE),
      ...JSON.parse(sessionStorage.getItem(AS_SET) ?? "{}"),
      ...kept,
    }));
    if (!response.ok && kept.was) {
      sessionStorage.removeItem(WAS);
      return this.make();
    }
    const state = await this.read(response);
    this.visit = state.visit;
    this.began = Date.now();
    this.last = this.seen = 0;
    this.take(state, true);
  }

  /** @param {() => Happening} meant */
  async post(meant) {
    clearTimeout(this.timer);
    const device = identity(sessionStorage, DEVICE);
    const response = await this.persist(`/studio/devices/${device}/${this.visit}`, () => ({
      ...meant(),
      at_ms: this.now(),
      since: this.seen,
      sound: this.report(),
    }));
    if (response.status === 404 || response.status === 409) {
      this.remember();
      if (response.status === 409) sessionStorage.removeItem(DEVICE); // this tab is a copy, and gets an Echo of its own
      await this.make();
      if (Object.keys(meant()).length) await this.post(meant);
      return;
    }
    this.take(await this.read(response), false);
  }

  /**
   * Send until somebody answers; the body is made anew each time, for time has passed.
   * @param {string} url
   * @param {() => object} body
   */
  async persist(url, body) {
    for (;;) {
      try {
        const response = await fetch(url, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body()),
        });
        this.connected(true);
        return response;
      } catch {
        this.connected(false);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** @param {Response} response */
  async read(response) {
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error?.message ?? `status ${response.status}`);
    return answer;
  }

  /**
   * @param {State} state
   * @param {boolean} fresh
   */
  take(state, fresh) {
    this.state = state;
    for (const item of state.transcript) this.seen = Math.max(this.seen, item.number);
    this.show(state, fresh);
    this.remember();
    if (state.next_due_ms === null) return;
    const wait = (state.next_due_ms - this.now()) / this.rate;
    const bounded = Math.min(LONGEST_TIMER_MS, Math.max(SHORTEST_TIMER_MS, wait));
    this.timer = setTimeout(() => this.tell({}), bounded);
  }
}

/**
 * An id of this browser or tab, made once.
 * @param {Storage} storage
 * @param {string} name
 */
function identity(storage, name) {
  const known = storage.getItem(name);
  if (known) return known;
  const made = crypto.randomUUID();
  storage.setItem(name, made);
  return made;
}
