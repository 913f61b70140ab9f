// SPDX-License-Identifier: ISC
// Top left: whose canvas this is, whether we are connected, how many are here.

import { shown } from '../app/status';
import type { People } from '../core/status';
import { t } from '../texts';
import { amount } from '../texts/locale';

function wordsOf(people: People): string {
  const words = t().connection;
  switch (people.kind) {
    case 'here':
      return words.here(amount(people.count));
    case 'catching':
      return words.catchingUp;
    default:
      return words[people.kind];
  }
}

export function Header() {
  const { dot, people } = shown.value;
  return (
    <header id="status" class="surface">
      <h1>placed</h1>
      <span id="dot" aria-hidden="true" data-state={dot} />
      <span id="people">{wordsOf(people)}</span>
    </header>
  );
}
