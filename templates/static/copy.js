// Buttons that copy a text.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // plain http: the text can still be selected
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.querySelector(".unseen");
    const before = words.textContent;
    words.textContent = button.dataset.copied;
    words.classList.remove("unseen");
    setTimeout(() => {
      words.textContent = before;
      words.classList.add("unseen");
    }, 2000);
  });
}
