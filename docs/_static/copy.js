/* A button on every block of code that copies what can be run: of a session in Python the lines
   after the prompts, without prompts and output. */
(() => {
  "use strict";

  function runnable(text) {
    const lines = text.replace(/\n$/, "").split("\n");
    if (!lines.some((line) => line.startsWith(">>> "))) return lines.join("\n");
    return lines
      .filter((line) => /^(>>>|\.\.\.)( |$)/.test(line))
      .map((line) => line.slice(4))
      .join("\n");
  }

  async function copy(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // a page that is opened as a file
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  function begin() {
    for (const block of document.querySelectorAll("div.highlight")) {
      const code = block.querySelector("pre");
      if (!code || block.closest(".sphx-glr-script-out")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy-code";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy the code");
      button.addEventListener("click", async () => {
        await copy(runnable(code.textContent));
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = "Copy"), 1500);
      });
      block.append(button);
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
