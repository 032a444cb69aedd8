// Moves the reader's position over the maps of a report. Everything that it shows is on the page
// already, in the block of data beside it; nothing is fetched and nothing is computed.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("explore-data").textContent);
  const controls = document.getElementById("explore-controls");
  const sliders = { x: document.getElementById("explore-x"), y: document.getElementById("explore-y") };
  const said = { x: document.getElementById("explore-x-said"), y: document.getElementById("explore-y-said") };
  const maps = Array.from(document.querySelectorAll("#explore svg.map"));

  function show() {
    const at = { x: Number(sliders.x.value), y: Number(sliders.y.value) };
    for (const axis of ["x", "y"]) {
      said[axis].textContent = data[axis].texts[at[axis]];
      sliders[axis].setAttribute("aria-valuetext", data[axis].texts[at[axis]]);
    }
    data.plans.forEach((plan, n) => {
      const answer = document.getElementById(`explore-answer-${n + 1}`);
      answer.textContent = data.answers[plan.answers[at.y][at.x]];
      answer.className = `answer ${data.styles[plan.answers[at.y][at.x]]}`;
      const margin = document.getElementById(`explore-margin-${n + 1}`);
      margin.textContent = plan.margins[at.y][at.x];
      margin.className = margin.textContent.includes("\u2212") ? "number negative" : "number";
      document.getElementById(`explore-where-${n + 1}`).textContent = data.where[plan.where[at.y][at.x]];
    });
    for (const map of maps) {
      const spot = map.querySelector(".here");
      spot.setAttribute("cx", data.left + (at.x + 0.5) * data.cell);
      spot.setAttribute("cy", data.top + (data.y.texts.length - at.y - 0.5) * data.cell);
      spot.removeAttribute("display");
    }
  }

  function go(event) {
    const map = event.currentTarget;
    const box = map.getBoundingClientRect();
    const scale = map.viewBox.baseVal.width / box.width;
    const x = Math.floor(((event.clientX - box.left) * scale - data.left) / data.cell);
    const y = Math.floor(((event.clientY - box.top) * scale - data.top) / data.cell);
    const up = data.y.texts.length - 1 - y;
    if (x < 0 || x >= data.x.texts.length || up < 0 || up >= data.y.texts.length) return;
    sliders.x.value = x;
    sliders.y.value = up;
    show();
  }

  function back() {
    sliders.x.value = data.x.today;
    sliders.y.value = data.y.today;
    show();
  }

  sliders.x.addEventListener("input", show);
  sliders.y.addEventListener("input", show);
  document.getElementById("explore-back").addEventListener("click", back);
  for (const map of maps) map.addEventListener("click", go);
  controls.hidden = false;
  back(); // a browser may keep a slider where it was when a page is loaded again
})();
