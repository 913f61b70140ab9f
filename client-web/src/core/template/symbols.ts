// SPDX-License-Identifier: ISC
// A symbol for each of the palette's colours, so that cells can be told apart by more than colour.

/** Squares of 5 x 5, row by row. */
const DRAWN = [
  '.....,.###.,.#.#.,.###.,.....',
  '.....,.....,.###.,.....,.....',
  '.....,.###.,.....,.###.,.....',
  '#...#,.#.#.,..#..,.#.#.,#...#',
  '.#.#.,#####,#####,.###.,..#..',
  '..#..,..#..,#####,..#..,..#..',
  '..#..,.#.#.,#...#,.#.#.,..#..',
  '#####,#...#,#...#,#...#,#####',
  '..#..,.###.,#####,.###.,..#..',
  '..#..,..#..,.###.,.###.,#####',
  '#####,.###.,.###.,..#..,..#..',
  '.###.,#...#,#...#,#...#,.###.',
  '#.#.#,.#.#.,#.#.#,.#.#.,#.#.#',
  '##...,###..,.###.,..###,...##',
  '..#..,..##.,#####,..##.,..#..',
  '#...#,##.##,#.#.#,##.##,#...#',
] as const;

export const SYMBOL_SIDE = 5;

const SYMBOLS = DRAWN.map((drawn) =>
  drawn.split(',').flatMap((row, y) => [...row].flatMap((mark, x) => (mark === '#' ? [{ x, y }] : []))),
);

/** The squares of this colour's symbol that are filled. */
export const symbolOf = (colour: number): readonly { readonly x: number; readonly y: number }[] =>
  SYMBOLS[colour % SYMBOLS.length]!;

/** Whether black is easier to see on this colour (`#rrggbb`) than white. */
export function isLight(rgb: string): boolean {
  const n = Number.parseInt(rgb.slice(1), 16);
  return 0.299 * (n >> 16) + 0.587 * ((n >> 8) & 0xff) + 0.114 * (n & 0xff) > 140;
}
