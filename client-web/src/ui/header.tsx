// SPDX-License-Identifier: ISC
// Top left: whose canvas this is, whether we are connected, how many are here. And the banner, which is
// there only when something is wrong.

import { signal, useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { plane } from '../app/live';
import * as state from '../app/state';
import { locale, t } from '../texts';

const CATCHING_MS = 1_000;
/** A connection that is back within this time is not reported as lost. */
const LOST_MS = 1_000;
/** The same when the server announced the end by its close code: it is mostly back at once. */
const ANNOUNCED_MS = 3_000;
const ANNOUNCED = [1011, 1012, 4001];

/** Grows as long as there is something to count. */
const tick = signal(0);
/** When the state of the connection became what it is, and whether it ever was live. */
let kind = '';
let since = 0;
let everLive = false;

function lasted(ms: number): boolean {
  return performance.now() - since >= ms;
}

function follow() {
  tick.value;
  const { state: now } = state.connection.value;
  if (now.kind !== kind) {
    kind = now.kind;
    since = performance.now();
  }
  everLive ||= now.kind === 'live';
  const quietMs = now.kind === 'lost' && ANNOUNCED.includes(now.code) ? ANNOUNCED_MS : LOST_MS;
  const lost = now.kind === 'lost' && lasted(quietMs);
  const again = now.kind === 'lost' ? (lost ? 1_000 : quietMs) : now.kind === 'catching' ? CATCHING_MS : 0;
  return { lost, again };
}

function peopleWords(lost: boolean): string {
  const { state: now, online, slower } = state.connection.value;
  const words = t().connection;
  if (now.kind === 'starting') return words.connecting;
  if (lost) return words.offline;
  if (now.kind === 'catching' && lasted(CATCHING_MS)) return words.catchingUp;
  return slower ? words.slower : words.here(online.toLocaleString(locale()));
}

export function Header() {
  const now = useComputed(follow);
  const { lost, again } = now.value;
  useEffect(() => {
    if (again === 0) return;
    const timer = setTimeout(() => tick.value++, again);
    return () => clearTimeout(timer);
  });
  const { state: connection, slower, trouble } = state.connection.value;
  const retryAt = connection.kind === 'lost' ? connection.retryAt : null;
  const left = retryAt === null ? 0 : Math.ceil((retryAt - performance.now()) / 1000);
  const words = t().connection;
  return (
    <>
      <header id="status" class="surface">
        <h1>placed</h1>
        <span
          id="dot"
          aria-hidden="true"
          data-state={connection.kind === 'lost' && !lost ? 'catching' : connection.kind}
          data-slower={slower ? '' : undefined}
        />
        <span id="people">{peopleWords(lost)}</span>
      </header>
      <div id="banner" class="surface" hidden={!lost}>
        <p>
          <span id="banner-text" role="status">
            {lost ? words.troubles[trouble](location.host) || (everLive ? words.lost : words.never) : ''}
          </span>{' '}
          <span id="banner-wait" aria-hidden="true">
            {connection.kind !== 'lost' ? '' : left > 0 ? words.againIn(left) : words.again}
          </span>
        </p>
        <button id="try-now" type="button" onClick={() => plane.retryNow()}>
          {words.tryNow}
        </button>
      </div>
    </>
  );
}
