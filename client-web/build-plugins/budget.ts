// SPDX-License-Identifier: ISC
// The byte budgets: the build fails when scripts and styles, as sent, have grown past them. What the
// page loads at first counts by itself; each part that it loads when that is asked for, likewise.

import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

type Bundle = Parameters<Extract<Plugin['generateBundle'], (...args: never) => unknown>>[1];

/** The scripts and styles that come with these ones before anything works. */
function loadOf(bundle: Bundle, roots: string[]): Set<string> {
  const names = new Set<string>();
  const add = (name: string) => {
    const file = bundle[name];
    if (file?.type !== 'chunk' || names.has(name)) return;
    names.add(name);
    file.viteMetadata?.importedCss.forEach((css) => names.add(css));
    file.imports.forEach(add);
  };
  roots.forEach(add);
  return names;
}

export function budget(first: number, later: number): Plugin {
  return {
    name: 'placed-budget',
    // After Vite's own plugins, which add the styles.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const bytes = (names: Iterable<string>) => {
        let sum = 0;
        for (const name of names) {
          const file = bundle[name]!;
          sum += gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
        }
        return sum;
      };
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const atFirst = loadOf(bundle, chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
      const parts = chunks.filter(({ isDynamicEntry }) => isDynamicEntry);
      const sums = parts.map(({ name, fileName }) => {
        const names = [...loadOf(bundle, [fileName])].filter((file) => !atFirst.has(file));
        return { name, bytes: bytes(names) };
      });
      const words =
        `scripts and styles are ${bytes(atFirst)} bytes gzipped at first, the budget is ${first}; when ` +
        `asked for, of ${later} each: ${sums.map((sum) => `${sum.name} ${sum.bytes}`).join(', ')}`;
      if (bytes(atFirst) > first || sums.some((sum) => sum.bytes > later)) this.error(words);
      else this.info(words);
    },
  };
}
