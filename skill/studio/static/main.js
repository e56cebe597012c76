// Puts the parts together. What a press needs comes first: the link with the device, the loudspeaker, the buttons.

/** @import {Happening, Item, State} from "./types.js" */
/** @import {Training} from "./training.js" */

import { Link } from "./link.js";
import { Sound } from "./sound.js";
import { View, byId, setText } from "./view.js";

const REMEMBER_MS = 1000;
const FASTEST = 16;
const FIRST_WORDS = "rugoefening.first-words";
const AWAY = "De server is er niet. Deze pagina gaat vanzelf verder als hij er weer is.";
const AWAY_STILL = "De server is er niet. Het geluid staat stil, en gaat niet vanzelf verder.";
/** What is never given up, in any of the languages: it must arrive, however late. */
const STILLS = /pauz|paus|stop|wacht|warte|wait|pijn|zeer|pain|hurt|schmerz|duizel|dizzy|schwindel|flauw|faint|112/i;

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
  connected: (connected) => {
    setText("connection", connected ? "" : link.stills ? AWAY_STILL : AWAY);
    view.showAway(!connected);
  },
});
const view = new View(act, { isNew: !link.hasPast() });
/** @type {Training | null} */
let training = null;
let changed = () => {};
/** @type {Item[]} */
const untold = [];
link.begin();

/** @param {string} words */
function say(words) {
  return act({ said: words });
}

/**
 * Every wish goes this way, and whoever wishes something is listened to: the sound waits for the answer.
 * @param {Happening} happening
 */
async function act(happening) {
  if (happening.fault) return link.tell(happening);
  const still = Boolean(happening.wish) || happening.pressed === "Pause" || STILLS.test(happening.said ?? "");
  const told = link.tell(happening, { still });
  sound.hush();
  view.showThinking(1);
  await told;
  view.showThinking(-1);
  if (!view.thinks && !link.stills) sound.release();
}

/**
 * @param {State} state
 * @param {boolean} fresh
 */
function show(state, fresh) {
  sound.follow(state, fresh);
  view.show(state);
  untold.push(...state.transcript);
  training?.show(state, untold.splice(0), fresh);
  changed();
  if (state.speech?.parts.length && !state.player) localStorage.setItem(FIRST_WORDS, state.speech.parts[0].url);
}

/** What is not needed for the first press. */
async function loadMore() {
  const [{ Training }, { Microphone }, { install }] = await Promise.all([
    import("./training.js"),
    import("./microphone.js"),
    import("./installed.js"),
  ]);
  training = new Training({ link, sound, view, go: (target) => act({ target }) });
  new Microphone({
    wakeWord: document.body.dataset.wakeWord ?? "",
    say,
    listening: () => Boolean(link.state?.microphone),
    sounding: () => byId("caption").textContent ?? "",
    duck: (soft) => sound.duck(soft),
  });
  if (link.state) training.show(link.state, untold.splice(0), true);
  changed = install({
    state: () => link.state,
    place: () => training?.place ?? null,
    press: (pressed) => act({ pressed }),
  });
  sound.expect(localStorage.getItem(FIRST_WORDS) ?? document.body.dataset.firstWords ?? "");
}

byId("unblock").addEventListener("click", () => sound.goOn());
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (byId("words"));
  if (field.value.trim()) say(field.value.trim());
  field.value = "";
});
setInterval(() => link.remember(), REMEMBER_MS);
if (parent !== window) import("./workbench-frame.js").then(({ attach }) => attach({ link, sound, act }));
performance.mark("usable");
requestAnimationFrame(() => setTimeout(loadMore));
