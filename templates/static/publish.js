// The publish form, easier: drop pictures, see them, put them in order, watch them go. Without this script the same
// form shows its places one by one and is sent as it is.
const form = document.querySelector("[data-publish]");
const list = form.querySelector("[data-places]");
const drop = form.querySelector("[data-drop]");
const pick = drop.querySelector("input");
const status = form.querySelector("[data-status]");
const limit = Number(form.dataset.max);
const maxBytes = Number(form.dataset.maxFileMib) * 1024 * 1024;

prepare();

function prepare() {
  const places = [...form.querySelectorAll("[data-place]")];
  list.append(...places);
  form.querySelector("[data-more-places]")?.remove();
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
  renumber();
}

function preparePlace(place) {
  place.querySelector("[data-tools]").hidden = false;
  for (const button of place.querySelectorAll("[data-move]")) {
    button.addEventListener("click", () => move(place, Number(button.dataset.move), button));
  }
  place.querySelector("[data-remove]").addEventListener("click", () => remove(place));
  place.querySelector("canvas").addEventListener("pointerdown", (event) => {
    event.preventDefault();
    drag(place);
  });
}

// Listens on the window: a picture that changes its place in the list loses the pointer.
function drag(place) {
  const over = (event) => dragOver(place, event.clientY);
  const end = () => {
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end);
    window.removeEventListener("pointermove", over);
    place.classList.remove("moving");
    renumber();
  };
  place.classList.add("moving");
  window.addEventListener("pointermove", over);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
}

function fileOf(place) {
  return place.querySelector("input[type=file]").files[0];
}

function filled() {
  return [...list.children].filter(fileOf);
}

function add(files) {
  const notes = [];
  for (const file of files) {
    const place = [...list.children].find((candidate) => !fileOf(candidate));
    if (!place) {
      notes.push(form.dataset.saidTooMany);
      break;
    }
    if (file.size > maxBytes) notes.push(`${file.name} ${form.dataset.saidTooLarge}`);
    else put(place, file);
  }
  renumber();
  say(notes.join(" "));
}

function put(place, file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  place.querySelector("input[type=file]").files = transfer.files;
  preview(place.querySelector("canvas"), file);
}

async function preview(canvas, file) {
  canvas.hidden = false;
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

function move(place, step, button) {
  const other = step < 0 ? place.previousElementSibling : place.nextElementSibling;
  if (!other || !fileOf(other)) return;
  if (step < 0) other.before(place);
  else other.after(place);
  renumber();
  button.focus();
  say(`${fileOf(place).name} ${form.dataset.saidMoved} ${filled().indexOf(place) + 1}`);
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

function remove(place) {
  place.querySelector("input[type=file]").value = "";
  place.querySelector("textarea").value = "";
  place.querySelector("select").value = "";
  list.append(place);
  renumber();
  pick.focus();
}

// The server takes pictures, and what is said of each, by the numbers in the fields' names.
function renumber() {
  for (const [n, place] of [...list.children].entries()) {
    for (const field of place.querySelectorAll("[name]")) field.name = field.name.replace(/\d+$/, n);
    place.querySelector("[data-number]").textContent = n + 1;
    place.querySelector("[data-move='-1']").disabled = n === 0;
    place.querySelector("[data-move='1']").disabled = n === filled().length - 1;
    place.hidden = !fileOf(place);
  }
  form.classList.toggle("has-pictures", filled().length > 0);
}

function say(words) {
  status.textContent = words;
  status.classList.toggle("unseen", !words);
}

// XMLHttpRequest, because fetch still cannot tell how much has gone up.
function send(event) {
  if (!filled().length) return;
  event.preventDefault();
  const button = form.querySelector("[data-send]");
  const bar = form.querySelector("progress");
  const request = new XMLHttpRequest();
  const failed = () => {
    button.disabled = false;
    bar.hidden = true;
    say(form.dataset.saidFailed);
  };
  button.disabled = true;
  bar.hidden = false;
  say(form.dataset.saidSending);
  request.upload.addEventListener("progress", (step) => {
    bar.value = (100 * step.loaded) / step.total;
    if (step.loaded === step.total) say(form.dataset.saidWorking);
  });
  request.addEventListener("error", failed);
  request.addEventListener("load", () => {
    if (request.status < 400) location.assign(request.responseURL);
    else {
      failed();
      showProblems(request.responseText);
    }
  });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

// The answer is the form again. What it says of each field goes to that field, for here the pictures are still chosen.
function showProblems(html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const old of document.querySelectorAll("[data-problems], .error")) old.remove();
  for (const error of answer.querySelectorAll(".error[id]")) {
    named(error.id.replace(/-error$/, ""))?.closest("[data-place], .field, fieldset").append(error);
  }
  const problems = answer.querySelector("[data-problems], .reading .lead");
  if (!problems) return;
  for (const link of problems.querySelectorAll("a")) {
    const field = named(link.hash.slice(1));
    const place = field?.closest("[data-place]");
    link.hash = (place ? place.querySelector("textarea") : field)?.id ?? "";
  }
  problems.tabIndex = -1;
  form.before(problems);
  problems.focus();
}

function named(name) {
  return form.querySelector(`[name="${CSS.escape(name)}"]`);
}
