// What is done now: exercise, step, side, repetition, and the time left in a rest or hold.

/** @import {State} from "./types.js" */
/** @import {Place} from "./place.js" */

import { byId, setText } from "./view.js";

const SIDES = { right: "Beweeg naar rechts", left: "Beweeg naar links" };
const POSTURES = { floor: "Liggen op je zij op een mat", chair: "Rechtop zitten op een stoel" };
const ENDINGS = {
  finished: { exercise: "Klaar", step: "Mooi, dat was het voor vandaag", more: "Neem nog even rust. Met Start begin je een nieuwe training." },
  left: { exercise: "Gestopt", step: "Tot de volgende keer", more: "Wil je toch door? Met Verder ga je door waar je was." },
  ended: { exercise: "Gestopt", step: "Tot de volgende keer", more: "Neem nu rust." },
};
const KINDS = { rest: "rust", hold: "houd vast" };

export class Now {
  constructor() {
    this.root = byId("now");
    this.dots = byId("dots");
    this.welcome = { exercise: byId("now-exercise").textContent ?? "", step: byId("now-step").textContent ?? "", more: byId("now-more").textContent ?? "" };
  }

  /**
   * @param {Place | null} place
   * @param {State} state
   */
  show(place, state) {
    if (place && !state.ending) this.showPlace(place);
    else this.showNone(state.ending ? ENDINGS[state.ending] : this.welcome);
  }

  /** @param {{exercise: string, step: string, more: string}} words */
  showNone(words) {
    this.root.dataset.place = "none";
    setText("now-exercise", words.exercise);
    setText("now-step", words.step);
    setText("now-more", words.more);
    for (const id of ["counts", "picture", "clock"]) byId(id).toggleAttribute("hidden", true);
  }

  /** @param {Place} place */
  showPlace(place) {
    const { exercise, step } = place;
    this.root.dataset.place = `${exercise.id}/${step.id}`;
    setText("now-exercise", place.number ? `Oefening ${place.number} van ${place.count} · ${exercise.title}` : "Voor je begint");
    setText("now-step", step.name);
    setText("now-more", SIDES[/** @type {"right" | "left"} */ (step.side)] ?? "");
    this.showCounts(place);
    this.showClock(place);
    this.showPicture(place);
  }

  /** @param {Place} place */
  showCounts({ step, repetition, done }) {
    byId("counts").toggleAttribute("hidden", !step.repetitions);
    if (!step.repetitions) return;
    setText("repetition", repetition ? `Herhaling ${repetition} van ${step.repetitions}` : `${step.repetitions} herhalingen`);
    if (this.dots.childElementCount !== step.repetitions) {
      this.dots.replaceChildren(...Array.from({ length: step.repetitions }, () => document.createElement("i")));
    }
    [...this.dots.children].forEach((dot, index) => {
      dot.className = index < done ? "done" : index + 1 === repetition ? "now" : "";
    });
  }

  /** @param {Place} place */
  showClock({ wait }) {
    byId("clock").toggleAttribute("hidden", !wait);
    if (!wait) return;
    setText("clock-left", String(Math.ceil(wait.left_ms / 1000)));
    setText("clock-kind", KINDS[wait.kind]);
    byId("clock-hand").style.strokeDashoffset = String(1 - wait.left_ms / wait.total_ms);
  }

  /** @param {Place} place */
  showPicture({ exercise, step }) {
    const picture = byId("picture");
    const label = POSTURES[/** @type {"floor" | "chair"} */ (exercise.posture)];
    picture.toggleAttribute("hidden", !label || step.transition);
    if (!label) return;
    picture.setAttribute("aria-label", label);
    picture.classList.toggle("mirrored", step.side === "left");
    picture.firstElementChild?.setAttribute("href", `#figure-${exercise.posture}`);
  }
}
