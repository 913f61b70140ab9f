// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  dragTo,
  draws,
  live,
  lookAt,
  open,
  pendingCount,
  settled,
  still,
  text,
  WAIT_MS,
  whereIs,
} from './page';
import { browser, forAll, server } from './scene';

forAll();

test('two pages see each other paint', async () => {
  const context = await browser.newContext(DESKTOP);
  const [a, b] = [await open(context, server.url), await open(context, server.url)];
  await chooseColour(a, 'red');
  let at = await lookAt(a, 100, 100, 16);
  await a.mouse.click(at.x, at.y);
  await boardHas(b, 100, 100, 5);
  await lookAt(b, 100, 100, 16);
  await draws(b, 'screen', 100, 100, '#e50009');

  await chooseColour(b, 'blue');
  at = await whereIs(b, 101, 100);
  await b.mouse.click(at.x, at.y);
  await boardHas(a, 101, 100, 12);
  expect(await boardAt(b, 100, 100)).toBe(5);
  await expect.poll(() => a.textContent('#people'), { timeout: WAIT_MS }).toBe('2 here');
  await context.close();
});

test('an own pixel shows at once, and is the log’s when that has it', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'green');
  const at = await lookAt(page, 200, 200, 20);
  // While the server stands still nothing can be confirmed.
  server.signal('SIGSTOP');
  try {
    await page.mouse.click(at.x, at.y);
    await page.mouse.move(at.x + 200, at.y);
    await draws(page, 'marks', 200, 200, '#02be01');
    expect(await pendingCount(page)).toBe(1);
    expect(await boardAt(page, 200, 200)).toBe(0);
  } finally {
    server.signal('SIGCONT');
  }
  await settled(page);
  expect(await boardAt(page, 200, 200)).toBe(10);
  await draws(page, 'marks', 200, 200, null);
  await draws(page, 'screen', 200, 200, '#02be01');
  await context.close();
});

test('from afar a click flies in, from near it places', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'black');
  const before = await page.evaluate(() => window.placed.client.sync.version);
  await page.mouse.click(640, 400);
  await expect.poll(() => page.evaluate(() => window.placed.view.k), { timeout: WAIT_MS }).toBe(16);
  expect(await pendingCount(page)).toBe(0);
  expect(await page.evaluate(() => window.placed.client.sync.version)).toBe(before);
  await still(page);
  await page.mouse.click(640, 400);
  await expect
    .poll(() => page.evaluate(() => window.placed.client.sync.version), { timeout: WAIT_MS })
    .toBeGreaterThan(before);
  await context.close();
});

test.each(['afar', 'near'])('a double click from %s zooms and places nothing', async (from) => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'black');
  if (from === 'near') await lookAt(page, 333, 333, 10);
  const before = await page.evaluate(() => window.placed.client.sync.version);
  await page.mouse.dblclick(640, 400);
  // Nor does a click before one can have seen where the flight led: made in the page, at its very end.
  await page.evaluate(async (k) => {
    while (window.placed.view.k !== k) await new Promise(requestAnimationFrame);
    const at = { clientX: 700, clientY: 300, pointerId: 1, pointerType: 'mouse', isPrimary: true, bubbles: true };
    const marks = document.getElementById('marks')!;
    marks.dispatchEvent(new PointerEvent('pointermove', at));
    marks.dispatchEvent(new PointerEvent('pointerdown', { ...at, buttons: 1 }));
    marks.dispatchEvent(new PointerEvent('pointerup', at));
  }, from === 'near' ? 20 : 16);
  await still(page);
  expect(await pendingCount(page)).toBe(0);
  expect(await page.evaluate(() => window.placed.client.sync.version)).toBe(before);
  await context.close();
});

test('what is highlighted is what is painted, at fractions of a pixel too', async () => {
  const context = await browser.newContext({ ...DESKTOP, deviceScaleFactor: 1.25 });
  const page = await open(context, server.url);
  await chooseColour(page, 'light purple');
  await lookAt(page, 700, 700, 8.8);
  let fractions = 0;
  for (let i = 0; i < 12; i++) {
    // Just right of a cell's left edge: the whole pixel before it is of the cell on the left.
    const cell = { x: 690 + 2 * i, y: 690 + i };
    const at = await whereIs(page, cell.x, cell.y);
    const k = await page.evaluate(() => window.placed.view.k);
    const x = at.x - k / 2 + 0.1;
    if (Math.floor(x) < at.x - k / 2) fractions++;
    await page.mouse.move(x, at.y);
    await text(page, '#where', new RegExp(`^${cell.x}, ${cell.y} `));
    await page.mouse.click(x, at.y);
    await boardHas(page, cell.x, cell.y, 14);
    expect(await boardAt(page, cell.x - 1, cell.y)).toBe(0);
  }
  expect(fractions).toBeGreaterThan(5);

  // Browsers that report a press in whole pixels, but a move in fractions.
  const at = await whereIs(page, 700, 690);
  const k = await page.evaluate(() => window.placed.view.k);
  const left = at.x - k / 2;
  const x = left % 1 === 0 ? left + 0.1 : Math.ceil(left) - 0.1;
  await page.evaluate(
    ([x, y]) => {
      const marks = document.getElementById('marks')!;
      const fire = (type: string, clientX: number, clientY: number) =>
        marks.dispatchEvent(
          new PointerEvent(type, { clientX, clientY, pointerType: 'mouse', bubbles: true }),
        );
      fire('pointermove', x, y);
      fire('pointerdown', Math.floor(x), Math.floor(y));
      fire('pointerup', Math.floor(x), Math.floor(y));
      fire('click', Math.floor(x), Math.floor(y));
    },
    [x, at.y] as const,
  );
  await boardHas(page, 700, 690, 14);
  await context.close();
});

test('dragging pans and places nothing; the wheel zooms about the pointer', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'black');
  const from = await lookAt(page, 300, 300, 10);
  const version = await page.evaluate(() => window.placed.client.sync.version);
  await page.mouse.move(from.x, from.y);
  await dragTo(page, from.x + 60, from.y + 40, 5);
  // It rests before it is let go, so that it is not thrown.
  await page.waitForTimeout(150);
  await page.mouse.up();
  const moved = await whereIs(page, 300, 300);
  expect([moved.x - from.x, moved.y - from.y]).toEqual([60, 40]);
  expect(await pendingCount(page)).toBe(0);

  await page.mouse.move(moved.x, moved.y);
  await page.mouse.wheel(0, -100);
  const k = () => page.evaluate(() => window.placed.view.k);
  await expect.poll(k, { timeout: WAIT_MS }).toBe(10 * 2 ** 0.2);
  const after = await whereIs(page, 300, 300);
  expect(Math.hypot(after.x - moved.x, after.y - moved.y)).toBeLessThan(2);
  expect(await page.evaluate(() => window.placed.client.sync.version)).toBe(version);
  await context.close();
});

test('the first visit says what to do until the first pixel, and never again', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const words = 'Choose a colour';
  expect(await page.textContent('#hint')).toBe(words);
  const at = await lookAt(page, 400, 400, 16);
  const beside = await whereIs(page, 402, 400);
  await page.mouse.click(beside.x, beside.y);
  expect(await page.textContent('#hint')).toBe('Choose a colour first');
  await chooseColour(page, 'pink');
  await page.mouse.click(at.x, at.y);
  await boardHas(page, 400, 400, 4);
  await page.reload();
  await boardHas(page, 400, 400, 4);
  await expect.poll(() => page.isVisible('#hint'), { timeout: WAIT_MS }).toBe(false);
  await context.close();
});

test('coordinates follow the pointer', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const at = await lookAt(page, 512, 40, 16);
  await page.mouse.move(at.x, at.y);
  await expect.poll(() => page.textContent('#where'), { timeout: WAIT_MS }).toBe('512, 40 · 16×');
  await context.close();
});

test('the page needs nothing from elsewhere and raises no error', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) wrong.push(request.url());
  });
  await page.goto(server.url);
  await live(page);
  expect(wrong).toEqual([]);
  await context.close();
});
