// SPDX-License-Identifier: ISC
// A part of the page that is loaded when it is first asked for.

import { t } from '../texts';
import { spoken } from './language';
import { hint } from './statusline';

/** Loaded once, the first time that it is used; after a failure, again. */
export class Part<T> {
  /** Null until it is there. */
  now: T | null = null;
  private loading: Promise<T> | null = null;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly failed = () => hint.say(t().page.notLoaded),
  ) {}

  use(use: (part: T) => void): void {
    if (this.now) return use(this.now);
    this.loading ??= spoken.then(this.load).then((part) => (this.now = part));
    this.loading.then(use, (error: unknown) => {
      console.warn('placed: a part of the page could not be loaded:', error);
      this.loading = null;
      this.failed();
    });
  }
}
