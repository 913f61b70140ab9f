// SPDX-License-Identifier: ISC
// English: what the past: rewind and its maps says, which comes with what says it.

import { addTexts } from '.';
import { amount } from './locale';

export const enPast = {
  past: {
    rewind: 'Rewind',
    loading: 'Loading',
    moment: 'Moment',
    play: 'Play',
    playKey: 'Play (Space)',
    pause: 'Pause',
    pauseKey: 'Pause (Space)',
    speed: 'Speed',
    timesAsFast: (n: string) => `${n} times as fast`,
    live: 'Live',
    liveKey: 'Back to now (Esc)',
    followed: (place: string, n: number) => `${place}: ${n === 1 ? '1 change' : `${amount(n)} changes`}`,
    steps: 'Changes of this pixel',
    before: 'The change before (left arrow)',
    after: 'The next change (right arrow)',
    noBefore: 'It was never painted before',
    noAfter: 'That is its last change',
    film: 'Save as a film',
    filmStop: 'End the film and save it',
    filming: (length: string, size: string, done: string) => `Film: ${length}, ${size}, ${done} played`,
    filmed: (name: string) => `Saved as ${name}`,
    cannotFilm: "This browser can't make films: it lacks what that takes",
    notFilmed: "The film couldn't be made: the browser gave up",
    version: (n: string) => `version ${n}`,
    newest: "That version doesn't exist: this is the newest",
    noHistory: 'This server keeps no history',
    noHistoryNow: 'This server no longer keeps its history',
    nothingYet: 'Nothing has been painted yet',
    unreachable: "Can't reach the history. Trying again",
    begunAnew: 'A new canvas has begun',
    farther: 'Canvases farther away follow when you pause',
    zoomIn: 'Zoom in to see all canvases at this moment',
    busy: 'The server is still reading its history. Trying again',
    broken: "This moment can't be read: something changes it on its way here. Trying again",
    gone: "Can't get this moment. Trying again",
    over: 'Map',
    maps: { none: 'Picture only', heat: 'Heat map', unpainted: 'Never painted' },
    mapLoading: (map: string) => `${map}: loading`,
    heatLost: "Can't get the heat map. Trying again",
    heatLegend: (times: string) => `Dark: never. Bright: ${times}`,
    unpaintedLegend: 'Bright: nobody ever painted here',
    once: 'once',
    times: (n: string) => `${n} times`,
    someTimes: (n: string) => `about ${n} times`,
    closeMap: 'Picture only',
  },
};

addTexts(enPast);
