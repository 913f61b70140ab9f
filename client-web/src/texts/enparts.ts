// SPDX-License-Identifier: ISC
// English: what the small parts say that are loaded when asked for, which comes with that. The other languages have
// it in their one file.

import { addEnglish } from '.';
import { amount } from './locale';

export const enParts = {
  offline: {
    title: 'placed: offline',
    offline: 'You are offline',
    unreachable: "Can't reach the canvas",
    why: 'Nothing is shown here meanwhile, as it would be old. This page opens the canvas as soon as it can be reached.',
    again: 'Try again',
  },
  keys: {
    title: 'Keys',
    /** Keys as they are printed; what is between two of them is "to". */
    groups: [
      {
        name: 'Move',
        rows: [
          ['← ↑ → ↓', 'Move the reticle'],
          ['W A S D', 'The same'],
          ['Shift', 'Ten times as far'],
          ['+ -', 'Zoom in, zoom out'],
          ['0', 'Show everything'],
        ],
      },
      {
        name: 'Place',
        rows: [
          ['Enter Space', 'Place a pixel'],
          ['1 – 8', 'The first eight colours'],
          ['Shift 1 – 8', 'The other eight'],
          ['[ ]', 'The colour before, the next'],
          ['E', 'Take the colour of a pixel'],
          ['Z', 'Undo'],
        ],
      },
      {
        name: 'Look',
        rows: [
          ['I', 'Who placed this'],
          ['R', 'Rewind'],
          ['H', 'Heat map'],
          ['T', 'Template'],
          ['G', 'Grid'],
          ['M', 'Overview'],
        ],
      },
      {
        name: 'Page',
        rows: [
          ['L', 'Copy the link to this place'],
          ['?', 'These keys'],
          ['Esc', 'Leave what is open'],
        ],
      },
    ] as readonly { readonly name: string; readonly rows: readonly (readonly [string, string])[] }[],
  },
  about: {
    title: 'About placed',
    what: 'A canvas that everyone draws on, one pixel at a time.',
    version: (version: string) => `Page: version ${version}`,
    plane: (count: number, width: number, height: number) =>
      count === 1
        ? `Canvas: ${amount(width)} × ${amount(height)} pixels`
        : `${amount(count)} canvases of ${amount(width)} × ${amount(height)} pixels`,
    genesis: (genesis: string) => `Log: ${genesis.slice(0, 16)}`,
    licence: 'Free software under the ISC licence.',
    licences: 'Licences of all its parts',
    source: 'Source code',
  },
  who: {
    title: 'Who placed this',
    close: 'Close',
    closeKey: 'Close (Escape)',
    asking: 'Looking it up',
    notKnown: "It can't be looked up right now",
    nobody: 'Nobody has painted here yet',
    somebody: 'somebody',
    aColour: 'a colour',
    by: (colour: string, name: string) => `${colour} by ${name}`,
    then: (colour: string) => `${colour} at that moment`,
    changes: 'Last changes',
    seeMoment: 'Go to that moment',
    copyLink: 'Copy link',
    report: 'Report',
    whatIsWrong: 'What is wrong here',
    reasons: {
      hate: 'Hate',
      sexual: 'Sexual',
      spam: 'Spam',
      personal: 'Private data',
      other: 'Something else',
    },
    sending: 'Sending',
    thanks: (count: number, n: string) => `Thank you: ${n} ${count === 1 ? 'person' : 'people'} reported this area`,
    reportLater: (time: string) => `You have reported a lot: again in ${time}`,
    reportFailed: 'The report did not arrive: try again',
    says: (x: number, y: number, colour: string, name: string, when: string) =>
      `x ${x}, y ${y}, ${colour}, by ${name}${when && `, ${when}`}`,
    saysNobody: (x: number, y: number) => `x ${x}, y ${y}: nobody has painted here`,
    saysUnknown: (x: number, y: number) => `x ${x}, y ${y}: not known`,
  },
};

addEnglish(enParts);
