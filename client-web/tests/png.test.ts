// SPDX-License-Identifier: ISC
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodePicture } from '../src/core/picture';

const size = { width: 13, height: 11 };
const indices = Uint8Array.from({ length: 143 }, (_, p) => (p * 7 + (p >> 3)) % 16);
/** Greys, so that every kind of PNG can hold them. */
const palette = Array.from({ length: 16 }, (_, i) => `#${(i * 17).toString(16).padStart(2, '0').repeat(3)}`);

interface Kind {
  readonly type: number;
  readonly depth: number;
  readonly interlaced?: boolean;
  readonly filter?: (y: number) => number;
  /** What sample stands for each index, in a picture with a palette. */
  readonly order?: readonly number[];
}

const SAMPLES: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The samples of one pixel. */
function pixel(index: number, kind: Kind): number[] {
  const most = 2 ** kind.depth - 1;
  const grey = Math.round((index * most) / 15);
  if (kind.type === 3) return [kind.order?.[index] ?? index];
  return [...Array<number>(kind.type & 2 ? 3 : 1).fill(grey), ...(kind.type & 4 ? [most] : [])];
}

function pack(samples: readonly number[], depth: number): Uint8Array {
  const row = new Uint8Array(Math.ceil((samples.length * depth) / 8));
  samples.forEach((sample, i) => {
    if (depth === 16) row.set([sample >> 8, sample & 255], 2 * i);
    else row[(i * depth) >> 3]! |= sample << (8 - depth - ((i * depth) & 7));
  });
  return row;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Rows with their filters, as an encoder writes them. */
function raw(kind: Kind, picture = indices): Uint8Array {
  const bytes: number[] = [];
  const left = Math.max(1, (kind.depth * SAMPLES[kind.type]!) >> 3);
  for (const [x0, y0, dx, dy] of kind.interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    let above: Uint8Array | null = null;
    for (let y = y0; y < size.height && x0 < size.width; y += dy) {
      const samples: number[] = [];
      for (let x = x0; x < size.width; x += dx) {
        samples.push(...pixel(picture[y * size.width + x]!, kind));
      }
      const row = pack(samples, kind.depth);
      const filter = kind.filter?.(y) ?? 0;
      bytes.push(filter);
      row.forEach((value, i) => {
        const a = i >= left ? row[i - left]! : 0;
        const b = above ? above[i]! : 0;
        const c = above && i >= left ? above[i - left]! : 0;
        const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter] ?? 0;
        bytes.push((value - guess) & 255);
      });
      above = row;
    }
  }
  return Uint8Array.from(bytes);
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}

const bytesOf = (rgb: string) => [1, 3, 5].map((i) => Number.parseInt(rgb.slice(i, i + 2), 16));

function png(kind: Kind, data = raw(kind), text: Record<string, string> = {}): Uint8Array {
  const ihdr = new Uint8Array(13);
  const view = new DataView(ihdr.buffer);
  view.setUint32(0, size.width);
  view.setUint32(4, size.height);
  ihdr.set([kind.depth, kind.type, 0, 0, kind.interlaced ? 1 : 0], 8);
  const colours: number[] = [];
  palette.forEach((rgb, i) => bytesOf(rgb).forEach((v, j) => (colours[3 * (kind.order?.[i] ?? i) + j] = v)));
  const packed = deflateSync(data);
  return Buffer.concat([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', ihdr),
    ...(kind.type === 3 ? [chunk('PLTE', Uint8Array.from(colours))] : []),
    ...Object.entries(text).map(([key, value]) => chunk('tEXt', Buffer.from(`${key}\0${value}`))),
    chunk('IDAT', packed.subarray(0, 9)),
    chunk('IDAT', packed.subarray(9)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

const decode = async (file: Uint8Array) => (await decodePicture(file, size, palette)).indices;
const SERVERS: Kind = { type: 3, depth: 4 };

describe("the server's kind", () => {
  test.each([0, 1, 2, 3, 4])('gives back the indices of rows with filter %i', async (filter) => {
    expect(await decode(png({ ...SERVERS, filter: () => filter }))).toEqual(indices);
  });

  test('may change its filter from row to row', async () => {
    expect(await decode(png({ ...SERVERS, filter: (y) => y % 5 }))).toEqual(indices);
  });

  test('names its version and its log', async () => {
    const genesis = '0123456789abcdef0123456789abcdef';
    const named = png(SERVERS, raw(SERVERS), { version: '123', genesis, canvas: '0,0' });
    expect(await decodePicture(named, size, palette)).toMatchObject({ version: 123, genesis });
    const odd = png(SERVERS, raw(SERVERS), { version: '-1', genesis: 'X' });
    expect(await decodePicture(odd, size, palette)).toMatchObject({ version: null, genesis: null });
  });
});

describe('encoded anew on the way, it is the same picture', () => {
  const kinds: Kind[] = [
    { type: 3, depth: 8 },
    { type: 0, depth: 4 },
    { type: 0, depth: 8 },
    { type: 0, depth: 16 },
    { type: 2, depth: 8 },
    { type: 2, depth: 16 },
    { type: 4, depth: 8 },
    { type: 4, depth: 16 },
    { type: 6, depth: 8 },
    { type: 6, depth: 16 },
    { type: 3, depth: 8, order: Array.from({ length: 16 }, (_, i) => 250 - 3 * i) },
    { type: 3, depth: 4, order: Array.from({ length: 16 }, (_, i) => 15 - i) },
  ];
  const all = kinds.flatMap((kind) => [kind, { ...kind, interlaced: true }]);

  test.each(all)('%j', async (kind) => {
    for (let filter = 0; filter < 5; filter++) {
      expect(await decode(png({ ...kind, filter: (y) => (y + filter) % 5 }))).toEqual(indices);
    }
  });

  test.each([1, 2])('with %i bits a pixel, when so few colours are used', async (depth) => {
    const few = indices.map((index) => (index % 2 ** depth) * (depth === 1 ? 15 : 5));
    const kind: Kind = { type: 0, depth };
    expect(await decode(png(kind, raw(kind, few)))).toEqual(few);
    const order = Array.from({ length: 16 }, (_, i) => (depth === 1 ? i / 15 : i / 5));
    const paletted: Kind = { type: 3, depth, order: order.map((i) => (Number.isInteger(i) ? i : 99)) };
    expect(await decode(png(paletted, raw(paletted, few)))).toEqual(few);
  });
});

test('what is not a picture of this canvas is refused', async () => {
  const good = png(SERVERS);
  await expect(decode(new Uint8Array(100))).rejects.toThrow('not a PNG');
  await expect(decode(good.subarray(0, good.length - 13))).rejects.toThrow('cut short');
  const wider = decodePicture(good, { width: 14, height: 11 }, palette);
  await expect(wider).rejects.toThrow('size or kind');
  await expect(decode(png({ type: 2, depth: 4 }))).rejects.toThrow('size or kind');
  await expect(decode(png(SERVERS, new Uint8Array(1e6)))).rejects.toThrow('too much');
  await expect(decode(png(SERVERS, raw(SERVERS).subarray(1)))).rejects.toThrow('too little');
  await expect(decode(png({ ...SERVERS, filter: () => 9 }))).rejects.toThrow('filter');
});

test('a colour that the palette does not have is no guess at one that it has', async () => {
  const fewer = palette.slice(0, 15);
  await expect(decodePicture(png(SERVERS), size, fewer)).rejects.toThrow('not in the palette');
  const rgb = png({ type: 2, depth: 8 });
  await expect(decodePicture(rgb, size, fewer)).rejects.toThrow('not in the palette');
});

test('of two entries that look the same, the one that the server means', async () => {
  const twins = [...palette.slice(0, 15), palette[3]!];
  const file = png({ type: 3, depth: 4 });
  const entry = Buffer.from(file).indexOf('PLTE') + 4 + 3 * 15;
  file.set(bytesOf(palette[3]!), entry);
  expect((await decodePicture(file, size, twins)).indices).toEqual(indices);
});
