// SPDX-License-Identifier: ISC
// Random cuts of the network, as JSON: for bench/measure-cuts. Arguments: cuts for each transport, edits a
// second of the flood, and which transports (all).

import type { Kind } from '../src/net/transport';
import { cutting } from './cutting';
import { launch } from './page';

const [cuts = '500', rate = '400', ...kinds] = process.argv.slice(2);
const all: readonly Kind[] = ['websocket', 'events', 'poll'];
const browser = await launch();
try {
  const results = [];
  for (const kind of all.filter((kind) => kinds.length === 0 || kinds.includes(kind))) {
    results.push(await cutting(browser, kind, Number(cuts), Number(rate), 1, (words) => console.error(words)));
  }
  console.log(JSON.stringify({ results }));
} finally {
  await browser.close();
}
