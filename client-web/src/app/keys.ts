// SPDX-License-Identifier: ISC
// Keys to intents; which key means what is the table in core/keys.ts. Controls that have the focus
// keep the keys that they understand themselves.

import { actionOf, type Command, type KeyAction } from '../core/keys';
import { belongsTo } from '../ui/belongs';
import { confirm, pickAimed, putToolsAway, togglePencil } from './aiming';
import { openKeys, toggleGrid, toggleMinimap } from './chrome';
import { embedded } from './embed';
import * as moving from './moving';
import { askWho, leave, moveReticle, toggleRewind } from './asking';
import { closeWho, past, staff, templates, usePast, whoIsOpen } from './parts';
import { choose, stepColour } from './placing';
import * as state from './state';
import { undo } from './undo';

const commands = new Map<Command, () => void>([
  ['place', confirm],
  ['nextColour', () => stepColour(1)],
  ['previousColour', () => stepColour(-1)],
  ['zoomIn', moving.zoomIn],
  ['zoomOut', moving.zoomOut],
  ['fit', moving.showAll],
  ['eyedropper', pickAimed],
  ['pencil', togglePencil],
  ['undo', undo],
  ['who', () => (whoIsOpen() ? closeWho() : askWho(state.hover.value))],
  ['link', () => moving.copyLink()],
  ['rewind', toggleRewind],
  ['heat', () => usePast(({ layers }) => layers.next())],
  ['template', () => templates.use((templates) => templates.toggle())],
  ['next', () => templates.use((templates) => templates.next())],
  ['grid', toggleGrid],
  ['minimap', toggleMinimap],
  ['keys', openKeys],
  ['leave', () => void (putToolsAway() || leave())],
]);
/** However long the key is held, these are done again and again; the others once a press. */
const REPEATED: readonly Command[] = ['nextColour', 'previousColour', 'zoomIn', 'zoomOut'];


export function watchKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!state.info.value || event.isComposing) return;
    if (isUndo(event) && !embedded) {
      if (belongsTo(event.target, event.key)) return;
      undo();
      return event.preventDefault();
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    // The timeline and the staff's part come first while they are there.
    if (past.now?.key(event) || staff.now?.key(event)) return event.preventDefault();
    if (belongsTo(event.target, event.key)) return;
    if (act(event)) event.preventDefault();
  });
}

/** In a frame of another page one only looks around. */
const moves = (action: KeyAction | null): boolean =>
  action?.kind === 'move' ||
  (action?.kind === 'command' && ['zoomIn', 'zoomOut', 'fit'].includes(action.command));

/** As everywhere. */
const isUndo = ({ ctrlKey, metaKey, altKey, shiftKey, key }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'z';

function act(event: KeyboardEvent): boolean {
  const action = actionOf(event);
  if (embedded && !moves(action)) return false;
  switch (action?.kind) {
    case 'move':
      moveReticle(action.dx, action.dy);
      return true;
    case 'colour':
      choose(action.index);
      return true;
    case 'command': {
      const run = commands.get(action.command);
      if (run && (!event.repeat || REPEATED.includes(action.command))) run();
      return run !== undefined;
    }
    default:
      return false;
  }
}
