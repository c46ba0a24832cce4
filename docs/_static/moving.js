/* Draws the recordings within figure.moving with plotly and lets them be played, stopped and
   moved by mouse, finger and keyboard. What plotly lacks is here: controls that the keyboard
   reaches, a size taken from the column, colours taken from the page. plotly itself is fetched
   from beside this file when the first picture comes near. */
(() => {
  "use strict";
  const beside = new URL(".", document.currentScript.src);
  const NARROW = 600;

  let plotly = null;
  const loadPlotly = () => (plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("plotly.min.js", beside).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  }));

  const isDict = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  function merged(base, ...changes) {
    const result = { ...base };
    for (const change of changes)
      for (const [key, value] of Object.entries(change ?? {}))
        result[key] = isDict(value) && isDict(result[key]) ? merged(result[key], value) : value;
    return result;
  }

  /* "@text" and the like become the colours of the page, which may be light or dark. */
  function colored(value, page) {
    if (typeof value === "string") return page[value] ?? value;
    if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map((v) => colored(v, page));
    if (!isDict(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, colored(v, page)]));
  }

  function pageColors() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return {
      "@text": read("--pst-color-text-base"),
      "@muted": read("--pst-color-text-muted"),
      "@grid": document.documentElement.dataset.theme === "dark" ? "#4a525d" : "#d8dce1",
      "@back": read("--pst-color-background"),
    };
  }

  const FORMULAS = {
    neuron(recording, { w, b }) {
      const x = recording.traces[1].x;
      const half = w === 0 ? [] : [-b / w];
      const [low, high] = [x[0], x[x.length - 1]];
      const jump = w === 0 ? low : Math.max(low, Math.min(high, -b / w));
      const fires = (v) => (w * v + b > 0 ? 1 : 0);
      const [before, after] = w === 0 ? [fires(0), fires(0)] : [fires(-b / w - 1), fires(-b / w + 1)];
      const shown = (v) => String(v).replace("-", "−");
      const where = w === 0
        ? "does not depend on x"
        : `is ½ at x = −b/w = ${shown((-b / w).toFixed(2).replace("-0.00", "0.00"))}, and its slope there is w/4 = ${shown(w / 4)}`;
      return {
        text: `w = ${shown(w)}, b = ${shown(b)}: the output ${where}.`,
        traces: {
          0: { x: [low, jump, jump, high], y: [before, before, after, after] },
          1: { y: x.map((v) => 1 / (1 + Math.exp(-(w * v + b)))) },
          2: { x: half, y: half.map(() => 0.5) },
        },
      };
    },
  };

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  let count = 0;

  class Moving {
    constructor(figure) {
      this.figure = figure;
      this.recording = JSON.parse(figure.querySelector("script").textContent);
      this.id = `moving-${++count}`;
      this.plot = element("div", { class: "moving-plot" });
      this.text = element("p", { class: "moving-text", "aria-live": "polite" });
      this.values = {};
      [this.variant, this.frame] = this.recording.first ?? [0, 0];
      this.timer = null;
    }

    async start() {
      this.Plotly = await loadPlotly();
      const { recording } = this;
      const controls = element("div", { class: "moving-controls" });
      if (recording.variants?.length > 1) controls.append(this.chooser());
      if (recording.variants) controls.append(this.player());
      for (const slider of recording.sliders ?? []) controls.append(this.slider(slider));
      this.figure.replaceChildren(controls, this.plot, this.text);
      if (!recording.variants && !recording.sliders) {
        controls.remove();
        this.text.remove();
      }
      this.width = 0;
      // A surface in space would take the wheel and the finger, and the page would not scroll.
      for (const kind of ["wheel", "touchstart", "touchmove"])
        this.plot.addEventListener(kind, (event) => event.stopPropagation(), { capture: true, passive: true });
      new ResizeObserver(() => {
        if (this.plot.clientWidth && this.plot.clientWidth !== this.width) this.draw();
      }).observe(this.plot);
      new MutationObserver(() => this.draw()).observe(document.documentElement, {
        attributes: true, attributeFilter: ["data-theme"],
      });
      this.draw();
    }

    get frames() {
      return this.recording.variants[this.variant].frames;
    }

    chooser() {
      const { recording } = this;
      const set = element("fieldset", {}, element("legend", {}, recording.choice));
      recording.variants.forEach((variant, k) => {
        const input = element("input", { type: "radio", name: `${this.id}-variant` });
        input.checked = k === this.variant;
        input.addEventListener("change", () => {
          const wasPlaying = this.timer !== null;
          this.stop();
          this.variant = k;
          const given = recording.first;
          this.show(given ? Math.min(this.frame, this.frames.length - 1) : 0);
          this.range.max = this.frames.length - 1;
          if (wasPlaying) this.play();
        });
        set.append(element("label", {}, input, ` ${variant.name}`));
      });
      return set;
    }

    player() {
      const button = (label, text, action) => {
        const made = element("button", { type: "button", "aria-label": label, title: label }, text);
        made.addEventListener("click", action);
        return made;
      };
      this.toggle = button("Play", "▶", () => (this.timer === null ? this.play() : this.stop()));
      this.toggle.classList.add("moving-toggle");
      const step = (by) => () => { this.stop(); this.show(this.frame + by); };
      this.range = element("input", {
        type: "range", min: 0, max: this.frames.length - 1, step: 1, value: this.frame,
        "aria-label": this.recording.step,
      });
      this.range.addEventListener("input", () => { this.stop(); this.show(Number(this.range.value)); });
      this.place = element("output", { class: "moving-place" });
      return element(
        "div", { class: "moving-player" }, this.toggle,
        button("Back", "‹", step(-1)), button("Forward", "›", step(1)), this.range, this.place,
      );
    }

    slider({ name, label, min, max, step, value }) {
      this.values[name] = value;
      const input = element("input", { type: "range", min, max, step, value });
      const said = element("output", {}, String(value).replace("-", "−"));
      input.addEventListener("input", () => {
        this.values[name] = Number(input.value);
        said.textContent = input.value.replace("-", "−");
        this.draw();
      });
      return element("label", { class: "moving-slider" }, element("span", {}, label), input, said);
    }

    play() {
      if (this.frame >= this.frames.length - 1) this.show(0);
      this.toggle.textContent = "⏸";
      this.toggle.setAttribute("aria-label", "Pause");
      this.toggle.title = "Pause";
      this.text.setAttribute("aria-live", "off");
      this.timer = setInterval(() => {
        if (this.frame < this.frames.length - 1) this.show(this.frame + 1);
        if (this.frame >= this.frames.length - 1) this.stop();
      }, this.recording.interval ?? 350);
    }

    stop() {
      if (this.timer === null) return;
      clearInterval(this.timer);
      this.timer = null;
      this.toggle.textContent = "▶";
      this.toggle.setAttribute("aria-label", "Play");
      this.toggle.title = "Play";
      this.text.setAttribute("aria-live", "polite");
    }

    show(frame) {
      this.frame = Math.max(0, Math.min(frame, this.frames.length - 1));
      this.range.value = this.frame;
      this.draw();
    }

    state() {
      const { recording } = this;
      if (recording.formula) return [{}, FORMULAS[recording.formula](recording, this.values)];
      if (!recording.variants) return [{}, {}];
      return [recording.variants[this.variant], this.frames[this.frame]];
    }

    draw() {
      const { recording, plot } = this;
      const [variant, frame] = this.state();
      const data = recording.traces.map((trace, k) => {
        const whole = merged(trace, variant.traces?.[k], frame.traces?.[k]);
        const upto = frame.upto?.[k];
        if (upto !== undefined) for (const axis of ["x", "y"]) whole[axis] = whole[axis].slice(0, upto);
        return whole;
      });
      const resized = this.width !== plot.clientWidth; // which react does not always see
      this.width = plot.clientWidth;
      const narrow = this.width < NARROW;
      const grid = { gridcolor: "@grid", zerolinecolor: "@grid", linecolor: "@grid", fixedrange: true };
      const flat = { ...grid, automargin: true, ticks: "outside", tickcolor: "@grid", title: { standoff: 6 } };
      const layout = merged(
        {
          margin: { l: 8, r: 8, t: 8, b: 8 },
          paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
          font: { color: "@text", family: getComputedStyle(document.body).fontFamily, size: narrow ? 12 : 14 },
          dragmode: false, hovermode: "closest", transition: { duration: 0 },
        },
        recording.layout, narrow ? recording.narrow : {}, variant.layout, frame.layout,
      );
      for (const name of Object.keys(layout)) {
        if (/^[xy]axis\d*$/.test(name)) layout[name] = merged(flat, layout[name]);
        if (name === "scene") {
          for (const axis of ["xaxis", "yaxis", "zaxis"])
            layout.scene[axis] = merged({ ...grid, showbackground: false }, layout.scene[axis]);
          layout.dragmode = "orbit";
        }
      }
      layout.width = this.width;
      layout.height = (narrow ? recording.narrow_height : recording.height) ?? 420;
      const page = pageColors();
      const config = { displayModeBar: false, scrollZoom: false, doubleClick: false, responsive: false };
      this.Plotly[resized ? "newPlot" : "react"](plot, colored(data, page), colored(layout, page), config);
      if (frame.text !== undefined) this.text.textContent = frame.text;
      if (this.range) {
        const said = `${recording.step} ${frame.label}`;
        this.place.textContent = said;
        this.range.setAttribute("aria-valuetext", said);
      }
    }
  }

  function begin() {
    const figures = document.querySelectorAll("figure.moving");
    const near = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        new Moving(target).start();
      }
    }, { rootMargin: "600px" });
    figures.forEach((figure) => near.observe(figure));
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
