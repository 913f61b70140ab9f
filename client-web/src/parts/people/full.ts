// SPDX-License-Identifier: ISC
// Tells that one can draw again, for who has asked for it in the menu: by a sound, and by a notification
// while the tab is hidden. Nothing is asked before one of those switches is used.

import { hang } from '../../app/menu';
import { notify, sound } from '../../app/settings';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import { available } from '../../core/energy';
import { t } from '../../texts';
import { audible, chime } from './sound';

/** What is full again as soon as this needs no word. */
const SHORT_MS = 5_000;
const TAG = 'placed-energy';
const BELL =
  'M10 3.5a4.5 4.5 0 0 0-4.5 4.5v3L4 13.5h12L14.5 11V8A4.5 4.5 0 0 0 10 3.5M8.5 16a1.7 1.7 0 0 0 3 0';
const SPEAKER = 'M4 8v4h2.5l4 3.5v-11l-4 3.5zM13 7.5a3.5 3.5 0 0 1 0 5M15 5a7 7 0 0 1 0 10';

let timer: ReturnType<typeof setTimeout> | undefined;
/** The last own pixels are not earned again yet. */
let armed = false;
let shown: Notification | null = null;

/** Own pixels were placed: when it is full again, that is told. */
export function arm(): void {
  armed = true;
  follow();
}

/** What there is to draw with changed. One timer from here to the end, so that a browser which holds back
 * the clocks of hidden tabs does so by a second only. */
export function follow(): void {
  clearTimeout(timer);
  const account = state.account.peek();
  if (!armed || !account) return;
  const ms = account.limits.capacity - available(account, performance.now());
  if (ms <= 0) {
    armed = false;
    return;
  }
  timer = setTimeout(() => {
    armed = false;
    if (ms >= SHORT_MS) tell();
  }, ms);
}

function tell(): void {
  if (sound.value) void chime();
  if (notify.value && document.hidden) void showNotification();
}

const permitted = (): boolean => typeof Notification === 'function' && Notification.permission === 'granted';

async function showNotification(): Promise<void> {
  if (!permitted()) return;
  const { full } = t().energy;
  const options = { tag: TAG, icon: new URL('favicon.svg', location.href).href, silent: sound.value };
  try {
    shown = new Notification(full, options);
    shown.onclick = () => window.focus();
  } catch {
    // On phones only the page's service worker may show one.
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.showNotification(full, options);
  }
}

async function setNotify(on: boolean): Promise<void> {
  if (!on) return void (notify.value = false);
  const words = t().energy;
  if (typeof Notification !== 'function') return hint.refuse(words.impossible);
  const answer = await Notification.requestPermission();
  notify.value = answer === 'granted';
  if (answer === 'denied') hint.refuse(words.denied);
  else if (answer === 'default') hint.refuse(words.unanswered);
}

function setSound(on: boolean): void {
  sound.value = on && audible();
  if (on && !audible()) hint.refuse(t().energy.noSound);
  // So that one knows what it is like.
  if (sound.value) void chime();
}

const counted = (): boolean => state.account.value !== null;

/** Hangs the switches into the menu. */
export function watchFull(): void {
  hang(
    {
      kind: 'switch',
      id: 'sound',
      group: 'tell',
      at: 1,
      icon: SPEAKER,
      label: () => t().energy.sound,
      on: () => sound.value,
      set: setSound,
      shown: counted,
    },
    {
      kind: 'switch',
      id: 'notify',
      group: 'tell',
      at: 2,
      icon: BELL,
      label: () => t().energy.notify,
      // The browser's own settings may have taken the permission back.
      on: () => notify.value && permitted(),
      set: (on) => void setNotify(on),
      shown: counted,
    },
  );
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) return;
    shown?.close();
    shown = null;
  });
}
