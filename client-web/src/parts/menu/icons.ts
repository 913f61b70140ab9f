// SPDX-License-Identifier: ISC
// The menu's own icons; see ui/icons.tsx.

export const LAYERS = 'M10 3l7 4-7 4-7-4zM3 11l7 4 7-4';
/** A framed picture. */
export const TEMPLATE =
  'M4.5 3.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 13l3.5-3.5 6.5 7M11 13.5l2-2 3.5 3.5M12.5 7h.01';
export const GRID = 'M3.5 3.5h13v13h-13zM3.5 7.83h13M3.5 12.17h13M7.83 3.5v13M12.17 3.5v13';
/** A plane, and on it the frame of a view. */
export const MINIMAP =
  'M4.5 3.5h11a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM9 9h4.5v4.5H9z';
export const SHIELD = 'M10 2.5l6 2.5v4.5c0 3.6-2.4 6.4-6 8-3.6-1.6-6-4.4-6-8V5z';
/** Half in the light. */
export const THEME = 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 3v14M10 7l4.9-1.9M10 11l6.8-2.6M10 15l5.9-2.3';
export const GLOBE =
  'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3C7.8 5 6.8 7.3 6.8 10s1 5 3.2 7c2.2-2 3.2-4.3 3.2-7S12.2 5 10 3z';
export const TRACKPAD =
  'M4 4h12a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM3 12.5h14M10 12.5V16';
export const KEYBOARD =
  'M3.5 5h13a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM5.5 8.3h.01M8.5 8.3h.01M11.5 8.3h.01M14.5 8.3h.01M7 12h6';
export const ABOUT = 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9.5v4M10 6.5h.01';
export const SHARE = 'M10 12.5V3M6.5 6L10 2.5 13.5 6M6 9H4.5v8h11V9H14';
export const SAVE = 'M10 3v9.5M6.5 9L10 12.5 13.5 9M4 13.5V17h12v-3.5';
/** Something comes down into a window. */
export const INSTALL = 'M10 3v8M6.5 7.5L10 11l3.5-3.5M6 3.5H3.5v10h13v-10H14M7 16.5h6';
