// What the theme leaves out for readers who hear a page or have no mouse.
function mend() {
  document.querySelectorAll(".md-code__nav:not([role])").forEach((one) => one.setAttribute("role", "none")); // no landmarks
  document.querySelectorAll(".md-nav .md-nav[aria-labelledby]:not([aria-label])").forEach((one) => {
    const title = one.closest("li")?.querySelector(".md-ellipsis")?.textContent.trim(); // its own label may be empty
    one.setAttribute("aria-label", title || one.dataset.mdLevel);
  });
  document.querySelector(".md-path")?.setAttribute("aria-label", document.documentElement.lang === "zh" ? "当前位置" : "You are here");
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach((one) => {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  });
}
mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", mend);
