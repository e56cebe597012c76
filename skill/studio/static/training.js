// What is seen of the training: where it is, its words, the conversation, and the time line.

/** @import {Item, Plan, State} from "./types.js" */
/** @import {Link} from "./link.js" */
/** @import {Sound} from "./sound.js" */
/** @import {View} from "./view.js" */
/** @import {Place} from "./place.js" */

import { Now } from "./now.js";
import { last, placeAt } from "./place.js";
import { Timeline } from "./timeline.js";
import { Transcript } from "./transcript.js";

const LOOK_MS = 100;
const AT_FIRST = "now/basic/normal";

export class Training {
  /**
   * @param {object} given
   * @param {Link} given.link
   * @param {Sound} given.sound
   * @param {View} given.view
   * @param {(target: {exercise: string, step: string}) => void} given.go
   */
  constructor({ link, sound, view, go }) {
    this.link = link;
    this.sound = sound;
    this.view = view;
    this.now = new Now();
    this.transcript = new Transcript();
    this.timeline = new Timeline(go);
    /** @type {Map<string, Promise<Plan | null>>} */
    this.plans = new Map();
    /** @type {Plan | null} */
    this.plan = null;
    /** @type {Place | null} */
    this.place = null;
    this.began = { key: "", at: 0 };
    setInterval(() => this.look(), LOOK_MS);
    addEventListener("visibilitychange", () => this.look());
  }

  /**
   * @param {State} state
   * @param {Item[]} items  what was said since
   * @param {boolean} fresh  the device was made just now
   */
  show(state, items, fresh) {
    if (fresh) this.transcript.bubble = ""; // its numbers begin anew
    this.transcript.add(items);
    const step = state.speech?.parts.find((one) => one.step)?.step;
    this.want(state.place?.plan ?? (step ? `now/${step.level}/${step.tempo}` : this.plan ? "" : AT_FIRST));
    this.look();
  }

  /** @param {string} key */
  async want(key) {
    if (!key || this.plan?.key === key) return;
    const found = await (this.plans.get(key) ?? this.ask(key));
    if (!found) return;
    this.plan = found;
    this.look();
  }

  /** @param {string} key */
  ask(key) {
    const asked = fetch(`/studio/plan/${key}`)
      .then((found) => (found.ok ? found.json() : null))
      .catch(() => void this.plans.delete(key)); // nobody is there; the next state asks again
    this.plans.set(key, asked);
    return asked;
  }

  /** Show how far everything is. */
  look() {
    const { state } = this.link;
    if (!state) return;
    this.place = this.placeOf(state);
    if (state.speech) this.lookAtSpeech(state);
    else if (this.place && state.player?.playing) this.lookAtPlayer(state, this.place);
    else this.view.showCaption("");
    this.now.show(this.place, state);
    if (this.plan) this.timeline.show(this.plan, this.place);
  }

  /** @param {State} state */
  placeOf(state) {
    const { plan, sound } = this;
    if (!plan) return null;
    const part = state.speech?.parts[sound.part];
    if (part?.step) {
      const { exercise, step } = part.step;
      const start = plan.exercises.find((one) => one.id === exercise)?.steps.find((one) => one.id === step)?.start_ms;
      return start === undefined ? null : placeAt(plan, exercise, start + sound.speechAt() - part.start_ms);
    }
    return state.place && plan.key === state.place.plan ? placeAt(plan, state.place.exercise, sound.playerAt()) : null;
  }

  /** @param {State} state */
  lookAtSpeech({ speech }) {
    if (!speech) return;
    const at = this.sound.speechAt();
    this.view.showCaption(speech.who === "alexa" ? "Alexa geeft zelf antwoord." : (last(speech.lines, at)?.[1] ?? ""));
    this.transcript.sounds(`speech ${speech.number}`, "", speech.lines, 0, at);
  }

  /**
   * @param {State} state
   * @param {Place} place
   */
  lookAtPlayer(state, place) {
    const key = `player ${state.player?.number} ${place.step.id}`;
    if (this.began.key !== key) this.began = { key, at: place.at };
    this.view.showCaption(place.line);
    const title = `${place.exercise.title} · ${place.step.name}`;
    this.transcript.sounds(key, title, place.step.lines, this.began.at, place.at);
  }
}
