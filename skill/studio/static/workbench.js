// The workbench: puts the text, its sound, the build, the Echo and the messages together.

/** @import {Build, ClipData, EchoNow, FileText, News, ScoreData} from "./workbench-types.js" */
/** @import {Stretch} from "./workbench-score.js" */

import { minutes } from "./place.js";
import { byId, setText } from "./view.js";
import { BuildView } from "./workbench-build.js";
import { Editor } from "./workbench-editor.js";
import { Messages } from "./workbench-messages.js";
import { Player } from "./workbench-player.js";
import { Score } from "./workbench-score.js";
import { get, post, statusOf } from "./workbench-server.js";
import { Trials } from "./workbench-trials.js";

const NEWS_MS = 1000;
const CHANGED = "Dit bestand is intussen ergens anders veranderd.";
const REFUSED = `${CHANGED} Er is niets overschreven.`;
const REASONS = {
  rights: "Dit bestand is hier alleen te lezen. Zet RUGOEFENING_CONTENT op een map met een eigen kopie van de tekst.",
  encoding: "Dit bestand is geen UTF-8. Zet het eerst om in een ander programma.",
};

/** @type {Record<string, string>} */
const routines = JSON.parse(document.body.dataset.routines ?? "{}");
const fileSelect = /** @type {HTMLSelectElement} */ (byId("file"));
const level = /** @type {HTMLSelectElement} */ (byId("score-level"));
const tempo = /** @type {HTMLSelectElement} */ (byId("score-tempo"));
const seek = /** @type {HTMLInputElement} */ (byId("seek"));
const save = /** @type {HTMLButtonElement} */ (byId("save"));

const player = new Player(look);
const score = new Score((stretch) => player.play(stretch.url, stretch.from, stretch.until));
const editor = new Editor({ changed: showDirty, chosen: standAt, play: playFrom });
const buildView = new BuildView((remark) => goTo(remark.file, remark.line));
const messages = new Messages();
const trials = new Trials({ heard });

let file = "";
let stamp = "";
/** @type {Record<string, string>} */
let versions = {};
let pack = "";
let built = 0;
/** @type {EchoNow | null} */
let echo = null;
/** @type {ScoreData | null} */
let data = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

// ---------------------------------------------------------------- the text

/** @param {string} name */
async function open(name) {
  /** @type {FileText} */
  const found = await get(`/studio/workbench/files/${name}`);
  file = name;
  stamp = found.stamp;
  fileSelect.value = name;
  editor.load(found.text, !found.reason);
  notice(REASONS[/** @type {keyof typeof REASONS} */ (found.reason)] ?? "", false);
  editor.showRemarks(buildView.remarksOf(file));
  showDirty();
}

function showDirty() {
  save.disabled = !editor.dirty;
  document.title = `${editor.dirty ? "• " : ""}Werkbank`;
}

/**
 * @param {string} text
 * @param {boolean} offer  to load what is on the disk
 */
function notice(text, offer) {
  byId("notice").hidden = !text;
  byId("take-new").hidden = !offer;
  setText("notice-text", text);
}

async function store() {
  if (!editor.dirty) return;
  const text = editor.text;
  const sent = stamp;
  try {
    ({ stamp } = await post(`/studio/workbench/files/${file}`, { text, stamp }));
    editor.saved = text;
    notice("", false);
    showDirty();
    await refresh();
  } catch (error) {
    if (stamp !== sent) return; // what is there was loaded meanwhile
    const status = statusOf(error);
    notice(status === 409 ? REFUSED : status === 403 ? REASONS.rights : "Bewaren is niet gelukt. Probeer het nog eens.", status === 409);
  }
}

/** Somebody may have changed the file in another program. @param {Record<string, string>} now */
async function lookAtDisk(now) {
  const names = Object.keys(now);
  if (names.join() !== Object.keys(versions).join()) {
    fileSelect.replaceChildren(...names.map((name) => new Option(name, name, false, name === file)));
  }
  const other = file in versions && versions[file] !== now[file];
  versions = now;
  if (!other) return;
  /** @type {FileText} */
  const found = await get(`/studio/workbench/files/${file}`);
  if (found.stamp === stamp) return;
  if (editor.dirty) notice(CHANGED, true);
  else await open(file);
}

// ---------------------------------------------------------------- its sound

async function loadSound() {
  const routine = Object.keys(routines).find((name) => routines[name] === file);
  if (routine) {
    data = /** @type {ScoreData} */ (await get(`/studio/workbench/score/${routine}/${level.value}/${tempo.value}`));
    score.showRoutine(data);
  } else {
    /** @type {ClipData[]} */
    const clips = await get(`/studio/workbench/clips/${document.body.dataset.routine}`);
    data = null;
    score.showClips(clips.filter((one) => one.file === file));
  }
  const known = score.stretches.some((one) => one.url === player.url);
  const first = score.stretches[0];
  if (!known && first) player.stand(first.url, first.from);
  look();
}

/** @param {number} line */
function standAt(line) {
  const found = score.stretchAt(line);
  if (found) player.stand(found.url, found.from);
}

/** @param {number} line */
function playFrom(line) {
  const found = score.stretchAt(line);
  if (found) player.play(found.url, found.from, score.stepOf(found).until);
}

/** @param {EchoNow} now */
function heard(now) {
  echo = now;
  const [, nowLevel, nowTempo] = now.place?.plan.split("/") ?? [];
  if (now.playing && !player.playing && data && nowLevel && (nowLevel !== level.value || nowTempo !== tempo.value)) {
    level.value = nowLevel;
    tempo.value = nowTempo;
    loadSound();
  }
  look();
}

/** Show what sounds: what is played here, or else what the Echo plays. */
function look() {
  const echoTrack = echo?.playing && !player.playing ? data?.tracks.find((one) => one.id === echo?.place?.exercise) : undefined;
  const url = echoTrack?.url ?? player.url;
  const at = echoTrack && echo ? echo.at : player.at;
  const end = Math.max(1, ...score.stretches.filter((one) => one.url === url).map((one) => one.until));
  const sounds = player.playing || Boolean(echoTrack);
  const stretch = score.soundingAt(url, at);
  seek.max = String(end);
  if (document.activeElement !== seek || sounds) seek.value = String(at);
  seek.setAttribute("aria-valuetext", minutes(at));
  setText("clock", `${minutes(at)} / ${minutes(end)}`);
  setText("play", player.playing ? "❚❚" : "▶");
  byId("play").setAttribute("aria-label", player.playing ? "Pauzeer" : "Speel");
  setText("sounding", sounds && stretch ? (stretch.row.querySelector(".what")?.textContent ?? "") : "");
  score.mark(stretch, sounds);
  editor.mark(stretch ? stretch.line : 0, sounds);
}

// ---------------------------------------------------------------- news

async function refresh() {
  clearTimeout(timer);
  try {
    /** @type {News} */
    const news = await post("/studio/workbench/news", { accounts: trials.accounts(), since: messages.seen });
    setText("connection", "");
    messages.add(news.server, news.exchanges);
    trials.show(news);
    await lookAtDisk(news.files);
    await lookAtBuild(news.build, news.pack);
  } catch (error) {
    setText("connection", error instanceof TypeError ? "Geen verbinding. Ik probeer het opnieuw." : "Er ging iets mis.");
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, NEWS_MS);
}

/**
 * @param {Build} build
 * @param {string} nowPack
 */
async function lookAtBuild(build, nowPack) {
  buildView.show(build);
  editor.showRemarks(buildView.remarksOf(file));
  const fresh = build.state === "done" && build.number !== built;
  if (!fresh && nowPack === pack) return;
  const first = !pack;
  built = build.state === "done" ? build.number : built;
  pack = nowPack;
  await loadSound();
  if (!first) trials.renew();
}

/**
 * @param {string} name
 * @param {number} line
 */
async function goTo(name, line) {
  if (name !== file && editor.dirty) return notice("Bewaar eerst wat je hebt veranderd.", false);
  if (name !== file) {
    await open(name);
    await loadSound();
  }
  return editor.goTo(line);
}

fileSelect.addEventListener("change", async () => {
  if (editor.dirty) {
    notice("Bewaar eerst wat je hebt veranderd.", false);
    fileSelect.value = file;
    return;
  }
  await open(fileSelect.value);
  await loadSound();
});
for (const one of [level, tempo]) one.addEventListener("change", loadSound);
save.addEventListener("click", store);
byId("take-new").addEventListener("click", () => open(file));
byId("play-here").addEventListener("click", () => playFrom(editor.savedLine(editor.caretLine())));
byId("build-again").addEventListener("click", () => post("/studio/workbench/builds", {}).then(refresh));
byId("play").addEventListener("click", () => player.toggle());
seek.addEventListener("input", () => player.stand(player.url, Number(seek.value)));
addEventListener("visibilitychange", () => !document.hidden && refresh());
addEventListener("beforeunload", (event) => editor.dirty && event.preventDefault());
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  store();
});

open(routines[document.body.dataset.routine ?? ""] || Object.values(routines)[0]).then(refresh);
