import { launch, open } from './page';
const [url, out] = process.argv.slice(2) as [string, string];
const browser = await launch();
const SIZES = { desk: [1280, 800, 1, false], phone: [390, 844, 2, true], small: [320, 568, 2, true], land: [844, 390, 2, true] } as const;
for (const [name, [width, height, dpr, touch]] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (colorScheme === 'dark' && (name === 'small' || name === 'land')) continue;
    const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: dpr, hasTouch: touch, isMobile: touch, colorScheme });
    const page = await open(context, url);
    page.on('console', (m) => console.log(name, m.text()));
    await page.waitForTimeout(1500);
    await page.screenshot({ path: `${out}/${name}-${colorScheme}.png` });
    if (name === 'desk' || name === 'phone') {
      const menu = page.locator('#menu-button, [aria-haspopup]').first();
      if (await menu.count()) { await menu.click(); await page.waitForTimeout(1500); await page.screenshot({ path: `${out}/${name}-${colorScheme}-menu.png` }); }
    }
    await context.close();
  }
}
await browser.close();
