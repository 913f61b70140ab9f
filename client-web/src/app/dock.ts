// SPDX-License-Identifier: ISC
// Where what one draws with stands at the window's edge.

export const boxOf = (id: string) => document.getElementById(id)?.getBoundingClientRect();

/** In a window of this height; undefined: there is none. On a phone on its side the tools stand beside the palette, but only in a
 * corner. */
export function deckBox(height: number): DOMRect | undefined {
  const deck = boxOf('deck');
  return deck && deck.height > height / 2 ? boxOf('palette') : withBar(deck);
}

/** With the bar that may stand on it. */
export function withBar(dock: DOMRect | undefined): DOMRect | undefined {
  const bar = boxOf('template-bar');
  return dock && bar?.height ? new DOMRect(dock.left, bar.top, dock.width, dock.bottom - bar.top) : dock;
}

/** Where an element stands once it is at rest: while it slides in, it is drawn elsewhere. */
export function restingBox(element: HTMLElement): DOMRect {
  const { x, y, width, height } = element.getBoundingClientRect();
  const { e, f } = new DOMMatrix(getComputedStyle(element).transform);
  return new DOMRect(x - e, y - f, width, height);
}
