// SPDX-License-Identifier: ISC
// What keys mean. Keys that are meant by their place on the
// keyboard (WASD, digits, brackets) are told by `code`, letters by what is printed on them.

/** What of a keyboard event counts. */
export interface Press {
  readonly code: string;
  readonly key: string;
  readonly shiftKey: boolean;
}

/** What a key does that does one thing. */
export type Command =
  | 'place'
  | 'nextColour'
  | 'previousColour'
  | 'zoomIn'
  | 'zoomOut'
  | 'fit'
  | 'eyedropper'
  | 'pencil'
  | 'undo'
  | 'grid'
  | 'heat'
  | 'template'
  | 'next'
  | 'minimap'
  | 'who'
  | 'link'
  | 'rewind'
  | 'keys'
  | 'leave';

export type KeyAction =
  | { readonly kind: 'move'; readonly dx: number; readonly dy: number }
  | { readonly kind: 'colour'; readonly index: number }
  | { readonly kind: 'command'; readonly command: Command };

/** Arrows are told by `key`, so that those of a numpad count while it is one of arrows. */
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  KeyA: [-1, 0],
  KeyD: [1, 0],
  KeyW: [0, -1],
  KeyS: [0, 1],
};
const BY_CODE: Readonly<Record<string, Command>> = {
  BracketLeft: 'previousColour',
  BracketRight: 'nextColour',
};
const BY_KEY: Readonly<Record<string, Command>> = {
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '[': 'previousColour',
  ']': 'nextColour',
  '?': 'keys',
  Enter: 'place',
  ' ': 'place',
  Escape: 'leave',
};
const LETTERS: Readonly<Record<string, Command>> = {
  e: 'eyedropper',
  p: 'pencil',
  z: 'undo',
  g: 'grid',
  h: 'heat',
  t: 'template',
  n: 'next',
  m: 'minimap',
  i: 'who',
  l: 'link',
  r: 'rewind',
};
const FAR = 10;
/** Digits choose so many colours, and as many more with Shift. */
export const DIGITS = 8;

/** What is printed on a letter's key; the place where it is where that is no Latin letter. */
function letterOf({ code, key }: Press): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  const ascii = key.length === 1 && key.charCodeAt(0) < 128;
  return (!ascii && /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase()) || '';
}

/** The digit on this key, with Shift as well: digits are where they are, whatever is printed there.
 * On a numpad it is one only while that writes digits. */
function digitOf({ code, key }: Press): number | null {
  const place = /^Digit(\d)$/.exec(code);
  if (place) return Number(place[1]);
  return code.startsWith('Numpad') && /^\d$/.test(key) ? Number(key) : null;
}

export function actionOf(press: Press): KeyAction | null {
  const { code, key, shiftKey } = press;
  const way = ARROWS[key] ?? PLACES[code];
  if (way) {
    const far = shiftKey ? FAR : 1;
    return { kind: 'move', dx: way[0] * far, dy: way[1] * far };
  }
  const digit = digitOf(press);
  if (digit !== null && digit >= 1 && digit <= DIGITS) {
    return { kind: 'colour', index: digit - 1 + (shiftKey ? DIGITS : 0) };
  }
  const command =
    digit === 0 && !shiftKey ? 'fit' : (BY_KEY[key] ?? BY_CODE[code] ?? LETTERS[letterOf(press)]);
  return command ? { kind: 'command', command } : null;
}

/** The keys that choose this colour, for its title; '' where none do. */
export function keyOfColour(index: number): string {
  if (index >= 2 * DIGITS) return '';
  return index < DIGITS ? String(index + 1) : `Shift+${index + 1 - DIGITS}`;
}
