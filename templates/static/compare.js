// Two pictures become one with a slider, which the keyboard moves too. Left is before, in every direction of writing.
const stage = document.querySelector("[data-compare]");
const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50 });
slider.setAttribute("aria-label", stage.dataset.saidSlide);
slider.addEventListener("input", () => stage.style.setProperty("--shown", `${slider.value}%`));
stage.dir = "ltr";
stage.append(slider);
stage.classList.add("ready");
