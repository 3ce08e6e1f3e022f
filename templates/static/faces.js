// A new portrait or banner, as it will be cut: the whole of it to point at, and what is left of it, while one chooses.
const form = document.querySelector("[data-faces]");

for (const place of form.querySelectorAll("[data-place]")) {
  focalOf(place).closest(".field").hidden = true;
  place.querySelector("input[type=file]").addEventListener("change", ({ target }) => choose(place, target.files[0]));
  place.addEventListener("input", ({ target }) => target.matches("[data-focal]") && cut(place));
}

function focalOf(place) {
  return place.querySelector("[data-focal]");
}

async function choose(place, file) {
  const aim = place.querySelector("[data-aim]");
  place.bitmap = file && (await createImageBitmap(file).catch(() => null)); // some formats browsers do not draw
  aim.hidden = focalOf(place).closest(".field").hidden = !place.bitmap;
  aim.querySelector("canvas")?.remove();
  if (!place.bitmap) return;
  const [width, height] = within(place.bitmap, 320);
  aim.prepend(draw(document.createElement("canvas"), place.bitmap, [0, 0, place.bitmap.width, place.bitmap.height], width, height));
  focalOf(place).value ||= "0 0"; // what is shown is what is done
  form.dispatchEvent(new Event("pictures"));
  cut(place);
}

function within({ width, height }, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

function draw(canvas, bitmap, part, width, height) {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(bitmap, ...part, 0, 0, width, height);
  return canvas;
}

// The same sum as on the server.
function cut(place) {
  const { bitmap } = place;
  if (!bitmap) return;
  const shape = Number(place.dataset.shape);
  const [x, y] = focalOf(place).value.split(" ").map(Number);
  const width = Math.min(bitmap.width, bitmap.height * shape);
  const height = width / shape;
  const start = (middle, length, whole) => Math.min(Math.max(middle * whole - length / 2, 0), whole - length);
  const part = [start((x + 1) / 2, width, bitmap.width), start((1 - y) / 2, height, bitmap.height), width, height];
  const shown = place.querySelector("[data-shown]");
  const canvas = shown.querySelector("canvas") ?? document.createElement("canvas");
  shown.replaceChildren(draw(canvas, bitmap, part, 192 * shape, 192));
}
