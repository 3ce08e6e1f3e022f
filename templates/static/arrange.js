// An order is changed by dragging, too; the buttons do the same without a script.
const EDGE = 72; // from here on, dragging rolls the page

for (const list of document.querySelectorAll("[data-arrange]"))
  for (const item of list.children) {
    const grip = item.querySelector("[data-grip]");
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      drag(list, item, event.clientY);
    });
  }

// Listens on the window: what changes its place in the list loses the pointer.
function drag(list, item, y) {
  const before = [...list.children];
  const over = (event) => dragOver(list, item, (y = event.clientY));
  const rolling = setInterval(() => {
    const by = y < EDGE ? -12 : y > innerHeight - EDGE ? 12 : 0;
    if (!by) return;
    scrollBy(0, by);
    dragOver(list, item, y);
  }, 16);
  const end = (event) => {
    clearInterval(rolling);
    item.classList.remove("moving");
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end);
    window.removeEventListener("pointermove", over);
    const place = [...list.children].indexOf(item);
    if (event.type === "pointercancel") list.replaceChildren(...before);
    else if (place !== before.indexOf(item)) keep(item, place + 1);
  };
  item.classList.add("moving");
  window.addEventListener("pointermove", over);
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end);
}

function dragOver(list, item, y) {
  for (const other of list.children) {
    const { top, height } = other.getBoundingClientRect();
    if (other === item || y < top || y > top + height) continue;
    const isBelow = item.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isBelow && y > top + height / 2) other.after(item);
    else if (!isBelow && y < top + height / 2) other.before(item);
    return;
  }
}

async function keep(item, place) {
  const form = item.querySelector("form");
  const fields = new URLSearchParams(new FormData(form));
  fields.set("step", "to");
  fields.set("place", place);
  await fetch(form.action, { method: "POST", body: fields }).catch(() => {});
  location.reload(); // says what holds, whatever came of it, and stays where it was
}
