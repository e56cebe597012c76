// The whole routine, every step a button, and how far it is.

/** @import {Plan} from "./types.js" */
/** @import {Place} from "./place.js" */

import { minutes, wholeLength } from "./place.js";
import { byId, setText } from "./view.js";

export class Timeline {
  /** @param {(target: {exercise: string, step: string}) => void} go */
  constructor(go) {
    this.go = go;
    this.list = byId("timeline");
    this.key = `${this.list.dataset.key} `; // the page came with a time line
    /** @type {Map<string, {button: HTMLButtonElement, bar: HTMLElement, exercise: HTMLElement}>} */
    this.steps = new Map();
    this.wire();
  }

  /**
   * @param {Plan} plan
   * @param {Place | null} place
   */
  show(plan, place) {
    const aside = place?.exercise.aside || place?.step.aside ? `${place.exercise.id}/${place.step.id}` : "";
    const key = `${plan.key} ${aside}`;
    if (key !== this.key) this.draw(plan, key, aside);
    setText("left", place ? `nog ${minutes(place.left_ms)}` : `${Math.round(wholeLength(plan) / 60_000)} minuten`);
    let passed = Boolean(place);
    for (const [name, { button, bar, exercise }] of this.steps) {
      const [exerciseId, stepId] = name.split("/");
      const inExercise = place?.exercise.id === exerciseId;
      const current = inExercise && place?.step.id === stepId;
      if (current) passed = false;
      exercise.classList.toggle("is-now", exercise.dataset.id === place?.exercise.id);
      button.classList.toggle("heard", passed);
      if (current) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
      bar.style.transform = current && place ? `scaleX(${share(place)})` : "";
    }
  }

  /**
   * @param {Plan} plan
   * @param {string} key
   * @param {string} aside  the step that is heard now, out of the usual order
   */
  draw(plan, key, aside) {
    this.key = key;
    const shown = plan.exercises.filter((one) => !one.aside || aside.startsWith(`${one.id}/`));
    let number = 0;
    this.list.replaceChildren(
      ...shown.map((exercise) => {
        const item = element("li", "exercise");
        item.dataset.id = exercise.id;
        const title = element("h3", "", exercise.aside ? exercise.title : `${(number += 1)}. ${exercise.title}`);
        title.append(element("span", "", minutes(exercise.usual_ms)));
        const steps = element("ol", "steps");
        for (const step of exercise.steps) {
          if (step.aside && aside !== `${exercise.id}/${step.id}`) continue;
          const entry = element("li", "");
          entry.dataset.seconds = String(Math.round((step.end_ms - step.start_ms) / 1000));
          const button = /** @type {HTMLButtonElement} */ (element("button", "step"));
          button.type = "button";
          button.dataset.step = step.id;
          button.append(element("i", ""), element("span", "", step.name));
          entry.append(button);
          steps.append(entry);
        }
        item.append(title, steps);
        return item;
      }),
    );
    this.wire();
  }

  /** Make every step that is drawn work. */
  wire() {
    this.steps.clear();
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(".exercise"))) {
      for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (item.querySelectorAll(".step"))) {
        const target = { exercise: item.dataset.id ?? "", step: button.dataset.step ?? "" };
        const bar = /** @type {HTMLElement} */ (button.firstElementChild);
        const entry = /** @type {HTMLElement} */ (button.parentElement);
        entry.style.flexGrow = entry.dataset.seconds ?? "1";
        button.addEventListener("click", ({ detail }) => detail > 1 || this.go(target)); // a double click is one wish
        this.steps.set(`${target.exercise}/${target.step}`, { button, bar, exercise: item });
      }
    }
  }
}

/** How much of its step is heard. @param {Place} place */
function share({ at, step }) {
  return Math.min(1, Math.max(0, (at - step.start_ms) / (step.end_ms - step.start_ms)));
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {string} [text]
 */
function element(name, kind, text) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
