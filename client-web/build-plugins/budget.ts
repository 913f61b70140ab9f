// SPDX-License-Identifier: ISC
// The byte budgets: the build fails when scripts and styles, as sent, have grown past them. What the
// page loads at first counts by itself; what it loads when it is asked for, likewise.

import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never) => unknown>>[1];

/** The scripts and styles that the page loads before anybody asks for anything. */
function firstLoad(bundle: Bundle): Set<string> {
  const names = new Set<string>();
  const add = (name: string) => {
    const file = bundle[name];
    if (file?.type !== 'chunk' || names.has(name)) return;
    names.add(name);
    file.viteMetadata?.importedCss.forEach((css) => names.add(css));
    file.imports.forEach(add);
  };
  for (const [name, file] of Object.entries(bundle)) {
    if (file.type === 'chunk' && file.isEntry) add(name);
  }
  return names;
}

export function budget(first: number, later: number): Plugin {
  return {
    name: 'placed-budget',
    // After Vite's own plugins, which add the styles.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const atFirst = firstLoad(bundle);
      const sums = { first: 0, later: 0 };
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css)$/.test(name)) continue;
        const bytes = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
        sums[atFirst.has(name) ? 'first' : 'later'] += bytes;
      }
      const words =
        `scripts and styles are ${sums.first} bytes gzipped at first, the budget is ${first}; ` +
        `${sums.later} more when they are asked for, the budget is ${later}`;
      if (sums.first > first || sums.later > later) this.error(words);
      else this.info(words);
    },
  };
}
