// SPDX-License-Identifier: ISC
// licences.txt beside the bundle: the notices that the packages in it ask to be kept.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export function licences(): Plugin {
  return {
    name: 'placed-licences',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const id of file.moduleIds) {
          const folder = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0];
          if (folder) folders.add(folder);
        }
      }
      const notices = [...folders].sort().map((folder) => {
        const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
        const path = ['LICENSE', 'LICENSE.txt', 'LICENCE'].map((file) => join(folder, file)).find(existsSync);
        if (!path) return this.error(`${name} has no LICENSE file to pass on`);
        return `${name}\n\n${readFileSync(path, 'utf8').trim()}\n`;
      });
      const source = notices.join('\n----\n\n');
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}
