// SPDX-License-Identifier: ISC
// How much of the window's lower edge a keyboard on the screen covers, for the style sheets (--keyboard):
// browsers make only the visual viewport smaller.

const view = window.visualViewport;

function tell(): void {
  // A page that is zoomed in has a small viewport, too.
  const covered = view && view.scale === 1 ? innerHeight - view.height - view.offsetTop : 0;
  document.documentElement.style.setProperty('--keyboard', `${Math.max(0, Math.round(covered))}px`);
}

/** From now on. */
export function watchKeyboard(): void {
  view?.addEventListener('resize', tell);
  view?.addEventListener('scroll', tell);
}
