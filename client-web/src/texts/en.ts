// SPDX-License-Identifier: ISC
// English: all that the page says, by the part of the page that says it. Short, plain sentences
// without exclamation marks. A text with values in it is a function.

import { amount } from './locale';

const pixels = (n: number): string => `${amount(n)} ${n === 1 ? 'pixel' : 'pixels'}`;

export const en = {
  page: {
    notLoaded: "Can't load this part of the page: try again",
    inThePast: 'This is the past: go back to Live to place pixels',
    noHistory: 'This server keeps no history',
    grown: 'The canvas has grown',
    begunAnew: 'A new canvas has begun',
    dismiss: 'Dismiss',
    close: 'Close',
  },
  connection: {
    connecting: 'Connecting',
    offline: 'Offline',
    catchingUp: 'Catching up',
    slower: 'Live, slower',
    here: (people: string) => `${people} here`,
    lost: 'Connection lost.',
    never: "Can't reach the canvas yet.",
    again: 'Trying again',
    againIn: (seconds: number) => `Trying again in ${seconds} s`,
    tryNow: 'Try now',
    troubles: {
      unreachable: () => '',
      full: () => 'The server is full just now: a place may become free at any moment.',
      origin: (host: string) =>
        `Pages of ${host} may not draw here: the server's operator has to allow that.`,
      picture: () =>
        'The picture cannot be read: something on the way changes it. Reload the page, or try another network.',
    },
  },
  palette: {
    label: 'Colour',
    fold: 'Fewer controls',
    unfold: 'All colours',
  },
  tools: {
    label: 'Tools',
    pencil: 'Pencil',
    pencilOn: 'Drag to draw',
    eyedropper: 'Eyedropper',
    pickNext: 'Choose a pixel to take its colour',
  },
  undo: {
    title: 'Undo',
    /** 0: it is free. */
    button: (price: number) => (price > 0 ? `Undo for ${pixels(price)}` : 'Undo'),
    done: (price: number) => `Undone, for ${pixels(price)} of energy`,
    nothing: 'There is nothing to undo',
  },
  placing: {
    first: 'Pick a colour, then a pixel. Everyone sees it.',
    place: 'Place',
    closer: 'Zoom in',
    already: (colour: string) => `Already ${colour}`,
    number: amount,
    pickColour: 'Pick a colour',
    pickColourFirst: 'Pick a colour first',
    colourOff: (colour: string) => `${colour} can't be used at the moment`,
    overdue: 'Waiting for the server: your pixels are not saved yet',
    unsaved: (n: number) => (n === 1 ? '1 pixel was not saved' : `${amount(n)} pixels were not saved`),
    placeUnsaved: 'Place again',
    zoomToDraw: 'Zoom in to draw a line',
    obstacles: {
      outside: 'That is outside the canvas',
      locked: 'This area is closed',
      readonly: "Read-only for the moment: your pixels can't be saved",
      unconnected: "Not connected: your pixel can't be placed right now",
    },
  },
  menu: {
    name: 'Menu',
    groups: {
      picture: 'Over the picture',
      share: 'Share',
      page: 'How the page looks',
      tell: 'How the page tells',
      help: 'Help',
    },
    grid: 'Grid',
    minimap: 'Overview',
    theme: 'Theme',
    wheel: 'Two fingers',
    vibrate: 'Vibration',
    keys: 'Keys',
    about: 'About',
    share: 'Share this place',
    saveView: 'Save the view',
    saveCanvas: 'Save the canvas',
    auto: 'Auto',
    on: 'On',
    off: 'Off',
    light: 'Light',
    dark: 'Dark',
    zoom: 'Zoom',
    pan: 'Move',
  },
  view: {
    group: 'View',
    layers: 'Over the picture',
    heat: 'Heat map (H)',
    linkCopied: 'Link copied',
    linkInBar: 'The link is in the address bar',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show everything',
    rewind: 'Rewind',
  },
  minimap: {
    name: 'Overview. Arrow keys move the view.',
  },
  share: {
    /** What the system's own dialog gets as the title of a link. */
    title: 'A place on the canvas',
    copied: 'Link copied',
    inAddressBar: 'The link is in the address bar',
    saved: (name: string) => `Saved as ${name}`,
    notSaved: "Can't save the picture here",
    noPicture: 'There is no picture here yet',
  },
  embed: {
    open: 'Open the canvas',
  },
  coach: {
    colour: 'Choose a colour below',
    zoomMouse: 'Scroll to zoom in, drag to move',
    zoomTouch: 'Pinch to zoom in, or tap',
    placeMouse: 'Click on a pixel to paint it',
    placeTouch: 'Tap a pixel, then Place',
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
  where: {
    who: 'Who placed this',
    noPicture: 'no picture yet',
    colour: (index: number) => `colour ${index}`,
    cell: (x: number, y: number, colour: string) => `x ${x}, y ${y}, ${colour}`,
  },
};
