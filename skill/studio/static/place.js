// Where in the plan a sound is: pure functions, no page and no clock.

/** @import {Exercise, Plan, Step} from "./types.js" */

/**
 * @typedef {object} Place
 * @property {Exercise} exercise
 * @property {number} number  counted from 1 among the exercises; 0 for the preparation
 * @property {number} count  how many exercises there are
 * @property {Step} step
 * @property {number} at  ms in the track
 * @property {number} repetition  0 outside the repetitions
 * @property {number} done  how many repetitions of the step are over
 * @property {{kind: "rest" | "hold", left_ms: number, total_ms: number} | null} wait
 * @property {string} line  what was said last in this step
 * @property {number} left_ms  of the whole routine
 */

/**
 * @param {Plan} plan
 * @param {string} exerciseId
 * @param {number} at
 * @returns {Place | null}
 */
export function placeAt(plan, exerciseId, at) {
  const exercise = plan.exercises.find((one) => one.id === exerciseId);
  if (!exercise) return null;
  const step = exercise.steps.find((one) => at < one.end_ms) ?? exercise.steps[exercise.steps.length - 1];
  const proper = plan.exercises.filter((one) => !one.aside);
  const beat = last(step.beats, at);
  const wait = step.waits.find(([, start, end]) => start <= at && at < end);
  return {
    exercise,
    number: proper.indexOf(exercise) + 1,
    count: proper.length,
    step,
    at,
    repetition: beat?.[1] ?? 0,
    done: beat ? (beat[1] || step.repetitions + 1) - 1 : 0,
    wait: wait ? { kind: wait[0], left_ms: wait[2] - at, total_ms: wait[2] - wait[1] } : null,
    line: last(step.lines, at)?.[1] ?? "",
    left_ms: exercise.ms - at + sum(proper.slice(proper.indexOf(exercise) + 1)),
  };
}

/**
 * The last entry that has begun.
 * @template {[number, any]} T
 * @param {T[]} entries
 * @param {number} at
 * @returns {T | undefined}
 */
export function last(entries, at) {
  let found;
  for (const entry of entries) if (entry[0] <= at) found = entry;
  return found;
}

/** @param {Plan} plan */
export function wholeLength(plan) {
  return sum(plan.exercises.filter((one) => !one.aside));
}

/** @param {Exercise[]} exercises */
function sum(exercises) {
  return exercises.reduce((total, one) => total + one.usual_ms, 0);
}

/** @param {number} ms */
export function minutes(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
