// SPDX-License-Identifier: ISC
// A button that shows its key. The key presses the button that shows it: see keys.ts.

import type { ComponentChildren } from 'preact';

export interface KeyButtonProps {
  /** What is shown of the key; '' for none. */
  readonly keys: string;
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly class?: string;
  readonly disabled?: boolean;
  readonly type?: 'button' | 'submit';
  readonly label?: string;
  readonly pressed?: boolean;
}

/** For aria-keyshortcuts, whose names are those of KeyboardEvent.key. */
const NAMES: Record<string, string> = { '⇧Q': 'Shift+Q', '⇧A': 'Shift+A', Esc: 'Escape', '↵': 'Enter' };

export function KeyButton({ keys, children, type = 'button', label, pressed, ...rest }: KeyButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      aria-pressed={pressed}
      data-key={keys || undefined}
      aria-keyshortcuts={keys ? (NAMES[keys] ?? keys) : undefined}
    >
      {children}
      {keys && <kbd aria-hidden="true">{keys}</kbd>}
    </button>
  );
}
