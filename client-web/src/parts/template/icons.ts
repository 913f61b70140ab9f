// SPDX-License-Identifier: ISC
// The icons that only templates need, drawn as those of ui/icons.tsx.

export const EYE = 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z';
export const EYE_OFF = 'M4 4l12 12M8 5.3A8 8 0 0 1 10 5c5 0 7.5 5 7.5 5a12 12 0 0 1-2 2.6M5 6.6A12 12 0 0 0 2.5 10S5 15 10 15a8 8 0 0 0 3-.6';
export const NEXT = 'M4 4l8 6-8 6zM15.5 4v12';
export const BIN = 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5';
export const MOVE = 'M10 3v14M3 10h14M8 5l2-2 2 2M8 15l2 2 2-2M5 8l-2 2 2 2M15 8l2 2-2 2';
