// SPDX-License-Identifier: ISC
// Saving a picture: what one sees as it is shown, with grid and templates, and a whole canvas at one pixel a cell, of the
// moment that is shown. The file's name says where that is and which version.

import { camera, middleCell, screen, shownCanvas, stage } from '../app/canvas';
import { moment } from '../app/moving';
import { plane } from '../app/live';
import { hint } from '../app/statusline';
import { canvasFile, viewFile } from '../core/filename';
import { t } from '../texts';
import '../texts/enpast';

/** How long the browser has to take the file over. */
const TAKEN_MS = 60_000;

function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), TAKEN_MS);
  hint.say(t().share.saved(name));
}

function save(canvas: HTMLCanvasElement, name: string): void {
  canvas.toBlob((blob) => {
    if (blob) download(blob, name);
    else hint.say(t().share.notSaved);
  }, 'image/png');
}

function surface(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext('2d')!;
}

/** The version of what is shown, as far as it is known. */
function version(): number | null {
  const past = moment.get();
  if (past !== null) return past;
  const now = plane.client.sync.version;
  return now < 0 ? null : now;
}

export function saveView(): void {
  const { width, height } = screen;
  const g = surface(width, height);
  stage.photograph(g, 'grid', 'template');
  g.globalCompositeOperation = 'destination-over';
  g.fillStyle = getComputedStyle(document.body).backgroundColor;
  g.fillRect(0, 0, width, height);
  save(g.canvas, viewFile({ ...middleCell(), scale: camera.view.k }, version()));
}

/** The canvas that is in the middle. */
export function saveCanvas(): void {
  const shown = shownCanvas(middleCell());
  if (!shown) return hint.say(t().share.noPicture);
  const { at, image } = shown;
  const g = surface(image.width, image.height);
  g.putImageData(image, 0, 0);
  save(g.canvas, canvasFile(at, version()));
}
