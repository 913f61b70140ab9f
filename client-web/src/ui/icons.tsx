// SPDX-License-Identifier: ISC
// The icons: drawn on a grid of 20 pixels with strokes of 1.5, ends and corners round. Each is a
// path, so that what a part does not use is not in its bundle. What an icon means is said by its
// button's label.

export const Icon = ({ d }: { readonly d: string }) => (
  <svg viewBox="0 0 20 20" aria-hidden="true">
    <path d={d} />
  </svg>
);

export const MENU = 'M3.5 5.5h13M3.5 10h13M3.5 14.5h13';
export const CLOSE = 'M5 5l10 10M15 5L5 15';
export const CHECK = 'M4 10.5l4 4 8-9';
export const PLUS = 'M10 4v12M4 10h12';
export const MINUS = 'M4 10h12';
export const FIT = 'M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13';
export const UP = 'M5 12.5l5-5 5 5';
export const DOWN = 'M5 7.5l5 5 5-5';
export const LEFT = 'M12.5 5l-5 5 5 5';
export const RIGHT = 'M7.5 5l5 5-5 5';
export const CLOCK = 'M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3v4h4M10 6.5V10l2.5 1.5';
export const PLAY = 'M6.5 4l9 6-9 6z';
export const PAUSE = 'M7 4.5v11M13 4.5v11';
export const LAYERS = 'M10 3l7 4-7 4-7-4zM3 11l7 4 7-4';
/** A framed picture. */
export const TEMPLATE =
  'M4.5 3.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 13l3.5-3.5 6.5 7M11 13.5l2-2 3.5 3.5M12.5 7h.01';
export const GRID = 'M3.5 3.5h13v13h-13zM3.5 7.83h13M3.5 12.17h13M7.83 3.5v13M12.17 3.5v13';
/** A plane, and on it the frame of a view. */
export const MINIMAP =
  'M4.5 3.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM9 9h4.5v4.5H9z';
/** Half in the light. */
export const THEME = 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 7l4.9-1.9M10 11l6.8-2.6M10 15l5.9-2.3';
export const GLOBE =
  'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3C7.8 5 6.8 7.3 6.8 10s1 5 3.2 7c2.2-2 3.2-4.3 3.2-7S12.2 5 10 3z';
export const SOUND = 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15 5a7 7 0 0 1 0 10';
export const BELL = 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.5 1.5h-13zM8.5 17.5h3';
export const VIBRATE = 'M7.5 4h5a.5.5 0 0 1 .5.5v11a.5.5 0 0 1-.5.5h-5a.5.5 0 0 1-.5-.5v-11a.5.5 0 0 1 .5-.5zM4 7.5v5M16 7.5v5M1.5 9v2M18.5 9v2';
export const TRACKPAD =
  'M4 4h12a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM3 12.5h14M10 12.5V16';
export const KEYBOARD =
  'M3.5 5h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM5.5 8.3h.01M8.5 8.3h.01M11.5 8.3h.01M14.5 8.3h.01M7 12h6';
export const ABOUT = 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.5v4M10 6.5h.01';
export const SHARE = 'M10 12.5V3M6.5 6L10 2.5 13.5 6M6 9H4.5v8h11V9H14';
export const SAVE = 'M10 3v9.5M6.5 9L10 12.5 13.5 9M4 13.5V17h12v-3.5';
export const LINK =
  'M8.3 11.7a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.7 8.3a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1';
/** Leads out of the page. */
export const OUT = 'M8 4.5H4.5v11h11V12M11.5 3.5h5V8.5M16 4l-7 7';
export const PENCIL = 'M4 16l.8-3.5L13.3 4 16 6.7l-8.5 8.5zM11.3 6L14 8.7';
export const DROPPER =
  'M10 6.5l3.5 3.5M11 7.5l-6.3 6.3V15.3h1.5L12.5 9M11.5 5.5l2.3-2.3a1.9 1.9 0 0 1 3 3L14.5 8.5';
export const UNDO = 'M7 4L3.5 7.5 7 11M3.5 7.5H12a4.5 4.5 0 0 1 0 9H8';
export const SHIELD = 'M10 2.5l6 2.5v4.5c0 3.6-2.4 6.4-6 8-3.6-1.6-6-4.4-6-8V5z';
export const PERSON = 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.5c.5-3 3-4.5 6-4.5s5.5 1.5 6 4.5';
export const FLAG = 'M5 17V3.5M5 4h10l-2.5 3 2.5 3H5';
export const MOVE = 'M10 3v14M3 10h14M8 5l2-2 2 2M8 15l2 2 2-2M5 8l-2 2 2 2M15 8l2 2-2 2';
/** Something comes down into a window. */
export const INSTALL = 'M10 3v8M6.5 7.5L10 11l3.5-3.5M6 3.5H3.5v10h13v-10H14M7 16.5h6';
