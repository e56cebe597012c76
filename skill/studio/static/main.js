// Puts the parts together: the link with the device, the loudspeaker, and the page.

/** @import {Happening, Plan, State} from "./types.js" */

import { Link } from "./link.js";
import { Microphone } from "./microphone.js";
import { Now } from "./now.js";
import { last, placeAt } from "./place.js";
import { Sound } from "./sound.js";
import { Timeline } from "./timeline.js";
import { Transcript } from "./transcript.js";
import { View, byId, setText } from "./view.js";

const LOOK_MS = 100;
const REMEMBER_MS = 1000;
const FASTEST = 16;
const AT_FIRST = "now/basic/normal";

const asked = Number(new URLSearchParams(location.search).get("snelheid"));
const rate = asked > 0 ? Math.min(FASTEST, asked) : 1;

const sound = new Sound({
  rate,
  changed: () => link.tell({}),
  blocked: (blocked) => byId("unblock").toggleAttribute("hidden", !blocked),
});
const link = new Link({
  rate,
  report: () => sound.report(),
  show,
  failed: () => setText("connection", "Er ging iets mis. Laad de pagina opnieuw."),
  connected: (connected) => setText("connection", connected ? "" : "Geen verbinding. Ik probeer het opnieuw."),
});
const view = new View(say);
const now = new Now();
const transcript = new Transcript();
const timeline = new Timeline((target) => act({ target }));
const microphone = new Microphone({
  wakeWord: document.body.dataset.wakeWord ?? "",
  say,
  listening: () => Boolean(link.state?.microphone),
  sounding: () => byId("caption").textContent ?? "",
  duck: (soft) => sound.duck(soft),
});

/** @type {Map<string, Promise<Plan | null>>} */
const plans = new Map();
/** @type {Plan | null} */
let plan = null;
let began = { key: "", at: 0 };

/** @param {string} words */
function say(words) {
  act({ said: words });
}

/** @param {Happening} happening */
async function act(happening) {
  view.showThinking(true);
  await link.tell(happening);
  view.showThinking(false);
}

/**
 * @param {State} state
 * @param {boolean} fresh
 */
function show(state, fresh) {
  sound.follow(state, fresh);
  view.show(state);
  if (fresh) transcript.bubble = ""; // its numbers begin anew
  transcript.add(state.transcript);
  const step = state.speech?.parts.find((one) => one.step)?.step;
  wantPlan(state.place?.plan ?? (step ? `now/${step.level}/${step.tempo}` : plan ? "" : AT_FIRST));
  look();
}

/** @param {string} key */
async function wantPlan(key) {
  if (!key || plan?.key === key) return;
  if (!plans.has(key)) plans.set(key, fetch(`/studio/plan/${key}`).then((found) => (found.ok ? found.json() : null)));
  const found = await plans.get(key);
  if (!found) return;
  plan = found;
  look();
}

/** Show how far everything is. */
function look() {
  const state = link.state;
  if (!state) return;
  const place = placeOf(state);
  if (state.speech) lookAtSpeech(state);
  else if (place && state.player?.playing) lookAtPlayer(state, place);
  else view.showCaption("");
  now.show(place, state);
  if (plan) timeline.show(plan, place);
}

/** @param {State} state */
function placeOf(state) {
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
function lookAtSpeech({ speech }) {
  if (!speech) return;
  const at = sound.speechAt();
  view.showCaption(speech.who === "alexa" ? "Alexa geeft zelf antwoord." : (last(speech.lines, at)?.[1] ?? ""));
  transcript.sounds(`speech ${speech.number}`, "", speech.lines, 0, at);
}

/**
 * @param {State} state
 * @param {NonNullable<ReturnType<typeof placeAt>>} place
 */
function lookAtPlayer(state, place) {
  const key = `player ${state.player?.number} ${place.step.id}`;
  if (began.key !== key) began = { key, at: place.at };
  view.showCaption(place.line);
  transcript.sounds(key, `${place.exercise.title} · ${place.step.name}`, place.step.lines, began.at, place.at);
}

byId("unblock").addEventListener("click", () => sound.unblock());
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId("words"));
  if (field.value.trim()) say(field.value.trim());
  field.value = "";
});
setInterval(look, LOOK_MS);
setInterval(() => link.remember(), REMEMBER_MS);
addEventListener("visibilitychange", look);
link.begin();
if (parent !== window) import("./workbench-frame.js").then(({ attach }) => attach({ link, sound, act }));

export { microphone };
