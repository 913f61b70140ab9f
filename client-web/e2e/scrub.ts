// SPDX-License-Identifier: ISC
// How quickly rewind goes through a block, as JSON: for bench/measure-scrub. Arguments: steps, and by
// how many times the processor is slowed down.

import { evening } from './art';
import { DESKTOP, launch, lookAt, open, paint, PHONE, settled, WAIT_MS } from './page';
import { Server } from './server';

const BLOCK_EDITS = 65_536;

const [steps = 300, ...slow] = process.argv.slice(2).map(Number);
/** As many edits in a record as r/place 2017 had in one of ours. */
const RECORD_EDITS = 67;
const server = await Server.start('--batch-ms', '1');
const browser = await launch();
try {
  const painters = await browser.newContext(DESKTOP);
  const painter = await open(painters, server.url);
  await paint(painter, evening());
  // All over the canvas, so that what changes from version to version is all of it.
  let seed = 1;
  const below = (n: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % n;
  const edits = Array.from({ length: 1.2 * BLOCK_EDITS }, () => ({ x: below(1_000), y: below(1_000), colour: below(16) }));
  await painter.evaluate(
    async ([edits, most]) => {
      for (let i = 0; i < edits.length; i += most) {
        window.placed.plane.place(edits.slice(i, i + most));
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
    },
    [edits, RECORD_EDITS] as const,
  );
  await settled(painter);
  await painters.close();
  const results = [];
  for (const [device, options] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    for (const by of slow) {
      const context = await browser.newContext(options);
      const page = await open(context, server.url);
      await lookAt(page, 500, 500, device === 'desktop' ? 1 : 0.4);
      await page.locator('#rewind').click();
      const ready = () => window.placed.past?.rewind.settled === true;
      await page.waitForFunction(ready, undefined, { timeout: WAIT_MS });
      await page.evaluate(() => window.placed.past!.rewind.goTo(1));
      await page.waitForFunction(ready, undefined, { timeout: WAIT_MS });
      const cdp = await context.newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: by });
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      // In time of the processor, which a busy machine does not make longer.
      await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
      const busy = async () =>
        (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value;
      const before = await busy();
      const scrubbed = await page.evaluate(scrub, steps);
      const cpu_ms = (1_000 * ((await busy()) - before)) / steps;
      const step_ms = await page.evaluate(seekAll, steps);
      const asked = requests.filter((url) => /\.(bin|png)$/.test(url)).length;
      const pngs = await page.evaluate(decode, Math.min(steps, 60));
      results.push({ device, slowed: by, ...scrubbed, cpu_ms, step_ms, requests: asked, png: pngs });
      await context.close();
    }
  }
  console.log(JSON.stringify({ steps, block_edits: BLOCK_EDITS, results }));
} finally {
  await browser.close();
  await server.remove();
}

/** In the page: a hand that goes to and fro over the block, another version each frame. */
async function scrub(steps: number) {
  const { rewind } = window.placed.past!;
  const { cursor } = rewind.shown!.canvases.get('0,0')!;
  const [block] = cursor.index!.blocks;
  const real = window.requestAnimationFrame.bind(window);
  const frames: number[] = [];
  // What the page does in a frame, whichever of its callbacks it is in.
  window.requestAnimationFrame = (callback) =>
    real((now) => {
      const before = performance.now();
      callback(now);
      frames.push(performance.now() - before);
    });
  const slider = document.querySelector<HTMLInputElement>('#moment-slider')!;
  const { axis } = rewind.shown!;
  if (!axis) throw new Error('no axis');
  slider.dispatchEvent(new PointerEvent('pointerdown'));
  const shown = new Set<number>();
  let versions = 0;
  let last = -1;
  const began = performance.now();
  for (let i = 0; i < steps; i++) {
    // From end to end in 60 frames, as a quick hand would.
    const part = Math.abs(((i / 60) % 2) - 1);
    slider.valueAsNumber = axis.placeOf(1 + Math.round(part * (block!.to - 1)));
    slider.dispatchEvent(new InputEvent('input'));
    await new Promise((resolve) => real(resolve));
    if (!rewind.shown!.settled(rewind.moment!)) continue;
    if (cursor.shown !== last) versions++;
    shown.add((last = cursor.shown!));
  }
  const seconds = (performance.now() - began) / 1_000;
  slider.dispatchEvent(new PointerEvent('pointerup'));
  window.requestAnimationFrame = real;
  frames.sort((a, b) => a - b);
  const at = (part: number) => frames[Math.min(frames.length - 1, Math.floor(part * frames.length))]!;
  return {
    versions_per_second: versions / seconds,
    versions_shown: shown.size,
    records: block!.to,
    frames_per_second: steps / seconds,
    frame_ms: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

/** In the page: from any version of the block to any other, without drawing. Ten at a time, because the
 * browser's clock is coarse. */
function seekAll(steps: number) {
  const { cursor, board } = window.placed.past!.rewind.shown!.canvases.get('0,0')!;
  const [block] = cursor.index!.blocks;
  const times: number[] = [];
  for (let i = 0; i < steps; i += 10) {
    const before = performance.now();
    for (let j = i; j < i + 10; j++) cursor.seek(1 + ((j * 7_919) % block!.to));
    times.push((performance.now() - before) / 10);
  }
  board.touchAll();
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1]!, p99: times[Math.floor(0.99 * times.length)]! };
}

/** In the page: the same by a picture for each version, which is here already. */
async function decode(count: number) {
  const { shown } = window.placed.past!.rewind;
  const { cursor, surface } = shown!.canvases.get('0,0')!;
  const [block] = cursor.index!.blocks;
  const folder = `h/${shown!.genesis.slice(0, 16)}/0,0/`;
  const files = await Promise.all(
    [0, 0.25, 0.5, 0.75, 1].map(async (part) => (await fetch(`${folder}${Math.round(part * block!.to)}.png`)).blob()),
  );
  const g = surface.at(1).source.getContext('2d')!;
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = performance.now();
    const bitmap = await createImageBitmap(files[i % files.length]!);
    g.drawImage(bitmap, 0, 0);
    // So that it is drawn, and not only noted.
    g.getImageData(0, 0, 1, 1);
    times.push(performance.now() - before);
    bitmap.close();
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(count / 2)]!, files: files.map(({ size }) => size) };
}
