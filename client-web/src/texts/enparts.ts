// SPDX-License-Identifier: ISC
// English: what the smaller parts of the page say, which comes with what says it.

import { addTexts } from '.';
import { amount } from './locale';

/** Something after a separator, where there is something. */
const after = (separator: string, text: string): string => (text ? separator + text : '');

export const enParts = {
  /** Why pixels were not taken. `until` is one of the phrases above or '', `why` the operator's own words or
   * '', `again` "0:12" or ''. */
  refusal: {
    area: (until: string, why: string) => `This area is closed${after(' ', until)}${after(': ', why)}`,
    banned: (until: string, why: string) => `You can't draw here${after(' ', until)}${after(', reason: ', why)}`,
    frozen: (until: string, why: string) => `Drawing is paused${after(' ', until)}${after(': ', why)}`,
    /** `colour` is '' where they are several. */
    colour: (colour: string, until: string, why: string) =>
      `${colour ? `You can't use ${colour}` : 'Not all of these colours can be used'} here${after(' ', until)}${after(': ', why)}`,
    nextPixels: (pixels: number, time: string) =>
      pixels === 1 ? `Next pixel in ${time}` : `You can place ${amount(pixels)} pixels in ${time}`,
    tooMuch: 'That is more than you can save up: draw fewer pixels at once',
    network: (again: string) => `Too many pixels come from your network: try again in ${again || 'a moment'}`,
    rate: (again: string) => `That was too fast: try again in ${again || 'a moment'}`,
    young: (again: string) => `You are new here: you can draw in ${again || 'a moment'}`,
    identity: 'To draw here, let this site keep a cookie, then try again',
    renewed: 'The server no longer knew this browser: try again in a moment',
    range: 'That pixel is outside the canvas',
    readonly: "Read-only for the moment: your pixels can't be saved",
    busy: 'The server is too busy: try again in a moment',
    closed: 'The server is restarting: try again in a moment',
    failed: "Your pixel couldn't be saved: try again",
    origin: 'Pages at this address may not draw here',
    other: (reason: string) => `Not placed: ${reason}`,
  },
  energy: {
    name: 'Energy',
    pixels: (now: number, most: number) => `${amount(now)} of ${amount(most)} pixels`,
    ready: 'You can place a pixel now',
    /** On the button. */
    place: 'Place',
    /** On the same button, where nothing may be placed: pressed, it says why. */
    notHere: 'Not here',
    placeOf: (now: number) => `Place · 1 of ${amount(now)}`,
    cost: (pixels: number, now: number) => `${amount(pixels)} of ${amount(now)}`,
    title: (time: string, page: string) => `${time} · ${page}`,
    /** Switches in the menu, and what happens when they are used. */
    sound: 'Sound when full',
    notify: 'Notify when full',
    full: 'You can draw again',
    denied: "This browser blocks notifications: allow them in this site's settings",
    unanswered: "Without your permission the page can't notify you",
    impossible: 'This browser has no notifications',
    noSound: "This browser can't play sound",
  },
  minimap: {
    name: 'Overview. Arrow keys move the view.',
  },
  offline: {
    title: 'placed: offline',
    offline: 'You are offline',
    unreachable: "Can't reach the canvas",
    why: 'Until then nothing is shown here, as it would be out of date. The canvas opens as soon as it can be reached.',
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
          ['[ ]', 'Previous colour, next colour'],
          ['E', 'Take the colour of a pixel'],
          ['P', 'Pencil'],
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
          ['N', 'Next pixel of the template'],
          ['G', 'Grid'],
          ['M', 'Overview'],
        ],
      },
      {
        name: 'Page',
        rows: [
          ['L', 'Copy the link to this spot'],
          ['?', 'These keys'],
          ['Esc', 'Close what is open'],
        ],
      },
      {
        name: 'Mouse',
        rows: [
          ['Drag', 'Move the canvas'],
          ['Wheel', 'Zoom in, zoom out'],
          ['Shift Drag', 'Draw a line'],
          ['Right\u00a0click', 'Take the colour of a pixel'],
          ['Hold', 'Who placed this'],
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
    closeKey: 'Close (Esc)',
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
    thanks: (count: number, n: string) => `Thank you: ${n} ${count === 1 ? 'person has' : 'people have'} reported this area`,
    reportLater: (time: string) => `You have reported a lot: you can report again in ${time}`,
    reportFailed: "The report didn't arrive: try again",
    says: (x: number, y: number, colour: string, name: string, when: string) =>
      `x ${x}, y ${y}, ${colour}, by ${name}${when && `, ${when}`}`,
    saysNobody: (x: number, y: number) => `x ${x}, y ${y}: nobody has painted here`,
    saysUnknown: (x: number, y: number) => `x ${x}, y ${y}: not known`,
  },
  regions: {
    closed: (until: string) => (until ? `Closed ${until}` : 'Closed'),
    free: 'Pixels are free here',
    costs: (factor: string) => `A pixel costs ${factor} times as much here`,
    colours: (names: string, until: string) => `Only ${names} can be used here${until && ` ${until}`}`,
    and: (words: string, why: string) => (why ? `${words}: ${why}` : words),
  },
};

addTexts(enParts);
