// A frame is as high as the widget in it: on a phone, its parts stand below one another.
function follow(frame) {
  const least = frame.offsetHeight;
  const fit = () => {
    const page = frame.contentDocument.body;
    frame.style.height = `${Math.max(least, page.offsetHeight + 2 * page.offsetTop)}px`;
  };
  const watch = () => new ResizeObserver(fit).observe(frame.contentDocument.body);
  frame.addEventListener("load", watch);
  if (frame.contentDocument?.readyState === "complete") watch();
}

for (const frame of document.querySelectorAll("iframe.widget")) follow(frame);
