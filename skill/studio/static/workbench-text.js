// The file that is open: reading it, saving it, and what another program does to it meanwhile.

/** @import {Editor} from "./workbench-editor.js" */
/** @import {FileText} from "./workbench-types.js" */

import { byId, setText } from "./view.js";
import { get, post, statusOf, why } from "./workbench-server.js";

const MISSING = ""; // the stamp of a file that is not there
const MOST_BYTES = 250_000; // as the server takes them
const OFFERS = ["restore", "keep-mine", "copy-mine", "take-new"];
const CHOOSE = ["keep-mine", "copy-mine", "take-new"];
const CHANGED = "Dit bestand is intussen ergens anders veranderd.";
const REFUSED = `${CHANGED} Er is niets overschreven. Welke tekst moet blijven?`;
const REASONS = {
  rights: "Dit bestand is hier alleen te lezen. Zet RUGOEFENING_CONTENT op een map met een eigen kopie van de tekst.",
  encoding: "Dit bestand is geen UTF-8. Zet het eerst om in een ander programma.",
};

/**
 * Tell something above the text.
 * @param {string} text
 * @param {...string} offers  the buttons that help
 */
export function notice(text, ...offers) {
  byId("notice").hidden = !text;
  for (const one of OFFERS) byId(one).hidden = !offers.includes(one);
  setText("notice-text", text);
  setText("copied", "");
}

export class OpenFile {
  /**
   * @param {Editor} editor
   * @param {object} given
   * @param {() => void} given.changed  another text, or another state of it
   * @param {() => unknown} given.saved  the server has it now
   */
  constructor(editor, { changed, saved }) {
    this.editor = editor;
    this.changed = changed;
    this.saved = saved;
    this.list = /** @type {HTMLSelectElement} */ (byId("file"));
    this.name = "";
    this.stamp = MISSING;
    this.gone = false;
    this.listed = "";
    /** @type {Record<string, string>} */
    this.versions = {};
    byId("restore").addEventListener("click", () => this.save());
    byId("keep-mine").addEventListener("click", () => this.keep());
    byId("copy-mine").addEventListener("click", () => this.copy());
    byId("take-new").addEventListener("click", () => this.take());
  }

  /** Whether there is something to save. */
  get due() {
    return this.editor.dirty || (this.gone && this.editor.text !== "");
  }

  /** Read a file and show it; fails where it cannot be read. @param {string} name */
  async open(name) {
    const found = await this.read(name);
    this.name = name;
    if (found) return this.show(found);
    this.editor.load("", false);
    return this.miss();
  }

  /**
   * What is in a file; null: it is not there.
   * @param {string} name
   * @returns {Promise<FileText | null>}
   */
  async read(name) {
    try {
      return await get(address(name));
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  /** @param {FileText} found */
  show(found) {
    this.stamp = found.stamp;
    this.gone = false;
    this.editor.load(found.text, !found.reason);
    notice(REASONS[/** @type {keyof typeof REASONS} */ (found.reason)] ?? "");
    this.showList();
    this.changed();
  }

  /** The file is not there any more. */
  miss() {
    this.gone = true;
    const gone = `${this.name.split("/").at(-1)} is er niet meer.`;
    if (this.editor.text) notice(`${gone} De tekst staat nog hier.`, "restore", "copy-mine");
    else notice(`${gone} Zet het bestand terug in de map ${this.name.split("/")[0]}, of kies een ander. Daarna gaat alles vanzelf verder.`);
    this.showList();
    this.changed();
  }

  showList() {
    const names = Object.keys(this.versions);
    if (this.name && !names.includes(this.name)) names.unshift(this.name);
    const listed = JSON.stringify([names, this.gone]);
    if (listed !== this.listed) {
      this.list.replaceChildren(...names.map((name) => new Option(name === this.name && this.gone ? `${name} (weg)` : name, name)));
    }
    this.listed = listed;
    this.list.value = this.name;
  }

  /** Somebody may have changed the file in another program. @param {Record<string, string>} now */
  async look(now) {
    const other = this.gone || (this.name in this.versions && this.versions[this.name] !== now[this.name]);
    const found = other && this.name in now ? await this.read(this.name) : null;
    const came = Object.keys(now).join() !== Object.keys(this.versions).join();
    this.versions = now;
    if (came) this.showList();
    if (this.name && !(this.name in now)) return this.gone || this.miss();
    if (!found) return null;
    if (found.stamp !== this.stamp && this.editor.dirty) this.conflict(`${CHANGED} Welke tekst moet blijven?`);
    else if (found.stamp !== this.stamp) this.show(found);
    else if (this.gone) this.settle(found.stamp);
    return null;
  }

  /** @param {string} text */
  conflict(text) {
    this.gone = false;
    notice(text, ...CHOOSE);
    this.showList();
    this.changed();
  }

  /** The file is there as it is known here. @param {string} stamp */
  settle(stamp) {
    this.stamp = stamp;
    this.gone = false;
    notice("");
    this.showList();
    this.changed();
  }

  async save() {
    if (this.due) await this.write(this.gone ? MISSING : this.stamp);
  }

  /** @param {string} stamp  of the file that it replaces */
  async write(stamp) {
    const { name, stamp: known } = this;
    const { text } = this.editor;
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > MOST_BYTES) return notice(tooLarge(bytes));
    try {
      const saved = await post(address(name), { text, stamp });
      if (name !== this.name) return null;
      this.editor.saved = text;
      this.settle(saved.stamp);
      return this.saved();
    } catch (error) {
      if (name !== this.name || this.stamp !== known) return null; // what is there was loaded meanwhile
      return this.refused(error, bytes);
    }
  }

  /**
   * @param {unknown} error
   * @param {number} bytes
   */
  refused(error, bytes) {
    const status = statusOf(error);
    if (status === 404) return this.miss();
    if (status === 409) return this.conflict(REFUSED);
    if (status === 413) return notice(tooLarge(bytes));
    if (status === 403) return notice(REASONS.rights, "copy-mine");
    return notice(`Bewaren is niet gelukt. ${why(error)} Je tekst staat nog hier. Probeer het zo nog eens.`, "copy-mine");
  }

  /** Put the own text over what is there now, and not over what comes after that. */
  async keep() {
    try {
      const found = await this.read(this.name);
      await this.write(found ? found.stamp : MISSING);
    } catch (error) {
      this.refused(error, 0);
    }
  }

  async take() {
    try {
      await this.open(this.name);
    } catch (error) {
      notice(`Laden is niet gelukt. ${why(error)}`, ...CHOOSE);
    }
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.editor.text);
      setText("copied", "Gekopieerd.");
    } catch {
      this.editor.area.select();
      this.editor.area.focus();
      setText("copied", "Je tekst is gekozen. Kopieer hem met Ctrl+C.");
    }
  }
}

/** @param {string} name */
function address(name) {
  return `/studio/workbench/files/${name}`;
}

/** @param {number} bytes */
function tooLarge(bytes) {
  const shown = [bytes, MOST_BYTES].map((one) => one.toLocaleString("nl-NL"));
  return `Deze tekst is te groot: ${shown[0]} bytes, en hoogstens ${shown[1]} kan. Er is niets bewaard. Haal iets weg en bewaar dan.`;
}
