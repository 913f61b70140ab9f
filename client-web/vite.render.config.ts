// SPDX-License-Identifier: ISC
// How the pages of placed-render are built, and the server that `npm run dev:render` passes requests on to.

import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { budget } from './build-plugins/budget';
import { licences } from './build-plugins/licences';

const server = process.env.PLACED_RENDER_URL ?? 'http://127.0.0.1:8083';
const root = fileURLToPath(new URL('./render', import.meta.url));
const pages = ['index', 'explore', 'maps', 'factory'];

/** The server has /explore where there is explore.html. */
const plainNames: Plugin = {
  name: 'placed-plain-names',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _answer, next) => {
      const [path, rest] = request.url!.split(/(?=\?)/);
      if (pages.includes(path!.slice(1))) request.url = `${path}.html${rest ?? ''}`;
      next();
    });
  },
};

export default defineConfig({
  root,
  base: './',
  publicDir: false,
  resolve: {
    // The build that the other one is made from: only what is used of it gets into the bundle.
    alias: [{ find: /^leaflet$/, replacement: 'leaflet/dist/leaflet-src.esm.js' }],
  },
  build: {
    target: 'es2022',
    outDir: '../../build/client-render',
    emptyOutDir: true,
    // A content security policy of 'self' has no room for data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: Object.fromEntries(pages.map((page) => [page, `${root}/${page}.html`])) },
  },
  plugins: [
    plainNames,
    // Leaflet takes 45,000 of those of the two with maps.
    budget({ index: 10_000, explore: 60_000, maps: 60_000, factory: 16_000 }, 10_000),
    licences(),
  ],
  server: {
    proxy: Object.fromEntries(
      ['admin', 'events', 'images', 'julia', 'mandelbrot', 'map/', 'metrics', 'render.json', 'upload'].map((path) => [
        `/${path}`,
        server,
      ]),
    ),
  },
});
