// In the page of the Echo when it stands in the workbench: it does what is asked there, and tells how it is.

/** @import {Link} from "./link.js" */
/** @import {Sound} from "./sound.js" */
/** @import {Happening} from "./types.js" */

const TELL_MS = 200;

/**
 * @param {object} given
 * @param {Link} given.link
 * @param {Sound} given.sound
 * @param {(happening: Happening) => void} given.act
 */
export function attach({ link, sound, act }) {
  for (const one of document.querySelectorAll("a[href^='/']")) one.setAttribute("target", "_top");
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== location.origin) return;
    if (data.happening) act(data.happening);
    const words = link.state?.words[data.wish]; // as they are now: out of a session it needs the name of the skill
    if (words) act({ said: words });
    if (data.begin) {
      if (data.forget) link.state = null; // another person, or another voice: nothing of the player is kept
      link.remember();
      link.begin();
    }
  });
  setInterval(() => {
    const state = link.state;
    if (!state) return;
    const { ring, words, faults, place, player } = state;
    const now = { ring, words, faults, place, playing: Boolean(player?.playing), at: sound.playerAt() };
    parent.postMessage({ echo: now }, location.origin);
  }, TELL_MS);
}
