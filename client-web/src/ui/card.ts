// SPDX-License-Identifier: ISC
// The card of one pixel: what it is, who made it so, the link to it, and reporting it. Beside the cell,
// or a sheet at the lower edge of a narrow window. All names are text.

import type { Cell, Rect, Size } from '../core/edit';
import type { Colour } from '../core/info';
import { countdown } from '../core/time';
import type { Reason, Reported } from '../net/pixel';
import { button, make } from './dom';

export interface CardEvents {
  copy(): void;
  report(reason: Reason): void;
  close(): void;
}

export interface ShownChange {
  readonly colour: Colour | null;
  readonly name: string;
  readonly when: string;
}

const REASONS: readonly (readonly [Reason, string])[] = [
  ['hate', 'Hate'],
  ['sexual', 'Sexual'],
  ['spam', 'Spam'],
  ['personal', 'Private data'],
  ['other', 'Something else'],
];
/** Between the cell and the card. */
const GAP = 12;
/** A sheet in windows up to this width and above this height, as in the styles. */
const NARROW = 860;
const LOW = 480;

export class Card {
  private readonly root = make('section', { id: 'card', className: 'surface' });
  private readonly chip = make('span', { className: 'chip' });
  private readonly title = make('h2');
  private readonly line = make('p', { className: 'line' });
  private readonly list = make('ol');
  private readonly reasons = make('div', { className: 'reasons' });
  private readonly answer = make('p', { className: 'answer' });
  private readonly reportButton: HTMLButtonElement;

  constructor(parent: HTMLElement, events: CardEvents) {
    const { root, reasons } = this;
    root.setAttribute('role', 'dialog');
    root.setAttribute('aria-label', 'Who placed this');
    root.hidden = true;
    const close = button('×', events.close);
    close.className = 'close';
    close.setAttribute('aria-label', 'Close');
    close.title = 'Close (Escape)';
    const head = make('header');
    head.append(this.chip, this.title, close);
    this.reportButton = button('Report', () => {
      reasons.hidden = !reasons.hidden;
      this.reportButton.setAttribute('aria-expanded', String(!reasons.hidden));
      this.answer.textContent = '';
    });
    const actions = make('div', { className: 'actions' });
    actions.append(button('Copy link', events.copy), this.reportButton);
    reasons.setAttribute('role', 'group');
    reasons.setAttribute('aria-label', 'What is wrong here');
    for (const [reason, words] of REASONS) {
      reasons.append(
        button(words, () => {
          this.closeReport();
          this.answer.textContent = 'Sending';
          events.report(reason);
        }),
      );
    }
    this.answer.setAttribute('role', 'status');
    root.append(head, this.line, this.list, actions, reasons, this.answer);
    parent.querySelector('#marks')!.after(root);
  }

  show(cell: Cell, colour: Colour | null, canReport: boolean): void {
    this.root.hidden = false;
    this.title.textContent = `${cell.x}, ${cell.y}`;
    this.colour(colour);
    this.line.textContent = 'Looking it up';
    this.list.replaceChildren();
    this.answer.textContent = '';
    this.reportButton.hidden = !canReport;
    this.closeReport();
  }

  hide(): void {
    this.root.hidden = true;
  }

  colour(colour: Colour | null): void {
    this.chip.style.backgroundColor = colour?.rgb ?? '';
    this.chip.title = colour?.name ?? '';
  }

  /** Newest first; null: the server does not know. */
  changes(changes: readonly ShownChange[] | null): void {
    const [last, ...older] = changes ?? [];
    this.line.textContent = last
      ? [`${last.colour?.name ?? 'a colour'} by ${last.name}`, last.when].filter(Boolean).join(', ')
      : changes
        ? 'Nobody has painted here yet'
        : "It can't be looked up right now";
    this.list.replaceChildren(
      ...older.map(({ colour, name, when }) => {
        const row = make('li');
        const chip = make('span', { className: 'chip' });
        chip.style.backgroundColor = colour?.rgb ?? '';
        chip.title = colour?.name ?? '';
        const who = make('span', { className: 'who' });
        who.textContent = name;
        const time = make('span', { className: 'when' });
        time.textContent = when;
        row.append(chip, who, time);
        return row;
      }),
    );
    this.list.hidden = older.length === 0;
  }

  reported(answer: Reported): void {
    this.answer.textContent =
      answer.kind === 'taken'
        ? `Thank you: ${answer.count === 1 ? '1 person' : `${answer.count.toLocaleString()} people`} reported this area`
        : answer.kind === 'later'
          ? `You have reported a lot: again in ${countdown(answer.ms)}`
          : "The report did not arrive: try again";
  }

  /** Beside the cell, where there is room. */
  place(cell: Rect, room: Rect & Size): void {
    const { style } = this.root;
    if (room.width <= NARROW && room.height > LOW) {
      style.left = style.top = '';
      return;
    }
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const right = cell.x1 + GAP;
    const left = cell.x0 - GAP - width;
    const x = right + width <= room.x1 || left < room.x0 ? right : left;
    const y = (cell.y0 + cell.y1) / 2 - height / 2;
    style.left = `${Math.round(Math.max(room.x0, Math.min(x, room.x1 - width)))}px`;
    style.top = `${Math.round(Math.max(room.y0, Math.min(y, room.y1 - height)))}px`;
  }

  private closeReport(): void {
    this.reasons.hidden = true;
    this.reportButton.setAttribute('aria-expanded', 'false');
  }
}
