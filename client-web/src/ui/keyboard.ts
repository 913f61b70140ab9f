// SPDX-License-Identifier: ISC
// Keys to actions. Controls that have the focus keep the keys that they understand themselves.

export interface KeyActions {
  move(dx: number, dy: number): void;
  place(): void;
  colour(index: number): void;
  stepColour(by: 1 | -1): void;
  zoom(direction: 1 | -1): void;
  fit(): void;
  copyLink(): void;
  undo(): void;
  who(): void;
  leave(): void;
  rewind(): void;
  heat(): void;
  /** Whether the timeline or the staff's part, which come first while they are there, have taken the
   * key. */
  part(event: KeyboardEvent): boolean;
}

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  KeyA: [-1, 0],
  KeyD: [1, 0],
  KeyW: [0, -1],
  KeyS: [0, 1],
};
const SHIFT_STEP = 10;
const SHIFT_COLOURS = 8;

const WRITING = 'textarea, select, input:not([type=radio], [type=range], [type=checkbox])';

/** Whether this control needs the key: a radio its arrows and Space, a button Enter and Space, and
 * where one writes every one. */
export function belongsTo(target: EventTarget | null, key: string): boolean {
  if (target instanceof Element && target.matches(WRITING)) return true;
  if (target instanceof HTMLInputElement) return key.startsWith('Arrow') || key === ' ';
  return target instanceof HTMLButtonElement && (key === 'Enter' || key === ' ');
}

export function watchKeyboard(actions: KeyActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (actions.part(event)) return event.preventDefault();
    if (belongsTo(event.target, event.key)) return;
    if (act(actions, event)) event.preventDefault();
  });
}

function act(actions: KeyActions, event: KeyboardEvent): boolean {
  const { code, key, shiftKey } = event;
  const direction = DIRECTIONS[code];
  const digit = /^Digit([1-8])$/.exec(code);
  if (direction) {
    const step = shiftKey ? SHIFT_STEP : 1;
    actions.move(direction[0] * step, direction[1] * step);
  } else if (key === '+' || key === '=') actions.zoom(1);
  else if (key === '-') actions.zoom(-1);
  else if (digit) actions.colour(Number(digit[1]) - 1 + (shiftKey ? SHIFT_COLOURS : 0));
  else if (key === '0') actions.fit();
  else if (key.toLowerCase() === 'l') actions.copyLink();
  else if (key.toLowerCase() === 'z') actions.undo();
  else if (key.toLowerCase() === 'i') actions.who();
  else if (key.toLowerCase() === 'r') actions.rewind();
  else if (key.toLowerCase() === 'h') actions.heat();
  else if (code === 'BracketLeft') actions.stepColour(-1);
  else if (code === 'BracketRight') actions.stepColour(1);
  else if (key === 'Escape') actions.leave();
  else if (key === 'Enter' || key === ' ') {
    // One pixel a press, however long the key is held.
    if (!event.repeat) actions.place();
  } else return false;
  return true;
}
