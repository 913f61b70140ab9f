// SPDX-License-Identifier: ISC
// Decoding pictures and making templates of them, beside the page so that it never stalls. The pixels
// of the last picture stay for as long as somebody tries widths and colours.

import { decodePng } from '../../core/png';
import type { Pixels } from '../../core/template/cells';
import { pixelsOf, readImage, transparencyOf, type ImageFile } from '../../core/template/image';
import { makeCells } from '../../core/template/make';
import type { Answer, Order } from './maker';

let source = -1;
let pixels: Pixels | null = null;

/** Through a canvas, which is exact where the browser lets it be. */
async function decodeAny(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }), {
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const g = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  g.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, rgba: g.getImageData(0, 0, width, height).data };
}

async function decode(bytes: Uint8Array<ArrayBuffer>, file: ImageFile): Promise<Pixels> {
  if (file.type !== 'image/png') return decodeAny(bytes, file.type);
  try {
    return pixelsOf(await decodePng(bytes, file), transparencyOf(bytes));
  } catch {
    // Browsers read some that are not quite what they should be.
    return decodeAny(bytes, file.type);
  }
}

async function make({ id, from, bytes, wish }: Order): Promise<Answer> {
  if (bytes) {
    pixels = null;
    const file = readImage(bytes);
    if (typeof file === 'string') return { id, bad: file };
    pixels = await decode(bytes, file);
    source = from;
  }
  if (!pixels || source !== from) return { id, bad: 'broken' };
  return { id, made: makeCells(pixels, wish) };
}

/** One at a time, in their order. */
let last: Promise<unknown> = Promise.resolve();

self.addEventListener('message', ({ data }: MessageEvent<Order>) => {
  last = last
    .then(() => make(data))
    .catch((): Answer => ({ id: data.id, bad: 'broken' }))
    .then((answer) => {
      const lent = 'made' in answer ? [answer.made.cells.indices.buffer, answer.made.colours.buffer] : [];
      self.postMessage(answer, { transfer: lent });
    });
});
