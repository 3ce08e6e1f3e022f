// The mark is drawn by the server, with the fonts that it will be drawn with; here it is only asked for again.
const form = document.querySelector("[data-mark]");
const preview = form.querySelector("[data-preview]");
let waiting;

function draw() {
  const said = new URLSearchParams();
  for (const name of ["text", "opacity"]) said.set(name, form.elements[name].value);
  said.set("layout", form.querySelector("[name=layout]:checked")?.value ?? "corner");
  if ("hasLogo" in form.dataset && !form.elements.remove_logo?.checked) said.set("logo", "1");
  const address = `/settings/marks/preview?${said}`;
  if (preview.getAttribute("src") !== address) preview.src = address;
}

form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(draw, 300);
});
