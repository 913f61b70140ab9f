import { DESKTOP, PHONE, launch, open, lookAt, live, chooseColour, lost, boardHas, whereIs, settled, paint } from './page';
import { evening } from './art';
import { onServer } from './server';
import { Wire } from './proxy';
const out = process.argv[2]!;
const browser = await launch();
const sizes = { desk: DESKTOP, phone: PHONE, small: { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 }, land: { ...PHONE, viewport: { width: 844, height: 390 }, deviceScaleFactor: 2 } };
await onServer(['--energy', '60000/10000/10000', '--plane', '2x2'], async (server) => {
  for (const [name, options] of Object.entries(sizes)) {
    for (const scheme of ['light', 'dark'] as const) {
      const wire = await Wire.to(server.port);
      const context = await browser.newContext({ ...options, colorScheme: scheme });
      const page = await open(context, wire.url);
      await page.locator('#energy').waitFor();
      await chooseColour(page, 'red').catch(() => page.locator('.swatch').nth(5).tap());
      const shot = (what: string) => page.screenshot({ path: `${out}/${what}-${name}-${scheme}.png` });
      const k = Math.floor(Math.random() * 900);
      await lookAt(page, 500, k, 16);
      const p = await whereIs(page, 500, k);
      if (name === 'desk') await page.mouse.move(p.x, p.y); else await page.touchscreen.tap(p.x, p.y);
      await page.waitForTimeout(700);
      await shot('energy');
      await page.evaluate((y) => { for (let i = 0; i < 6; i++) window.placed.plane.place([{ x: 300 + i, y, colour: 5 }]); }, k);
      await page.waitForTimeout(800);
      await page.evaluate((y) => { for (let i = 0; i < 6; i++) window.placed.plane.place([{ x: 320 + i, y, colour: 5 }]); }, k);
      await page.waitForTimeout(800);
      if (name === 'desk') { const q = await whereIs(page, 502, k); await page.mouse.click(q.x, q.y); }
      await page.waitForTimeout(900);
      await shot('empty');
      wire.cut();
      await lost(page);
      await page.waitForTimeout(1600);
      await shot('lost');
      await context.close();
      await wire.remove();
    }
  }
});
await browser.close();
