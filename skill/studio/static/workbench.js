// The workbench: puts the text, its sound, the build, the Echo and the messages together.

/** @import {Build, ClipData, EchoNow, News, ScoreData} from "./workbench-types.js" */
/** @import {Stretch} from "./workbench-score.js" */

import { minutes } from "./place.js";
import { byId, setText } from "./view.js";
import { BuildView } from "./workbench-build.js";
import { Editor } from "./workbench-editor.js";
import { Messages } from "./workbench-messages.js";
import { Player } from "./workbench-player.js";
import { Score } from "./workbench-score.js";
import { get, post, why } from "./workbench-server.js";
import { notice, OpenFile } from "./workbench-text.js";
import { Trials } from "./workbench-trials.js";

const NEWS_MS = 1000;
/** @type {Record<string, string>} */
let routines = JSON.parse(document.body.dataset.routines ?? "{}");
const fileSelect = /** @type {HTMLSelectElement} */ (byId("file"));
const level = /** @type {HTMLSelectElement} */ (byId("score-level"));
const tempo = /** @type {HTMLSelectElement} */ (byId("score-tempo"));
const seek = /** @type {HTMLInputElement} */ (byId("seek"));
const save = /** @type {HTMLButtonElement} */ (byId("save"));

const player = new Player(look, (failed) => {
  setText("score-note", failed ? "Dit geluid kan nu niet klinken: het komt niet van de server. Probeer het zo nog eens." : "");
});
const score = new Score((stretch) => player.play(stretch.url, stretch.from, stretch.until));
const editor = new Editor({ changed: showDirty, chosen: standAt, play: playFrom });
const text = new OpenFile(editor, { changed: showText, saved: refresh });
const buildView = new BuildView((remark) => goTo(remark.file, remark.line));
const messages = new Messages();
const trials = new Trials({ heard });

let connected = true;
let pack = "";
let built = 0;
/** @type {EchoNow | null} */
let echo = null;
/** @type {ScoreData | null} */
let data = null;
let shown = [level.value, tempo.value];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

// ---------------------------------------------------------------- the text

/** Open a file with its time line, or else stay at the one that is there. @param {string} name */
async function open(name) {
  try {
    await text.open(name);
    await loadSound();
    return true;
  } catch (error) {
    fileSelect.value = text.name;
    notice(`${name} kon niet open. ${why(error)}`);
    return false;
  }
}

function showText() {
  editor.showRemarks(buildView.remarksOf(text.name));
  showDirty();
}

function showDirty() {
  save.disabled = !text.due;
  document.title = `${editor.dirty ? "• " : ""}Werkbank`;
}

/** Another program may have changed the file, or given it another name. @param {News} news */
async function lookAtDisk(news) {
  const routine = Object.keys(routines).find((one) => routines[one] === text.name);
  const moved = routine && news.routines[routine];
  await text.look(news.files);
  routines = news.routines;
  const follows = text.gone && !editor.dirty && moved && moved !== text.name && moved in news.files;
  if (!text.name || follows) await open((follows && moved) || first());
}

/** The file to begin with. */
function first() {
  return routines[document.body.dataset.routine ?? ""] || Object.values(routines)[0];
}

// ---------------------------------------------------------------- its sound

/** Show the time line as it is wanted, or else go on with the one that is there; whether it is shown. */
async function loadSound() {
  try {
    await fetchSound();
    shown = [level.value, tempo.value];
    setText("score-note", "");
    return true;
  } catch (error) {
    [level.value, tempo.value] = shown;
    setText("score-note", `De tijdlijn is niet ververst. ${why(error)}`);
    return false;
  }
}

async function fetchSound() {
  const routine = Object.keys(routines).find((name) => routines[name] === text.name);
  if (routine) {
    data = /** @type {ScoreData} */ (await get(`/studio/workbench/score/${routine}/${level.value}/${tempo.value}`));
    score.showRoutine(data);
  } else {
    /** @type {ClipData[]} */
    const clips = await get(`/studio/workbench/clips/${document.body.dataset.routine}`);
    data = null;
    score.showClips(clips.filter((one) => one.file === text.name));
  }
  const known = score.stretches.some((one) => one.url === player.url);
  const begin = score.stretches[0];
  if (!known && begin) player.stand(begin.url, begin.from);
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
  if (connected && now.playing && !player.playing && data && nowLevel && (nowLevel !== level.value || nowTempo !== tempo.value)) {
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
    connected = true;
    setText("connection", "");
    messages.add(news.server, news.exchanges);
    trials.show(news);
    await lookAtDisk(news);
    await lookAtBuild(news.build, news.pack);
  } catch (error) {
    connected = false;
    setText("connection", error instanceof TypeError ? "Geen verbinding. Ik probeer het opnieuw." : "Er ging iets mis. Ik probeer het opnieuw.");
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
  editor.showRemarks(buildView.remarksOf(text.name));
  const fresh = build.state === "done" && build.number !== built;
  if (!fresh && nowPack === pack) return;
  if (!(await loadSound())) return; // the next news asks again
  if (pack) trials.renew();
  built = build.state === "done" ? build.number : built;
  pack = nowPack;
}

/**
 * @param {string} name
 * @param {number} line
 */
async function goTo(name, line) {
  if (name !== text.name && editor.dirty) return notice("Bewaar eerst wat je hebt veranderd.");
  if (name === text.name || (await open(name))) editor.goTo(line);
  return null;
}

async function buildAgain() {
  try {
    await post("/studio/workbench/builds", {});
    await refresh();
  } catch (error) {
    buildView.fail(`De audio maken is niet begonnen. ${why(error)}`);
  }
}

fileSelect.addEventListener("change", () => {
  if (!editor.dirty) return open(fileSelect.value);
  notice("Bewaar eerst wat je hebt veranderd.");
  fileSelect.value = text.name;
  return null;
});
for (const one of [level, tempo]) one.addEventListener("change", loadSound);
save.addEventListener("click", () => text.save());
byId("play-here").addEventListener("click", () => playFrom(editor.savedLine(editor.caretLine())));
byId("build-again").addEventListener("click", buildAgain);
byId("play").addEventListener("click", () => player.toggle());
seek.addEventListener("input", () => player.stand(player.url, Number(seek.value)));
addEventListener("visibilitychange", () => !document.hidden && refresh());
addEventListener("beforeunload", (event) => editor.dirty && event.preventDefault());
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  text.save();
});

open(first()).then(refresh);
