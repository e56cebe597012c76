// The time line of a file: every step and line of a routine, or every clip of the prompts, each a button that plays it.

/** @import {ClipData, Cue, ScoreData, ScoreStep, Track} from "./workbench-types.js" */

import { minutes } from "./place.js";
import { byId } from "./view.js";

/**
 * @typedef {object} Stretch  something that can be played
 * @property {string} url
 * @property {number} from  ms
 * @property {number} until  ms
 * @property {number} line
 * @property {number} lastLine
 * @property {HTMLElement} row
 * @property {boolean} whole  a step, not one of its lines
 */

const KINDS = { rest: "rust", tone: "toon", hold: "vasthouden", count: "tellen", say: "" };

export class Score {
  /** @param {(stretch: Stretch) => void} play */
  constructor(play) {
    this.play = play;
    this.list = byId("score");
    /** @type {Stretch[]} */
    this.stretches = [];
    /** @type {HTMLElement | null} */
    this.current = null;
    this.followed = false;
  }

  /** @param {ScoreData} score */
  showRoutine(score) {
    this.stretches = [];
    this.list.replaceChildren(
      ...score.tracks.map((track) => {
        const item = element("li", "track");
        item.append(element("h3", "", `${capital(track.title)} `, element("small", "", minutes(track.ms))));
        item.append(...track.steps.map((step) => this.step(track, step)));
        return item;
      }),
    );
  }

  /** @param {ClipData[]} clips  of one file */
  showClips(clips) {
    this.stretches = [];
    /** @type {Map<string, HTMLElement>} */
    const groups = new Map();
    clips.forEach((clip) => {
      const group = groups.get(clip.prompt) ?? element("li", "track", element("h3", "", clip.prompt));
      groups.set(clip.prompt, group);
      const variant = clip.key.slice(clip.prompt.length).split(/[[\]@]+/).filter(Boolean).join(" · ");
      const row = this.row(variant, clip.text, seconds(clip.ms), "line clip");
      this.add({ url: clip.url, from: 0, until: clip.ms, line: clip.line, lastLine: Math.max(clip.line, ...clip.lines), row, whole: false });
      group.append(row);
    });
    this.list.replaceChildren(...groups.values());
  }

  /**
   * @param {Track} track
   * @param {ScoreStep} step
   */
  step(track, step) {
    const group = element("section", "score-step");
    const length = step.end_ms - step.start_ms;
    const head = this.row(minutes(step.start_ms), capital(step.name), seconds(length), "head");
    this.add({
      url: track.url,
      from: step.start_ms,
      until: step.end_ms,
      line: step.line,
      lastLine: Math.max(step.line, ...step.cues.map((cue) => cue.line)),
      row: head,
      whole: true,
    });
    group.append(head);
    for (const cue of step.cues) {
      const row = this.row(exact(cue.start_ms), cueText(cue), seconds(cue.end_ms - cue.start_ms), `line ${cue.kind}`);
      const bar = element("i", "bar");
      bar.style.left = `${(100 * (cue.start_ms - step.start_ms)) / length}%`;
      bar.style.width = `${(100 * (cue.end_ms - cue.start_ms)) / length}%`;
      row.append(bar);
      this.add({ url: track.url, from: cue.start_ms, until: cue.end_ms, line: cue.line, lastLine: cue.line, row, whole: false });
      group.append(row);
    }
    return group;
  }

  /** @param {Stretch} stretch */
  add(stretch) {
    this.stretches.push(stretch);
    stretch.row.addEventListener("click", () => this.play(stretch));
  }

  /**
   * @param {string} start
   * @param {string} text
   * @param {string} length
   * @param {string} kind
   */
  row(start, text, length, kind) {
    const row = element("button", `score-row ${kind}`, element("span", "at", start), element("span", "what", text), element("span", "length", length));
    row.setAttribute("type", "button");
    return row;
  }

  /**
   * What sounds at a place: the line of the text, before the step that it is in.
   * @param {string} url
   * @param {number} at
   */
  soundingAt(url, at) {
    const begun = this.stretches.filter((one) => one.url === url && one.from <= at && at < one.until + 1);
    const lines = this.stretches.filter((one) => one.url === url && !one.whole && one.from <= at);
    const step = begun.find((one) => one.whole);
    const line = lines.at(-1);
    return line && (!step || line.from >= step.from) ? line : (step ?? null);
  }

  /**
   * What a line of the file sounds like: from that line on, or else its step.
   * @param {number} line
   */
  stretchAt(line) {
    const within = this.stretches.filter((one) => one.whole && one.line <= line).at(-1);
    const exact = this.stretches.find((one) => !one.whole && one.line <= line && line <= one.lastLine);
    if (exact) return exact;
    const after = this.stretches.find((one) => !one.whole && one.line >= line && within && one.line <= within.lastLine);
    return after ?? (within && line <= within.lastLine ? within : null);
  }

  /** The step that a stretch is in. @param {Stretch} stretch */
  stepOf(stretch) {
    return this.stretches.find((one) => one.whole && one.url === stretch.url && one.from <= stretch.from && stretch.from < one.until) ?? stretch;
  }

  /**
   * @param {Stretch | null} stretch
   * @param {boolean} follow
   */
  mark(stretch, follow) {
    const row = stretch?.row ?? null;
    const fresh = row !== this.current || (follow && !this.followed);
    this.followed = follow;
    if (!fresh) return;
    this.current?.removeAttribute("aria-current");
    this.current = row;
    this.current?.setAttribute("aria-current", "true");
    if (!this.current || !follow) return;
    const top = this.current.offsetTop - this.list.offsetTop;
    if (top < this.list.scrollTop + 30 || top > this.list.scrollTop + this.list.clientHeight - 60) this.list.scrollTop = top - this.list.clientHeight / 3;
  }
}

/** @param {Cue} cue */
function cueText(cue) {
  const kind = KINDS[/** @type {keyof typeof KINDS} */ (cue.kind)] ?? cue.kind;
  return [kind, cue.text].filter(Boolean).join(": ");
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {...(string | Node)} parts
 */
export function element(name, kind, ...parts) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...parts);
  return made;
}

/** @param {string} text */
function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toLocaleString("nl-NL", { maximumFractionDigits: 1, minimumFractionDigits: 1 })} s`;
}

/** @param {number} ms */
function exact(ms) {
  const tenths = Math.round(ms / 100);
  return `${Math.floor(tenths / 600)}:${String(Math.floor((tenths % 600) / 10)).padStart(2, "0")},${tenths % 10}`;
}
