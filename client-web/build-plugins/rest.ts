// SPDX-License-Identifier: ISC
// Writes into the document which scripts and styles the rest of the page is made of: what the first
// script imports later. It asks for them before it needs them.

import type { Plugin } from 'vite';

/** `name`: of the chunk that is the rest. */
export function rest(name: string): Plugin {
  return {
    name: 'placed-rest',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, chunk }) {
        if (!bundle || !chunk) return html;
        const has = new Set<string>([chunk.fileName, ...(chunk.viteMetadata?.importedCss ?? [])]);
        const files: string[] = [];
        const add = (fileName: string) => {
          const file = bundle[fileName];
          if (file?.type !== 'chunk' || has.has(fileName)) return;
          has.add(fileName);
          files.push(fileName, ...(file.viteMetadata?.importedCss ?? []));
          file.imports.forEach(add);
        };
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk' && file.isDynamicEntry && file.name === name) add(file.fileName);
        }
        const list = files.map((file) => `./${file}`).join(' ');
        return html.replace('<script type="module"', `<script data-rest="${list}" type="module"`);
      },
    },
  };
}
