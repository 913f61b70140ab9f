// SPDX-License-Identifier: ISC
// The byte budgets: the build fails when scripts and styles, as sent, have grown past them. What a
// page loads at first counts by itself; each part that is loaded when that is asked for, likewise.

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

/** `first`: of every page, or of each by its name. What is imported later under the name of `rest` belongs
 * to the first load all the same. */
export function budget(
  first: number | Readonly<Record<string, number>>,
  later: number,
  rest?: string,
): Plugin {
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
      const pages = chunks.filter(({ isEntry }) => isEntry);
      const isRest = (file: (typeof chunks)[number]) => file.isDynamicEntry && file.name === rest;
      const rests = chunks.filter(isRest).map(({ fileName }) => fileName);
      if (rest && rests.length !== 1) this.error(`${rests.length} parts are called ${rest}`);
      const atFirst = loadOf(bundle, [...pages.map(({ fileName }) => fileName), ...rests]);
      const sums = [
        ...pages.map(({ name, fileName }) => {
          const most = typeof first === 'number' ? first : (first[name] ?? 0);
          return { name, bytes: bytes(loadOf(bundle, [fileName, ...rests])), most };
        }),
        ...chunks
          .filter((file) => file.isDynamicEntry && !isRest(file))
          .map(({ name, fileName }) => {
            // What asks for it is there already, be that a part itself.
            const askers = chunks.filter(({ dynamicImports }) => dynamicImports.includes(fileName));
            const there = askers.map((asker) => loadOf(bundle, [asker.fileName]));
            const isNew = (file: string) => !atFirst.has(file) && !there.every((load) => load.has(file));
            const names = [...loadOf(bundle, [fileName])].filter(isNew);
            return { name: `${name} (when asked for)`, bytes: bytes(names), most: later };
          }),
      ];
      const words =
        'scripts and styles in gzipped bytes, and their budgets: ' +
        sums.map(({ name, bytes, most }) => `${name} ${bytes} of ${most}`).join(', ');
      if (sums.some(({ bytes, most }) => bytes > most)) this.error(words);
      else this.info(words);
    },
  };
}
