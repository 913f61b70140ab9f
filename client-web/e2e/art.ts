// SPDX-License-Identifier: ISC
// A small picture to show a canvas with: an evening at the sea, in the sixteen colours.

import type { Edit } from '../src/core/edit';

const WHITE = 0;
const LIGHT = 1;
const GREY = 2;
const BLACK = 3;
const PINK = 4;
const RED = 5;
const ORANGE = 6;
const BROWN = 7;
const YELLOW = 8;
const BLUE = 12;
const NAVY = 13;
const LILAC = 14;
const PURPLE = 15;

/** The picture covers LEFT to RIGHT and TOP to BOTTOM of the canvas, half open. */
const LEFT = 400;
const RIGHT = 600;
const TOP = 400;
const BOTTOM = 610;
const HORIZON = 506;
/** Stars are above this. */
const STARS = 456;
const SUN = { x: 500, y: 504, radius: 17 };

const SKY = [NAVY, PURPLE, LILAC, PINK, ORANGE, YELLOW];
const SEA = [ORANGE, LILAC, PURPLE, NAVY];
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];

/** The colour of a ramp at t (0 to 1), dithered. */
function ramp(colours: readonly number[], t: number, x: number, y: number): number {
  const at = Math.min(Math.max(t, 0), 0.9999) * (colours.length - 1);
  const threshold = (BAYER[(y & 3) * 4 + (x & 3)]! + 0.5) / 16;
  return colours[Math.floor(at) + (at % 1 > threshold ? 1 : 0)]!;
}

/** A number from 0 to 1 that looks as if by chance. */
function chance(x: number, y: number): number {
  const n = Math.sin(x * 127.1 + y * 311.7) * 43758.5453;
  return n - Math.floor(n);
}

function sky(x: number, y: number): number {
  // The lower the sun, the more bands of haze before it.
  const haze = y > SUN.y - 12 && (SUN.y - y) % 3 === 0;
  if (Math.hypot(x - SUN.x, y - SUN.y) < SUN.radius) return haze ? ORANGE : WHITE;
  if (y < STARS && chance(x, y) > 0.992) return WHITE;
  return ramp(SKY, (y - TOP - 30) / (HORIZON - TOP - 30), x, y);
}

function sea(x: number, y: number): number {
  const depth = (y - HORIZON) / (BOTTOM - HORIZON);
  const spread = 6 + (y - HORIZON) * 0.35;
  const glitter = chance(Math.floor(x / 4), y) < 0.75 - depth && y % 2 === 0;
  if (Math.abs(x - SUN.x) < spread && glitter) return depth < 0.25 ? YELLOW : ORANGE;
  if (y % 5 === 0 && chance(Math.floor(x / 5), y) > 0.86) return BLUE;
  return ramp(SEA, Math.sqrt(depth) * 1.15, x, y);
}

function hills(x: number, y: number): number | null {
  const away = Math.abs(x - SUN.x);
  const near = Math.min(12, (away - 50) * 0.4 + Math.sin(x / 5));
  const far = Math.min(26, (away - 40) * 0.5 + 2 * Math.sin(x / 6));
  if (HORIZON - y <= near) return BLACK;
  return HORIZON - y <= far ? PURPLE : null;
}

const COLOURS: Record<string, number> = {
  w: WHITE,
  l: LIGHT,
  g: GREY,
  b: BLACK,
  r: RED,
  n: BROWN,
  y: YELLOW,
};

const LIGHTHOUSE = [
  '....rrr....',
  '...rrrrr...',
  '...byyyb...',
  '...byyyb...',
  '..bbbbbbb..',
  '...wwwwl...',
  '...rrrrr...',
  '...rrrrr...',
  '...wwwwl...',
  '...wwwwl...',
  '..rrrrrrr..',
  '..rrrrrrr..',
  '..wwwwwwl..',
  '..wwbbwwl..',
  '..rrbbrrr..',
  '.rrrbbrrrr.',
  'ggggggggggg',
  'bggbgggbggb',
  'bbbbbbbbbbb',
];

const BOAT = [
  '......b.......',
  '......bw......',
  '.....lbww.....',
  '.....lbwww....',
  '....llbwwww...',
  '....llbwwwww..',
  '...lllbwwwwww.',
  '...lllbwwwwww.',
  '......b.......',
  'nnnnnnnnnnnnnn',
  '.nrrrrrrrrrrn.',
  '..nnnnnnnnnn..',
];

const GULL = ['w...w', '.w.w.', '..w..'];

const HEART = ['.rr.rr.', 'rwrrrrr', 'rrrrrrr', '.rrrrr.', '..rrr..', '...r...'];

const WORD = [
  'xxxx..x......xxx...xxx..xxxxx.xxxx.',
  'x...x.x.....x...x.x...x.x.....x...x',
  'x...x.x.....x...x.x.....x.....x...x',
  'xxxx..x.....xxxxx.x.....xxxx..x...x',
  'x.....x.....x...x.x.....x.....x...x',
  'x.....x.....x...x.x...x.x.....x...x',
  'x.....xxxxx.x...x..xxx..xxxxx.xxxx.',
];

const SQUARE = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
] as const;

class Picture {
  private readonly cells = new Map<number, Edit>();

  put(x: number, y: number, colour: number): void {
    this.cells.set(y * 1000 + x, { x, y, colour });
  }

  sprite(rows: readonly string[], left: number, top: number): void {
    rows.forEach((row, y) => {
      [...row].forEach((letter, x) => {
        if (letter !== '.') this.put(left + x, top + y, COLOURS[letter]!);
      });
    });
  }

  /** Twice as large, white with a shadow. */
  word(rows: readonly string[], left: number, top: number): void {
    for (const [offset, colour] of [
      [1, BLACK],
      [0, WHITE],
    ] as const) {
      rows.forEach((row, y) => {
        [...row].forEach((letter, x) => {
          if (letter !== 'x') return;
          for (const [dx, dy] of SQUARE) {
            this.put(left + 2 * x + dx + offset, top + 2 * y + dy + offset, colour);
          }
        });
      });
    }
  }

  edits(): Edit[] {
    return [...this.cells.values()];
  }
}

/** All edits of the picture, around the middle of a 1000 x 1000 canvas, moved by so many cells. */
export function evening(right = 0, down = 0): Edit[] {
  const picture = new Picture();
  for (let y = TOP; y < BOTTOM; y++) {
    for (let x = LEFT; x < RIGHT; x++) {
      picture.put(x, y, y < HORIZON ? (hills(x, y) ?? sky(x, y)) : sea(x, y));
    }
  }
  picture.word(WORD, 465, 458);
  picture.sprite(LIGHTHOUSE, 524, 488);
  picture.sprite(BOAT, 470, 511);
  picture.sprite(HEART, 440, 470);
  picture.sprite(GULL, 548, 474);
  picture.sprite(GULL, 556, 478);
  picture.sprite(GULL, 482, 484);
  return picture.edits().map((edit) => ({ ...edit, x: edit.x + right, y: edit.y + down }));
}
