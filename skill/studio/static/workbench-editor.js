// A text area with line numbers, and marks for the line that sounds and for mistakes.

/** @import {Remark} from "./workbench-types.js" */

import { byId } from "./view.js";

export class Editor {
  /**
   * @param {object} given
   * @param {() => void} given.changed  the text is another one
   * @param {(line: number) => void} given.chosen  somebody clicked on a line, or moved there
   * @param {(line: number) => void} given.play  somebody clicked on its number
   */
  constructor({ changed, chosen, play }) {
    this.area = /** @type {HTMLTextAreaElement} */ (byId("text"));
    this.numbers = byId("numbers");
    this.marks = byId("marks");
    this.saved = "";
    this.line = 0; // the line that sounds, as in the saved text
    this.followed = false;
    /** @type {Remark[]} */
    this.remarks = [];
    this.area.addEventListener("input", () => {
      this.draw();
      changed();
    });
    this.area.addEventListener("scroll", () => this.scroll());
    this.area.addEventListener("click", () => chosen(this.savedLine(this.caretLine())));
    this.numbers.addEventListener("click", ({ target }) => {
      const line = Number(/** @type {HTMLElement} */ (target).dataset.line);
      if (line) play(this.savedLine(line));
    });
    new ResizeObserver(() => this.scroll()).observe(this.area);
  }

  get text() {
    return this.area.value;
  }

  get dirty() {
    return this.area.value !== this.saved;
  }

  /**
   * @param {string} text
   * @param {boolean} writable
   */
  load(text, writable) {
    const { scrollTop, scrollLeft, selectionStart } = this.area;
    this.saved = text;
    this.area.value = text;
    this.area.readOnly = !writable;
    this.area.setSelectionRange(selectionStart, selectionStart);
    this.area.scrollTo(scrollLeft, scrollTop);
    this.draw();
  }

  caretLine() {
    return this.text.slice(0, this.area.selectionStart).split("\n").length;
  }

  /** The line of the saved text that stands at a line now. @param {number} line */
  savedLine(line) {
    return moved(this.text.split("\n"), this.saved.split("\n"), line);
  }

  /** Where a line of the saved text stands now. @param {number} line */
  shownLine(line) {
    return moved(this.saved.split("\n"), this.text.split("\n"), line);
  }

  /** @param {Remark[]} remarks  of this file */
  showRemarks(remarks) {
    if (JSON.stringify(remarks) === JSON.stringify(this.remarks)) return;
    this.remarks = remarks;
    this.draw();
  }

  /**
   * Mark the line that sounds.
   * @param {number} line  in the saved text; 0: none
   * @param {boolean} follow  keep it in sight
   */
  mark(line, follow) {
    const fresh = line !== this.line || (follow && !this.followed);
    this.followed = follow;
    if (!fresh) return;
    this.line = line;
    this.drawMarks();
    if (line && follow && document.activeElement !== this.area) this.reveal(this.shownLine(line));
  }

  /** Put the caret on a line and bring it in sight. @param {number} line  in the saved text */
  goTo(line) {
    const shown = this.shownLine(line);
    const lines = this.text.split("\n");
    const start = lines.slice(0, shown - 1).join("\n").length + (shown > 1 ? 1 : 0);
    this.area.focus();
    this.area.setSelectionRange(start, start + (lines[shown - 1] ?? "").length);
    this.reveal(shown);
  }

  /** @param {number} line */
  reveal(line) {
    const top = (line - 1) * this.lineHeight();
    const { scrollTop, clientHeight } = this.area;
    if (top >= scrollTop + 40 && top <= scrollTop + clientHeight - 60) return;
    this.area.scrollTop = Math.max(0, top - clientHeight / 3);
  }

  lineHeight() {
    return parseFloat(getComputedStyle(this.area).lineHeight);
  }

  draw() {
    const count = this.text.split("\n").length;
    while (this.numbers.childElementCount > count) this.numbers.lastElementChild?.remove();
    for (let line = this.numbers.childElementCount + 1; line <= count; line += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.tabIndex = -1;
      button.dataset.line = button.textContent = String(line);
      this.numbers.append(button);
    }
    this.drawMarks();
  }

  drawMarks() {
    /** @type {Map<number, string>} */
    const marks = new Map();
    for (const { line, error } of this.remarks) {
      const shown = this.shownLine(line);
      if (error || !marks.has(shown)) marks.set(shown, error ? "wrong" : "warned");
    }
    if (this.line) marks.set(this.shownLine(this.line), `sounds ${marks.get(this.shownLine(this.line)) ?? ""}`.trim());
    const height = this.lineHeight();
    this.marks.replaceChildren(
      ...[...marks].map(([line, kind]) => {
        const bar = document.createElement("i");
        bar.className = kind;
        bar.dataset.line = String(line);
        bar.style.top = `${(line - 1) * height}px`;
        bar.style.height = `${height}px`;
        return bar;
      }),
    );
    for (const button of /** @type {Iterable<HTMLElement>} */ (this.numbers.children)) {
      button.className = marks.get(Number(button.dataset.line)) ?? "";
    }
    this.scroll();
  }

  scroll() {
    this.numbers.style.transform = this.marks.style.transform = `translateY(${-this.area.scrollTop}px)`;
  }
}

/**
 * Where a line of one text stands in another that was made from it by a change in one place.
 * @param {string[]} from
 * @param {string[]} to
 * @param {number} line  counted from 1
 */
export function moved(from, to, line) {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  if (line <= start) return line;
  let end = 0;
  const most = Math.min(from.length, to.length) - start;
  while (end < most && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  if (line > from.length - end) return line + to.length - from.length;
  return Math.min(line, Math.max(start + 1, to.length - end));
}
