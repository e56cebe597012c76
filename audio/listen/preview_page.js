"use strict";

const $ = (id) => document.getElementById(id);
const page = JSON.parse($("data").textContent);
const audio = new Audio();
const clipAudio = new Audio();
const urls = new Map();
let training, track, clipButton, lines = [], current = {};

// ---- small helpers: text only ever enters the page as text ----------------------------------------------------

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "click") element.addEventListener("click", (event) => { value(event); release(event, element); });
    else if (value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// After a click with the mouse the space bar is for pause; with the keyboard the focus stays where it is.
function release(event, element) {
  if (event.detail > 0) element.blur();
}

const number = (value) => value.toFixed(1).replace(".", ",").replace("-", "−");
const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const hue = (index) => `--s${index % 6}`;

function soundUrl(file) {
  if (!urls.has(file)) {
    const bytes = Uint8Array.from(atob($(file).textContent), (letter) => letter.charCodeAt(0));
    urls.set(file, URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" })));
  }
  return urls.get(file);
}

// ---- the player ---------------------------------------------------------------------------------------------

function load(wanted) {
  if (audio.dataset.file === wanted.file) return;
  audio.dataset.file = wanted.file;
  audio.src = soundUrl(wanted.file);
}

function jump(ms, andPlay = true) {
  load(track);
  const go = () => { audio.currentTime = ms / 1000; show(ms); };
  if (audio.readyState > 0) go(); else audio.addEventListener("loadedmetadata", go, { once: true });
  if (andPlay) start();
}

function start() {
  clipAudio.pause();
  load(track);
  audio.play().catch(interrupted);
}

const toggle = () => (audio.paused ? start() : audio.pause());
const place = () => (audio.dataset.file === track.file ? audio.currentTime * 1000 : 0);
const stepAt = (ms) => Math.max(0, track.steps.findLastIndex((step) => step.start_ms <= ms));

// A step begins with a little room tone; back within its first seconds means the step before it.
function move(by) {
  const here = stepAt(place());
  const back = by < 0 && place() - track.steps[here].start_ms > 3000 ? here : here + by;
  const target = track.steps[Math.min(Math.max(back, 0), track.steps.length - 1)];
  jump(target.start_ms, !audio.paused);
}

function show(ms) {
  $("now").textContent = clock(ms);
  $("head").style.left = `${Math.min(100, (100 * ms) / track.ms)}%`;
  const step = stepAt(ms);
  const line = lines.findLast((one) => one.start <= ms && ms < one.end + 1500);
  if (step !== current.step) {
    $("strip").childNodes.forEach((one, index) => one.setAttribute("aria-current", index === step));
    $("step").textContent = `${capital(track.steps[step].spoken_name)}.`;
  }
  if (line !== current.line) {
    current.line?.element.removeAttribute("aria-current");
    line?.element.setAttribute("aria-current", "true");
    $("line").textContent = line ? line.text : "";
    if (line && !audio.paused) keepInSight(line.element);
  }
  current = { step, line };
}

// Scrolls the list of lines only, never the page.
function keepInSight(element) {
  const list = $("steps");
  const above = element.offsetTop - list.scrollTop;
  if (above < 40 || above > list.clientHeight - 90) list.scrollTop = element.offsetTop - list.clientHeight / 3;
}

function follow() {
  show(place());
  if (!audio.paused) requestAnimationFrame(follow);
}

function draw() {
  const canvas = $("canvas"), scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const brush = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  brush.scale(scale, scale);
  track.steps.forEach((step, index) => {
    const from = (width * step.start_ms) / track.ms, to = (width * step.end_ms) / track.ms;
    brush.fillStyle = style.getPropertyValue(hue(index));
    brush.globalAlpha = 0.13;
    brush.beginPath();
    brush.roundRect(from + 1, 0, Math.max(1, to - from - 2), height, 8);
    brush.fill();
    brush.globalAlpha = 1;
    for (let x = from + 2; x < to - 2; x += 3) {
      const first = Math.floor((x / width) * track.peaks.length);
      const last = Math.max(first + 1, Math.floor(((x + 3) / width) * track.peaks.length));
      bar(brush, x, height, 0.3, track.peaks.slice(first, last));
      bar(brush, x, height, 1, track.levels.slice(first, last));
    }
  });
}

// Pale for the peaks, full for the level of the voice.
function bar(brush, x, height, alpha, values) {
  const tall = Math.max(1.5, (Math.max(...values) / 80) * (height - 10));
  brush.globalAlpha = alpha;
  brush.fillRect(x, (height - tall) / 2, 2, tall);
}

// ---- one track on the page ----------------------------------------------------------------------------------

function open(wanted) {
  audio.pause();
  track = wanted;
  current = {};
  $("tabs").childNodes.forEach((tab, index) => tab.setAttribute("aria-pressed", training.tracks[index] === track));
  $("whole").textContent = clock(track.ms);
  $("measures").textContent = [
    `${number(track.lufs)} LUFS`, `piek ${number(track.peak)} dB`, track.pace && `${track.pace} woorden per minuut`,
    `${track.steps.length} ${track.steps.length === 1 ? "stap" : "stappen"}`,
  ].filter(Boolean).join(" · ");
  $("strip").replaceChildren(...track.steps.map(stripButton));
  lines = [];
  $("steps").replaceChildren(...track.steps.map(stepItem));
  $("steps").scrollTop = 0;
  draw();
  show(place());
}

function stripButton(step, index) {
  const name = capital(step.spoken_name);
  const narrow = window.matchMedia("(max-width: 640px)").matches;
  const button = make("button", {
    type: "button", title: name, "aria-label": `Stap ${index + 1}: ${name}, op ${clock(step.start_ms)}`, click: () => jump(step.start_ms),
  }, narrow ? `${index + 1}` : name);
  button.style.setProperty("--hue", `var(${hue(index)})`);
  button.style.left = `${(100 * step.start_ms) / track.ms}%`;
  button.style.width = `calc(${(100 * (step.end_ms - step.start_ms)) / track.ms}% - 2px)`;
  return button;
}

function stepItem(step, index) {
  const facts = [clock(step.start_ms), step.transition && "alleen na een andere houding"].filter(Boolean).join(" · ");
  const name = make("button", { type: "button", class: "name", click: () => jump(step.start_ms) },
    `${index + 1}. ${capital(step.spoken_name)}`, make("small", {}, facts));
  const item = make("li", {}, name, ...step.cues.map((cue, at) => cueRow(cue, step.cues.slice(at + 1))));
  item.style.setProperty("--hue", `var(${hue(index)})`);
  return item;
}

function cueRow(cue, after) {
  const when = make("time", {}, clock(cue.start_ms));
  if (cue.kind === "count") return null;
  if (cue.kind !== "say") return make("div", { class: "pause" }, when, make("span", {}, silent(cue, after)));
  const element = make("button", { type: "button", class: "line", click: () => jump(Math.max(0, cue.start_ms - 100)) },
    when, make("span", {}, cue.text, cue.warning ? make("span", { class: "tag" }, "veiligheid") : ""));
  lines.push({ start: cue.start_ms - 100, end: cue.end_ms, text: cue.text, element });
  return element;
}

function silent(cue, after) {
  if (cue.kind === "tone") return "♪ toon";
  const length = number((cue.end_ms - cue.start_ms) / 1000).replace(",0", "");
  const seconds = `${length} ${length === "1" ? "seconde" : "seconden"}`;
  if (cue.kind === "rest") return `${seconds} rust`;
  const counted = after.filter((one) => one.kind === "count" && one.start_ms < cue.end_ms).map((one) => one.text);
  return `${seconds} vasthouden${counted.length ? `: ${counted.join(", ")}` : ""}`;
}

// ---- the training, what stands out, and the clips -----------------------------------------------------------

function choose(index) {
  training = page.trainings[index];
  $("tabs").replaceChildren(...training.tracks.map((one) =>
    make("button", { type: "button", click: () => open(one) }, one.title, make("small", {}, clock(one.ms)))));
  showFindings();
  if (training.tracks.length) open(training.tracks.find((one) => !one.key.includes("/preparation/")) ?? training.tracks[0]);
}

function showFindings() {
  const rows = page.misfits.map((text) => make("li", {}, make("span", { class: "where" }, "Past niet bij de tekst"), text));
  for (const one of training.tracks) {
    for (const finding of one.findings) {
      const where = make("span", { class: "where" }, `${one.title}${finding.start_ms === null ? "" : ` ${clock(finding.start_ms)}`}`);
      rows.push(make("li", {}, make("button", { type: "button", click: () => { open(one); jump(finding.start_ms ?? 0); } }, where, finding.text)));
    }
  }
  for (const clip of page.clips) {
    for (const text of clip.findings) rows.push(make("li", {}, make("span", { class: "where" }, clip.key), text));
  }
  $("findings-title").textContent = rows.length ? `Wat opvalt (${rows.length})` : "Alles is zoals het hoort";
  const calm = "Geluid, pieken, tempo en tijden zijn gemeten, en vallen binnen de grenzen.";
  $("findings").replaceChildren(...(rows.length ? rows : [make("li", { class: "soft" }, calm)]));
}

function playClip(clip, button) {
  const mine = clipButton === button && !clipAudio.paused;
  clipAudio.pause();
  if (mine) return;
  if (clipButton) mark(clipButton, false);
  clipButton = button;
  audio.pause();
  clipAudio.src = soundUrl(clip.file);
  clipAudio.play().catch(interrupted);
}

// A start that something else comes between is rejected by the browser; nothing is wrong then.
function interrupted() {}

function mark(button, playing) {
  button.classList.toggle("playing", playing);
  button.setAttribute("aria-label", playing ? "Pauze" : button.dataset.label ?? "Speel af");
}

function clipRow(clip) {
  const button = make("button", { type: "button", class: "round", "aria-label": `Speel af: ${clip.text}`, click: () => playClip(clip, button) },
    $("play").firstElementChild.cloneNode(true));
  button.dataset.label = `Speel af: ${clip.text}`;
  const off = clip.findings.length ? make("b", {}, ` · ${clip.findings.join(" · ")}`) : "";
  const facts = `${number(clip.ms / 1000)} s · ${number(clip.lufs)} LUFS · piek ${number(clip.peak)} dB`;
  const safe = clip.safety ? make("span", { class: "tag" }, "veiligheid") : "";
  return make("div", { class: "clip" }, button, make("p", {}, clip.text, safe, make("small", {}, facts, off)));
}

function clipGroup(prompt, clips) {
  const name = make("code", {}, prompt);
  if (clips.length === 1) return make("div", { class: "group" }, make("h3", {}, name), clipRow(clips[0]));
  return make("details", { class: "group" }, make("summary", {}, name, `${clips.length} keer`), ...clips.map(clipRow));
}

function showClips() {
  const plain = (text) => text.toLocaleLowerCase("nl").normalize("NFD").replace(/\p{M}/gu, "");
  const wanted = plain($("search").value.trim());
  const found = page.clips.filter((clip) => plain(`${clip.key} ${clip.text}`).includes(wanted));
  const groups = new Map();
  for (const clip of found) groups.set(clip.prompt, [...(groups.get(clip.prompt) ?? []), clip]);
  $("clips").replaceChildren(...[...groups].map(([prompt, clips]) => clipGroup(prompt, clips)));
  if (wanted) for (const group of document.querySelectorAll("details.group")) group.open = true;
  $("found").textContent = `${found.length} van ${page.clips.length} antwoorden`;
}

// ---- start --------------------------------------------------------------------------------------------------

function facts() {
  const chosen = page.trainings[page.chosen];
  const chips = [`stem ${page.voice}`, `pakket ${page.pack}`];
  if (page.trainings.length === 1) chips.push(chosen.label);
  const reviewed = page.reviewed_by ? make("li", {}, `nagekeken door ${page.reviewed_by}`) : make("li", { class: "warn" }, "nog door niemand nagekeken");
  $("facts").append(...chips.map((text) => make("li", {}, text)), reviewed);
}

function key(event) {
  const busy = event.target.closest("input, select, textarea");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && !event.target.closest("button, summary")) toggle();
  else if (event.key === "ArrowLeft") move(-1);
  else if (event.key === "ArrowRight") move(1);
  else return;
  event.preventDefault();
}

for (const change of ["play", "pause"]) {
  audio.addEventListener(change, () => { mark($("play"), !audio.paused); follow(); });
  clipAudio.addEventListener(change, () => mark(clipButton, !clipAudio.paused));
}
audio.addEventListener("timeupdate", () => show(place()));
$("play").addEventListener("click", (event) => { toggle(); release(event, $("play")); });
$("back").addEventListener("click", (event) => { move(-1); release(event, $("back")); });
$("next").addEventListener("click", (event) => { move(1); release(event, $("next")); });
$("wave").addEventListener("click", (event) => {
  const box = $("wave").getBoundingClientRect();
  jump((track.ms * (event.clientX - box.left)) / box.width, !audio.paused);
});
$("search").addEventListener("input", showClips);
document.addEventListener("keydown", key);
new ResizeObserver(() => draw()).observe($("wave"));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

$("trainings").append(...page.trainings.map((one, index) => make("option", { value: index }, one.label)));
$("trainings").value = page.chosen;
$("trainings").addEventListener("change", (event) => choose(Number(event.target.value)));
$("choice").hidden = page.trainings.length === 1;
facts();
choose(page.chosen);
showClips();
