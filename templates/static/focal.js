// Pointing at what must stay in sight where others crop: by click, or with the arrow keys. The choice is kept in the
// select that serves the same end without this script.
const form = document.querySelector("[data-aims], [data-publish]");
const STEP = 0.1;

form.addEventListener("pictures", prepare);
form.addEventListener("input", (event) => {
  const place = event.target.closest("[data-place]");
  if (place && event.target.matches("[data-focal]")) mark(place);
});
prepare();

function prepare() {
  for (const [n, place] of [...form.querySelectorAll("[data-place]:not([hidden])")].entries()) {
    const aim = place.querySelector("[data-aim]");
    if (!aim || !aim.querySelector("img, canvas")) continue;
    aim.setAttribute("aria-label", form.dataset.saidAim.replace("{n}", n + 1));
    if (!aim.querySelector(".cross")) equip(place, aim);
    mark(place);
  }
}

function equip(place, aim) {
  const cross = document.createElement("span");
  cross.className = "cross";
  aim.append(cross);
  aim.tabIndex = 0;
  aim.setAttribute("role", "slider");
  aim.setAttribute("aria-valuemin", "0");
  aim.setAttribute("aria-valuemax", "100");
  aim.addEventListener("click", (event) => {
    const box = aim.getBoundingClientRect();
    point(place, (2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height);
  });
  aim.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [x, y] = focusOf(place);
    point(place, x + step[0], y + step[1]);
  });
}

function selectOf(place) {
  return place.querySelector("[data-focal]");
}

function focusOf(place) {
  const [x, y] = (selectOf(place).value || place.dataset.focus || "0 0").split(" ").map(Number);
  return [x, y];
}

function point(place, x, y) {
  const value = [x, y].map((part) => String(Number(Math.max(-1, Math.min(1, part)).toFixed(2)))).join(" ");
  const select = selectOf(place);
  if (![...select.options].some((option) => option.value === value)) {
    const own = select.querySelector("[data-own]") ?? select.appendChild(new Option(form.dataset.saidPointed));
    own.dataset.own = "";
    own.value = value;
  }
  select.value = value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark(place) {
  const aim = place.querySelector("[data-aim]");
  const cross = aim?.querySelector(".cross");
  if (!cross) return;
  const [x, y] = focusOf(place).map((part, way) => Math.round((way ? 1 - part : part + 1) * 50));
  cross.style.left = `${x}%`;
  cross.style.top = `${y}%`;
  aim.setAttribute("aria-valuenow", x);
  aim.setAttribute("aria-valuetext", form.dataset.saidAt.replace("{x}", x).replace("{y}", y));
}
