// SPDX-License-Identifier: ISC
// A native dialog as a component: modal, closed by Escape, by a press beside it and by its button.
// Keys that are pressed in it are its own.

import './sheet.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../texts';
import { CLOSE, Icon } from './icons';

export interface SheetProps {
  readonly id: string;
  readonly label: string;
  /** Whether the label is to be seen, over the content and beside a button that closes it. */
  readonly titled: boolean;
  closed(): void;
  readonly children: ComponentChildren;
}

const ARROWS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
const REACHABLE = 'button:not(:disabled), select, a[href], input:checked, input[type=range]';

/** Up and down lead from control to control, beside Tab. */
function walk(dialog: HTMLElement, by: number): void {
  const all = [...dialog.querySelectorAll<HTMLElement>(REACHABLE)];
  const at = all.findIndex((element) => element === document.activeElement);
  // From the dialog itself: to the first, or the last.
  all[(Math.max(at, by > 0 ? -1 : 0) + by + all.length) % all.length]?.focus();
}

export function Sheet({ id, label, titled, closed, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  /** A drag that began inside is no press beside it. */
  const pressed = useRef<EventTarget | null>(null);
  useEffect(() => {
    const { current } = dialog;
    current!.showModal();
    (current!.querySelector<HTMLElement>('[data-first]') ?? current!).focus();
  }, []);
  const close = () => dialog.current!.close();
  return (
    <dialog
      ref={dialog}
      id={id}
      class="surface sheet"
      aria-label={label}
      // It takes the focus itself, or what is marked with data-first does; browsers would give it to the button
      // that closes. Tab and the arrows lead on from there.
      tabIndex={-1}
      onClose={closed}
      onPointerDown={({ target }) => (pressed.current = target)}
      onClick={({ target }) => target === dialog.current && pressed.current === target && close()}
      onKeyDown={(event) => {
        event.stopPropagation();
        const by = ARROWS[event.key];
        // Radios and fields have arrows of their own. A list is opened first: some browsers would choose
        // at every press.
        if (by === undefined || event.altKey || (event.target as Element).matches('input, textarea')) return;
        walk(dialog.current!, by);
        event.preventDefault();
      }}
    >
      <div class="sheet-content">
        {titled && (
          <div class="sheet-title">
            <h2>{label}</h2>
            <button type="button" class="icon" aria-label={t().page.close} title={t().page.close} onClick={close}>
              <Icon d={CLOSE} />
            </button>
          </div>
        )}
        {children}
      </div>
    </dialog>
  );
}
