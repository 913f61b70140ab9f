// SPDX-License-Identifier: ISC
// How the client is built, and the server that `npm run dev` passes requests on to.

import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { budget } from './build-plugins/budget';
import { icons } from './build-plugins/icons';
import { licences } from './build-plugins/licences';
import { rest } from './build-plugins/rest';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };
const server = process.env.PLACED_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  base: './',
  define: {
    __VERSION__: JSON.stringify(version),
    __SOURCE__: JSON.stringify(process.env.PLACED_SOURCE ?? ''),
  },
  build: {
    target: 'es2022',
    outDir: '../build/client-web',
    emptyOutDir: true,
    // A content security policy of 'self' has no room for data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  plugins: [budget(60_000, 20_000, 'main'), icons(), licences(), rest('main')],
  server: {
    proxy: {
      '/canvas.png': server,
      '/control': server,
      '/edit': server,
      '/h': server,
      '/identity': server,
      '/info': server,
      '/pixel': server,
      '/report': server,
      '/ws': { target: server, ws: true },
    },
  },
  test: {
    include: ['tests/**/*.test.ts'],
    // Nothing fails by being slow: a machine may be busy.
    testTimeout: 30_000,
  },
});
