// SPDX-License-Identifier: ISC
// The server and the browser that the tests of a file share: begun before the first of them, ended after
// the last. Each file has its own, as it has its own copy of this module.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from './page';
import { Server } from './server';

export let server: Server;
export let browser: Browser;

/** `options` are the server's. */
export function forAll(...options: readonly string[]): void {
  beforeAll(async () => {
    server = await Server.start(...options);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });
}
