// SPDX-License-Identifier: ISC
// A list that one walks with J and K: each row has its own keys while one is in it, and may show where on
// the canvas it is about.

import type { ComponentChildren } from 'preact';
import { t } from '../../texts';

export interface RowProps {
  readonly title: string;
  readonly details: readonly string[];
  readonly children?: ComponentChildren;
  /** Somebody has come to it. */
  readonly onEnter?: () => void;
}

export function Row({ title, details, children, onEnter }: RowProps) {
  return (
    <li data-row tabIndex={-1} onFocusIn={onEnter}>
      <span class="title">{title}</span>
      <span class="quiet">{details.filter(Boolean).join(' · ')}</span>
      {children && <div class="actions">{children}</div>}
    </li>
  );
}

/** What J and K are for. */
export function WalkHelp() {
  return (
    <p class="quiet walk" aria-hidden="true">
      <kbd>J</kbd> <kbd>K</kbd> {t().staff.walkHelp}
    </p>
  );
}
