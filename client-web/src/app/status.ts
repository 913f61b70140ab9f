// SPDX-License-Identifier: ISC
// Keeps what is shown of the connection, and the status line's word on what keeps one from drawing, up to
// date: when something changed, and when it would change by time alone. While nobody looks, nothing.

import { effect, signal } from '@preact/signals';
import { countdown } from '../texts/countdown';
import type { State } from '../core/sync';
import { heldOf, shownOf, type Held, type Shown, type Times } from '../core/status';
import { t } from '../texts';
import * as state from './state';
import { hint } from './statusline';

/** What the header and the banner show. */
export const shown = signal<Shown>({ dot: 'starting', people: { kind: 'connecting' }, banner: null, again: Infinity });

/** Somebody may look: the tab is not hidden. */
const seen = signal(!document.hidden);

/** Runs now, when a signal that it reads changes, and after as many milliseconds as it returns. */
function ticking(run: () => number): void {
  const tick = signal(0);
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    tick.value;
    clearTimeout(timer);
    if (!seen.value) return;
    const ms = run();
    if (ms < Infinity) timer = setTimeout(() => tick.value++, ms);
  });
}

/** When the connection's state became of its kind; what passed while nobody looked does not count. */
class Clock {
  private kind = '';
  private since = 0;
  private lostBy = 0;
  private everLive = false;

  at(state: State): Times {
    const { kind } = state;
    const now = performance.now();
    if (kind !== this.kind) {
      this.kind = kind;
      this.since = now;
      this.lostBy = state.kind === 'lost' ? state.code : 0;
    }
    this.everLive ||= kind === 'live';
    return { now, since: this.since, lostBy: this.lostBy, everLive: this.everLive };
  }

  restart(): void {
    this.since = performance.now();
  }
}

export function watchStatus(): void {
  const clock = new Clock();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) clock.restart();
    seen.value = !document.hidden;
  });
  ticking(() => {
    const connection = state.connection.value;
    shown.value = shownOf(connection, clock.at(connection.state));
    return shown.peek().again;
  });
  ticking(() => {
    const { held, again } = heldOf({
      now: performance.now(),
      readonly: state.readonly.value,
      frozen: state.info.value?.frozen === true,
      standing: state.standing.value,
      anybody: state.info.value?.identity.needed === 'any',
      secure: window.isSecureContext,
      overdue: state.overdue.value,
    });
    hint.hold(held && wordsOf(held), held?.kind);
    return again;
  });
}

function wordsOf(held: Held): string {
  const { standing } = t();
  return held.kind === 'later' ? standing.later(countdown(held.ms)) : standing[held.kind];
}
