// What the theme leaves out for readers who hear a page or have no mouse.
function mend() {
  // A list inside the navigation, and the buttons of a block of code, are no landmarks of their own.
  document.querySelectorAll(".md-nav .md-nav:not([role]), .md-code__nav:not([role])").forEach((one) => one.setAttribute("role", "none"));
  document.querySelector(".md-path")?.setAttribute("aria-label", document.documentElement.lang === "zh" ? "当前位置" : "You are here");
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach((one) => {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  });
}
mend();
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
addEventListener("resize", mend);
