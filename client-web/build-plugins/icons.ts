// SPDX-License-Identifier: ISC
// The icons that phones and desktops ask for, as PNG, made from public/favicon.svg: what is drawn
// there are rectangles on a grid of pixels, so each becomes so many pixels, sharp at every size.

import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import type { Plugin } from 'vite';

interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  /** 0xRRGGBB */
  readonly colour: number;
}

/** The icon: how many pixels a side, and its rectangles from the lowest to the highest. */
export interface Drawing {
  readonly side: number;
  readonly boxes: readonly Box[];
}

/** Reads the SVG; it may hold nothing but paths of rectangles, which is checked. */
export function readDrawing(svg: string): Drawing {
  const view = /viewBox="0 0 (\d+) (\d+)"/.exec(svg);
  if (!view || view[1] !== view[2]) throw new Error('the icon has no square viewBox at 0, 0');
  const boxes: Box[] = [];
  for (const [element] of svg.matchAll(/<(?!svg|\/|!)[^>]*>/g)) {
    const path = /^<path fill="#([0-9a-f]{6})" d="([^"]+)" \/>$/.exec(element);
    if (!path) throw new Error(`the icon may hold paths only: ${element}`);
    for (const part of path[2]!.split(/(?=M)/)) {
      const box = /^M(\d+) (\d+)h(\d+)v(\d+)H(\d+)z$/.exec(part);
      if (!box || box[1] !== box[5]) throw new Error(`the icon may hold rectangles only: ${part}`);
      const [x0, y0, width, height] = box.slice(1, 5).map(Number) as [number, number, number, number];
      const colour = Number.parseInt(path[1]!, 16);
      boxes.push({ x0, y0, x1: x0 + width, y1: y0 + height, colour });
    }
  }
  return { side: Number(view[1]), boxes };
}

export interface Style {
  /** In pixels. */
  readonly size: number;
  /** The radius of the corners as a part of the size; 0: the whole square is filled. */
  readonly corner: number;
  /** How much of the size the drawing takes; around it is the colour of its ground. */
  readonly scale: number;
}

/** How much of a pixel, 0 to 1, is inside a square with round corners. */
function cover(x: number, y: number, size: number, radius: number): number {
  const [dx, dy] = [x, y].map((v) => Math.max(radius - v, v - (size - radius), 0)) as [number, number];
  return radius === 0 ? 1 : Math.min(1, Math.max(0, radius - Math.hypot(dx, dy) + 0.5));
}

/** RGBA, row by row. */
export function paintIcon({ side, boxes }: Drawing, { size, corner, scale }: Style): Uint8Array {
  const pixels = new Uint8Array(4 * size * size);
  const start = (size * (1 - scale)) / 2;
  const cell = (size * scale) / side;
  const ground = boxes[0]!.colour;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5 - start) / cell, (y + 0.5 - start) / cell];
      const inside = boxes.filter(({ x0, y0, x1, y1 }) => u >= x0 && u < x1 && v >= y0 && v < y1);
      const colour = inside.at(-1)?.colour ?? ground;
      const alpha = Math.round(255 * cover(x + 0.5, y + 0.5, size, corner * size));
      pixels.set([colour >> 16, (colour >> 8) & 255, colour & 255, alpha], 4 * (y * size + x));
    }
  }
  return pixels;
}

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255]! ^ (crc >>> 8);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(~crc >>> 0);
  return Buffer.concat([length, bytes, sum]);
}

/** A PNG of 8 bits a sample, RGBA. */
export function encodePng(size: number, pixels: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  // Each row begins with the number of its filter; 0 is none.
  const rows = Buffer.alloc(size * (4 * size + 1));
  for (let y = 0; y < size; y++) rows.set(pixels.subarray(4 * size * y, 4 * size * (y + 1)), y * (4 * size + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** By file name: for the manifest (a mask keeps the middle four fifths only), and for iOS, which rounds by itself. */
const STYLES: Readonly<Record<string, Style>> = {
  'icon-192.png': { size: 192, corner: 0.2, scale: 1 },
  'icon-512.png': { size: 512, corner: 0.2, scale: 1 },
  'icon-maskable.png': { size: 512, corner: 0, scale: 0.85 },
  'apple-touch-icon.png': { size: 180, corner: 0, scale: 1 },
};

export function icons(): Plugin {
  return {
    name: 'placed-icons',
    generateBundle() {
      const drawing = readDrawing(readFileSync(new URL('../public/favicon.svg', import.meta.url), 'utf8'));
      for (const [fileName, style] of Object.entries(STYLES)) {
        this.emitFile({ type: 'asset', fileName, source: encodePng(style.size, paintIcon(drawing, style)) });
      }
    },
  };
}
