// The conversation: what was said to the Echo, and its own words line by line as they sound.

/** @import {Item} from "./types.js" */

import { byId } from "./view.js";

const MOST = 150;

export class Transcript {
  constructor() {
    this.list = byId("transcript");
    this.bubble = "";
    this.upTo = -1;
    this.lastYou = "";
    this.times = 1;
  }

  /** @param {Item[]} items */
  add(items) {
    for (const item of items) {
      if (item.who === "you") this.you(item.text);
      else if (item.who === "note") this.append("note", "", item.detail ? `${item.text} (${item.detail})` : item.text);
    }
  }

  /** @param {string} text */
  you(text) {
    const last = this.list.lastElementChild;
    if (last?.className === "you" && this.lastYou === text) {
      this.times += 1;
      last.textContent = `${text} × ${this.times}`;
      return;
    }
    this.lastYou = text;
    this.times = 1;
    this.append("you", "", text);
  }

  /**
   * The lines of one stretch of sound up to where it is.
   * @param {string} key  names the stretch; another key is another bubble
   * @param {string} title
   * @param {[number, string][]} lines
   * @param {number} from  where the stretch began (ms)
   * @param {number} at
   */
  sounds(key, title, lines, from, at) {
    if (key !== this.bubble) {
      this.bubble = key;
      this.upTo = from - 1;
    }
    const said = lines.filter(([start]) => start > this.upTo && start <= at);
    if (!said.length) return;
    this.upTo = at;
    const words = said.map(([, text]) => text).join(" ");
    const last = /** @type {HTMLElement | null} */ (this.list.lastElementChild);
    if (last?.dataset.key === key) {
      const near = this.isNearEnd();
      last.append(` ${words}`);
      last.normalize();
      this.scroll(near);
    } else {
      this.append("echo-says", title, words).dataset.key = key;
    }
  }

  /**
   * @param {string} kind
   * @param {string} title
   * @param {string} text
   */
  append(kind, title, text) {
    const item = document.createElement("li");
    item.className = kind;
    if (title) {
      const small = document.createElement("small");
      small.textContent = title;
      item.append(small);
    }
    item.append(document.createTextNode(text));
    const near = this.isNearEnd();
    this.list.append(item);
    while (this.list.childElementCount > MOST) this.list.firstElementChild?.remove();
    this.scroll(near || kind === "you");
    return item;
  }

  isNearEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 80;
  }

  /** Keep the newest in sight, unless somebody reads back. @param {boolean} wanted */
  scroll(wanted) {
    if (wanted) this.list.scrollTop = this.list.scrollHeight;
  }
}
