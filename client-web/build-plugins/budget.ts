// SPDX-License-Identifier: ISC
// The byte budget: the build fails when scripts and styles, as sent, have grown past it.

import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

export function budget(bytes: number): Plugin {
  return {
    name: 'placed-budget',
    generateBundle(_options, bundle) {
      let total = 0;
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css)$/.test(name)) continue;
        total += gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;
      }
      const words = `scripts and styles are ${total} bytes gzipped, the budget is ${bytes}`;
      if (total > bytes) this.error(words);
      else this.info(words);
    },
  };
}
