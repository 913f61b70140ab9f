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
export const PLUS = 'M10 4v12M4 10h12';
export const MINUS = 'M4 10h12';
export const FIT = 'M3.5 7V3.5H7M13 3.5h3.5V7M16.5 13v3.5H13M7 16.5H3.5V13';
export const UP = 'M5 12.5l5-5 5 5';
export const DOWN = 'M5 7.5l5 5 5-5';
export const LEFT = 'M12.5 5l-5 5 5 5';
export const RIGHT = 'M7.5 5l5 5-5 5';
export const CLOCK = 'M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3v4h4M10 6.5V10l2.5 1.5';
export const LINK =
  'M8.3 11.7a3 3 0 0 0 4.3 0l2.8-2.8a3 3 0 0 0-4.3-4.3l-1 1M11.7 8.3a3 3 0 0 0-4.3 0l-2.8 2.8a3 3 0 0 0 4.3 4.3l1-1';
/** Leads out of the page. */
export const OUT = 'M8 4.5H4.5v11h11V12M11.5 3.5h5V8.5M16 4l-7 7';
export const PENCIL = 'M4 16l.8-3.5L13.3 4 16 6.7l-8.5 8.5zM11.3 6L14 8.7';
export const DROPPER =
  'M10 6.5l3.5 3.5M11 7.5l-6.3 6.3V15.3h1.5L12.5 9M11.5 5.5l2.3-2.3a1.9 1.9 0 0 1 3 3L14.5 8.5';
