// SPDX-License-Identifier: ISC
// The button of the menu, top right. The menu itself is loaded when somebody is about to open it.

import { menuOpen } from '../app/menu';
import { t } from '../texts';
import { Icon, MENU } from './icons';

export interface MenuProps {
  /** Loads the menu without opening it. */
  near(): void;
  open(): void;
}

export function MenuButton({ near, open }: MenuProps) {
  return (
    <button
      id="menu"
      class="surface icon"
      type="button"
      aria-label={t().menu.name}
      title={t().menu.name}
      aria-haspopup="dialog"
      aria-expanded={menuOpen.value}
      onPointerEnter={near}
      onFocus={near}
      onClick={open}
    >
      <Icon d={MENU} />
    </button>
  );
}
