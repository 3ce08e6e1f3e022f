// Custom emoji offered while one types ":na" into a field: arrows choose, Enter or Tab takes, Escape leaves.
const MOST = 8;
let known;

for (const field of document.querySelectorAll("textarea[data-emoji]")) offer(field);

function offer(field) {
  const list = document.createElement("ul");
  list.className = "offered";
  list.id = `${field.id}-offered`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.emoji);
  list.hidden = true;
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  let start = -1;
  let chosen = 0;

  const leave = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    chosen = (place + list.children.length) % list.children.length;
    [...list.children].forEach((one, n) => one.setAttribute("aria-selected", n === chosen));
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
  };
  const take = (one) => {
    field.setRangeText(`:${one.dataset.shortcode}: `, start, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    leave();
    field.focus();
  };

  field.addEventListener("input", async () => {
    const typed = /(?:^|[^\w:]):([a-z0-9_]{1,30})$/i.exec(field.value.slice(0, field.selectionStart));
    if (!typed) return leave();
    const before = field.value;
    known ??= fetch("/emoji.json").then((answer) => (answer.ok ? answer.json() : []));
    const found = (await known).filter((one) => one.shortcode.includes(typed[1].toLowerCase())).slice(0, MOST);
    if (field.value !== before) return;
    if (!found.length) return leave();
    start = field.selectionStart - typed[1].length - 1;
    list.replaceChildren(...found.map((one, n) => show(one, `${list.id}-${n}`, take)));
    list.hidden = false;
    choose(0);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) choose(chosen + moves[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen]);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", leave);
}

function show({ shortcode, url }, id, take) {
  const one = document.createElement("li");
  const picture = document.createElement("img");
  Object.assign(picture, { src: url, alt: "", width: 24, height: 24 });
  one.append(picture, `:${shortcode}:`);
  one.id = id;
  one.dataset.shortcode = shortcode;
  one.setAttribute("role", "option");
  one.addEventListener("mousedown", (event) => {
    event.preventDefault();
    take(one);
  });
  return one;
}
