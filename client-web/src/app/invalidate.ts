// SPDX-License-Identifier: ISC
// Says that something on the window is not what it should be any more. What draws listens; any number
// of calls before the next frame are one drawing.

/** The view or the scene; a board (what of it, the board knows); what lies over the picture; own pixels,
 * of which both tell. */
export type What = 'view' | 'board' | 'layers' | 'own';

let listener: (what: What) => void = () => {};

export const invalidate = (what: What): void => listener(what);

export function onInvalid(draw: (what: What) => void): void {
  listener = draw;
}
