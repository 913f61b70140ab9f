// SPDX-License-Identifier: ISC
// Installing the page, where the browser offers that: when somebody asks for it in the menu, not before.

import { signal } from '@preact/signals';

/** What Chromium tells a page that can be installed; no standard, so not in the types. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

const offered = signal<InstallEvent | null>(null);

export const installable = (): boolean => offered.value !== null;

export function install(): void {
  void offered.value?.prompt();
  // It can be asked for once only.
  offered.value = null;
}

export function watchInstall(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered.value = event as InstallEvent;
  });
  window.addEventListener('appinstalled', () => (offered.value = null));
}
