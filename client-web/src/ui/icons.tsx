// SPDX-License-Identifier: ISC
// The icons: one small drawn set, on a grid of 20 px with strokes of 1.5 px.

const PATHS = {
  close: 'M5 5l10 10M15 5L5 15',
  layers: 'M10 3l7 4-7 4-7-4zM3 11l7 4 7-4',
  rewind: 'M3.5 10a6.5 6.5 0 1 0 2-4.7L3.5 7M3.5 3v4h4M10 6.5v3.5l2.5 1.5',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  fit: 'M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4',
};

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
