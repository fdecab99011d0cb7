// Drawing with a finger: what is chosen is dragged as with a mouse; a finger anywhere else scrolls the page as ever.
window.modellerTouch = (canvas) => {
  const passOn = (kind, touch, target) => target.dispatchEvent(new MouseEvent(kind, {
    bubbles: true, cancelable: true, view: window, button: 0, buttons: kind === "mouseup" ? 0 : 1,
    clientX: touch.clientX, clientY: touch.clientY, screenX: touch.screenX, screenY: touch.screenY,
  }));
  let held = null, moved = false;
  canvas.addEventListener("touchstart", (event) => {
    const shape = event.touches.length === 1 && event.target.closest(".djs-element.selected, .djs-bendpoint, .djs-resizer, .djs-segment-dragger");
    held = shape ? event.target : null;
    moved = false;
  }, { passive: true });
  canvas.addEventListener("touchmove", (event) => {
    if (!held) return;
    event.preventDefault();  // the page must not scroll under what is dragged
    const touch = event.touches[0];
    if (!moved) { moved = true; passOn("mousedown", touch, held); }
    passOn("mousemove", touch, document);
  }, { passive: false });
  for (const kind of ["touchend", "touchcancel"]) {
    canvas.addEventListener(kind, (event) => {
      if (held && moved) {
        event.preventDefault();
        passOn("mouseup", event.changedTouches[0], document);
      }
      held = null;
    }, { passive: false });
  }
};
