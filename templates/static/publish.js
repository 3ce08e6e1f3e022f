// The publish form, easier: pictures go up one by one as they are dropped, each tells what is done with it, and the
// form is kept as a draft while one writes. Without this script the same form shows its places and is sent as it is.
const form = document.querySelector("[data-publish]");
const said = form.dataset;
const list = form.querySelector("[data-places]");
const drop = form.querySelector("[data-drop]");
const pick = drop.querySelector("input");
const status = form.querySelector("[data-status]");
const maxBytes = Number(said.maxFileMib) * 1024 * 1024;
const AT_ONCE = 2; // pictures going up at the same time
const LOOK_MS = 700;
const KEEP_MS = 1200;
const AGAIN_MS = [2000, 6000, 15000]; // when a connection broke
const EDGE = 96; // from here on, dragging rolls the page

const queue = [];
let going = 0;
let draft = null; // the promise of its number
let keeping = 0;
let looking = 0;
let wanted = null; // the button that waits for pictures

prepare();

function prepare() {
  const places = [...form.querySelectorAll("[data-place]")];
  list.append(...places);
  form.querySelector("[data-more-places]")?.remove();
  for (const gone of form.querySelectorAll("[data-unless-ready], [data-place] input[type=file]")) gone.remove();
  form.classList.add("ready");
  drop.hidden = false;
  for (const place of places) preparePlace(place);
  pick.addEventListener("change", () => {
    add(pick.files);
    pick.value = "";
  });
  for (const name of ["dragover", "dragenter"]) form.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => drop.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) add(event.clipboardData.files);
  });
  form.addEventListener("submit", send);
  window.addEventListener("beforeunload", (event) => {
    if (filled().some((place) => ["sending", "unsent"].includes(stateOf(place)))) event.preventDefault();
  });
  form.addEventListener("input", () => {
    countUndescribed();
    keepSoon();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && keeping) keep();
  });
  const zone = form.elements.time_zone;
  if (zone && zone.value === "UTC" && !form.elements.publish_at.value) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  renumber();
  look();
}

function preparePlace(place) {
  place.querySelector("[data-tools]").hidden = false;
  for (const button of place.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(place, filled().indexOf(place) + Number(button.dataset.move), button));
    button.addEventListener("keydown", (event) => {
      const end = { Home: 0, End: filled().length - 1 }[event.key];
      if (end === undefined) return;
      event.preventDefault();
      move(place, end, button);
    });
  }
  place.querySelector("[data-remove]").addEventListener("click", () => remove(place));
  place.querySelector("[data-grip]").addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drag(place, event);
  });
}

// ── pictures and their order ──

function stateOf(place) {
  return place.dataset.state; // sending, unsent, waiting, working, done, refused; none where there is no picture
}

function filled() {
  return [...list.children].filter(stateOf);
}

function add(files) {
  const notes = [];
  for (const file of files) {
    const place = [...list.children].find((candidate) => !stateOf(candidate));
    if (!place) {
      notes.push(said.saidTooMany);
      break;
    }
    if (file.size > maxBytes) notes.push(`${file.name} ${said.saidTooLarge}`);
    else put(place, file);
  }
  renumber();
  say(notes.join(" "));
  next();
}

function put(place, file) {
  place.dataset.state = "sending";
  place.file = file;
  place.tries = 0;
  place.querySelector("[data-name] bdi").textContent = file.name;
  preview(place, file);
  queue.push(place);
}

async function preview(place, file) {
  const canvas = document.createElement("canvas");
  showLooks(place, canvas);
  canvas.width = canvas.height = 160;
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: 320, resizeQuality: "medium" });
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
  } catch {
    canvas.getContext("2d").fillText(file.name, 8, 80, 144); // a format that browsers do not draw, as TIFF
  }
}

function showLooks(place, element) {
  const aim = place.querySelector("[data-aim]");
  aim.hidden = false;
  aim.querySelector("img, canvas")?.remove();
  aim.prepend(element);
}

function move(place, to, button) {
  const places = filled();
  if (!places[to] || places[to] === place) return;
  if (to < places.indexOf(place)) places[to].before(place);
  else places[to].after(place);
  renumber();
  focusOn(button.disabled ? place.querySelector("[data-move]:enabled") : button);
  say(`${nameOf(place)} ${said.saidMoved} ${to + 1}`);
  keepSoon();
}

function focusOn(element) {
  element.focus();
  element.scrollIntoView({ block: "nearest" });
}

function nameOf(place) {
  return place.querySelector("[data-name]").textContent.trim();
}

// Listens on the window: a picture that changes its place in the list loses the pointer.
function drag(place, { clientY }) {
  let y = clientY;
  const over = (event) => dragOver(place, (y = event.clientY));
  const roll = () => {
    if (!place.classList.contains("moving")) return;
    const by = Math.min(0, y - EDGE) + Math.max(0, y - innerHeight + EDGE);
    if (by) {
      scrollBy({ top: by / 6, behavior: "instant" });
      dragOver(place, y);
    }
    requestAnimationFrame(roll);
  };
  const end = () => {
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end);
    window.removeEventListener("pointermove", over);
    place.classList.remove("moving");
    renumber();
    keepSoon();
  };
  place.classList.add("moving");
  window.addEventListener("pointermove", over);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
  roll();
}

function dragOver(place, y) {
  for (const other of filled()) {
    if (other === place) continue;
    const box = other.getBoundingClientRect();
    if (y < box.top || y > box.bottom) continue;
    if (other.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) other.before(place);
    else other.after(place);
    return;
  }
}

async function remove(place) {
  const pk = numberOf(place).value;
  const beside = place.nextElementSibling;
  place.request?.abort();
  clearTimeout(place.again);
  if (queue.includes(place)) queue.splice(queue.indexOf(place), 1);
  delete place.dataset.state;
  delete place.dataset.focus;
  for (const field of place.querySelectorAll("[name]")) field.value = "";
  place.querySelector("[data-steps]").replaceChildren();
  place.querySelector("[data-name] bdi").textContent = "";
  place.querySelector("[data-aim]").hidden = true;
  list.append(place);
  renumber();
  focusOn((beside && stateOf(beside) ? beside : filled().at(-1))?.querySelector("[data-remove]") ?? pick);
  keepSoon();
  if (pk) fetch(`/drafts/${await findDraft()}/pictures/${pk}/remove`, { method: "POST", body: token() }).catch(() => {});
}

// The server takes pictures, and what is said of each, by the numbers in the fields' names.
function renumber() {
  const last = filled().length - 1;
  for (const [n, place] of [...list.children].entries()) {
    for (const field of place.querySelectorAll("[name]")) field.name = field.name.replace(/\d+$/, n);
    for (const number of place.querySelectorAll("[data-number]")) number.textContent = n + 1;
    place.querySelector("[data-move='-1']").disabled = n === 0;
    place.querySelector("[data-move='1']").disabled = n >= last;
    place.hidden = !stateOf(place);
  }
  form.classList.toggle("has-pictures", last >= 0);
  countUndescribed();
  form.dispatchEvent(new Event("pictures"));
}

function countUndescribed() {
  const hint = form.querySelector("[data-undescribed]");
  const n = filled().filter((place) => !place.querySelector("textarea").value.trim()).length;
  hint.hidden = n === 0;
  hint.textContent = n === 1 ? hint.dataset.one : hint.dataset.many.replace("{n}", n);
}

function numberOf(place) {
  return place.querySelector("input[name^=upload-]");
}

function say(words) {
  status.textContent = words;
  status.classList.toggle("unseen", !words);
}

// ── going up ──

async function next() {
  if (!queue.length || going >= AT_ONCE) return;
  const place = queue.shift();
  going++;
  try {
    const pk = await findDraft();
    if (stateOf(place)) await sendPicture(place, pk); // it may have been removed meanwhile
  } catch {
    lose(place);
  }
  going--;
  next();
  sendWhenReady();
}

// XMLHttpRequest, because fetch still cannot tell how much has gone up.
function sendPicture(place, pk) {
  const body = token();
  body.append("picture", place.file);
  const bar = place.querySelector("[data-sent]");
  const request = (place.request = new XMLHttpRequest());
  bar.hidden = false;
  tell(place, said.saidGoing);
  next();
  return new Promise((resolve) => {
    request.upload.addEventListener("progress", (step) => (bar.value = (100 * step.loaded) / step.total));
    request.addEventListener("loadend", () => {
      bar.hidden = true;
      bar.value = 0;
      const answer = request.responseType === "json" && request.response;
      if (request.status === 200 && answer) arrived(place, answer);
      else if (answer?.problem) fail(place, answer.problem);
      else lose(place);
      resolve();
    });
    request.responseType = "json";
    request.open("POST", `/drafts/${pk}/pictures`);
    request.send(body);
  });
}

function arrived(place, upload) {
  numberOf(place).value = upload.pk;
  const alt = place.querySelector("textarea");
  if (!alt.value) alt.value = upload.alt;
  delete place.file;
  show(place, upload);
  renumber();
  keepSoon();
  look();
}

// A connection that broke may come back: it is tried again, at ever longer intervals, then left to the artist.
function lose(place) {
  if (!stateOf(place)) return;
  place.tries = (place.tries ?? 0) + 1;
  if (place.tries > AGAIN_MS.length) return fail(place, said.saidLost);
  tell(place, said.saidBroken);
  place.again = setTimeout(() => {
    queue.push(place);
    next();
  }, AGAIN_MS[place.tries - 1]);
}

function fail(place, why) {
  if (!stateOf(place)) return;
  place.dataset.state = "unsent";
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button small";
  again.textContent = said.saidAgain;
  again.addEventListener("click", () => {
    place.dataset.state = "sending";
    place.tries = 0;
    queue.push(place);
    next();
  });
  tell(place, why, "error");
  place.querySelector("[data-steps]").append(again);
}

// ── what is done with them ──

function look() {
  if (looking || !filled().some((place) => ["waiting", "working"].includes(stateOf(place)))) return;
  looking = setTimeout(async () => {
    try {
      const answer = await fetch(`/drafts/${await findDraft()}/pictures`);
      if (answer.ok) showAll((await answer.json()).uploads);
    } catch { /* the next look may succeed */ }
    looking = 0;
    look();
  }, LOOK_MS);
}

function showAll(uploads) {
  const places = new Map(filled().map((place) => [numberOf(place).value, place]));
  for (const upload of uploads) if (places.has(upload.pk)) show(places.get(upload.pk), upload);
  form.dispatchEvent(new Event("pictures"));
}

function show(place, upload) {
  place.dataset.state = upload.state;
  place.dataset.focus = upload.focus;
  if (upload.state === "refused") tell(place, upload.problem, "error");
  else if (upload.state === "done") tellAll(place, upload);
  else tell(place, upload.steps.at(-1) ?? waitingWords(upload));
  if (!upload.picture || place.querySelector("[data-aim] img")?.getAttribute("src") === upload.picture.url) return;
  const image = new Image(upload.picture.width, upload.picture.height);
  image.alt = "";
  image.addEventListener("load", () => showLooks(place, image));
  image.src = upload.picture.url;
}

function waitingWords({ ahead, seconds }) {
  const words = ahead ? said.saidAhead : seconds ? said.saidSoon : said.saidWaiting;
  return words.replace("{n}", ahead).replace("{time}", seconds);
}

function tell(place, words, kind = "soft") {
  const steps = place.querySelector("[data-steps]");
  if (steps.textContent === words) return;
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = words;
  steps.replaceChildren(line);
}

function tellAll(place, { steps: lines, page }) {
  const steps = place.querySelector("[data-steps]");
  if (steps.querySelector("details") && steps.textContent.includes(lines.join(""))) return;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const all = document.createElement("ul");
  summary.textContent = said.saidProtected;
  for (const line of lines) all.appendChild(document.createElement("li")).textContent = line;
  details.append(summary, all);
  const compare = Object.assign(document.createElement("a"), { href: page, target: "_blank", rel: "noopener" });
  const line = document.createElement("p");
  compare.textContent = said.saidCompare;
  line.append(compare);
  steps.replaceChildren(details, line);
}

// ── the draft ──

function token() {
  const body = new FormData();
  body.append("csrf_token", form.elements.csrf_token.value);
  return body;
}

function findDraft() {
  if (!draft && form.elements.draft.value) draft = Promise.resolve(form.elements.draft.value);
  draft ??= save().catch((error) => {
    draft = null;
    throw error;
  });
  return draft;
}

async function save(leaving = false) {
  const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const answer = await fetch("/drafts", { method: "POST", body, keepalive: leaving });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.problem);
  form.elements.draft.value = said.draft;
  if (location.search === "?new") history.replaceState(null, "", `/publish?draft=${said.draft}`); // a reload comes back
  showAll(said.uploads); // another cloak or mark may have sent them back to be protected anew
  look();
  return said.draft;
}

function keepSoon() {
  if (!("autosave" in said)) return;
  clearTimeout(keeping);
  keeping = setTimeout(keep, KEEP_MS);
}

async function keep() {
  clearTimeout(keeping);
  keeping = 0;
  try {
    await (draft || form.elements.draft.value ? save(document.hidden) : findDraft());
    say(said.saidSaved);
  } catch {
    say(said.saidFailed);
  }
}

// The form goes as it is, once every picture is here: the server shows it again where something is wrong, and nothing
// is lost, for the pictures are there already.
function send(event) {
  clearTimeout(keeping);
  keeping = 0;
  const states = filled().map(stateOf);
  if (states.includes("unsent")) say(said.saidUnsent);
  else if (states.includes("sending")) {
    wanted = event.submitter;
    say(said.saidSending);
  } else return;
  event.preventDefault();
}

function sendWhenReady() {
  if (!wanted || filled().some((place) => stateOf(place) === "sending")) return;
  const button = wanted;
  wanted = null;
  form.requestSubmit(button);
}
