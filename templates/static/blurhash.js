// Paints each picture's blurhash (github.com/woltapp/blurhash, the format) over its plain tone until it has come; then
// takes the tone away, which would show through whatever the picture leaves transparent.
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";
const SIZE = 16; // pixels; the browser smooths the rest

for (const tone of document.querySelectorAll(".tone[data-blurhash]")) {
  const image = tone.parentElement.querySelector("img");
  if (image?.complete && image.naturalWidth) {
    tone.remove();
    continue;
  }
  const shown = paint(tone.dataset.blurhash) ?? tone;
  tone.replaceWith(shown);
  image?.addEventListener("load", () => shown.remove());
}

function paint(hash) {
  const columns = (read(hash, 0, 1) % 9) + 1;
  const rows = Math.floor(read(hash, 0, 1) / 9) + 1;
  if (hash.length !== 4 + 2 * columns * rows) return null;
  const waves = readWaves(hash, columns * rows);
  const canvas = document.createElement("canvas");
  canvas.className = "tone";
  canvas.width = canvas.height = SIZE;
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(SIZE, SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const at = 4 * (y * SIZE + x);
      for (const [channel, light] of sum(waves, columns, x, y).entries()) pixels.data[at + channel] = toByte(light);
      pixels.data[at + 3] = 255;
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

function readWaves(hash, count) {
  const loudest = (read(hash, 1, 2) + 1) / 166;
  const mean = read(hash, 2, 6);
  const waves = [[mean >> 16, (mean >> 8) & 255, mean & 255].map(toLight)];
  for (let n = 1; n < count; n++) {
    const value = read(hash, 4 + 2 * n, 6 + 2 * n);
    waves.push([Math.floor(value / 361), Math.floor(value / 19) % 19, value % 19].map((level) => {
      const signed = (level - 9) / 9;
      return Math.sign(signed) * signed * signed * loudest;
    }));
  }
  return waves;
}

function sum(waves, columns, x, y) {
  const light = [0, 0, 0];
  for (const [n, wave] of waves.entries()) {
    const across = Math.cos((Math.PI * x * (n % columns)) / SIZE);
    const down = Math.cos((Math.PI * y * Math.floor(n / columns)) / SIZE);
    for (let channel = 0; channel < 3; channel++) light[channel] += wave[channel] * across * down;
  }
  return light;
}

function read(hash, from, to) {
  return [...hash.slice(from, to)].reduce((value, digit) => value * 83 + DIGITS.indexOf(digit), 0);
}

function toLight(byte) {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toByte(light) {
  const value = Math.min(Math.max(light, 0), 1);
  return Math.round(255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055));
}
