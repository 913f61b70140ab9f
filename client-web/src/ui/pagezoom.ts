// SPDX-License-Identifier: ISC
// The page itself never zooms under a pinch, wherever the fingers are: zoomed in, its controls are out
// of reach, and the canvas takes every gesture that would zoom back out. `touch-action: none` (in
// styles.css) covers touch; this covers the other events that zoom a page. Zooming by keyboard or menu
// goes on working.

export function keepPageStill(): void {
  // A pinch on a trackpad, or the wheel with Ctrl.
  const wheel = (event: WheelEvent) => {
    if (event.ctrlKey) event.preventDefault();
  };
  document.addEventListener('wheel', wheel, { passive: false });
  // Safari's own events, which it sends beside those of the pointers.
  document.addEventListener('gesturestart', (event) => event.preventDefault());
}
