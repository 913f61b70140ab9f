// SPDX-License-Identifier: ISC
// English: all that the page says, by the part of the page that says it. Short, plain sentences
// without exclamation marks. A text with values in it is a function.

import { locale } from '.';

const number = (n: number): string => n.toLocaleString(locale());

export const en = {
  page: {
    notLoaded: "Can't load this part of the page: try again",
    inThePast: 'This is the past: go back to Live to place pixels',
    noHistory: 'This server keeps no history',
    grown: 'The canvas has grown',
    begunAnew: 'A new canvas has begun',
    dismiss: 'Dismiss',
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
      websocket: () => '',
      full: () => 'The server is full just now: a place may become free at any moment.',
      origin: (host: string) =>
        `Pages of ${host} may not draw here: the server's operator has to allow that.`,
      picture: () =>
        'The picture cannot be read: something on the way changes it. Reload the page, or try another network.',
    },
  },
  palette: {
    label: 'Colour',
  },
  placing: {
    first: 'Pick a colour, then a pixel. Everyone sees it.',
    place: 'Place',
    pickColour: 'Pick a colour',
    pickColourFirst: 'Pick a colour first',
    colourOff: (colour: string) => `${colour} can't be used at the moment`,
    overdue: 'Waiting for the server: your pixels are not saved yet',
    unsaved: (n: number) => (n === 1 ? '1 pixel was not saved' : `${number(n)} pixels were not saved`),
    placeUnsaved: 'Place again',
    zoomToDraw: 'Zoom in to draw a line',
    obstacles: {
      outside: 'That is outside the canvas',
      locked: 'This area is closed',
      readonly: "Read-only for the moment: your pixels can't be saved",
      unconnected: "Not connected: your pixel can't be placed right now",
    },
  },
  view: {
    label: 'View',
    layers: 'Over the picture',
    heat: 'Heat map (H)',
    rewind: 'Rewind',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    fit: 'Show everything',
    linkCopied: 'Link copied',
    linkInBar: 'The link is in the address bar',
  },
  where: {
    who: 'Who placed this',
    noPicture: 'no picture yet',
    colour: (index: number) => `colour ${index}`,
    cell: (x: number, y: number, colour: string) => `x ${x}, y ${y}, ${colour}`,
  },
};
