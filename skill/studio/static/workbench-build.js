// How the build goes, and what it says of each line.

/** @import {Build, Remark} from "./workbench-types.js" */

import { byId, setText } from "./view.js";
import { element } from "./workbench-score.js";

const LABELS = {
  fetching: "zinnen ophalen",
  speaking: "zinnen inspreken",
  sounds: "tonen maken",
  levelling: "volume gelijk maken",
  joining: "samenvoegen",
};
const REASONS = {
  content: "Er staan fouten in de tekst. De audio blijft zoals hij was.",
  gone: "Er is een bestand weg dat nodig is. De audio blijft zoals hij was.",
  packages: "De pakketten om audio te maken ontbreken hier. De tekst is bewaard. Installeer ze zo:",
  held: "Een ander programma maakt deze audio al. Probeer het zo nog eens.",
  other: "De audio maken is niet gelukt. De oude audio blijft.",
};

export class BuildView {
  /** @param {(remark: Remark) => void} go */
  constructor(go) {
    this.go = go;
    /** @type {Remark[]} */
    this.remarks = [];
    this.shown = "";
  }

  /** @param {string} file */
  remarksOf(file) {
    return this.remarks.filter((one) => one.file === file);
  }

  /** @param {Build} build */
  show(build) {
    const share = /** @type {HTMLProgressElement} */ (byId("build-share"));
    share.hidden = build.state !== "running";
    share.value = build.share;
    const key = JSON.stringify(build);
    if (key === this.shown) return;
    this.shown = key;
    byId("build").dataset.state = build.state;
    setText("build-text", text(build));
    const told = build.state === "failed" && build.reason !== "content" ? build.message : "";
    byId("build-message").hidden = !told;
    setText("build-message", told);
    byId("build-again").hidden = build.state !== "failed" || ["content", "gone"].includes(build.reason);
    if (build.state === "running") return; // what was wrong stays in sight until the outcome is known
    this.remarks = build.remarks;
    byId("remarks").replaceChildren(...build.remarks.map((one) => this.item(one)));
  }

  /** @param {Remark} one */
  item(one) {
    const lead = element("span", "", element("b", "", `${one.file.split("/").at(-1)}, regel ${one.line}`), ` ${one.lead}`);
    const message = element("small", "", one.message);
    message.lang = "en";
    const button = element("button", "remark", lead, message);
    button.setAttribute("type", "button");
    button.addEventListener("click", () => this.go(one));
    return element("li", one.error ? "wrong" : "warned", button);
  }

  /** What was asked for did not begin. @param {string} text */
  fail(text) {
    this.shown = ""; // the next news tells how it is
    setText("build-text", text);
  }
}

/** @param {Build} build */
function text(build) {
  if (build.state === "running") {
    const label = LABELS[/** @type {keyof typeof LABELS} */ (build.label)] ?? "kijken wat er veranderd is";
    return `Audio maken: ${label}…`;
  }
  if (build.state === "failed") return REASONS[/** @type {keyof typeof REASONS} */ (build.reason)] ?? REASONS.other;
  if (build.state === "done" && build.result) {
    const { spoken, written, changed, seconds } = build.result;
    if (!changed) return "Klaar. Aan de audio is niets veranderd.";
    const time = seconds.toLocaleString("nl-NL", { maximumFractionDigits: 1 });
    return `Klaar in ${time} s: ${count(spoken, "zin", "zinnen")} ingesproken, ${count(written, "bestand", "bestanden")} gemaakt.`;
  }
  return "";
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} more
 */
function count(number, one, more) {
  return `${number} ${number === 1 ? one : more}`;
}
