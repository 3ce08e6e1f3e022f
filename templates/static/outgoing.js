// A post on its way out: what is done with its pictures, until it is away; then on to it.
const list = document.querySelector("[data-outgoing]");
const LOOK_MS = 700;

look();

async function look() {
  try {
    const answer = await fetch(`${list.dataset.outgoing}/pictures`);
    const { uploads, is_away: isAway } = await answer.json();
    if (isAway) return location.assign(list.dataset.outgoing);
    for (const upload of uploads) show(upload);
  } catch { /* the next look may succeed */ }
  setTimeout(look, LOOK_MS);
}

function show(upload) {
  const steps = list.querySelector(`[data-pk="${CSS.escape(upload.pk)}"] [data-steps]`);
  const words = upload.problem || (upload.state === "done" ? list.dataset.saidProtected : wordsOnTheWay(upload));
  if (steps && words && steps.textContent.trim() !== words) steps.textContent = words;
}

function wordsOnTheWay({ ahead, seconds, steps }) {
  const words = ahead ? list.dataset.saidAhead : list.dataset.saidSoon;
  return steps.at(-1) ?? words.replace("{n}", ahead).replace("{time}", seconds);
}
