// Colours and a style tried out on this very page; the server says whether words can be read in them.
const form = document.querySelector("[data-appearance]");
const field = form.querySelector("[data-style]");
const style = field.querySelector("textarea");
const tried = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, tried];
field.hidden = false;
style.addEventListener("input", () => tried.replaceSync(style.value));

let turn = 0;
form.addEventListener("input", async (event) => {
  if (event.target === style) return;
  const mine = ++turn;
  const url = `?${new URLSearchParams(new FormData(form))}`;
  const answer = await fetch(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== turn || !answer.ok) return;
  for (const part of ["[data-said]", "[data-preview]"]) {
    document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
  }
  history.replaceState(null, "", url);
});
