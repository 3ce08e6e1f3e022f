// Looking closely: a picture fills the screen; arrows, Home, End and swipes go through the others of its post.
// Without this script a click opens the picture's file, and the links to the works beside it do the rest.
const SWIPE = 48; // CSS pixels

const links = [...document.querySelectorAll("[data-zoom]")];
if (links.length) enlargeOnClick();
document.addEventListener("keydown", turnPage);

function enlargeOnClick() {
  const dialog = document.createElement("dialog");
  dialog.className = "closeup";
  const image = new Image();
  const close = document.createElement("button");
  close.className = "bare";
  close.textContent = "×";
  close.setAttribute("aria-label", document.querySelector("[data-gallery]").dataset.saidClose);
  dialog.append(image, close);
  document.body.append(dialog);

  let shown = 0;
  let touchStart = null;

  const show = (index) => {
    shown = (index + links.length) % links.length;
    dialog.classList.remove("near");
    image.src = links[shown].href;
    image.alt = links[shown].querySelector("img").alt;
    dialog.setAttribute("aria-label", image.alt);
  };
  const forward = document.documentElement.dir === "rtl" ? -1 : 1;
  const steps = { ArrowRight: forward, ArrowLeft: -forward };

  for (const [index, link] of links.entries()) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(index);
      dialog.showModal();
    });
  }
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => links[shown].focus());
  image.addEventListener("click", (event) => {
    const x = event.offsetX / image.clientWidth;
    const y = event.offsetY / image.clientHeight;
    dialog.classList.toggle("near");
    dialog.scrollTo(x * dialog.scrollWidth - innerWidth / 2, y * dialog.scrollHeight - innerHeight / 2);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key in steps) show(shown + steps[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(links.length - 1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("touchstart", (event) => {
    touchStart = event.touches.length === 1 ? event.touches[0].clientX : null;
  }, { passive: true });
  dialog.addEventListener("touchend", (event) => {
    if (touchStart === null || dialog.classList.contains("near")) return;
    const way = event.changedTouches[0].clientX - touchStart;
    if (Math.abs(way) > SWIPE) show(shown - Math.sign(way) * forward);
  }, { passive: true });
}

// Outside of the close-up, the same keys go to the works beside this one.
function turnPage(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
}
